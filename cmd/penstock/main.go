// Command penstock turns a delivery contract into a delivery set-up with Flux.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/penstock-dev/penstock/internal/cli"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := cli.Main(ctx, os.Args[1:], cli.OS())
	stop()
	os.Exit(code)
}
