// Package gen turns a contract, through its Model and the templates, into the
// files that each target repository should have.
//
// It knows nothing of what is on disk and does no I/O. A target's files come
// in units; each unit is rendered from a contract that is reduced to what the
// unit may depend on. So the digest of that contract says whether the unit can
// have changed, and an app's repository is the same whether it is generated
// from the whole contract or from the app's slice.
package gen

import (
	"bytes"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/penstock-dev/penstock/internal/contract"
	"github.com/penstock-dev/penstock/internal/generate/pages"
	"github.com/penstock-dev/penstock/internal/generate/tree"
	"github.com/penstock-dev/penstock/internal/model"
)

// ContractFile is the contract's path in the platform repository.
const ContractFile = "penstock.yaml"

// SchemaFile is the path of the contract's schema, beside the contract, so that
// editors complete and check it.
const SchemaFile = "penstock.schema.json"

// SchemaLine is the contract's first line, which tells an editor of its schema.
const SchemaLine = "# yaml-language-server: $schema=" + SchemaFile + "\n"

// SliceFile is the path of an app's slice of the contract in the app's
// repository.
const SliceFile = ".penstock/contract.yaml"

// WroteSlice reports whether a contract begins as the slices do that are
// written into apps' repositories.
func WroteSlice(contract []byte) bool {
	return bytes.HasPrefix(contract, []byte("# Managed by Penstock: made from "+ContractFile+" of "))
}

// componentsFile holds Flux's controllers, in Flux's own words. Formatters leave
// it alone: yamlfmt looks for a mark, prettier for .prettierignore.
const (
	componentsFile = "gotk-components.yaml"
	untouched      = "# Text of Flux, which formatters leave alone: !yamlfmt!:ignore\n"
)

// Input is what generation depends on besides the templates.
type Input struct {
	Contract contract.Contract
	// Source is the bytes that Contract was parsed from. Its line ends make no
	// difference.
	Source []byte
	// Version is the version of Penstock.
	Version string
	// Flux holds the files of Flux's own for the platform repository, from
	// package flux; nil when no platform target is generated.
	Flux tree.Tree
}

// Generator renders targets. It is safe for concurrent use.
type Generator struct {
	in        Input
	inputs    inputs
	whole     func() *model.Model // made when it is first needed
	teams     map[string]contract.Team
	templates templateSet
}

// New reads the templates in fsys; CONTRIBUTING.md describes their layout. A
// template that does not parse is an error.
func New(in Input, fsys fs.FS) (*Generator, error) {
	set, tool, err := readTemplates(fsys)
	if err != nil {
		return nil, err
	}
	in.Contract, in.Source = canonical(in.Contract), tree.LF(in.Source)
	g := &Generator{in: in, inputs: newInputs(tool+" "+in.Version, in.Contract), templates: set}
	g.whole = sync.OnceValue(func() *model.Model { return model.Build(in.Contract) })
	g.teams = make(map[string]contract.Team, len(in.Contract.Spec.Teams))
	for _, t := range in.Contract.Spec.Teams {
		g.teams[t.Name] = t
	}
	return g, nil
}

// Unit is a part of a target that can be rendered by itself.
type Unit struct {
	Name string
	// Inputs is a digest of everything that the files are made from.
	Inputs string
	render func() (rendering, error)
}

// Render makes the unit's files. Two sources for one path are an error, as is
// a template that fails.
func (u Unit) Render() (tree.Unit, error) {
	r, err := u.render()
	if err != nil {
		return tree.Unit{}, fmt.Errorf("unit %s: %w", u.Name, err)
	}
	slices.Sort(r.seeded)
	return tree.Unit{Name: u.Name, Inputs: u.Inputs, Files: r.files, Seeded: r.seeded}, nil
}

// Units lists a target's units by name, not yet rendered. An unknown target
// has none.
func (g *Generator) Units(t Target) []Unit {
	if t.App != "" {
		if slice, ok := g.reduced(t.Team).Slice(t.Team, t.App); ok {
			return []Unit{g.app(slice)}
		}
		return nil
	}
	var units []Unit
	for _, e := range g.in.Contract.Spec.Environments {
		for _, c := range e.Clusters {
			units = append(units, g.cluster(c.Name))
		}
	}
	slices.SortFunc(units, func(a, b Unit) int { return strings.Compare(a.Name, b.Name) })
	units = append(units, g.platform())
	for _, team := range g.in.Contract.Spec.Teams {
		units = append(units, g.team(team.Name))
	}
	return units
}

func (g *Generator) platform() Unit {
	source := tree.File{Data: g.in.Source, Mode: tree.Regular}
	schema := tree.File{Data: contract.Schema(), Mode: tree.Regular}
	return g.unit("platform", func(r *rendering) error {
		m := g.whole()
		scopes := []scope{Platform{pages.Pages{Model: m}, readiness(m, g.made()), g.in.Version}}
		for _, e := range m.Envs {
			scopes = append(scopes, Env{m, e})
		}
		if err := r.render(scopes...); err != nil {
			return err
		}
		if err := policies(r, scopes[0].(Platform)); err != nil {
			return err
		}
		if err := r.files.Add(SchemaFile, schema); err != nil {
			return err
		}
		return r.files.Add(ContractFile, source)
	}, g.inputs.whole(), contract.Essence(g.in.Source), schema.Hash())
}

func (g *Generator) cluster(name string) Unit {
	files := clusterFiles(g.in.Flux, name)
	return g.unit("cluster/"+name, func(r *rendering) error {
		m := g.whole()
		c := m.Clusters[slices.IndexFunc(m.Clusters, func(c *model.Cluster) bool { return c.Name == name })]
		s := Cluster{m, c, c.Env}
		if err := r.render(s); err != nil {
			return err
		}
		for _, p := range files.Paths() {
			f := files[p]
			head := header(p, false, s.From())
			if path.Base(p) == componentsFile {
				head += untouched
			}
			f.Data = append([]byte(head), f.Data...)
			if err := r.files.Add(p, f); err != nil {
				return err
			}
		}
		return nil
	}, g.inputs.whole(), files)
}

// reduced returns the contract as if it had one team only.
func (g *Generator) reduced(team string) contract.Contract {
	c := g.in.Contract
	c.Spec.Teams = []contract.Team{g.teams[team]}
	return c
}

// team is a unit that sees no other team than its own.
func (g *Generator) team(name string) Unit {
	return g.unit("team/"+name, func(r *rendering) error {
		m := model.Build(g.reduced(name))
		team := m.Teams[0]
		scopes := []scope{Team{m, team}}
		for _, e := range m.Envs {
			scopes = append(scopes, newTeamEnv(m, team, e))
		}
		for _, a := range team.Apps {
			for _, ae := range a.Envs {
				scopes = append(scopes, newAppEnv(m, ae))
			}
		}
		return r.render(scopes...)
	}, g.inputs.rest(), g.teams[name])
}

// app is the only unit of an app's repository. It sees the app's slice.
func (g *Generator) app(slice contract.Contract) Unit {
	return g.unit("app", func(r *rendering) error {
		m := model.Build(slice)
		app := App{pages.Pages{Model: m}, m.Teams[0], m.Teams[0].Apps[0]}
		scopes := []scope{app}
		for _, ae := range app.App.Envs {
			scopes = append(scopes, Overlay{newAppEnv(m, ae)})
		}
		if err := r.render(scopes...); err != nil {
			return err
		}
		data := append([]byte(header(SliceFile, false, app.From())), slice.YAML()...)
		return r.files.Add(SliceFile, tree.File{Data: data, Mode: tree.Regular})
	}, g.inputs.slice(slice), slice.Spec.Teams)
}

// unit ties a name, how the files are made and what from together: from must
// cover everything that fill looks at.
func (g *Generator) unit(name string, fill func(*rendering) error, from ...any) Unit {
	return Unit{Name: name, Inputs: digest(g.inputs.tool, name, from), render: func() (rendering, error) {
		r := rendering{set: g.templates, files: tree.Tree{}}
		err := fill(&r)
		return r, err
	}}
}
