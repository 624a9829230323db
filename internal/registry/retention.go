package registry

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/penstock-dev/penstock/internal/diag"
	"github.com/penstock-dev/penstock/internal/registry/sweep"
)

// Retention is what a registry may delete of bundles, and what it must not.
// Whatever is in no class of tags below stays.
type Retention struct {
	Config
	Environments []string // in the order of the promotion path
	Candidates   int      // ci-* are deleted after so many days
	Previews     int      // pr-* are
	Releases     int      // the newest that stay; 0: all
	Promotions   int      // digests that counted, and stay, of each environment
	provider     Provider
}

// At returns the retention at a provider.
func (r Retention) At(p Provider) Retention { r.provider = p; return r }

// Prefixes of the classes of tags that are deleted. Environments' names begin
// with neither, so that no claim and no environment tag does.
const (
	CandidatePrefix = "ci-"
	PreviewPrefix   = "pr-"
	RecordPrefix    = "record-"
	SignaturePrefix = "sha256-"
)

// Digits begin every release and no other tag but those of environments whose
// names do: both stay.
const Digits = "0123456789"

// ReleasesRoot is the start, ending in "/", of all repositories of releases, and
// EnvironmentRoot that of what an environment reads; both without scheme.
func (r Retention) ReleasesRoot() string { return r.EnvironmentRoot("") }

// EnvironmentRoot see ReleasesRoot.
func (r Retention) EnvironmentRoot(environment string) string {
	return strings.TrimSuffix(r.provider.TeamPrefix(r.Config, environment, "\x00"), "\x00/")
}

// Sharing are the environments whose tags are in the repositories of the
// releases.
func (r Retention) Sharing() []string {
	if r.Layout == PerEnvironment {
		return nil
	}
	return r.Environments
}

// OfReleases reports a repository that holds releases.
func (r Retention) OfReleases(repository string) bool {
	return strings.HasPrefix(repository, r.ReleasesRoot()) && r.EnvironmentOf(repository) == ""
}

// EnvironmentOf is the environment whose own repository it is; "" for those of
// releases.
func (r Retention) EnvironmentOf(repository string) string {
	if r.Layout != PerEnvironment {
		return ""
	}
	for _, e := range r.Environments {
		if strings.HasPrefix(repository, r.EnvironmentRoot(e)) {
			return e
		}
	}
	return ""
}

// File is a policy file below registry/ of the platform repository.
type File struct {
	Name string
	Data []byte
}

// Sweep is how a product deletes what is old.
type Sweep struct {
	// Files render its policy.
	Files func(Retention) []File
	// Guide says what to do with them.
	Guide func(Retention) Guide
	// Read reads those files back, strictly: what the product would refuse is a
	// problem with its place.
	Read func(r Retention, files map[string][]byte) (sweep.Policy, diag.List)
}

// Guide is what registry/README.md says of a product: its files, who moved a tag,
// and what it cannot do.
type Guide struct {
	Files []PolicyFile
	// Audit is a command that shows who moved a tag, with TEAM, APP, ENVIRONMENT in
	// it, and AuditNote what it needs; no command where there is only a page.
	Audit, AuditNote string
	// Cannot are its limits, and what is done instead, as sentences in Markdown.
	Cannot []string
}

// PolicyFile says of a file what it does, and the commands, run in the folder
// registry/, that preview and apply it. Each may be "".
type PolicyFile struct{ Name, What, Preview, Apply string }

// JSON is how policy files are written: as prettier leaves them, with "<" as it
// is. Lists of plain values stand on one line where they fit.
func JSON(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		panic(fmt.Sprintf("a policy file: %v", err)) // values of our own
	}
	return plainList.ReplaceAllFunc(b.Bytes(), func(list []byte) []byte {
		m := plainList.FindSubmatch(list)
		var items []string
		for line := range strings.Lines(string(m[2])) {
			items = append(items, strings.TrimSpace(line))
		}
		one := string(m[1]) + "[" + strings.Join(items, " ") + "]" + string(m[3])
		if len([]rune(one)) > 80 {
			return list
		}
		return []byte(one)
	})
}

// plainList is a list without lists and objects, over several lines.
var plainList = regexp.MustCompile(`(?m)^( *(?:"[^"\n]*": )?)\[\n((?: *(?:"(?:[^"\\\n]|\\.)*"|[-0-9.eE+]+|true|false|null),?\n)+) *\](,?)$`)

// ReadJSON reads a policy file strictly into a value.
func ReadJSON(file string, files map[string][]byte, into any) diag.List {
	var ds diag.List
	data, ok := files[file]
	if !ok {
		ds.Add(diag.Where{File: file}, "is not there", `make it with "penstock generate"`)
		return ds
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	err := d.Decode(into)
	if err == nil && d.More() {
		err = errors.New("something follows")
	}
	if err == nil {
		if at, what := exact(data, into); what != "" {
			ds.Add(PlaceIn(file, data, at), what, `restore it with "penstock generate"`)
		}
		return ds
	}
	at := int(d.InputOffset())
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		at = int(syntax.Offset) - 1
	case errors.As(err, &kind):
		at = int(kind.Offset)
	}
	ds.Add(PlaceIn(file, data, at), "cannot be read: "+err.Error(), `restore it with "penstock generate"`)
	return ds
}

// PlaceIn is a place in a file.
func PlaceIn(file string, data []byte, at int) diag.Where {
	before := data[:max(0, min(at, len(data)))]
	return diag.Where{File: file, Line: 1 + bytes.Count(before, []byte("\n")), Column: len(before) - bytes.LastIndexByte(before, '\n')}
}

// Find is the place of the n-th occurrence of a text, from 0.
func Find(file string, data []byte, text string, n int) diag.Where {
	at := 0
	for ; n >= 0; n-- {
		i := bytes.Index(data[at:], []byte(text))
		if i < 0 {
			return diag.Where{File: file}
		}
		at += i + len(text)
	}
	return PlaceIn(file, data, at-len(text))
}

// Sorted are the files by name.
func Sorted(files ...File) []File {
	slices.SortFunc(files, func(a, b File) int { return strings.Compare(a.Name, b.Name) })
	return files
}
