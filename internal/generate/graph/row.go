package graph

import (
	"slices"

	"github.com/penstock-dev/penstock/internal/model"
)

// detail is what one row of the picture stands for.
type detail int

const (
	byApp detail = iota
	byTeam
	overall
)

// group is the rows of a team or, in a summary, all rows; then it has no name.
type group struct {
	id     string
	name   string
	owners string
	rows   []row
}

// row is an app or, in a summary, all apps that are delivered in the same way.
type row struct {
	id      string
	name    string
	sub     string // where its Git repository is, or how many there are
	tip     string
	oci     bool
	release string // what CI pushes; empty for delivery by Git
	cells   []cell // one per stage
}

// everywhere reports whether every stage reads the row.
func (r row) everywhere() bool {
	return !slices.ContainsFunc(r.cells, func(c cell) bool { return c.label == "" })
}

// cell is what a stage reads of a row; without a label it reads nothing.
type cell struct {
	label  string
	tip    string
	pinned bool
}

// rows says how many rows a picture of that detail has.
func (b *builder) rows(d detail) int {
	n := 0
	for _, t := range b.m.Teams {
		if d == byApp {
			n += len(t.Apps)
			continue
		}
		oci, git := split(t.Apps)
		n += min(len(oci), 1) + min(len(git), 1)
	}
	return n
}

func (b *builder) groups(d detail) []group {
	var out []group
	var rows []row
	var all []*model.App
	for _, t := range b.m.Teams {
		all = append(all, t.Apps...)
		if d == byApp {
			out = append(out, b.team(t))
		}
		if d == byTeam {
			rows = append(rows, b.counted(t.Name, ident(t.Name), t.Apps)...)
		}
	}
	if d == byApp {
		return out
	}
	if d == overall {
		rows = b.counted("", "all", all)
	}
	return []group{{id: "teams", rows: rows}}
}

func (b *builder) team(t *model.Team) group {
	g := group{id: ident(t.Name), name: t.Name, owners: list(t.Owners, 3)}
	for _, a := range t.Apps {
		g.rows = append(g.rows, b.app(a))
	}
	return g
}

func (b *builder) app(a *model.App) row {
	r := row{id: ident(a.Team.Name, a.Name), name: a.Name, sub: place(a.Git), oci: a.OCI, cells: make([]cell, len(b.stages))}
	r.tip = "App " + a.Name + " of team " + a.Team.Name + ", owned by " + list(a.Team.Owners, len(a.Team.Owners)) +
		": repository " + r.sub + ", branch " + clean(a.Git.Branch) + ", folder " + clean(a.Path)
	if a.OCI {
		r.release = a.Name + ":x.y.z"
	}
	envs := map[int]int{}
	for _, ae := range a.Envs {
		i := b.stageOf[ae.Env]
		envs[i]++
		r.cells[i] = b.cell(ae, envs[i])
	}
	return r
}

// cell is the n-th environment of its stage that the app is in.
func (b *builder) cell(ae *model.AppEnv, n int) cell {
	if b.stages[b.stageOf[ae.Env]].envs != "" {
		label := count(n, "environment")
		return cell{label: label, tip: ae.Name + " in " + label}
	}
	folder := clean(ae.Path) + "/overlays/" + ae.Env.Name
	switch {
	case !ae.OCI:
		return cell{label: folder, tip: ae.Env.Name + " reads " + folder + " of " + place(ae.Git)}
	case b.pins(ae.Env):
		return cell{label: ae.Name + "@sha256", pinned: true, tip: ae.Env.Name + " reads " + clean(ae.Repository) + ", tag and digest pinned in Git"}
	default:
		return cell{label: ae.Name + ":" + ae.Env.Name, tip: ae.Env.Name + " reads " + clean(ae.Repository) + ":" + ae.Env.Name}
	}
}

// counted makes at most two rows of many apps: bundles, and delivery by Git.
// Without a name a row counts its teams.
func (b *builder) counted(name, id string, apps []*model.App) []row {
	var out []row
	oci, git := split(apps)
	if len(oci) > 0 {
		r := b.sum(name, oci)
		r.id, r.oci, r.release = id+"_oci", true, count(len(oci), "app")
		out = append(out, r)
	}
	if len(git) > 0 {
		r := b.sum(name, git)
		r.id = id + "_git"
		out = append(out, r)
	}
	return out
}

func (b *builder) sum(name string, apps []*model.App) row {
	repos, teams := map[string]bool{}, map[string]bool{}
	in := make([]int, len(b.stages))
	for _, a := range apps {
		repos[a.Git.Web], teams[a.Team.Name] = true, true
		stages := map[int]bool{}
		for _, ae := range a.Envs {
			stages[b.stageOf[ae.Env]] = true
		}
		for i := range stages {
			in[i]++
		}
	}
	if name == "" {
		name = count(len(teams), "team")
	}
	r := row{name: name, sub: count(len(apps), "app") + ", " + count(len(repos), "repository"), cells: make([]cell, len(in))}
	r.tip = name + ": " + r.sub
	for i, n := range in {
		if n > 0 {
			r.cells[i] = cell{label: count(n, "app"), tip: name + ": " + count(n, "app") + " in " + b.stages[i].name, pinned: b.stages[i].has(pinned)}
		}
	}
	return r
}

func split(apps []*model.App) (oci, git []*model.App) {
	for _, a := range apps {
		if a.OCI {
			oci = append(oci, a)
		} else {
			git = append(git, a)
		}
	}
	return oci, git
}
