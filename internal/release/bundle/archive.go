package bundle

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	slashpath "path"
	"time"

	"github.com/penstock-dev/penstock/internal/generate/tree"
)

// pack writes the files as tar and gzip: sorted, without owners and times, so
// that the same files are the same bytes.
func pack(files tree.Tree) (layer, archive []byte, err error) {
	var plain, packed bytes.Buffer
	tw := tar.NewWriter(&plain)
	for _, p := range files.Paths() {
		f := files[p]
		header := &tar.Header{
			Typeflag: tar.TypeReg, Name: p, Size: int64(len(f.Data)), Mode: int64(f.Mode), ModTime: time.Unix(0, 0),
		}
		if err := tw.WriteHeader(header); err != nil {
			return nil, nil, fmt.Errorf("%s: %w", p, err)
		}
		if _, err := tw.Write(f.Data); err != nil {
			return nil, nil, fmt.Errorf("%s: %w", p, err)
		}
	}
	if err := tw.Close(); err != nil {
		return nil, nil, err
	}
	zw, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	if err != nil {
		return nil, nil, err
	}
	if _, err := zw.Write(plain.Bytes()); err != nil {
		return nil, nil, err
	}
	if err := zw.Close(); err != nil {
		return nil, nil, err
	}
	return packed.Bytes(), plain.Bytes(), nil
}

// Open reads the layer of a bundle, Penstock's or one that "flux push artifact"
// made. What Flux would not unpack is left out.
func Open(layer []byte) (Bundle, error) {
	zr, err := gzip.NewReader(bytes.NewReader(layer))
	if err != nil {
		return Bundle{}, fmt.Errorf("is not a bundle: %w", err)
	}
	files := tree.Tree{}
	tr := tar.NewReader(io.LimitReader(zr, 2*MaxSize))
	size := int64(0)
	for {
		h, err := tr.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return Bundle{}, fmt.Errorf("is not a bundle: %w", err)
		}
		if h.Typeflag != tar.TypeReg {
			continue
		}
		if size += h.Size; size > MaxSize {
			return Bundle{}, errors.New("holds more than 100 MiB")
		}
		data, err := io.ReadAll(tr)
		if err != nil {
			return Bundle{}, fmt.Errorf("is not a bundle: %w", err)
		}
		mode := tree.Regular
		if h.Mode&0o100 != 0 {
			mode = tree.Executable
		}
		if err := files.Add(slashpath.Clean(h.Name), tree.File{Data: data, Mode: mode}); err != nil {
			return Bundle{}, err
		}
	}
	return Bundle{Files: files, Contents: readContents(files)}, nil
}
