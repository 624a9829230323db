//go:build !unix

package apply

import (
	"errors"
	"io/fs"
	"os"
)

var errQuota = errors.New("quota exceeded")

const readOnly = os.O_RDONLY

// tryLock relies on the operating system's refusal to remove an open file.
func tryLock(*os.File) (bool, error) { return true, nil }

func writable(root *os.Root, dir string) error {
	if dir == "" {
		dir = "."
	}
	_, err := root.Stat(dir)
	return err
}

func device(fs.FileInfo) uint64 { return 0 }

func openFiles() int { return 512 }

func syncDisk(*os.Root) error { return nil }
