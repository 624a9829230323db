// Command walk generates from the contract on standard input, if it has no
// problems, and prints the files, after what the wizard and the schema know.
package main

import (
	"fmt"
	"io"
	"os"

	"github.com/penstock-dev/penstock/internal/contract"
	"github.com/penstock-dev/penstock/internal/generate/gen"
	"github.com/penstock-dev/penstock/templates"
)

func main() {
	data, err := io.ReadAll(os.Stdin)
	if err == nil {
		err = walk(data)
	}
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}

func walk(data []byte) error {
	fmt.Println("providers", contract.Options("spec.registry.provider"))
	fmt.Println(contract.Describe("spec.registry.region"))
	c, ds := contract.Parse("penstock.yaml", data)
	if len(ds) > 0 {
		fmt.Print(ds)
		return nil
	}
	g, err := gen.New(gen.Input{Contract: c, Source: data, Version: "dev"}, templates.FS)
	if err != nil {
		return err
	}
	for _, target := range gen.Targets(c) {
		for _, u := range g.Units(target) {
			unit, err := u.Render()
			if err != nil {
				return err
			}
			for path, f := range unit.Files {
				fmt.Printf("== %s/%s\n%s", target.Dir(), path, f.Data)
			}
		}
	}
	return nil
}
