package apply

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// Replace writes one file of root at once: a reader, or a crash, meets the old
// content or the new. It follows no link that leads out of root.
func Replace(root *os.Root, name string, data []byte, perm fs.FileMode) error {
	temporary := filepath.Join(filepath.Dir(name), ".penstock-"+filepath.Base(name))
	f, err := root.OpenFile(temporary, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, perm)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	err = errors.Join(err, f.Chmod(perm), f.Sync(), f.Close())
	if err == nil {
		err = root.Rename(temporary, name)
	}
	if err != nil {
		return errors.Join(err, root.Remove(temporary))
	}
	return nil
}
