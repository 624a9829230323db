package workflowtest

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/penstock-dev/penstock/internal/testkit/workflowtest/expression"
)

// called is what a called workflow gets from the job that calls it.
type called struct {
	name    string
	granted permissions
	groups  []Concurrency
}

// call runs a reusable workflow. It has the caller's event, repository and
// variables, its own file, and no more permissions than the caller gave.
func (w *workflow) call(ctx context.Context, f jobFile, s expression.Scope, c called) (outcome, error) {
	inner := &workflow{
		session: w.session, called: true, prefix: c.name, limit: c.granted, granted: c.granted, groups: c.groups,
		results: map[string]outcome{}, slug: w.slug, ref: w.ref, at: w.at,
	}
	if local, ok := strings.CutPrefix(f.Uses, "./"); ok {
		inner.path = local
	} else {
		where, ref, ok := strings.Cut(f.Uses, "@")
		owner, name, path := cutSlug(where)
		if !ok || !strings.HasPrefix(path, ".github/workflows/") {
			return outcome{}, fmt.Errorf("uses %q: is no workflow", f.Uses)
		}
		inner.slug, inner.path = owner+"/"+name, path
		if err := inner.pin(ctx, ref); err != nil {
			return outcome{}, err
		}
	}
	dir, err := w.tree(ctx, inner.slug, inner.at)
	if err != nil {
		return outcome{}, err
	}
	if inner.file, err = loadWorkflow(filepath.Join(dir, filepath.FromSlash(inner.path))); err != nil {
		return outcome{}, err
	}
	on, ok := inner.file.on["workflow_call"]
	if !ok {
		return outcome{}, fmt.Errorf("%s: has no workflow_call", f.Uses)
	}
	if err := inner.take(on, f, s, w); err != nil {
		return outcome{}, fmt.Errorf("%s: %w", f.Uses, err)
	}
	jobs, conclusion, err := inner.run(ctx)
	if err != nil {
		return outcome{}, err
	}
	outputs := map[string]string{}
	result := inner.base("github", "inputs", "vars").With("jobs", jobs)
	for _, name := range expression.SortedKeys(on.Outputs) {
		if outputs[name], err = result.Expand(on.Outputs[name].Value); err != nil {
			return outcome{}, fmt.Errorf("%s: outputs: %s: %w", f.Uses, name, err)
		}
	}
	return outcome{result: conclusion, outputs: outputs}, nil
}

// pin finds the commit of a branch, a tag or a commit, and how a token names it.
func (w *workflow) pin(ctx context.Context, ref string) error {
	origin, ok := w.origins[w.slug]
	if !ok {
		return fmt.Errorf("%s: is none of the repositories", w.slug)
	}
	for _, kind := range []string{"refs/heads/", "refs/tags/", ""} {
		if at, err := w.git(ctx, origin, "rev-parse", "--verify", "--quiet", kind+ref+"^{commit}"); err == nil {
			w.ref, w.at = kind+ref, at
			return nil
		}
	}
	return fmt.Errorf("%s: has no %q", w.slug, ref)
}

// take checks and fills in what the caller passes.
func (w *workflow) take(on trigger, f jobFile, s expression.Scope, caller *workflow) error {
	given := map[string]any{}
	for k, v := range f.With {
		given[k] = expression.Normal(v)
		if expression, ok := v.(string); ok {
			var err error
			if given[k], err = s.Value(expression); err != nil {
				return fmt.Errorf("with: %s: %w", k, err)
			}
		}
	}
	var err error
	if w.inputs, err = on.inputs(given, true); err != nil {
		return err
	}
	w.secrets = map[string]string{}
	available := merged(caller.secrets, map[string]string{"GITHUB_TOKEN": "***"})
	if f.Secrets.Kind == yaml.ScalarNode && f.Secrets.Value == "inherit" {
		w.inherit, w.secrets = true, caller.secrets
	} else if f.Secrets.Kind != 0 {
		var passed map[string]string
		if err := f.Secrets.Decode(&passed); err != nil {
			return fmt.Errorf("secrets: %w", err)
		}
		for name := range passed {
			if _, ok := on.Secrets[name]; !ok {
				return fmt.Errorf("secret %q is not declared", name)
			}
		}
		if w.secrets, err = expandAll(s.With("secrets", expression.Object(available)), passed); err != nil {
			return fmt.Errorf("secrets: %w", err)
		}
	}
	for name, secret := range on.Secrets {
		if _, ok := w.secrets[name]; secret.Required && !ok {
			return fmt.Errorf("secret %q is required", name)
		}
	}
	return nil
}

// cutSlug splits owner/name/path.
func cutSlug(s string) (owner, name, path string) {
	owner, rest, _ := strings.Cut(s, "/")
	name, path, _ = strings.Cut(rest, "/")
	return owner, name, path
}
