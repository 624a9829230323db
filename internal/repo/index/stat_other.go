//go:build !linux

package index

import "io/fs"

// StatOf lets Git look at the file itself once.
func StatOf(fs.FileInfo) [StatSize]byte { return [StatSize]byte{} }
