// Package index turns Git's index file into its entries, and changed entries
// back: with flags, the stages of conflicts, and a split or sparse index.
package index

import (
	"bytes"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Entry is one entry of Git's index. Everything but the path is kept as it
// stands in the file: times, flags, and the flags of version 3.
type Entry struct {
	fixed    []byte // its length says how long hashes are
	extended []byte // two bytes, or none
	Path     string
}

const (
	StatSize     = 40
	hashAt       = 40
	modeAt       = 24
	flagAssumed  = 0x8000
	flagExtended = 0x4000
	flagStage    = 0x3000
	maxName      = 0xfff
	// of the extended flags
	flagSkip = 0x4000
)

func (e *Entry) flags() uint16     { return binary.BigEndian.Uint16(e.fixed[len(e.fixed)-2:]) }
func (e *Entry) setFlags(f uint16) { binary.BigEndian.PutUint16(e.fixed[len(e.fixed)-2:], f) }

// Stage is 0, or which side of a conflict it is.
func (e *Entry) Stage() int    { return int(e.flags() & flagStage >> 12) }
func (e *Entry) Hash() []byte  { return e.fixed[hashAt : len(e.fixed)-2] }
func (e *Entry) Assumed() bool { return e.flags()&flagAssumed != 0 }
func (e *Entry) Skipped() bool {
	return e.extended != nil && binary.BigEndian.Uint16(e.extended)&flagSkip != 0
}

// Mode is the mode of what it stands for, as in a tree.
func (e *Entry) Mode() uint32 { return binary.BigEndian.Uint32(e.fixed[modeAt:]) }

// Folder reports whether the entry stands for all that is in a folder, as in a
// sparse index. Its path then ends in a slash.
func (e *Entry) Folder() bool { return strings.HasSuffix(e.Path, "/") }

// NewEntry makes an entry. stat is what Git compares with the file to see that
// it is unchanged; zero makes Git look into the file.
func NewEntry(path string, mode uint32, hash [20]byte, stage int, stat [StatSize]byte) Entry {
	e := Entry{Path: path, fixed: make([]byte, hashAt+len(hash)+2)}
	copy(e.fixed, stat[:])
	binary.BigEndian.PutUint32(e.fixed[modeAt:], mode)
	copy(e.fixed[hashAt:], hash[:])
	e.setFlags(uint16(stage)<<12 | uint16(min(len(path), maxName)))
	return e
}

// Index is the content of Git's index file: entries sorted by path and stage,
// and the extensions that stay true when entries change.
type Index struct {
	version    uint32
	Entries    []Entry
	extensions []byte
	link       []byte // of a split index, until it is joined
}

var errIndex = errors.New("git's index is damaged; see \"git fsck\"")

// Read reads the index below a folder of Git's; without one it is empty.
func Read(gitDir string, hashSize int) (*Index, error) {
	x, err := readIndexFile(filepath.Join(gitDir, "index"), hashSize)
	if errors.Is(err, fs.ErrNotExist) {
		return &Index{version: 2}, nil
	}
	if err != nil || x.link == nil {
		return x, err
	}
	if len(x.link) < hashSize {
		return nil, fmt.Errorf("%s: %w", filepath.Join(gitDir, "index"), errIndex)
	}
	base := &Index{}
	if name := x.link[:hashSize]; !bytes.Equal(name, make([]byte, hashSize)) {
		if base, err = readIndexFile(filepath.Join(gitDir, "sharedindex."+hex.EncodeToString(name)), hashSize); err != nil {
			return nil, err
		}
	}
	return x, x.join(base, x.link[hashSize:])
}

func readIndexFile(file string, hashSize int) (*Index, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	x, err := parseIndex(data, hashSize)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return x, nil
}

func parseIndex(data []byte, hashSize int) (*Index, error) {
	if len(data) < 12+hashSize || string(data[:4]) != "DIRC" {
		return nil, errIndex
	}
	body, sum := data[:len(data)-hashSize], data[len(data)-hashSize:]
	if !bytes.Equal(checksum(body, hashSize), sum) && !bytes.Equal(sum, make([]byte, hashSize)) { // zeros: index.skipHash
		return nil, errIndex
	}
	x := &Index{version: binary.BigEndian.Uint32(body[4:])}
	if x.version < 2 || x.version > 4 {
		return nil, fmt.Errorf("is of version %d, which penstock can't write; commit with git", x.version)
	}
	n := binary.BigEndian.Uint32(body[8:])
	rest := body[12:]
	previous := ""
	for range n {
		e, size, err := parseEntry(rest, x.version, previous, hashSize)
		if err != nil {
			return nil, err
		}
		x.Entries = append(x.Entries, e)
		previous, rest = e.Path, rest[size:]
	}
	return x, x.parseExtensions(rest)
}

func checksum(data []byte, hashSize int) []byte {
	if hashSize == sha256.Size {
		sum := sha256.Sum256(data)
		return sum[:]
	}
	sum := sha1.Sum(data)
	return sum[:]
}

func parseEntry(data []byte, version uint32, previous string, hashSize int) (Entry, int, error) {
	var e Entry
	size := hashAt + hashSize + 2
	if len(data) < size {
		return e, 0, errIndex
	}
	e.fixed = data[:size:size]
	if e.flags()&flagExtended != 0 {
		if len(data) < size+2 {
			return e, 0, errIndex
		}
		e.extended = data[size : size+2 : size+2]
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
	e.Path = string(data[size : size+end])
	if version == 4 {
		e.Path = previous[:len(previous)-strip] + e.Path
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

// parseExtensions keeps the record of resolved conflicts and the mark of a
// sparse index. Caches, which are about entries by position or by folder, go:
// Git makes them again.
func (x *Index) parseExtensions(rest []byte) error {
	for len(rest) > 0 {
		if len(rest) < 8 {
			return errIndex
		}
		name, size := string(rest[:4]), int(binary.BigEndian.Uint32(rest[4:]))
		if len(rest) < 8+size {
			return errIndex
		}
		switch {
		case name == "link":
			x.link = rest[8 : 8+size]
		case name == "REUC", name == "sdir":
			x.extensions = append(x.extensions, rest[:8+size]...)
		case name[0] < 'A' || name[0] > 'Z':
			return fmt.Errorf("uses %q, which penstock can't write; commit with git", name)
		}
		rest = rest[8+size:]
	}
	return nil
}

// encode returns the index file.
func (x *Index) encode() []byte {
	var b bytes.Buffer
	b.Grow(len(x.Entries)*100 + len(x.extensions) + 64)
	b.WriteString("DIRC")
	b.Write(binary.BigEndian.AppendUint32(nil, x.version))
	b.Write(binary.BigEndian.AppendUint32(nil, uint32(len(x.Entries))))
	previous := ""
	for _, e := range x.Entries {
		start := b.Len()
		b.Write(e.fixed)
		b.Write(e.extended)
		if x.version == 4 {
			same := 0
			for same < min(len(previous), len(e.Path)) && previous[same] == e.Path[same] {
				same++
			}
			b.Write(appendOffset(nil, len(previous)-same))
			b.WriteString(e.Path[same:] + "\x00")
			previous = e.Path
			continue
		}
		b.WriteString(e.Path)
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
