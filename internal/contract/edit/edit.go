// Package edit turns the bytes of a contract and one thing to add to it into
// new bytes: a team, an app, an environment or a cluster.
//
// It splices: comments, order, anchors, styles and line ends of everything
// else stay byte for byte. What comes out is parsed again and must say the old
// contract with that one thing added, and nothing else; where a place cannot
// be found so, the edit is refused. It reads no files and asks nobody.
package edit

import (
	"slices"

	"go.yaml.in/yaml/v3"

	"github.com/penstock-dev/penstock/internal/contract"
	"github.com/penstock-dev/penstock/internal/diag"
)

// Result is a contract with something added.
type Result struct {
	Data     []byte
	Contract contract.Contract // what Data says
	// Moves lists the promotions that changed, in the order of the path.
	Moves []Move

	splices []splice // for tests
}

// Move is an environment that is promoted from another one than before.
type Move struct {
	Env    string `json:"environment"`
	Before string `json:"before"`
	Now    string `json:"now"`
}

// Change is one thing to add. Its fields other than names may be empty: what
// is empty has its default.
type Change interface {
	// apply adds the thing to a contract that nobody else holds.
	apply(c *contract.Contract) (what, fix string)
	// splice adds it to the file; the choices are tried in their order.
	splice(d *document) (choices [][]splice)
}

// Add makes a change. name is the file's name in diagnostics. A contract that
// is not valid before or after is refused with all its problems, and so is a
// file that is written in a way that this package cannot extend.
func Add(name string, data []byte, change Change) (Result, diag.List) {
	before, ds := contract.Parse(name, data)
	if len(ds) > 0 {
		return Result{}, ds
	}
	refuse := func(what, fix string) (Result, diag.List) {
		return Result{}, diag.List{{Where: diag.Where{File: name}, What: what, Fix: fix}}
	}
	d, err := read(data)
	if err != nil {
		return refuse(err.Error(), byHand)
	}
	wanted := before.Clone()
	if e, ok := change.(Environment); ok {
		e.reach(&wanted, d)
	}
	if what, fix := change.apply(&wanted); what != "" {
		return refuse(what, fix)
	}
	after, ds := contract.Parse("", wanted.YAML())
	if len(ds) > 0 {
		return Result{}, unplaced(name, ds)
	}
	for _, splices := range change.splice(d) {
		made := d.with(splices)
		if c, ds := contract.Parse(name, made); len(ds) == 0 && c.Equal(after) {
			return Result{Data: made, Contract: c, Moves: moves(before, c), splices: splices}, nil
		}
	}
	what := "is written in a way that cannot be extended here without changing something else"
	if slices.ContainsFunc(d.order, func(n *yaml.Node) bool { return n.Kind == yaml.AliasNode }) {
		what = "shares a part with another through an anchor, so that adding to it would change both"
	}
	return refuse(what, byHand)
}

const byHand = `add it by hand and run "penstock generate"`

// unplaced takes out positions: they are of a text that nobody has seen.
func unplaced(name string, ds diag.List) diag.List {
	var list diag.List
	for _, d := range ds {
		d.Where = diag.Where{File: name, Field: d.Where.Field}
		list = append(list, d)
	}
	return list.Sorted()
}

func moves(before, after contract.Contract) []Move {
	was := map[string]string{}
	for _, e := range before.Spec.Environments {
		was[e.Name] = e.Promotion.From
	}
	var list []Move
	for _, e := range after.Spec.Environments {
		if from, known := was[e.Name]; known && from != e.Promotion.From {
			list = append(list, Move{Env: e.Name, Before: from, Now: e.Promotion.From})
		}
	}
	return list
}
