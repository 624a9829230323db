package repo

import (
	"bytes"
	"crypto/sha1"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// entry is one entry of Git's index. Everything but the path is kept as it
// stands in the file: times, flags, and the flags of version 3.
type entry struct {
	fixed    [62]byte
	extended []byte // two bytes, or none
	path     string
}

const (
	statSize     = 40
	hashAt       = 40
	flagsAt      = 60
	modeAt       = 24
	flagExtended = 0x4000
	flagStage    = 0x3000
	maxName      = 0xfff
)

func (e *entry) flags() uint16 { return binary.BigEndian.Uint16(e.fixed[flagsAt:]) }
func (e *entry) stage() int    { return int(e.flags() & flagStage >> 12) }

// newEntry makes an entry. stat is what Git compares with the file to see that
// it is unchanged; zero makes Git look into the file.
func newEntry(path string, mode uint32, hash [20]byte, stage int, stat [statSize]byte) entry {
	e := entry{path: path}
	copy(e.fixed[:], stat[:])
	binary.BigEndian.PutUint32(e.fixed[modeAt:], mode)
	copy(e.fixed[hashAt:], hash[:])
	binary.BigEndian.PutUint16(e.fixed[flagsAt:], uint16(stage)<<12|uint16(min(len(path), maxName)))
	return e
}

// index is the content of Git's index file: entries sorted by path and stage,
// and the extensions that stay true when entries change.
type index struct {
	version    uint32
	entries    []entry
	extensions []byte
}

var errIndex = errors.New("git's index is damaged; see \"git fsck\"")

// readIndex reads the index of the work tree; without one it is empty.
func (r *Repo) readIndex() (*index, error) {
	file := filepath.Join(r.gitDir, "index")
	data, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return &index{version: 2}, nil
	}
	if err != nil {
		return nil, err
	}
	x, err := parseIndex(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return x, nil
}

func parseIndex(data []byte) (*index, error) {
	if len(data) < 12+sha1.Size || string(data[:4]) != "DIRC" {
		return nil, errIndex
	}
	body, sum := data[:len(data)-sha1.Size], data[len(data)-sha1.Size:]
	if got := sha1.Sum(body); !bytes.Equal(got[:], sum) && !bytes.Equal(sum, make([]byte, sha1.Size)) { // zeros: index.skipHash
		return nil, errIndex
	}
	x := &index{version: binary.BigEndian.Uint32(body[4:])}
	if x.version < 2 || x.version > 4 {
		return nil, fmt.Errorf("is of version %d, which penstock can't write; commit with git", x.version)
	}
	n := binary.BigEndian.Uint32(body[8:])
	rest := body[12:]
	previous := ""
	for range n {
		e, size, err := parseEntry(rest, x.version, previous)
		if err != nil {
			return nil, err
		}
		x.entries = append(x.entries, e)
		previous, rest = e.path, rest[size:]
	}
	return x, x.parseExtensions(rest)
}

func parseEntry(data []byte, version uint32, previous string) (entry, int, error) {
	var e entry
	if len(data) < len(e.fixed) {
		return e, 0, errIndex
	}
	size := copy(e.fixed[:], data)
	if e.flags()&flagExtended != 0 {
		if len(data) < size+2 {
			return e, 0, errIndex
		}
		e.extended = data[size : size+2]
		size += 2
	}
	strip := 0
	if version == 4 {
		n, used := offset(data[size:])
		if used == 0 || n > len(previous) {
			return e, 0, errIndex
		}
		strip, size = n, size+used
	}
	end := bytes.IndexByte(data[size:], 0)
	if end < 0 {
		return e, 0, errIndex
	}
	e.path = string(data[size : size+end])
	if version == 4 {
		e.path = previous[:len(previous)-strip] + e.path
		return e, size + end + 1, nil
	}
	size = (size + end + 8) &^ 7
	if size > len(data) {
		return e, 0, errIndex
	}
	return e, size, nil
}

// offset reads a number as Git's index version 4 writes it.
func offset(data []byte) (n, used int) {
	for i, c := range data[:min(len(data), 9)] {
		if i > 0 {
			n++
		}
		n = n<<7 | int(c&0x7f)
		if c&0x80 == 0 {
			return n, i + 1
		}
	}
	return 0, 0
}

// parseExtensions keeps the record of resolved conflicts. Caches, which are
// about entries by position or by folder, go: Git makes them again.
func (x *index) parseExtensions(rest []byte) error {
	for len(rest) > 0 {
		if len(rest) < 8 {
			return errIndex
		}
		name, size := string(rest[:4]), int(binary.BigEndian.Uint32(rest[4:]))
		if len(rest) < 8+size {
			return errIndex
		}
		switch {
		case name == "REUC":
			x.extensions = append(x.extensions, rest[:8+size]...)
		case name[0] < 'A' || name[0] > 'Z':
			return fmt.Errorf("uses %q (a split or sparse index), which penstock can't write; commit with git", name)
		}
		rest = rest[8+size:]
	}
	return nil
}

// encode returns the index file.
func (x *index) encode() []byte {
	var b bytes.Buffer
	b.Grow(len(x.entries)*100 + len(x.extensions) + 64)
	b.WriteString("DIRC")
	b.Write(binary.BigEndian.AppendUint32(nil, x.version))
	b.Write(binary.BigEndian.AppendUint32(nil, uint32(len(x.entries))))
	previous := ""
	for _, e := range x.entries {
		start := b.Len()
		b.Write(e.fixed[:])
		b.Write(e.extended)
		if x.version == 4 {
			same := 0
			for same < min(len(previous), len(e.path)) && previous[same] == e.path[same] {
				same++
			}
			b.Write(appendOffset(nil, len(previous)-same))
			b.WriteString(e.path[same:] + "\x00")
			previous = e.path
			continue
		}
		b.WriteString(e.path)
		b.Write(make([]byte, 8-(b.Len()-start)%8))
	}
	b.Write(x.extensions)
	sum := sha1.Sum(b.Bytes())
	b.Write(sum[:])
	return b.Bytes()
}

func appendOffset(dst []byte, n int) []byte {
	var buf [10]byte
	i := len(buf) - 1
	buf[i] = byte(n & 0x7f)
	for n >>= 7; n > 0; n >>= 7 {
		n--
		i--
		buf[i] = byte(n&0x7f) | 0x80
	}
	return append(dst, buf[i:]...)
}
