package promotion

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	_ "github.com/penstock-dev/penstock/internal/testkit/goldentest"
)

// world is what registries hold. A value is never changed: put makes a new one.
//
//	repository:tag     a digest, or of a record tag the record's bytes
//	repository@digest  held
//	repository!digest  signed there
type world map[string]string

func (w world) put(key, value string) world {
	if v, ok := w[key]; ok && v == value {
		return w
	}
	n := maps.Clone(w)
	n[key] = value
	return n
}

func (w world) key() string {
	var b strings.Builder
	for _, k := range slices.Sorted(maps.Keys(w)) {
		b.WriteString(k + "\x00" + w[k] + "\x00")
	}
	return b.String()
}

func (w world) tags(repository string) []string {
	var tags []string
	for k := range w {
		if tag, ok := strings.CutPrefix(k, repository+":"); ok {
			tags = append(tags, tag)
		}
	}
	slices.Sort(tags)
	return tags
}

// release adds a release to a repository. Its digest is made from its name.
func (w world) release(repository, release string) world {
	return w.put(repository+"@"+digestFor(release), "").put(repository+":"+release, digestFor(release))
}

func digestFor(release string) string { return "sha256:" + release }

// request is one call of a method; the answer to it is an answer.
type request struct{ method, repository, a, b, c string }

type answer struct {
	tags string // joined by spaces
	text string
	ok   bool
	err  string
}

// serve carries out one request, at once and as a whole.
func (w world) serve(q request) (world, answer) {
	switch q.method {
	case "Tags":
		return w, answer{tags: strings.Join(w.tags(q.repository), " ")}
	case "Digest", "Record":
		text, ok := w[q.repository+":"+q.a]
		return w, answer{text: text, ok: ok}
	case "Tag":
		if _, held := w[q.repository+"@"+q.a]; !held {
			return w, answer{err: fmt.Sprintf("%s@%s: not held", q.repository, q.a)}
		}
		return w.put(q.repository+":"+q.b, q.a), answer{}
	case "Copy":
		if _, held := w[q.repository+"@"+q.b]; !held {
			return w, answer{err: fmt.Sprintf("%s@%s: not held", q.repository, q.b)}
		}
		return w.put(q.a+"@"+q.b, ""), answer{}
	case "PutRecord":
		return w.put(q.repository+":"+q.a, q.c), answer{}
	case "Sign":
		return w.put(q.repository+"!"+q.a, ""), answer{}
	}
	panic("no method " + q.method)
}

// server makes a Registry of a function that answers requests.
type server func(request) answer

func (s server) ask(q request) (answer, error) {
	a := s(q)
	if a.err != "" {
		return a, fmt.Errorf("%s", a.err)
	}
	return a, nil
}

func (s server) Tags(_ context.Context, repository string) ([]string, error) {
	a, err := s.ask(request{"Tags", repository, "", "", ""})
	return strings.Fields(a.tags), err
}

func (s server) Digest(_ context.Context, repository, tag string) (string, bool, error) {
	a, err := s.ask(request{"Digest", repository, tag, "", ""})
	return a.text, a.ok, err
}

func (s server) Tag(_ context.Context, repository, digest, tag string) error {
	_, err := s.ask(request{"Tag", repository, digest, tag, ""})
	return err
}

func (s server) Copy(_ context.Context, from, to, digest string) error {
	_, err := s.ask(request{"Copy", from, to, digest, ""})
	return err
}

func (s server) PutRecord(_ context.Context, repository, tag, subject string, record []byte) error {
	_, err := s.ask(request{"PutRecord", repository, tag, subject, string(record)})
	return err
}

func (s server) Record(_ context.Context, repository, tag string) ([]byte, bool, error) {
	a, err := s.ask(request{"Record", repository, tag, "", ""})
	return []byte(a.text), a.ok, err
}

func (s server) sign(_ context.Context, repository, digest string) error {
	_, err := s.ask(request{"Sign", repository, digest, "", ""})
	return err
}

// memory is a registry in memory for one run after the other. It keeps the
// requests that it answered, and fails those that fail matches.
type memory struct {
	mu    sync.Mutex
	world world
	asked []request
	fail  func(n int, q request) string // n counts from 0; "" answers
}

func (m *memory) serve(q request) answer {
	m.mu.Lock()
	defer m.mu.Unlock()
	n := len(m.asked)
	m.asked = append(m.asked, q)
	if m.fail != nil {
		if err := m.fail(n, q); err != "" {
			return answer{err: err}
		}
	}
	var a answer
	m.world, a = m.world.serve(q)
	return a
}

func (m *memory) registry() Registry { return server(m.serve) }

// clock is the time of the tests.
func clock(t testing.TB, s string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, s)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

const noon = "2026-02-22T12:00:00Z"

// single is an environment without a preceding one in a repository that holds
// everything.
func single(t testing.TB) Options {
	t.Helper()
	return Options{
		App: "shop/checkout", Actor: "ann", Now: clock(t, noon),
		Env: Env{Name: "prod", Repository: "reg/app", Releases: "reg/app"},
	}
}

// releases is a world with some releases in a repository.
func releases(repository string, list ...string) world {
	w := world{}
	for _, r := range list {
		w = w.release(repository, r)
	}
	return w
}
