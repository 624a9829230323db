package cli

import (
	"context"
	"errors"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/penstock-dev/penstock/internal/contract"
	"github.com/penstock-dev/penstock/internal/contract/edit"
	"github.com/penstock-dev/penstock/internal/diag"
	"github.com/penstock-dev/penstock/internal/generate/site"
	"github.com/penstock-dev/penstock/internal/generate/workspace"
	"github.com/penstock-dev/penstock/internal/model"
	"github.com/penstock-dev/penstock/internal/wizard"
)

// addition is what "add team" and its like have in common. required names the
// flags without which it must ask; where all are given nobody is asked.
type addition struct {
	io       IO
	targets  targetOptions
	asking   asking
	commit   commitOptions
	output   string
	done     []entry // what was written
	required []string
	// fields are those of the contract that the flags fill in.
	fields map[string]string
	// ask gets the thing to add; tasks lists what people must still do.
	ask   func(p wizard.Prompter, c contract.Contract) (edit.Change, error)
	tasks func(m *model.Model, change edit.Change) []model.Task
}

func newAddCmd(io IO) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "add",
		Short: "Add a team, an app, an environment or a cluster to the contract",
		Long: `Add to the contract in place, keeping its comments, order and layout, and regenerate. What the flags do not
say is asked; without a terminal it is an error. What people must still do is printed as a Markdown checklist.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newAddTeamCmd(io), newAddAppCmd(io), newAddEnvironmentCmd(io), newAddClusterCmd(io))
	return cmd
}

// flags adds the flags that every addition has.
func (a *addition) flags(cmd *cobra.Command) {
	a.targets.flags(cmd)
	a.asking.flag(cmd)
	a.commit.flags(cmd)
	enumFlag(cmd, &a.output, "output", "o", "text", "format of the result", "text", "json")
}

// take keeps the flags that answer questions. Where none is missing, the
// questions without an answer have defaults, and are not asked.
func (a *addition) take(cmd *cobra.Command, one map[string]*string, many map[string]*[]string) {
	for name, v := range one {
		a.asking.take(cmd, name, *v)
	}
	for name, v := range many {
		a.asking.take(cmd, name, strings.Join(*v, ", "))
	}
}

func (a *addition) prompter(ctx context.Context) (wizard.Prompter, *wizard.Answers) {
	for _, flag := range a.required {
		if _, ok := a.asking.values[flag]; !ok {
			return a.asking.prompter(ctx, a.io)
		}
	}
	none := wizard.NoAnswers()
	return a.asking.preset(none), none
}

func (a *addition) run(ctx context.Context) error {
	if err := a.commit.check(); err != nil {
		return err
	}
	in, err := a.targets.Locate()
	if err != nil {
		return err
	}
	if in.Slice {
		return diag.Invalidf("%s: is one app's part of the contract; run this in the platform repository", filepath.ToSlash(in.File))
	}
	change, err := a.change(ctx, in)
	if err != nil {
		return err
	}
	if app, ok := change.(edit.App); ok {
		a.targets.Added = app.Team + "/" + app.App.Name
	}
	r, ds := edit.Add(filepath.ToSlash(in.File), in.Data, change)
	if len(ds) > 0 {
		return diag.Faults(ds)
	}
	if err := a.generate(ctx, site.Loaded{Contract: r.Contract, Data: r.Data, File: in.File}); err != nil {
		return err
	}
	return a.report(in, r, change)
}

// change asks for what to add. Whatever would refuse it later for another
// reason refuses it before the first question: no answer is asked in vain.
func (a *addition) change(ctx context.Context, in site.Loaded) (edit.Change, error) {
	before := a.targets
	before.Only, before.AppDirs = nil, nil // they may name what is to be added
	if _, err := before.Places(in); err != nil {
		return nil, err
	}
	p, answers := a.prompter(ctx)
	if answers == nil {
		if err := a.asking.check(a.fields); err != nil {
			return nil, errors.Join(err, a.asking.close())
		}
	}
	change, err := a.ask(p, in.Contract)
	return change, errors.Join(answered(err, answers), a.asking.close())
}

// generate writes the contract and what follows from it, or nothing at all
// while a file needs a person.
func (a *addition) generate(ctx context.Context, in site.Loaded) (err error) {
	warn(a.io, in.Contract)
	s, err := workspace.Adopt(ctx, in, a.targets.now(), a.commit.Commits)
	if s != nil {
		defer func() { err = errors.Join(err, s.Close()) }()
	}
	if err != nil {
		return err
	}
	sayWhere(s, a.io.Err)
	a.done = entries(s)
	w := writing{to: a.io.toErr(), format: "text", after: overdue(s.Contract)}
	w.Commit, w.Begin = a.commit.Commits, workspace.BeginNew
	_, err = w.write(ctx, s)
	return err
}
