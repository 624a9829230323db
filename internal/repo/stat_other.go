//go:build !linux

package repo

import "io/fs"

// statOf lets Git look at the file itself once.
func statOf(fs.FileInfo) [statSize]byte { return [statSize]byte{} }
