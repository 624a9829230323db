package cli

import (
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/penstock-dev/penstock/internal/contract"
	"github.com/penstock-dev/penstock/internal/generate/site"
)

// repository is a generated one, as it lies in a golden tree.
type repository struct {
	name  string
	url   string // where its files are on the forge
	paths []string
	known map[string]bool
	pages map[string]string
}

// TestNamedInPages: what a page of a generated repository links to, and each
// path that it names as code, is there: in that repository, or, where that has
// no such folder at all, in the one that the page is about.
func TestNamedInPages(t *testing.T) {
	t.Parallel()
	links, names := 0, 0
	examples, err := filepath.Glob("../../golden/*")
	if err != nil || len(examples) < 4 {
		t.Fatal(err, examples)
	}
	for _, example := range examples {
		platform := readRepository(t, filepath.Join(example, "platform"))
		all := []*repository{platform}
		apps, err := filepath.Glob(filepath.Join(example, "apps", "*", "*"))
		if err != nil {
			t.Fatal(err)
		}
		for _, dir := range apps {
			all = append(all, readRepository(t, dir))
		}
		for _, r := range all {
			others := all[1:]
			if r != platform {
				others = all[:1]
			}
			for page, text := range r.pages {
				l, n := checkPage(t, r, page, text, all, others)
				links, names = links+l, names+n
			}
		}
	}
	if links < 150 || names < 300 {
		t.Errorf("only %d links and %d names were found", links, names)
	}
}

// TestPageChecks: what is not there is found.
func TestPageChecks(t *testing.T) {
	t.Parallel()
	r := &repository{
		name: "platform", url: "https://github.com/acme/platform/blob/main/", paths: []string{"docs", "docs/a.md", "tenants", "tenants/x", "tenants/x/dev"},
		known: map[string]bool{}, pages: map[string]string{"docs/a.md": "# A `b` (c)\n\n## Go on\n"},
	}
	for _, p := range r.paths {
		r.known[p] = true
	}
	app := &repository{name: "app", paths: []string{"deploy", "deploy/base"}, known: map[string]bool{"deploy": true, "deploy/base": true}}
	for to, ok := range map[string]bool{
		"a.md": true, "a.md#go-on": true, "#a-b-c": true, "../tenants/x": true, "https://github.com/acme/platform/blob/main/docs/a.md": true, "https://example.com/x": true,
		"b.md": false, "a.md#gone": false, "https://github.com/acme/platform/blob/main/docs/b.md": false,
	} {
		if what := r.link("docs/a.md", to, []*repository{r, app}); (what == "") != ok {
			t.Errorf("%s: %q", to, what)
		}
	}
	for w, want := range map[string][2]bool{
		"docs/a.md": {true, true}, "tenants/<team>/dev/": {true, true}, "tenants/TEAM/dev": {true, true}, "deploy/base": {true, true}, "a.md": {true, true},
		"docs/b.md": {false, true}, "tenants/<team>/prod": {false, true}, "deploy/other": {false, true}, "b.yaml": {false, true},
		"ghcr.io/acme/app": {false, false},
	} {
		if is, known := r.names("docs/a.md", w, "", []*repository{app}); is != want[0] || known != want[1] {
			t.Errorf("%s: %v %v", w, is, known)
		}
	}
}

var (
	linkForm = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	codeForm = regexp.MustCompile("`([^`\\s]+)`")
	wordForm = regexp.MustCompile(`[^\s'"=,;:()]+`)
	pathForm = regexp.MustCompile(`^[.A-Za-z0-9_<>*-]+(/[.A-Za-z0-9_<>*-]+)*/?$`)
	fileForm = regexp.MustCompile(`\.(md|ya?ml|json|txt|svg)$`)
	wildForm = regexp.MustCompile(`<[a-z]+>|\*|\b(TEAM|APP|ENV|ENVIRONMENT|CLUSTER|NAME)\b`)
)

func checkPage(t *testing.T, r *repository, page, text string, all, others []*repository) (links, names int) {
	t.Helper()
	fenced, drawn := false, false
	for i, line := range strings.Split(text, "\n") {
		if strings.HasPrefix(strings.TrimSpace(line), "```") {
			fenced, drawn = !fenced, strings.HasSuffix(line, "mermaid")
			continue
		}
		if drawn {
			continue
		}
		words := wordForm.FindAllString(line, -1)
		if !fenced {
			words = nil
			for _, m := range codeForm.FindAllStringSubmatch(line, -1) {
				words = append(words, m[1])
			}
			for _, m := range linkForm.FindAllStringSubmatch(line, -1) {
				links++
				if what := r.link(page, m[1], all); what != "" {
					t.Errorf("%s/%s:%d: the link %s %s", r.name, page, i+1, m[1], what)
				}
			}
		}
		for _, w := range words {
			if strings.HasSuffix(w, ".bak") || slices.ContainsFunc(all, func(o *repository) bool { return strings.Contains(o.url, "/"+w+"/") }) {
				continue // what sed leaves; a project on the forge
			}
			if !pathForm.MatchString(w) || !strings.Contains(w, "/") && (fenced || !fileForm.MatchString(w)) {
				continue
			}
			if is, known := r.names(page, w, line, others); known {
				names++
				if !is {
					t.Errorf("%s/%s:%d: names %s, which is not there", r.name, page, i+1, w)
				}
			}
		}
	}
	return links, names
}

// link says what is wrong with a link.
func (r *repository) link(page, to string, all []*repository) string {
	file, anchor, _ := strings.Cut(to, "#")
	if strings.Contains(file, "://") {
		for _, o := range all {
			if at, ok := strings.CutPrefix(file, o.url); ok && o.url != "" && !o.has(at) {
				return "leads to no file of " + o.name
			}
		}
		return ""
	}
	at := page
	if file != "" {
		at = path.Join(path.Dir(page), file)
	}
	switch {
	case !r.has(at):
		return "leads nowhere"
	case anchor != "" && r.pages[at] != "" && !slices.Contains(anchors(r.pages[at]), anchor):
		return "leads to no heading"
	}
	return ""
}

// names reports whether a word is the path of something; known is whether it is
// one of a repository's at all, and not, say, of a registry's.
func (r *repository) names(page, w, line string, others []*repository) (is, known bool) {
	if !strings.Contains(w, "/") { // a file beside the page, in the root, or of that name
		return r.has(w) || r.has(path.Join(path.Dir(page), w)) || slices.ContainsFunc(append([]*repository{r}, others...), func(o *repository) bool {
			named := pattern(w)
			return slices.ContainsFunc(o.paths, func(p string) bool { return named.MatchString(path.Base(p)) })
		}), true
	}
	w = strings.TrimPrefix(w, "./")
	if r.has(w) || r.has(path.Join(path.Dir(page), w)) {
		return true, true
	}
	top, _, _ := strings.Cut(w, "/")
	elsewhere := strings.Contains(line, "repository") || strings.Contains(line, "of each app") || strings.HasSuffix(line, " there") || wildForm.MatchString(top)
	for _, o := range others {
		if (elsewhere || !r.has(top)) && (o.has(w) || o.below(w)) {
			return true, true
		}
		known = known || o.has(top)
	}
	return r.below(w), known || r.has(top) || r.below(w)
}

// below reports whether a path is one below the folder of an app's manifests.
func (r *repository) below(w string) bool {
	named := pattern(w)
	return slices.ContainsFunc(r.paths, func(p string) bool {
		_, rest, ok := strings.Cut(p, "/")
		return ok && named.MatchString(rest)
	})
}

func (r *repository) has(w string) bool {
	w = path.Clean(w)
	if w == "." || w == ".penstock" || strings.HasPrefix(w, ".penstock/state") { // golden trees leave that out
		return true
	}
	return r.known[w] || wildForm.MatchString(w) && slices.ContainsFunc(r.paths, pattern(w).MatchString)
}

// pattern reads <team>, * and TEAM as any name.
func pattern(w string) *regexp.Regexp {
	parts := wildForm.Split(strings.TrimSuffix(w, "/"), -1)
	for i := range parts {
		parts[i] = regexp.QuoteMeta(parts[i])
	}
	return regexp.MustCompile("^" + strings.Join(parts, `[^/]+`) + "$")
}

// anchors are those of a page's headings, as GitHub and GitLab make them.
func anchors(page string) []string {
	var list []string
	for line := range strings.Lines(page) {
		if title, ok := strings.CutPrefix(strings.TrimLeft(line, "#"), " "); ok && strings.HasPrefix(line, "#") {
			title = regexp.MustCompile(`[^\p{L}\p{N}\s_-]`).ReplaceAllString(strings.ToLower(strings.TrimSpace(title)), "")
			list = append(list, strings.ReplaceAll(title, " ", "-"))
		}
	}
	return list
}

func readRepository(t *testing.T, dir string) *repository {
	t.Helper()
	r := &repository{name: strings.TrimPrefix(filepath.ToSlash(dir), "../../golden/"), known: map[string]bool{}, pages: map[string]string{}}
	for _, x := range readTree(t, dir, func(string) bool { return true }) {
		rel, err := filepath.Rel(dir, x.where)
		if err != nil {
			t.Fatal(err)
		}
		rel = filepath.ToSlash(rel)
		if strings.HasSuffix(rel, ".md") {
			r.pages[rel] = x.content
		}
		for ; rel != "." && !r.known[rel]; rel = path.Dir(rel) {
			r.paths, r.known[rel] = append(r.paths, rel), true
		}
	}
	for _, file := range site.ContractPlaces() {
		data, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(file)))
		if err != nil {
			continue
		}
		c, ds := contract.Parse(file, data)
		if len(ds) > 0 {
			t.Fatal(ds)
		}
		g, branch := c.Spec.Platform.Git.URL, c.Spec.Platform.Git.Branch
		if file == ".penstock/contract.yaml" {
			g, branch = c.Spec.Teams[0].Apps[0].Git.URL, c.Spec.Teams[0].Apps[0].Git.Branch
		}
		blob := "/blob/"
		if strings.Contains(g, "gitlab") {
			blob = "/-/blob/"
		}
		r.url = strings.TrimSuffix(g, ".git") + blob + branch + "/"
	}
	return r
}
