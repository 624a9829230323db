package site

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/penstock-dev/penstock/internal/contract"
	"github.com/penstock-dev/penstock/internal/diag"
	"github.com/penstock-dev/penstock/internal/generate/gen"
	"github.com/penstock-dev/penstock/internal/generate/state"
	"github.com/penstock-dev/penstock/internal/repo"
)

// ContractPlaces are where a contract is looked for without -c.
func ContractPlaces() []string {
	return []string{"penstock.yaml", "platform/penstock.yaml", ".penstock/contract.yaml"}
}

// maxContract is one byte more than contract.Parse accepts, so that it can say
// that the file is too large.
const maxContract = 4<<20 + 1

// Loaded is a contract and where it came from.
type Loaded struct {
	Contract contract.Contract
	Data     []byte
	File     string
	// Slice is set for one app's part of a contract: it knows one team and one
	// app, so that no platform repository may be made from it.
	Slice bool
}

// Load reads and checks the contract at file or, when that is empty, at
// the first default place: in the repository that this folder is in, in this
// folder, or in one of dirs.
func Load(file string, dirs ...string) (Loaded, error) {
	if file == "" {
		var err error
		if file, err = FindContract(dirs...); err != nil {
			return Loaded{}, err
		}
	}
	data, err := ReadUpTo(file)
	if err != nil {
		return Loaded{}, diag.Invalidf("%v; name the contract with -c", err)
	}
	c, ds := contract.Parse(filepath.ToSlash(file), data)
	if len(ds) > 0 {
		return Loaded{}, ds.Err()
	}
	return Loaded{Contract: c, Data: data, File: file, Slice: isSlice(file, data)}, nil
}

func isSlice(file string, data []byte) bool {
	abs, err := filepath.Abs(file)
	return err == nil && filepath.Base(filepath.Dir(abs)) == state.Dir || gen.WroteSlice(data)
}

// FindContract is the contract at the first default place: in the repository
// that this folder is in, in this folder, or in one of dirs.
func FindContract(dirs ...string) (string, error) {
	here := Find()
	if here.Kind != None {
		return here.Find()
	}
	for _, dir := range append([]string{here.Dir}, dirs...) {
		if file := Within(dir); file != "" {
			return file, nil
		}
	}
	for _, dir := range append([]string{here.Dir}, dirs...) {
		err := NeedsAway(dir, "nothing was written: the contract has to be there", func(a *repo.Away) []string {
			return slices.DeleteFunc(ContractPlaces(), func(p string) bool { return !a.Has(p) })
		})
		if err != nil {
			return "", err
		}
	}
	return "", NoContract{}
}

// NoContract tells that there is no contract in a default place.
type NoContract struct{}

func (NoContract) Error() string {
	return fmt.Sprintf("no contract here: looked for %s; name it with -c, or begin with \"penstock init\"", strings.Join(ContractPlaces(), ", "))
}

// Within is the contract in a folder, or "".
func Within(dir string) string {
	for _, p := range ContractPlaces() {
		if file := filepath.Join(dir, filepath.FromSlash(p)); Exists(file) {
			return file
		}
	}
	return ""
}
