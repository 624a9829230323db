package index

import (
	"encoding/binary"
	"io/fs"
	"syscall"
)

// StatOf is a file's status as the index holds it.
func StatOf(info fs.FileInfo) [StatSize]byte {
	var b [StatSize]byte
	s, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return b
	}
	// Git keeps the low 32 bits of each. The mode, which comes after the inode,
	// is the entry's own.
	for i, v := range []uint32{
		uint32(s.Ctim.Sec), uint32(s.Ctim.Nsec), uint32(s.Mtim.Sec), uint32(s.Mtim.Nsec),
		uint32(s.Dev), uint32(s.Ino), 0, s.Uid, s.Gid, uint32(s.Size),
	} {
		binary.BigEndian.PutUint32(b[4*i:], v)
	}
	return b
}
