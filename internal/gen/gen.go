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
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"slices"

	"github.com/penstock-dev/penstock/internal/contract"
	"github.com/penstock-dev/penstock/internal/model"
	"github.com/penstock-dev/penstock/internal/tree"
)

// ContractFile is the contract's path in the platform repository.
const ContractFile = "penstock.yaml"

// SliceFile is the path of an app's slice of the contract in the app's
// repository.
const SliceFile = ".penstock/contract.yaml"

// Input is what generation depends on besides the templates.
type Input struct {
	Contract contract.Contract
	// Source is the bytes that Contract was parsed from.
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
	whole     *model.Model
	teams     map[string]contract.Team
	templates templateSet
	tool      string // digest of templates and version
}

// New reads the templates in fsys; CONTRIBUTING.md describes their layout. A
// template that does not parse is an error.
func New(in Input, fsys fs.FS) (*Generator, error) {
	set, digest, err := readTemplates(fsys)
	if err != nil {
		return nil, err
	}
	in.Contract = canonical(in.Contract)
	g := &Generator{in: in, whole: model.Build(in.Contract), templates: set, tool: digest + " " + in.Version}
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
		if slice, ok := g.in.Contract.Slice(t.Team, t.App); ok {
			return []Unit{g.app(slice)}
		}
		return nil
	}
	var units []Unit
	for _, c := range g.whole.Clusters {
		units = append(units, g.cluster(c))
	}
	units = append(units, g.platform())
	for _, team := range g.whole.Teams {
		units = append(units, g.team(team.Name))
	}
	return units
}

func (g *Generator) platform() Unit {
	return g.unit("platform", g.in.Contract, g.in.Source, func(r *rendering) error {
		scopes := []scope{Platform{g.whole, readiness(g.whole, g.made())}}
		for _, e := range g.whole.Envs {
			scopes = append(scopes, Env{g.whole, e})
		}
		if err := r.render(scopes...); err != nil {
			return err
		}
		return r.files.Add(ContractFile, tree.File{Data: g.in.Source, Mode: tree.Regular})
	})
}

func (g *Generator) cluster(c *model.Cluster) Unit {
	files := clusterFiles(g.in.Flux, c.Name)
	return g.unit("cluster/"+c.Name, g.in.Contract, files, func(r *rendering) error {
		s := Cluster{g.whole, c, c.Env}
		if err := r.render(s); err != nil {
			return err
		}
		for _, p := range files.Paths() {
			f := files[p]
			f.Data = append([]byte(header(p, false, s.From())), f.Data...)
			if err := r.files.Add(p, f); err != nil {
				return err
			}
		}
		return nil
	})
}

// team is a unit that sees no other team than its own.
func (g *Generator) team(name string) Unit {
	reduced := g.in.Contract
	reduced.Spec.Teams = []contract.Team{g.teams[name]}
	return g.unit("team/"+name, reduced, nil, func(r *rendering) error {
		m := model.Build(reduced)
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
	})
}

// app is the only unit of an app's repository. It sees the app's slice.
func (g *Generator) app(slice contract.Contract) Unit {
	return g.unit("app", slice, nil, func(r *rendering) error {
		m := model.Build(slice)
		app := App{m, m.Teams[0], m.Teams[0].Apps[0]}
		scopes := []scope{app}
		for _, ae := range app.App.Envs {
			scopes = append(scopes, Overlay{newAppEnv(m, ae)})
		}
		if err := r.render(scopes...); err != nil {
			return err
		}
		data := append([]byte(header(SliceFile, false, app.From())), slice.YAML()...)
		return r.files.Add(SliceFile, tree.File{Data: data, Mode: tree.Regular})
	})
}

// unit ties a name, what the files are made from and how together. c and extra
// must cover everything that fill looks at.
func (g *Generator) unit(name string, c contract.Contract, extra any, fill func(*rendering) error) Unit {
	h := sha256.New()
	fmt.Fprintln(h, g.tool, name)
	if err := json.NewEncoder(h).Encode([]any{c, extra}); err != nil {
		panic(err) // both are plain data
	}
	return Unit{Name: name, Inputs: "sha256:" + hex.EncodeToString(h.Sum(nil)), render: func() (rendering, error) {
		r := rendering{set: g.templates, files: tree.Tree{}}
		err := fill(&r)
		return r, err
	}}
}
