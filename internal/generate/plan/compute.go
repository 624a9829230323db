package plan

import (
	"cmp"
	"maps"
	"slices"

	"github.com/penstock-dev/penstock/internal/generate/tree"
)

// Compute decides about every path that is pristine or desired.
func Compute(in Input) Plan {
	c := newComputation(in)
	c.follow()
	paths := maps.Clone(c.pristine)
	maps.Copy(paths, c.desired)
	sorted := slices.Sorted(maps.Keys(paths))
	changes := make([]Change, 0, len(sorted))
	// What is no longer generated goes first: its deletion can make way.
	for _, p := range sorted {
		if _, ok := c.desired[p]; !ok {
			ch := c.parted(c.gathered(c.row(p)))
			c.gone[p] = ch.Action == Delete || ch.Action == Forget
			changes = append(changes, ch)
		}
	}
	for _, p := range sorted {
		if _, ok := c.desired[p]; ok {
			changes = append(changes, c.tell(c.gathered(c.followed(c.row(p)))))
		}
	}
	slices.SortFunc(changes, func(a, b Change) int { return cmp.Compare(a.Path, b.Path) })
	for i := range changes {
		changes[i].MakesWay = changes[i].Action == Delete && c.way[changes[i].Path]
	}
	return Plan{Changes: changes, States: c.states(changes), Places: c.nextPlaces(), Met: c.met, follows: c.follows}
}

func newComputation(in Input) *computation {
	c := &computation{
		Input:    in,
		pristine: index(in.Pristine),
		desired:  index(in.Desired),
		from:     map[string]string{},
		gone:     map[string]bool{},
		way:      map[string]bool{},
	}
	c.met = met(in)
	c.follows = c.met && c.untouched()
	c.move()
	return c
}

// computation holds the trees by path.
type computation struct {
	Input
	pristine, desired map[string]owned
	from              map[string]string // moves, new path -> old path
	gone              map[string]bool   // paths that this plan leaves free
	places            map[string]string // where moved files are, by the path they are generated at
	way               map[string]bool   // paths that must be free before others are written
	met               bool              // two branches met here
	follows           bool              // and nothing was changed since
}

// owned is a file and the unit that it belongs to.
type owned struct {
	file   *tree.File
	unit   string
	seeded bool
}

func index(units []tree.Unit) map[string]owned {
	n := 0
	for _, u := range units {
		n += len(u.Files)
	}
	m := make(map[string]owned, n)
	for _, u := range units {
		for p, f := range u.Files {
			f.Data = tree.LF(f.Data)
			m[p] = owned{file: &f, unit: u.Name, seeded: u.IsSeeded(p)}
		}
	}
	return m
}

// move keeps those moves that have edits to carry along.
func (c *computation) move() {
	for _, old := range slices.Sorted(maps.Keys(c.Moves)) {
		path := c.Moves[old]
		_, had := c.pristine[old]
		_, has := c.pristine[path]
		_, stays := c.desired[old]
		_, wanted := c.desired[path]
		_, hindered := c.Current.Obstacles[old]
		if had && !has && !stays && wanted && !hindered {
			c.from[path] = old
		}
	}
}

// row is one path of the three trees. A nil File is a "-" of the table.
type row struct {
	Change
	// edited is the current file that pristine and desired are compared with:
	// Current, or the one at From.
	edited   *tree.File
	obstacle *Obstacle
	seeded   bool   // desired as a seeded file
	known    bool   // pristine as a seeded file
	movesTo  string // where its edits go
	settled  bool   // markers of Git's were taken out of edited
	one      bool   // edited has only one side's lines
}

func (c *computation) row(path string) row {
	r := row{Change: Change{Path: path}}
	if o, ok := c.Current.Obstacles[path]; ok {
		r.obstacle = &o
	}
	if f, ok := c.Current.Files[path]; ok {
		r.Current = &f
	}
	r.edited = r.Current
	base := path
	if old, ok := c.from[path]; ok {
		base = old
		if f, ok := c.Current.Files[old]; ok && r.Current == nil {
			r.From, r.edited = old, &f
		}
	}
	b, d := c.pristine[base], c.desired[path]
	r.Pristine, r.Desired, r.known, r.seeded = b.file, d.file, b.seeded, d.seeded
	r.Unit = cmp.Or(d.unit, b.unit)
	if to := c.Moves[path]; to != "" && c.from[to] == path {
		r.movesTo = to
	}
	return r
}

// clear reports whether the plan itself removes what stands in the way.
func (c *computation) clear(o *Obstacle) bool {
	if len(o.Holds) == 0 && o.Kind != Folder {
		return false
	}
	for _, p := range o.Holds {
		if !c.gone[p] {
			return false
		}
	}
	for _, p := range o.Holds {
		c.way[p] = true
	}
	return o.Holds != nil
}
