package site

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// Exists reports whether there is anything at a path.
func Exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// ReadUpTo reads a file up to the size that a contract may have.
func ReadUpTo(file string) ([]byte, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if info, err := f.Stat(); err == nil && info.IsDir() {
		return nil, fmt.Errorf("%s: is a folder", file)
	}
	return io.ReadAll(io.LimitReader(f, maxContract))
}

// SameFile reports whether two paths lead to one file.
func SameFile(a, b string) bool {
	x, err := os.Stat(a)
	y, err2 := os.Stat(b)
	return err == nil && err2 == nil && os.SameFile(x, y)
}

// Shown is a folder in messages.
func Shown(dir string) string { return filepath.ToSlash(filepath.Clean(dir)) }
