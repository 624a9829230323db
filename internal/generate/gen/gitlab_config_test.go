package gen_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/penstock-dev/penstock/internal/generate/tree"
)

// glConfig is a GitLab pipeline's configuration as GitLab puts it together: the
// file and what it includes, with references and "extends" resolved.
type glConfig struct {
	name     string
	inputs   map[string]any
	global   map[string]any
	jobs     map[string]map[string]any // hidden ones included, as written but for references
	problems []string
}

func (g *glConfig) problem(format string, args ...any) {
	g.problems = append(g.problems, g.name+": "+fmt.Sprintf(format, args...))
}

// readGitLab reads a configuration. included finds files of "include".
func readGitLab(name string, data []byte, included func(file string) ([]byte, bool)) *glConfig {
	g := &glConfig{name: name, global: map[string]any{}, jobs: map[string]map[string]any{}}
	own := g.parse(name, data)
	var files []map[string]any
	for _, entry := range list(own["include"]) {
		m, _ := entry.(map[string]any)
		names := list(m["file"])
		if l, ok := m["local"]; ok {
			names = []any{l}
		}
		for _, n := range names {
			content, ok := included(fmt.Sprint(n))
			if !ok {
				g.problem("includes %v, which is not there", n)
				continue
			}
			files = append(files, g.parse(fmt.Sprint(n), content))
		}
	}
	for _, f := range append(files, own) {
		for key, v := range f {
			switch m, isMap := v.(map[string]any); {
			case slices.Contains(glGlobal, key):
				g.global[key] = mergeYAML(g.global[key], v)
			case !isMap:
				g.problem("%s: is no job", key)
			default:
				g.jobs[key] = m
			}
		}
	}
	for name, job := range g.jobs {
		g.jobs[name] = g.refer(job).(map[string]any)
	}
	return g
}

// parse reads a file's header and its content, the last document.
func (g *glConfig) parse(file string, data []byte) map[string]any {
	content := map[string]any{}
	d := yaml.NewDecoder(strings.NewReader(string(data)))
	for {
		var doc yaml.Node
		if err := d.Decode(&doc); err != nil {
			if err.Error() != "EOF" {
				g.problem("%s: %v", file, err)
			}
			return content
		}
		m, ok := g.value(doc.Content[0]).(map[string]any)
		if !ok {
			g.problem("%s: is no mapping", file)
			continue
		}
		if spec, ok := m["spec"].(map[string]any); ok && len(m) == 1 {
			g.inputs, _ = spec["inputs"].(map[string]any)
			continue
		}
		content = m
	}
}

// reference is a "!reference [job, key...]".
type reference []string

func (g *glConfig) value(n *yaml.Node) any {
	switch {
	case n.Tag == "!reference":
		var r reference
		for _, c := range n.Content {
			r = append(r, c.Value)
		}
		return r
	case n.Kind == yaml.MappingNode:
		m := map[string]any{}
		for i := 0; i < len(n.Content); i += 2 {
			key := n.Content[i].Value
			if _, twice := m[key]; twice {
				g.problem("line %d: %s stands twice", n.Line, key)
			}
			m[key] = g.value(n.Content[i+1])
		}
		return m
	case n.Kind == yaml.SequenceNode:
		l := []any{}
		for _, c := range n.Content {
			l = append(l, g.value(c))
		}
		return l
	default:
		var v any
		if err := n.Decode(&v); err != nil {
			g.problem("line %d: %v", n.Line, err)
		}
		return v
	}
}

// refer puts what references name in their place.
func (g *glConfig) refer(v any) any {
	switch v := v.(type) {
	case reference:
		var at any
		if len(v) > 0 {
			at = any(g.jobs[v[0]])
		}
		for _, key := range v[min(1, len(v)):] {
			m, _ := at.(map[string]any)
			at = m[key]
		}
		if at == nil {
			g.problem("!reference %v: is not there", []string(v))
		}
		return g.refer(at)
	case map[string]any:
		m := map[string]any{}
		for k, e := range v {
			m[k] = g.refer(e)
		}
		return m
	case []any:
		l := []any{}
		for _, e := range v {
			if _, ok := e.(reference); ok {
				l = append(l, list(g.refer(e))...)
				continue
			}
			l = append(l, g.refer(e))
		}
		return l
	default:
		return v
	}
}

// job returns a job with what it extends.
func (g *glConfig) job(name string, above ...string) map[string]any {
	job, ok := g.jobs[name]
	if !ok || slices.Contains(above, name) {
		g.problem("%s: extends %s, which is not there or extends it", above, name)
		return map[string]any{}
	}
	var all any
	for _, base := range list(job["extends"]) {
		all = mergeYAML(all, g.job(fmt.Sprint(base), append(above, name)...))
	}
	all = mergeYAML(all, job)
	m := all.(map[string]any)
	delete(m, "extends")
	return m
}

// names lists the jobs that run.
func (g *glConfig) names() []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(g.jobs)), func(n string) bool { return n[0] == '.' })
}

// mergeYAML merges mappings deeply; anything else is replaced.
func mergeYAML(a, b any) any {
	am, aok := a.(map[string]any)
	bm, bok := b.(map[string]any)
	if !aok || !bok {
		return b
	}
	m := maps.Clone(am)
	for k, v := range bm {
		m[k] = mergeYAML(m[k], v)
	}
	return m
}

func list(v any) []any {
	switch v := v.(type) {
	case nil:
		return nil
	case []any:
		return v
	default:
		return []any{v}
	}
}

// script is everything that the job's shell runs.
func script(job map[string]any) string {
	var b strings.Builder
	for _, key := range []string{"before_script", "script"} {
		for _, line := range list(job[key]) {
			b.WriteString(fmt.Sprint(line) + "\n")
		}
	}
	return b.String()
}

// pipelines are the GitLab pipelines of a workspace, by repository.
func gitLabPipelines(files tree.Tree) map[string]*glConfig {
	all := map[string]*glConfig{}
	included := func(file string) ([]byte, bool) {
		f, ok := files["platform/"+file]
		return f.Data, ok
	}
	for p, f := range files {
		if repo, ok := strings.CutSuffix(p, "/.gitlab-ci.yml"); ok {
			all[repo] = readGitLab(p, f.Data, included)
		}
	}
	return all
}
