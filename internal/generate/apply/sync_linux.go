package apply

import (
	"os"

	"golang.org/x/sys/unix"
)

// syncDisk returns when everything written to the root's file system is on
// disk: one call for any number of files.
func syncDisk(root *os.Root) error {
	f, err := root.Open(".")
	if err != nil {
		return err
	}
	defer f.Close()
	return unix.Syncfs(int(f.Fd()))
}
