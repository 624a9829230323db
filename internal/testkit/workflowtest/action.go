package workflowtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path/filepath"
	"strings"

	"github.com/penstock-dev/penstock/internal/testkit/workflowtest/expression"
)

// actionFile is a composite action as it is written.
type actionFile struct {
	Name        string                     `yaml:"name"`
	Description string                     `yaml:"description"`
	Author      string                     `yaml:"author"`
	Branding    map[string]string          `yaml:"branding"`
	Inputs      map[string]actionInputFile `yaml:"inputs"`
	Outputs     map[string]valueFile       `yaml:"outputs"`
	Runs        struct {
		Using string     `yaml:"using"`
		Steps []stepFile `yaml:"steps"`
	} `yaml:"runs"`
}

type actionInputFile struct {
	Description string `yaml:"description"`
	Required    bool   `yaml:"required"`
	Default     string `yaml:"default"`
}

// uses runs an action: a composite one of a repository that is there, or the
// stand-in for another. The first error is the step's own.
func (f *frame) uses(ctx context.Context, i int, st stepFile, s expression.Scope, own map[string]string, step *Step) (failed, err error) {
	with, err := expandAll(s, st.With)
	if err != nil {
		return nil, fmt.Errorf("with: %w", err)
	}
	name, version, _ := strings.Cut(st.Uses, "@")
	step.Uses, step.With = name, map[string]string{}
	for k, v := range with {
		step.With[k] = f.masked(v)
	}
	if local, ok := strings.CutPrefix(name, "./"); ok {
		return f.composite(ctx, filepath.Join(f.workspace, filepath.FromSlash(local)), with, own, step)
	}
	if version == "" {
		return nil, fmt.Errorf("uses %q: has no version", st.Uses)
	}
	owner, repo, path := cutSlug(name)
	if _, ok := f.o.Repositories[owner+"/"+repo]; ok {
		there := &workflow{session: f.session, slug: owner + "/" + repo}
		if err := there.pin(ctx, version); err != nil {
			return nil, err
		}
		dir, err := f.tree(ctx, there.slug, there.at)
		if err != nil {
			return nil, err
		}
		return f.composite(ctx, filepath.Join(dir, filepath.FromSlash(path)), with, own, step)
	}
	actions := f.o.Actions
	if actions == nil {
		actions = StandardActions()
	}
	act, ok := actions[name]
	if !ok {
		return nil, fmt.Errorf("uses %q: nothing stands in for it in Options.Actions", st.Uses)
	}
	env, err := f.place(i, st, own)
	if err != nil {
		return nil, err
	}
	var said bytes.Buffer
	c := &Call{
		Uses: name, Version: version, With: with, Env: env, Permissions: f.permissions,
		Outputs: map[string]string{}, Export: map[string]string{}, Log: &said, job: f.job,
	}
	failed = act(ctx, c)
	f.commands(said.String(), step)
	maps.Copy(step.Outputs, c.Outputs)
	maps.Copy(f.exported, c.Export)
	f.path = append(append([]string{}, c.Path...), f.path...)
	return failed, nil
}

// composite runs the steps of an action in a frame of their own.
func (f *frame) composite(ctx context.Context, dir string, with, own map[string]string, step *Step) (failed, err error) {
	var a actionFile
	err = load(filepath.Join(dir, "action.yaml"), &a)
	if errors.Is(err, fs.ErrNotExist) {
		err = load(filepath.Join(dir, "action.yml"), &a)
	}
	if err != nil {
		return nil, err
	}
	if a.Runs.Using != "composite" {
		return nil, fmt.Errorf("%s: using %q: not known to this executor", dir, a.Runs.Using)
	}
	inner := &frame{
		job: f.job, steps: map[string]any{}, inputs: map[string]any{}, status: "success",
		prefix: step.Name + " / ", action: dir, env: merged(f.env, own),
	}
	for k := range with {
		if _, ok := a.Inputs[k]; !ok {
			return nil, fmt.Errorf("%s: input %q is not declared", step.Uses, k)
		}
	}
	for k, in := range a.Inputs {
		v, ok := with[k]
		if !ok {
			if v, err = inner.scope(inner.variables()).Expand(in.Default); err != nil {
				return nil, err
			}
		}
		if in.Required && v == "" {
			return fmt.Errorf("input required and not supplied: %s", k), nil
		}
		inner.inputs[k] = v
	}
	if err := inner.run(ctx, a.Runs.Steps); err != nil {
		return nil, fmt.Errorf("%s: %w", step.Uses, err)
	}
	s := inner.scope(inner.variables())
	for k, out := range a.Outputs {
		if step.Outputs[k], err = s.Expand(out.Value); err != nil {
			return nil, fmt.Errorf("%s: outputs: %s: %w", step.Uses, k, err)
		}
	}
	if inner.status != "success" {
		return errors.New("a step of the action failed"), nil
	}
	return nil, nil //nolint:nilnil // two kinds of errors, and neither
}
