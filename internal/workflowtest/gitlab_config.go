package workflowtest

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
)

// reference is "!reference [job, key]" in a pipeline's file.
type reference []string

// config reads a pipeline's file with what it includes, and resolves what its
// jobs extend and refer to.
func (p *pipeline) config(ctx context.Context, file string, inputs map[string]string) (map[string]any, error) {
	raw, err := p.included(ctx, file, p.g.Project, inputs)
	if err != nil {
		return nil, err
	}
	resolved := map[string]any{}
	for name, v := range raw {
		if job, ok := v.(map[string]any); ok && !slices.Contains(keywords(), name) {
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

// included is a file on top of what it includes.
func (p *pipeline) included(ctx context.Context, file, project string, inputs map[string]string) (map[string]any, error) {
	own, err := readConfig(file, inputs)
	if err != nil {
		return nil, err
	}
	all := map[string]any{}
	for _, e := range list(own["include"]) {
		m, ok := e.(map[string]any)
		if !ok {
			m = map[string]any{"local": e}
		}
		from, dir := project, ""
		files := texts(m["file"])
		if other, ok := m["project"]; ok {
			from = text(other)
			if dir, err = p.tree(ctx, from, or(text(m["ref"]), "HEAD")); err != nil {
				return nil, err
			}
		} else {
			// A local file is one of the project that includes it.
			dir, files = strings.TrimSuffix(file, rest(file, p.trees)), []string{text(m["local"])}
		}
		for _, f := range files {
			given := map[string]string{}
			for k, v := range asMap(m["inputs"]) {
				given[k] = text(v)
			}
			part, err := p.included(ctx, filepath.Join(dir, filepath.FromSlash(f)), from, given)
			if err != nil {
				return nil, err
			}
			all = overlay(all, part)
		}
	}
	delete(own, "include")
	return overlay(all, own), nil
}

// rest is the path of a file below the unpacked repository that it is in.
func rest(file string, trees map[string]string) string {
	for _, dir := range trees {
		if below, ok := strings.CutPrefix(file, dir); ok {
			return below
		}
	}
	return ""
}

// extended is a job on top of what it extends.
func extended(all, job map[string]any, depth int) (map[string]any, error) {
	if depth > 10 {
		return nil, errors.New("extends itself")
	}
	base := map[string]any{}
	for _, name := range texts(job["extends"]) {
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
			at = asMap(at)[key]
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

func asMap(v any) map[string]any {
	m, _ := v.(map[string]any)
	return m
}

// list is a list, or a list of the one value that stands for it.
func list(v any) []any {
	switch v := v.(type) {
	case nil:
		return nil
	case []any:
		return v
	}
	return []any{v}
}

func texts(v any) []string {
	var out []string
	for _, e := range list(v) {
		out = append(out, text(e))
	}
	return out
}
