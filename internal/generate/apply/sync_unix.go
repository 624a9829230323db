//go:build unix && !linux

package apply

import (
	"os"

	"golang.org/x/sys/unix"
)

// syncDisk asks for everything written to be brought to disk.
func syncDisk(*os.Root) error {
	return unix.Sync()
}
