package repo

import (
	"bufio"
	"bytes"
	"compress/zlib"
	"crypto/sha1"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/filemode"
	"github.com/go-git/go-git/v5/plumbing/object"
	"github.com/go-git/go-git/v5/plumbing/storer"

	"github.com/penstock-dev/penstock/internal/repo/index"
)

const dirMode = filemode.Dir

// mode is how Git calls a file's mode. Where executable bits do not count, a
// file keeps the one that it has in the index.
func (r *Repo) mode(x *index.Index, f File) filemode.FileMode {
	if i, ok := x.Find(f.Path); ok && !r.config.Is("core.filemode", true) {
		if m := filemode.FileMode(x.Entries[i].Mode()); m == filemode.Regular || m == filemode.Executable {
			return m
		}
	}
	if f.Executable {
		return filemode.Executable
	}
	return filemode.Regular
}

// writer adds objects to the repository: a few as files of their own, many as
// one pack. Nothing is there before close.
type writer struct {
	repo    *Repo
	from    *attributes              // say how files are stored
	hashes  map[string]plumbing.Hash // of the blobs, by path
	trees   map[plumbing.Hash][]object.TreeEntry
	known   map[plumbing.Hash]bool
	objects []newObject
}

// newObject is an object to write. It shares data with who gave it.
type newObject struct {
	kind plumbing.ObjectType
	data []byte
}

// fewObjects is how many objects are written one by one; Git draws the line at
// the same number when it receives some.
const fewObjects = 100

// newWriter makes a writer; attributes are for one that takes in files.
func newWriter(r *Repo, a *attributes) *writer {
	return &writer{repo: r, from: a, hashes: map[string]plumbing.Hash{}, trees: map[plumbing.Hash][]object.TreeEntry{}, known: map[plumbing.Hash]bool{}}
}

func (w *writer) blob(f File) (plumbing.Hash, error) {
	data, err := w.from.clean(f.Path, f.Data)
	if err != nil {
		return plumbing.ZeroHash, err
	}
	h, err := w.put(plumbing.BlobObject, data)
	w.hashes[f.Path] = h
	return h, err
}

// tree writes a tree. Git sorts folders as if their names ended in a slash.
func (w *writer) tree(entries []object.TreeEntry) (plumbing.Hash, error) {
	key := func(e object.TreeEntry) string {
		if e.Mode == dirMode {
			return e.Name + "/"
		}
		return e.Name
	}
	slices.SortFunc(entries, func(a, b object.TreeEntry) int { return strings.Compare(key(a), key(b)) })
	var b bytes.Buffer
	for _, e := range entries {
		fmt.Fprintf(&b, "%o %s\x00", uint32(e.Mode), e.Name)
		b.Write(e.Hash[:])
	}
	h, err := w.put(plumbing.TreeObject, b.Bytes())
	w.trees[h] = entries
	return h, err
}

// put adds an object that the repository does not have yet.
func (w *writer) put(kind plumbing.ObjectType, data []byte) (plumbing.Hash, error) {
	sum := sha1.New()
	fmt.Fprintf(sum, "%s %d\x00", kind, len(data))
	sum.Write(data)
	hash := plumbing.Hash(sum.Sum(nil))
	if w.known[hash] {
		return hash, nil
	}
	w.known[hash] = true
	if w.repo.git.Storer.HasEncodedObject(hash) == nil {
		return hash, nil
	}
	w.objects = append(w.objects, newObject{kind, data})
	return hash, nil
}

// packHeader is the type and the size of an object in a pack.
func packHeader(kind plumbing.ObjectType, size int) []byte {
	header := []byte{byte(kind)<<4 | byte(size&0xf)}
	for size >>= 4; size > 0; size >>= 7 {
		header[len(header)-1] |= 0x80
		header = append(header, byte(size&0x7f))
	}
	return header
}

// close brings the objects into the repository.
func (w *writer) close() error {
	packs, ok := w.repo.git.Storer.(storer.PackfileWriter)
	if len(w.objects) > fewObjects && ok {
		return w.pack(packs)
	}
	for _, n := range w.objects {
		o := &plumbing.MemoryObject{}
		o.SetType(n.kind)
		if _, err := o.Write(n.data); err != nil {
			return err
		}
		if _, err := w.repo.git.Storer.SetEncodedObject(o); err != nil {
			return err
		}
	}
	return nil
}

// pack writes all objects as one pack; go-git makes its index.
func (w *writer) pack(packs storer.PackfileWriter) error {
	file, err := packs.PackfileWriter()
	if err != nil {
		return err
	}
	sum := sha1.New()
	buffered := bufio.NewWriterSize(file, 1<<16)
	out := io.MultiWriter(buffered, sum)
	_, err = out.Write(binary.BigEndian.AppendUint32([]byte("PACK\x00\x00\x00\x02"), uint32(len(w.objects))))
	zip, level := zlib.NewWriterLevel(out, zlib.BestSpeed)
	err = errors.Join(err, level)
	for _, o := range w.objects {
		if err != nil {
			break
		}
		_, err = out.Write(packHeader(o.kind, len(o.data)))
		zip.Reset(out)
		_, wrote := zip.Write(o.data)
		err = errors.Join(err, wrote, zip.Close())
	}
	if err == nil {
		_, err = buffered.Write(sum.Sum(nil))
	}
	return errors.Join(err, buffered.Flush(), file.Close())
}
