// Package gitlab turns a .gitlab-ci.yml, what it includes and inputs into plain
// values, and a job's rules and variables into when it runs.
//
// It resolves includes, extends, references and inputs as GitLab does, and
// refuses what it does not know. It runs nothing.
package gitlab

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"

	"github.com/penstock-dev/penstock/internal/testkit/workflowtest/expression"
)

// File is where the pipeline of a project starts.
const File = ".gitlab-ci.yml"

// Tree returns the folder with a project's files at a branch, a tag or a commit.
type Tree func(ctx context.Context, project, ref string) (dir string, err error)

// reference is "!reference [job, key]" in a pipeline's file.
type reference []string

// Read reads the pipeline of a project whose files are in dir, with what it
// includes, and resolves what its jobs extend and refer to.
func Read(ctx context.Context, tree Tree, dir string, inputs map[string]string) (map[string]any, error) {
	raw, err := tree.included(ctx, dir, File, inputs)
	if err != nil {
		return nil, err
	}
	resolved := map[string]any{}
	for name, v := range raw {
		if job, ok := v.(map[string]any); ok && !slices.Contains(Keywords(), name) {
			if v, err = extended(raw, job, 0); err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
		}
		resolved[name] = v
	}
	out := map[string]any{}
	for name, v := range resolved {
		if out[name], err = dereferenced(resolved, v, 0); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	return out, nil
}

// Keywords are the keys of a pipeline's file that are no jobs.
func Keywords() []string {
	return []string{"stages", "variables", "workflow", "include", "default", "image", "spec"}
}

// included is a file on top of what it includes. A local file is one of the
// project that includes it.
func (t Tree) included(ctx context.Context, dir, file string, inputs map[string]string) (map[string]any, error) {
	own, err := readConfig(filepath.Join(dir, filepath.FromSlash(file)), inputs)
	if err != nil {
		return nil, err
	}
	all := map[string]any{}
	for _, e := range List(own["include"]) {
		m, ok := e.(map[string]any)
		if !ok {
			m = map[string]any{"local": e}
		}
		from, files := dir, []string{expression.Text(m["local"])}
		if project, ok := m["project"]; ok {
			ref := expression.Text(m["ref"])
			if ref == "" {
				ref = "HEAD"
			}
			if from, err = t(ctx, expression.Text(project), ref); err != nil {
				return nil, err
			}
			files = Texts(m["file"])
		}
		for _, f := range files {
			given := map[string]string{}
			for k, v := range Map(m["inputs"]) {
				given[k] = expression.Text(v)
			}
			part, err := t.included(ctx, from, f, given)
			if err != nil {
				return nil, err
			}
			all = overlay(all, part)
		}
	}
	delete(own, "include")
	return overlay(all, own), nil
}

// extended is a job on top of what it extends.
func extended(all, job map[string]any, depth int) (map[string]any, error) {
	if depth > 10 {
		return nil, errors.New("extends itself")
	}
	base := map[string]any{}
	for _, name := range Texts(job["extends"]) {
		other, ok := all[name].(map[string]any)
		if !ok {
			return nil, fmt.Errorf("extends %s, which is not there", name)
		}
		other, err := extended(all, other, depth+1)
		if err != nil {
			return nil, err
		}
		base = overlay(base, other)
	}
	own := maps.Clone(job)
	delete(own, "extends")
	return overlay(base, own), nil
}

// overlay merges mappings, key by key; a list replaces a list.
func overlay(base, over map[string]any) map[string]any {
	out := maps.Clone(base)
	for k, v := range over {
		b, isMap := out[k].(map[string]any)
		if o, both := v.(map[string]any); isMap && both {
			v = overlay(b, o)
		}
		out[k] = v
	}
	return out
}

// dereferenced puts what references name in their place; in a list their
// elements.
func dereferenced(all map[string]any, v any, depth int) (any, error) {
	if depth > 10 {
		return nil, errors.New("refers to itself")
	}
	switch v := v.(type) {
	case reference:
		var at any = all
		for _, key := range v {
			at = Map(at)[key]
		}
		if at == nil {
			return nil, fmt.Errorf("!reference %v: is not there", []string(v))
		}
		return dereferenced(all, at, depth+1)
	case map[string]any:
		out := map[string]any{}
		for k, e := range v {
			var err error
			if out[k], err = dereferenced(all, e, depth); err != nil {
				return nil, err
			}
		}
		return out, nil
	case []any:
		out := []any{}
		for _, e := range v {
			d, err := dereferenced(all, e, depth)
			if err != nil {
				return nil, err
			}
			if l, ok := d.([]any); ok {
				out = append(out, l...)
			} else {
				out = append(out, d)
			}
		}
		return out, nil
	}
	return v, nil
}

// Map is a mapping; nil for another value.
func Map(v any) map[string]any {
	m, _ := v.(map[string]any)
	return m
}

// List is a list, or a list of the one value that stands for it.
func List(v any) []any {
	switch v := v.(type) {
	case nil:
		return nil
	case []any:
		return v
	}
	return []any{v}
}

// Texts are the elements of a list as texts.
func Texts(v any) []string {
	var out []string
	for _, e := range List(v) {
		out = append(out, expression.Text(e))
	}
	return out
}
