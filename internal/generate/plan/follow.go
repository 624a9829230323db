package plan

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/penstock-dev/penstock/internal/generate/tree"
)

// A person who moves a generated file moves it for good: the contract's next
// change reaches it where it is. It is known again by Places, else as Git knows
// it: by equal content, or by most of its lines.

// Lost lists, sorted, the generated files that are in no place that is known:
// only for these has anybody to look for what they may have become.
func (in Input) Lost(current Current) []string {
	c := newComputation(in)
	c.Current = current
	var lost []string
	for p := range c.desired {
		if base, ok := c.absent(p); ok && c.pinned(base) == "" {
			lost = append(lost, p)
		}
	}
	slices.Sort(lost)
	return lost
}

// absent reports whether a managed file that the last run wrote is not where it
// is generated, and under which path it was written.
func (c *computation) absent(p string) (base string, ok bool) {
	base = p
	if old, renamed := c.from[p]; renamed {
		base = old
	}
	b, known := c.pristine[base]
	d := c.desired[p]
	if !known || b.seeded || d.seeded || d.file == nil {
		return base, false
	}
	for _, at := range []string{p, base} {
		_, here := c.Current.Files[at]
		_, hindered := c.Current.Obstacles[at]
		if here || hindered {
			return base, false
		}
	}
	return base, true
}

// pinned is where an earlier run found a moved file, if it is there still.
func (c *computation) pinned(base string) string {
	at := c.Places[base]
	if _, there := c.Current.Files[at]; at == "" || !there || c.generated(at) {
		return ""
	}
	return at
}

// generated reports whether a path is one that files are generated at.
func (c *computation) generated(p string) bool {
	_, was := c.pristine[p]
	_, is := c.desired[p]
	return was || is
}

// follow finds where moved files are now: c.places, by the path that they are
// generated at.
func (c *computation) follow() {
	c.places = map[string]string{}
	taken := map[string]bool{}
	var lost []string
	for _, p := range slices.Sorted(maps.Keys(c.desired)) {
		base, ok := c.absent(p)
		if !ok {
			continue
		}
		if at := c.pinned(base); at != "" {
			c.places[p], taken[at] = at, true
			continue
		}
		lost = append(lost, p)
	}
	type pair struct {
		p, at string
		score int
	}
	var pairs []pair
	for _, p := range lost {
		base, _ := c.absent(p)
		for at, f := range c.Others {
			if s := likeness(*c.pristine[base].file, f); s > 0 && !c.generated(at) {
				if path.Base(at) == path.Base(base) {
					s++ // of two equal ones, the one with the name
				}
				pairs = append(pairs, pair{p, at, s})
			}
		}
	}
	slices.SortFunc(pairs, func(a, b pair) int {
		return cmp.Or(b.score-a.score, strings.Compare(a.p, b.p), strings.Compare(a.at, b.at))
	})
	for _, x := range pairs {
		if c.places[x.p] == "" && !taken[x.at] {
			c.places[x.p], taken[x.at] = x.at, true
		}
	}
}

// likeness is how much of a file is in another one, in per cent; 0 for what is
// less than Git's half, or too short to say.
func likeness(a, b tree.File) int {
	if bytes.Equal(a.Data, b.Data) {
		if len(bytes.TrimSpace(a.Data)) == 0 {
			return 0
		}
		return 100
	}
	const fewest = 5
	counts, lines, common, others := map[string]int{}, 0, 0, 0
	for line := range bytes.Lines(a.Data) {
		if line = bytes.TrimSpace(line); len(line) > 0 {
			counts[string(line)]++
			lines++
		}
	}
	for line := range bytes.Lines(b.Data) {
		line = bytes.TrimSpace(line)
		if len(line) == 0 {
			continue
		}
		others++
		if counts[string(line)] > 0 {
			counts[string(line)]--
			common++
		}
	}
	score := 100 * common / max(lines, others, 1)
	if lines < fewest || score < 50 {
		return 0
	}
	return min(score, 99)
}

// followed is the row of a file that a person moved: its edits are at its place,
// and what is decided is done there.
func (c *computation) followed(r row) row {
	at := c.places[r.Path]
	if at == "" {
		return r
	}
	f := c.Others[at]
	if known, ok := c.Current.Files[at]; ok {
		f = known
	}
	r.Of, r.Path = r.Path, at
	r.Current, r.edited, r.From = &f, &f, ""
	return r
}

// tell adds to a decision about a moved file where it was, and which
// kustomization.yaml still looks for it there.
func (c *computation) tell(ch Change) Change {
	if ch.Of == "" {
		return ch
	}
	if ch.Action == Keep {
		ch.Action = Follow
	}
	ch.Reason = "moved here from " + ch.Of + "; " + ch.Reason
	list := path.Dir(ch.Of) + "/kustomization.yaml"
	f, ok := c.Current.Files[list]
	if !ok {
		return ch
	}
	for line := range bytes.Lines(f.Data) {
		word := strings.Trim(strings.TrimPrefix(strings.TrimPrefix(strings.TrimSpace(string(line)), "- "), "path: "), `"'`)
		if strings.TrimPrefix(word, "./") == path.Base(ch.Of) {
			ch.Reason += fmt.Sprintf("; %s still lists it as %s: change that, it is yours", list, word)
			break
		}
	}
	return ch
}

// parted says of a moved file that is no longer generated that it is the user's.
func (c *computation) parted(ch Change) Change {
	if at := c.pinned(ch.Path); ch.Action == Forget && at != "" {
		ch.Action, ch.Reason = Leave, "no longer generated; you moved it to "+at+", and there it is yours now"
	}
	return ch
}

// nextPlaces are the places that the next run must know: those found now, and
// those of files that this run did not look at.
func (c *computation) nextPlaces() map[string]string {
	next := maps.Clone(c.places)
	for p, at := range c.Places {
		if !c.generated(p) {
			next[p] = at
		}
	}
	return next
}
