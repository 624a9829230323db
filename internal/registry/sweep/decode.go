package sweep

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/penstock-dev/penstock/internal/diag"
)

// MostBytes is how large a history may be: 100,000 tags are a third of it.
const MostBytes = 128 << 20

// Skew is how far clocks may be apart.
const Skew = 24 * time.Hour

var digestForm = regexp.MustCompile(`^sha256:[0-9a-f]{64}$`)

// DecodeHistory reads what "penstock history --export" wrote, strictly. A time
// after now, but for the skew of clocks, a digest that is not there, and circles
// are problems.
func DecodeHistory(file string, data []byte, now time.Time) ([]Repository, diag.List) {
	d := &decoder{file: file, data: data, now: now, lines: 1}
	if len(data) > MostBytes {
		d.ds.Add(diag.Where{File: file}, fmt.Sprintf("has %d MiB", len(data)>>20), fmt.Sprintf("export fewer apps at once: at most %d MiB", MostBytes>>20))
		return nil, d.ds
	}
	d.json = json.NewDecoder(bytes.NewReader(data))
	d.json.DisallowUnknownFields()
	var repos []Repository
	err := d.list(func() error {
		r, err := d.repository()
		repos = append(repos, r)
		return err
	})
	if err == nil {
		if _, err = d.json.Token(); errors.Is(err, io.EOF) {
			err = nil
		} else if err == nil {
			err = errors.New("something follows the list of repositories")
		}
	}
	if err != nil {
		d.add(d.offset(err), "is no history: "+err.Error(), `write it with "penstock history --export"`)
	}
	return repos, d.ds
}

type decoder struct {
	file  string
	data  []byte
	now   time.Time
	json  *json.Decoder
	ds    diag.List
	at    int // up to where lines are counted
	lines int
	start int // of the line at that place
}

const mostProblems = 20

// add adds a problem at a place in the data; places come in order.
func (d *decoder) add(offset int, what, fix string) {
	if len(d.ds) >= mostProblems {
		return
	}
	if offset < d.at {
		d.at, d.lines, d.start = 0, 1, 0
	}
	for ; d.at < offset && d.at < len(d.data); d.at++ {
		if d.data[d.at] == '\n' {
			d.lines, d.start = d.lines+1, d.at+1
		}
	}
	d.ds.Add(diag.Where{File: d.file, Line: d.lines, Column: d.at - d.start + 1}, what, fix)
}

// offset is where an error is.
func (d *decoder) offset(err error) int {
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		return int(syntax.Offset) - 1
	}
	return d.next()
}

// next is where the next value begins.
func (d *decoder) next() int {
	at := int(d.json.InputOffset())
	for at < len(d.data) && strings.IndexByte(" \t\r\n,:", d.data[at]) >= 0 {
		at++
	}
	return at
}

func (d *decoder) list(item func() error) error {
	if err := d.delim('['); err != nil {
		return err
	}
	for d.json.More() {
		if err := item(); err != nil {
			return err
		}
	}
	return d.delim(']')
}

func (d *decoder) delim(want json.Delim) error {
	t, err := d.json.Token()
	if err != nil {
		return err
	}
	if t != want {
		return fmt.Errorf("%v stands where %s was expected", t, strconv.Quote(want.String()))
	}
	return nil
}

func (d *decoder) repository() (Repository, error) {
	r := Repository{Manifests: []Manifest{}}
	at := d.next()
	if err := d.delim('{'); err != nil {
		return r, err
	}
	var places []int
	for d.json.More() {
		key, err := d.json.Token()
		if err != nil {
			return r, err
		}
		switch key {
		case "repository":
			err = d.json.Decode(&r.Name)
		case "pins":
			err = d.json.Decode(&r.Pins)
		case "manifests":
			err = d.list(func() error {
				places = append(places, d.next())
				var m Manifest
				if err := d.json.Decode(&m); err != nil {
					return err
				}
				r.Manifests = append(r.Manifests, m)
				return nil
			})
		default:
			err = fmt.Errorf("%v is no field of a repository", key)
		}
		if err != nil {
			return r, err
		}
	}
	if r.Name == "" {
		d.add(at, "has no repository", "name it, with its host")
	}
	d.check(&r, places)
	return r, d.delim('}')
}

// check finds what cannot be true of a repository.
func (d *decoder) check(r *Repository, places []int) {
	known, tags := make(map[string]*Manifest, len(r.Manifests)), map[string]bool{}
	for i := range r.Manifests {
		m := &r.Manifests[i]
		if !digestForm.MatchString(m.Digest) {
			d.add(places[i], "has the digest "+strconv.Quote(m.Digest), "a digest is sha256: and 64 hexadecimal digits")
		} else if known[m.Digest] != nil {
			d.add(places[i], m.Digest+" is there twice", "export the history anew")
		}
		known[m.Digest] = m
	}
	for i := range r.Manifests {
		m := &r.Manifests[i]
		for _, other := range append([]string{m.Subject}, m.Children...) {
			if other != "" && known[other] == nil {
				d.add(places[i], m.Digest+" names "+strconv.Quote(other)+", which is not there", "export the history anew")
			}
		}
		for _, t := range m.Tags {
			if t.Name == "" || tags[t.Name] {
				d.add(places[i], "the tag "+strconv.Quote(t.Name)+" is on two manifests, or has no name", "export the history anew")
			}
			tags[t.Name] = true
			d.future(places[i], t.Name, t.TaggedAt)
		}
		d.future(places[i], m.Digest, m.PushedAt)
		d.future(places[i], m.Digest, m.CreatedAt)
		d.future(places[i], m.Digest, m.LastPulledAt)
	}
	if at := circle(r, known); at >= 0 {
		d.add(places[at], r.Manifests[at].Digest+" is about itself, by way of others", "no registry holds such manifests: export the history anew")
	}
}

func (d *decoder) future(place int, what string, at *time.Time) {
	if at != nil && at.After(d.now.Add(Skew)) {
		d.add(place, what+" has the time "+at.Format(time.RFC3339)+", which is to come", "give --now, or correct the clock")
	}
}

// circle returns a manifest that is reached from itself by subjects and
// children, or -1.
func circle(r *Repository, known map[string]*Manifest) int {
	const onTheWay, done = 1, 2
	state := make(map[string]int, len(known))
	var reach func(m *Manifest) bool
	reach = func(m *Manifest) bool {
		if m == nil || state[m.Digest] == done {
			return false
		}
		if state[m.Digest] == onTheWay {
			return true
		}
		state[m.Digest] = onTheWay
		for _, next := range append([]string{m.Subject}, m.Children...) {
			if reach(known[next]) {
				return true
			}
		}
		state[m.Digest] = done
		return false
	}
	for i := range r.Manifests {
		if reach(&r.Manifests[i]) {
			return i
		}
	}
	return -1
}
