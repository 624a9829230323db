// Package contract turns the bytes of a delivery contract into a Contract:
// strictly, with every default filled in, or into the list of all that is
// wrong, each with its position.
//
// It also turns a Contract back into YAML, cuts out the slice of one app, and
// describes the format as JSON Schema and as a page, all from the types in
// types.go. It reads no files, asks no clock and knows nothing of what is
// generated. It has many files because each family of rules has its own.
package contract

import (
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/penstock-dev/penstock/internal/diag"
)

const (
	apiVersion = "penstock.dev/v1alpha1"
	kindName   = "DeliveryContract"
)

// Parse reads a contract. name is the file's name in diagnostics. The list has
// every problem, sorted by position; when it is empty the Contract is complete,
// with all defaults in place. Otherwise the Contract is what could be read and
// good for nothing but looking at.
func Parse(name string, data []byte) (Contract, diag.List) {
	c := Contract{source: source{file: name}}
	root, ds := read(name, data)
	if len(ds) > 0 {
		return c, ds
	}
	c.source.root = root
	if d, foreign := c.foreign(); foreign {
		return c, diag.List{d}
	}
	dec := decoder{src: c.source}
	dec.object(root, shape(), reflect.ValueOf(&c).Elem(), nil)
	k := checker{c: &c, ds: dec.ds}
	k.run()
	return c, k.ds.Sorted()
}

// Equal reports whether both contracts say the same. Where they were read from
// does not count.
func (c Contract) Equal(d Contract) bool {
	c.source, d.source = source{}, source{}
	return reflect.DeepEqual(c, d)
}

// Slice returns the contract of one app: a valid contract with that app alone
// and what its repository depends on. Other teams, apps and environments are
// gone, and so are decision, observability, quota and notifications. What was
// a default by position is written out, since positions change: where each
// environment is promoted from and its clusters. The slice of a slice is the
// slice. It reports false when there is no such app, and knows no positions.
// It is meant for a contract that Parse found nothing wrong with.
func (c Contract) Slice(team, app string) (Contract, bool) {
	t := slices.IndexFunc(c.Spec.Teams, func(t Team) bool { return t.Name == team })
	if t < 0 {
		return Contract{}, false
	}
	from := c.Spec.Teams[t]
	a := slices.IndexFunc(from.Apps, func(a App) bool { return a.Name == app })
	if a < 0 {
		return Contract{}, false
	}
	only := from.Apps[a]
	only.Environments = slices.Clone(only.Environments)

	s := Contract{APIVersion: c.APIVersion, Kind: c.Kind, Metadata: c.Metadata}
	s.Spec = Spec{
		Platform:    c.Spec.Platform,
		Flux:        c.Spec.Flux,
		CI:          c.Spec.CI,
		Registry:    c.Spec.Registry,
		SupplyChain: c.Spec.SupplyChain,
		Teams:       []Team{{Name: from.Name, Owners: from.Owners, Contact: from.Contact, Apps: []App{only}, Formerly: from.Formerly}},
	}
	for _, e := range c.Spec.Environments {
		if slices.Contains(only.Environments, e.Name) {
			s.Spec.Environments = append(s.Spec.Environments, e)
		}
	}
	lookup("spec.observability").object.fill(reflect.ValueOf(&s.Spec.Observability).Elem())
	return s, true
}

// foreign reports a document that is something else than a delivery contract:
// what its fields are then is of no interest.
func (c Contract) foreign() (diag.Diagnostic, bool) {
	kind, hasKind := c.source.text("kind")
	version, hasVersion := c.source.text("apiVersion")
	const fix = "a contract begins with \"apiVersion: " + apiVersion + "\" and \"kind: " + kindName + "\""
	switch {
	case strings.EqualFold(kind, kindName), similar(kind, kindName):
		return diag.Diagnostic{}, false
	case hasKind:
		what := "this is " + quote(kind)
		if hasVersion {
			what += " of " + quote(version)
		}
		return diag.Diagnostic{Where: c.Where("kind"), What: what + ", not a delivery contract", Fix: fix}, true
	case strings.HasPrefix(version, "penstock.dev/"), c.source.has("spec"):
		return diag.Diagnostic{}, false
	}
	where := c.Where("")
	return diag.Diagnostic{Where: where, What: "this is not a delivery contract: it has no kind", Fix: fix}, true
}

// path is the way to a field, kept as links and written out only for a message.
type path struct {
	up    *path
	name  string
	index int
}

func (p *path) field(name string) *path { return &path{up: p, name: name} }
func (p *path) item(index int) *path    { return &path{up: p, index: index} }

func (p *path) String() string {
	switch {
	case p == nil:
		return ""
	case p.name == "":
		return p.up.String() + "[" + strconv.Itoa(p.index) + "]"
	case p.up == nil:
		return p.name
	}
	return p.up.String() + "." + p.name
}
