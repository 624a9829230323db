package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/penstock-dev/penstock/internal/contract"
	"github.com/penstock-dev/penstock/internal/repo"
)

// contractPlaces are where a contract is looked for without -c.
func contractPlaces() []string {
	return []string{"penstock.yaml", "platform/penstock.yaml", ".penstock/contract.yaml"}
}

// maxContract is one byte more than contract.Parse accepts, so that it can say
// that the file is too large.
const maxContract = 4<<20 + 1

// loaded is a contract and where it came from.
type loaded struct {
	contract contract.Contract
	data     []byte
	file     string
}

// loadContract reads and checks the contract at file or, when that is empty, at
// the first default place in this folder or in the workspace.
func loadContract(file, workspace string) (loaded, error) {
	if file == "" {
		var err error
		if file, err = findContract(workspace); err != nil {
			return loaded{}, err
		}
	}
	data, err := readUpTo(file)
	if err != nil {
		return loaded{}, invalid("%v; name the contract with -c", err)
	}
	c, ds := contract.Parse(filepath.ToSlash(file), data)
	if len(ds) > 0 {
		return loaded{}, problems(ds)
	}
	return loaded{contract: c, data: data, file: file}, nil
}

// warn says on standard error what a contract asks for that is allowed and
// worth knowing. It changes no exit code.
func warn(io IO, c contract.Contract) { fmt.Fprint(io.Err, c.Warnings()) }

func findContract(workspace string) (string, error) {
	for _, dir := range []string{".", workspace} {
		for _, p := range contractPlaces() {
			file := filepath.Join(dir, filepath.FromSlash(p))
			if _, err := os.Lstat(file); err == nil {
				return file, nil
			} else if !errors.Is(err, fs.ErrNotExist) {
				return "", err
			}
		}
	}
	for _, dir := range []string{".", workspace} {
		err := needsAway(dir, "nothing was written: the contract has to be there", func(a *repo.Away) []string {
			return slices.DeleteFunc(contractPlaces(), func(p string) bool { return !a.Has(p) })
		})
		if err != nil {
			return "", err
		}
	}
	return "", invalid("no contract here: looked for %s; name it with -c", strings.Join(contractPlaces(), ", "))
}

func readUpTo(file string) ([]byte, error) {
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
