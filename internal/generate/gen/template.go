package gen

import (
	"bytes"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"strings"
	"text/template"

	"github.com/penstock-dev/penstock/internal/generate/markdown"
	"github.com/penstock-dev/penstock/internal/generate/pages"
	"github.com/penstock-dev/penstock/internal/generate/tree"
)

// placeholders are the path segments that select a template's scope.
var placeholder = regexp.MustCompile(`_(cluster|env|team|app)_`)

// firstDocument is the mark before a file's first document. It says nothing,
// and formatters drop it.
var firstDocument = regexp.MustCompile(`\A((?:#.*\n)*)---\n`)

// source is one template and the path that its output goes to.
type source struct {
	path   string // output path, with placeholders
	tmpl   *template.Template
	seeded bool
}

// templateSet holds the templates by the scope that their path selects, such
// as "platform _team_ _env_".
type templateSet map[string][]source

// readTemplates parses all templates below "platform", "app" and "partials"
// and returns them with a digest of their names and contents.
func readTemplates(fsys fs.FS) (templateSet, string, error) {
	root := newRoot()
	var names []string
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(name, ".tmpl") {
			return err
		}
		data, err := fs.ReadFile(fsys, name)
		if err != nil {
			return err
		}
		names = append(names, name)
		_, err = root.New(name).Parse(string(data))
		return err
	})
	if err != nil {
		return nil, "", err
	}
	set := templateSet{}
	for _, name := range names {
		top, out, _ := strings.Cut(strings.TrimSuffix(name, ".tmpl"), "/")
		if top == "partials" {
			continue
		}
		key := strings.Join(append([]string{top}, placeholder.FindAllString(out, -1)...), " ")
		set[key] = append(set[key], source{path: out, tmpl: root.Lookup(name), seeded: isSeeded(top, out)})
	}
	digest, err := TemplatesDigest(fsys)
	return set, strings.TrimPrefix(digest, "sha256:"), err
}

// rendering collects the files of one unit.
type rendering struct {
	set    templateSet
	files  tree.Tree
	seeded []string
}

// render makes every file whose template belongs to one of the scopes.
func (r *rendering) render(scopes ...scope) error {
	for _, s := range scopes {
		paths := strings.NewReplacer(s.vars()...)
		for _, src := range r.set[s.key()] {
			if !wanted(src.path, s) {
				continue
			}
			if err := r.file(src, paths.Replace(src.path), s); err != nil {
				return err
			}
		}
	}
	return nil
}

func (r *rendering) file(src source, out string, s scope) error {
	var b bytes.Buffer
	b.WriteString(header(out, src.seeded, s.From()))
	if err := src.tmpl.Execute(&b, s); err != nil {
		return fmt.Errorf("%s: %w", out, err)
	}
	text := strings.TrimRight(b.String(), "\n") + "\n"
	switch path.Ext(out) {
	case ".md":
		text = markdown.PadTables(text)
	case ".yaml":
		text = firstDocument.ReplaceAllString(text, "$1")
	}
	if src.seeded {
		r.seeded = append(r.seeded, out)
	}
	return r.files.Add(out, tree.File{Data: []byte(text), Mode: tree.Regular})
}

// made returns whether an output of the platform repository, by its path with
// placeholders, is generated for at least one of its scopes.
func (g *Generator) made() func(path string) bool {
	m := g.whole()
	scopes := []scope{Platform{Pages: pages.Pages{Model: m}}}
	for _, e := range m.Envs {
		scopes = append(scopes, Env{m, e})
	}
	for _, c := range m.Clusters {
		scopes = append(scopes, Cluster{m, c, c.Env})
	}
	for _, t := range m.Teams {
		scopes = append(scopes, Team{m, t})
		for _, a := range t.Apps {
			for _, ae := range a.Envs {
				scopes = append(scopes, newAppEnv(m, ae))
			}
		}
	}
	paths := map[string]bool{}
	for _, s := range scopes {
		for _, src := range g.templates[s.key()] {
			if wanted(src.path, s) {
				paths[src.path] = true
			}
		}
	}
	return func(path string) bool { return paths[path] }
}
