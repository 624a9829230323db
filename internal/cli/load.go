package cli

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/penstock-dev/penstock/internal/contract"
	"github.com/penstock-dev/penstock/internal/generate/gen"
	"github.com/penstock-dev/penstock/internal/generate/state"
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
	// slice is set for one app's part of a contract: it knows one team and one
	// app, so that no platform repository may be made from it.
	slice bool
}

// loadContract reads and checks the contract at file or, when that is empty, at
// the first default place: in the repository that this folder is in, in this
// folder, or in one of dirs.
func loadContract(file string, dirs ...string) (loaded, error) {
	if file == "" {
		var err error
		if file, err = findContract(dirs...); err != nil {
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
	return loaded{contract: c, data: data, file: file, slice: isSlice(file, data)}, nil
}

// warn says on standard error what a contract asks for that is allowed and
// worth knowing. It changes no exit code.
func warn(io IO, c contract.Contract) { fmt.Fprint(io.Err, c.Warnings()) }

func isSlice(file string, data []byte) bool {
	abs, err := filepath.Abs(file)
	return err == nil && filepath.Base(filepath.Dir(abs)) == state.Dir || gen.WroteSlice(data)
}

func findContract(dirs ...string) (string, error) {
	here := findSite()
	if here.kind != noKind {
		return here.find()
	}
	for _, dir := range append([]string{here.dir}, dirs...) {
		if file := contractIn(dir); file != "" {
			return file, nil
		}
	}
	for _, dir := range append([]string{here.dir}, dirs...) {
		err := needsAway(dir, "nothing was written: the contract has to be there", func(a *repo.Away) []string {
			return slices.DeleteFunc(contractPlaces(), func(p string) bool { return !a.Has(p) })
		})
		if err != nil {
			return "", err
		}
	}
	return "", errNoContract{}
}

// errNoContract tells that there is no contract in a default place.
type errNoContract struct{}

func (errNoContract) Error() string {
	return fmt.Sprintf("no contract here: looked for %s; name it with -c, or begin with \"penstock init\"", strings.Join(contractPlaces(), ", "))
}

// contractIn is the contract in a folder, or "".
func contractIn(dir string) string {
	for _, p := range contractPlaces() {
		if file := filepath.Join(dir, filepath.FromSlash(p)); exists(file) {
			return file
		}
	}
	return ""
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
