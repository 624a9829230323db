package simulate_test

import (
	"crypto/sha256"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/penstock-dev/penstock/internal/registry"
	"github.com/penstock-dev/penstock/internal/registry/sweep"
)

// world makes up the deliveries of one app: builds, most of which fail, releases
// and hotfixes, promotions, rollbacks, holds, images for several machines and
// signatures of both kinds.
type world struct {
	d        *rand.Rand
	r        registry.Retention
	old      bool // signatures are tags, since the registry has no referrers
	now      time.Time
	repos    map[string]*sweep.Repository
	order    []string
	n        int
	releases []release
	envs     map[string]*environment
	unknown  float64                              // how many times the registry does not tell
	at       map[*sweep.Repository]map[string]int // where a manifest is
}

type release struct{ tag, digest string }

type environment struct {
	current, before []release // the last is the newest
	held            bool
	date            string
	number          int
	at              int // index into the releases of what it runs
}

func newWorld(seed uint64, r registry.Retention, old bool) *world {
	w := &world{
		d: rand.New(rand.NewPCG(seed, 17)), r: r, old: old, now: time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC), //nolint:gosec // a seed
		repos: map[string]*sweep.Repository{}, envs: map[string]*environment{}, at: map[*sweep.Repository]map[string]int{},
	}
	w.unknown = []float64{0, 0, 0.2, 1}[w.d.IntN(4)]
	for _, e := range r.Environments {
		w.envs[e] = &environment{at: -1}
	}
	w.push(w.releasesRepo(), w.digest(), "keep-ci-me") // of nobody's class
	for range 20 + w.d.IntN(120) {
		w.day()
	}
	for i := range w.repos {
		slices.SortFunc(w.repos[i].Manifests, func(a, b sweep.Manifest) int { return strings.Compare(a.Digest, b.Digest) })
	}
	return w
}

func (w *world) history() []sweep.Repository {
	var list []sweep.Repository
	for _, name := range w.order {
		list = append(list, *w.repos[name])
	}
	return list
}

func (w *world) chance(p float64) bool { return w.d.Float64() < p }

// time is one that a registry tells: clocks differ by up to a day, and some
// registries tell none.
func (w *world) time() *time.Time {
	if w.chance(w.unknown) {
		return nil
	}
	at := w.now.Add(time.Duration(w.d.IntN(48)-24) * time.Hour / 2)
	return &at
}

func (w *world) digest() string {
	w.n++
	return fmt.Sprintf("sha256:%x", sha256.Sum256(fmt.Appendf(nil, "%d", w.n)))
}

func (w *world) repo(name string) *sweep.Repository {
	if w.repos[name] == nil {
		w.repos[name] = &sweep.Repository{Name: name}
		w.at[w.repos[name]] = map[string]int{}
		w.order = append(w.order, name)
	}
	return w.repos[name]
}

func (w *world) releasesRepo() *sweep.Repository {
	return w.repo(w.r.ReleasesRoot() + "payments/checkout")
}

func (w *world) envRepo(e string) *sweep.Repository {
	if w.r.Layout == registry.PerEnvironment {
		return w.repo(w.r.EnvironmentRoot(e) + "payments/checkout")
	}
	return w.releasesRepo()
}

// push adds a manifest, now and then an index of two, with its signature.
func (w *world) push(r *sweep.Repository, digest string, tags ...string) {
	if i, known := w.at[r][digest]; known {
		w.tag(&r.Manifests[i], tags...)
		return
	}
	m := sweep.Manifest{Digest: digest, PushedAt: w.time()}
	if w.chance(0.2) {
		m.MediaType = "application/vnd.oci.image.index.v1+json"
		for range 2 {
			child := sweep.Manifest{Digest: w.digest(), PushedAt: m.PushedAt}
			m.Children = append(m.Children, child.Digest)
			r.Manifests = append(r.Manifests, child)
		}
	}
	w.tag(&m, tags...)
	w.at[r][digest] = len(r.Manifests)
	r.Manifests = append(r.Manifests, m)
	if len(tags) == 0 || strings.HasPrefix(tags[0], "ci-") && w.chance(0.8) {
		return
	}
	w.sign(r, digest, m.PushedAt)
}

func (w *world) sign(r *sweep.Repository, digest string, at *time.Time) {
	s := sweep.Manifest{Digest: w.digest(), PushedAt: at}
	if w.old || w.chance(0.3) {
		s.Tags = []sweep.Tag{{Name: strings.Replace(digest, ":", "-", 1) + ".sig", TaggedAt: at}}
	} else {
		s.Subject = digest
	}
	r.Manifests = append(r.Manifests, s)
}

func (w *world) tag(m *sweep.Manifest, tags ...string) {
	for _, t := range tags {
		m.Tags = append(m.Tags, sweep.Tag{Name: t, TaggedAt: w.time()})
	}
}

// move moves a tag to a digest.
func (w *world) move(r *sweep.Repository, tag, digest string) {
	for i := range r.Manifests {
		m := &r.Manifests[i]
		m.Tags = slices.DeleteFunc(m.Tags, func(t sweep.Tag) bool { return t.Name == tag })
		if m.Digest == digest {
			w.tag(m, tag)
		}
	}
}

func (w *world) day() {
	w.now = w.now.Add(time.Duration(6+w.d.IntN(60)) * time.Hour)
	r := w.releasesRepo()
	builds := w.d.IntN(4)
	if w.chance(0.03) {
		builds = 100 // a bad night
	}
	for range builds {
		w.push(r, w.digest(), fmt.Sprintf("ci-%d-1a2b3c4", w.n))
	}
	if w.chance(0.5) {
		w.push(r, w.digest(), fmt.Sprintf("pr-%d-1a2b3c4", w.n))
	}
	if w.chance(0.5) {
		next := release{fmt.Sprintf("1.%d.0", len(w.releases)), w.digest()}
		if w.chance(0.1) {
			next.tag += "-rc.1"
		}
		tags := []string{next.tag}
		if w.chance(0.3) { // the candidate that it was before
			tags = append([]string{fmt.Sprintf("ci-%d-9f8e7d6", w.n)}, tags...)
		}
		w.push(r, next.digest, tags...)
		w.releases = append(w.releases, next)
	}
	for i, e := range w.r.Environments {
		w.deliver(i, e)
	}
}

// deliver moves an environment: forward as far as the one before, back to what
// it ran, or not at all.
func (w *world) deliver(i int, name string) {
	e := w.envs[name]
	most := len(w.releases) - 1
	if i > 0 {
		most = w.envs[w.r.Environments[i-1]].at
	}
	switch {
	case e.held && w.chance(0.4):
		e.held = false
		w.claim(name, "lift-", w.releases[e.at])
	case e.held:
	case e.at >= 0 && w.chance(0.03):
		e.held = true
		w.claim(name, "hold-", w.releases[e.at])
	case len(e.before) > 0 && w.chance(0.06):
		back := e.before[max(0, len(e.before)-1-w.d.IntN(3))]
		e.at = slices.Index(w.releases, back)
		e.held = true
		w.run(name, "rollback-", back)
	case most > e.at && w.chance(0.4):
		if e.at >= 0 {
			e.before = append(e.before, w.releases[e.at])
		}
		e.at = e.at + 1 + w.d.IntN(most-e.at)
		w.run(name, "", w.releases[e.at])
	}
}

func (w *world) run(name, action string, to release) {
	r := w.envRepo(name)
	w.push(r, to.digest)
	w.claim(name, action, to)
	w.move(r, name, to.digest)
	if w.r.Layout == registry.GitDigest { // Git pins what runs
		for i := range r.Pins {
			r.Pins[i].Current = r.Pins[i].Current && r.Pins[i].Environment != name
		}
		r.Pins = append([]sweep.Pin{{App: "payments/checkout", Environment: name, Digest: to.digest, Current: true}}, r.Pins...)
	}
}

// claim adds a promotion tag and its record.
func (w *world) claim(name, action string, to release) {
	e, r := w.envs[name], w.envRepo(name)
	if date := w.now.Format(time.DateOnly); date != e.date {
		e.date, e.number = date, 0
	}
	e.number++
	tag := fmt.Sprintf("%s-%s.%d-%s%s", name, e.date, e.number, action, to.tag)
	w.push(r, to.digest, tag)
	r.Manifests = append(r.Manifests, sweep.Manifest{
		Digest: w.digest(), PushedAt: w.time(), Subject: to.digest, Tags: []sweep.Tag{{Name: registry.RecordPrefix + tag, TaggedAt: w.time()}},
	})
}
