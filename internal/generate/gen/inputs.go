package gen

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"
	"sync"

	"github.com/penstock-dev/penstock/internal/contract"
)

// inputs digests what units are made from. Thousands of units share most of a
// contract; that part is digested once.
type inputs struct {
	tool   string        // digest of templates and version
	whole  func() string // digest of the whole contract
	rest   func() string // digest of all of it but the teams
	slices *sync.Map     // digests of slices without their team, by environments
}

func newInputs(tool string, c contract.Contract) inputs {
	return inputs{
		tool:   tool,
		whole:  sync.OnceValue(func() string { return digest(c) }),
		rest:   sync.OnceValue(func() string { return withoutTeams(c) }),
		slices: &sync.Map{},
	}
}

// slice digests an app's slice but for its team. Of a contract's slices, those
// with the same environments differ in nothing else.
func (in inputs) slice(c contract.Contract) string {
	var key strings.Builder
	for _, e := range c.Spec.Environments {
		key.WriteString(e.Name + "\n")
	}
	if known, ok := in.slices.Load(key.String()); ok {
		return known.(string)
	}
	d := withoutTeams(c)
	in.slices.Store(key.String(), d)
	return d
}

func withoutTeams(c contract.Contract) string {
	c.Spec.Teams = nil
	return digest(c)
}

// digest of plain data, in hex digits: 32 suffice to tell apart what one
// contract ever was.
func digest(parts ...any) string {
	h := sha256.New()
	if err := json.NewEncoder(h).Encode(parts); err != nil {
		panic(err) // plain data can be encoded
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}
