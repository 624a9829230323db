// Package effect turns a plan for the platform repository into what it does on
// the clusters: which objects Flux will create, change and delete there, and
// which of that must not happen by accident.
//
// It follows kustomization.yaml and Flux Kustomizations through the files
// before and after the run, as Flux does; it renders no patches and reads no
// disk. What apps deliver as bundles it can only name.
package effect

import (
	"cmp"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/penstock-dev/penstock/internal/contract"
	"github.com/penstock-dev/penstock/internal/generate/plan"
)

// Effect is what a plan does on the clusters.
type Effect struct {
	Clusters []Cluster // by name
	Prunes   []Prune   // by file, then object
}

// Cluster is what changes on one cluster. The lists are sorted.
type Cluster struct {
	Name string
	// Env is the cluster's environment; empty when the contract no longer names
	// the cluster.
	Env string
	// New is set when nothing was there before; the lists are empty then.
	New bool
	// Removed is what Flux deletes; Released leaves the repository, and Flux
	// keeps it on the cluster.
	Added, Changed, Removed, Released []Object
}

// Compute returns the effect of a plan for the platform repository.
func Compute(c contract.Contract, p plan.Plan) Effect {
	b := builder{trees: newTrees(p), contract: c, prunes: map[Object]*Prune{}}
	known := map[string]bool{}
	for _, env := range c.Spec.Environments {
		for _, cl := range env.Clusters {
			known[cl.Name] = true
			b.cluster(env.Name, cl)
		}
	}
	var e Effect
	for _, name := range b.clusterNames() {
		if !known[name] && !b.renamed[name] {
			b.gone(name)
		}
	}
	e.Clusters = slices.SortedFunc(slices.Values(b.clusters), func(x, y Cluster) int { return cmp.Compare(x.Name, y.Name) })
	for _, p := range b.prunes {
		e.Prunes = append(e.Prunes, p.sorted())
	}
	slices.SortFunc(e.Prunes, func(x, y Prune) int {
		return cmp.Or(cmp.Compare(x.File, y.File), compare(x.Object, y.Object))
	})
	return e
}

type builder struct {
	trees
	contract contract.Contract
	clusters []Cluster
	renamed  map[string]bool // former names of clusters
	prunes   map[Object]*Prune
}

const clusterKind = "cluster" // of a Prune that is a whole cluster

// clusterNames lists the clusters that have files before the run.
func (b *builder) clusterNames() []string {
	names := map[string]bool{}
	for p := range b.before {
		if parts := strings.SplitN(p, "/", 3); len(parts) == 3 && parts[0] == "clusters" {
			names[parts[1]] = true
		}
	}
	return slices.Sorted(maps.Keys(names))
}

func dir(cluster string) string { return "clusters/" + cluster }

func (b *builder) has(files map[string][]byte, cluster string) bool {
	return files[dir(cluster)+"/kustomization.yaml"] != nil
}

func (b *builder) cluster(env string, cl contract.Cluster) {
	was := cl.Name
	if cl.Formerly != "" && !b.has(b.before, cl.Name) && b.has(b.before, cl.Formerly) {
		was = cl.Formerly
		if b.renamed == nil {
			b.renamed = map[string]bool{}
		}
		b.renamed[was] = true
		o := Object{Kind: clusterKind, Name: was}
		b.prunes[o] = &Prune{Object: o, File: dir(was), Clusters: []string{was}, Rename: &Rename{Kind: clusterKind, Was: was, Now: cl.Name}}
	}
	c := Cluster{Name: cl.Name, Env: env, New: !b.has(b.before, was) && b.has(b.after, cl.Name)}
	if c.New {
		b.clusters = append(b.clusters, c)
		return
	}
	before, after := b.applied(b.before, dir(was)), b.applied(b.after, dir(cl.Name))
	for id, o := range after {
		switch old := before[id]; {
		case old == nil:
			c.Added = append(c.Added, id)
		case old.text != o.text || old.rest != o.rest:
			c.Changed = append(c.Changed, id)
		}
	}
	f := fate{before, after}
	var left []Object
	for id, o := range before {
		if after[id] != nil {
			continue
		}
		left = append(left, id)
		if f.goes(o) {
			c.Removed = append(c.Removed, id)
		} else {
			c.Released = append(c.Released, id)
		}
	}
	for _, list := range [][]Object{c.Added, c.Changed, c.Removed, c.Released, left} {
		slices.SortFunc(list, compare)
	}
	b.clusters = append(b.clusters, c)
	b.lost(was, left, f)
}

// gone reports a cluster that the contract no longer names.
func (b *builder) gone(name string) {
	if b.has(b.after, name) {
		return
	}
	o := Object{Kind: clusterKind, Name: name}
	b.prunes[o] = &Prune{Object: o, File: dir(name), Clusters: []string{name}}
	b.clusters = append(b.clusters, Cluster{Name: name})
}

func compare(x, y Object) int {
	return cmp.Or(cmp.Compare(x.Namespace, y.Namespace), cmp.Compare(x.Kind, y.Kind), cmp.Compare(x.Name, y.Name))
}

// fate says what becomes of the objects of one cluster.
type fate struct{ before, after map[Object]*object }

// goes reports whether Flux deletes an object.
func (f fate) goes(o *object) bool {
	switch {
	case f.after[o.Object] != nil, o.keeps:
		return false
	case o.by == nil:
		return true
	case f.after[o.by.Object] != nil:
		return !f.after[o.by.Object].idle()
	}
	return f.goes(o.by) && !o.by.orphans()
}

// root is the object whose loss makes o go: o itself, or a Kustomization above.
func (f fate) root(o *object) *object {
	for o.by != nil && f.after[o.by.Object] == nil {
		o = o.by
	}
	return o
}

// lost adds what Flux deletes on a cluster to the prunes. The cluster goes by
// the name that people know it by before the run.
func (b *builder) lost(cluster string, left []Object, f fate) {
	for _, id := range left {
		o := f.before[id]
		if !f.goes(o) || !o.matters() || o.isFlux() && o.orphans() {
			continue
		}
		p := b.prune(f.root(o))
		p.Clusters = add(p.Clusters, cluster)
		if id != p.Object {
			p.Stake = add(p.Stake, id)
		}
	}
	for _, id := range left {
		if o := f.before[id]; o.keeps && id.Kind == "Namespace" && o.by != nil {
			if p := b.prunes[o.by.Object]; p != nil {
				p.Stays = add(p.Stays, id)
			}
		}
	}
}

// prune returns the prune of an object, which several clusters can share.
func (b *builder) prune(o *object) *Prune {
	p := b.prunes[o.Object]
	if p == nil {
		p = &Prune{Object: o.Object, File: o.file, Rename: b.rename(o)}
		b.prunes[o.Object] = p
	}
	return p
}

// add appends what is not in the list yet.
func add[T comparable](list []T, item T) []T {
	if slices.Contains(list, item) {
		return list
	}
	return append(list, item)
}

// rename finds the rename in the contract that makes an object go.
func (b *builder) rename(o *object) *Rename {
	for _, t := range b.contract.Spec.Teams {
		if t.Formerly != "" && strings.HasPrefix(o.folder()+"/", path.Join("tenants", t.Formerly)+"/") {
			return &Rename{Kind: "team", Was: t.Formerly, Now: t.Name}
		}
		for _, a := range t.Apps {
			if a.Formerly != "" && o.Name == a.Formerly && o.Namespace == t.Name && o.isFlux() {
				return &Rename{Kind: "app", Was: a.Formerly, Now: a.Name}
			}
		}
	}
	return nil
}
