package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/penstock-dev/penstock/internal/contract"
	"github.com/penstock-dev/penstock/internal/contract/edit"
	"github.com/penstock-dev/penstock/internal/generate/gen"
	"github.com/penstock-dev/penstock/internal/generate/plan"
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
	in, err := a.targets.locate()
	if err != nil {
		return err
	}
	if in.slice {
		return invalid("%s: is one app's part of the contract; run this in the platform repository", filepath.ToSlash(in.file))
	}
	change, err := a.change(ctx, in)
	if err != nil {
		return err
	}
	if app, ok := change.(edit.App); ok {
		a.targets.added = app.Team + "/" + app.App.Name
	}
	r, ds := edit.Add(filepath.ToSlash(in.file), in.data, change)
	if len(ds) > 0 {
		return problems(ds)
	}
	if err := a.generate(ctx, loaded{contract: r.Contract, data: r.Data, file: in.file}); err != nil {
		return err
	}
	return a.report(in, r, change)
}

// change asks for what to add. Whatever would refuse it later for another
// reason refuses it before the first question: no answer is asked in vain.
func (a *addition) change(ctx context.Context, in loaded) (edit.Change, error) {
	before := a.targets
	before.only, before.appDirs = nil, nil // they may name what is to be added
	if _, err := before.places(in); err != nil {
		return nil, err
	}
	p, answers := a.prompter(ctx)
	if answers == nil {
		if err := a.asking.check(a.fields); err != nil {
			return nil, errors.Join(err, a.asking.close())
		}
	}
	change, err := a.ask(p, in.contract)
	return change, errors.Join(answered(err, answers), a.asking.close())
}

// generate writes the contract and what follows from it, or nothing at all
// while a file needs a person.
func (a *addition) generate(ctx context.Context, in loaded) error {
	warn(a.io, in.contract)
	s, err := plansOf(ctx, in, a.targets)
	if err == nil && !s.carries(in) {
		s, err = a.replan(ctx, s, in)
	}
	if err == nil {
		err = a.write(ctx, s)
	}
	if s != nil {
		err = errors.Join(err, s.close())
	}
	return err
}

func (a *addition) write(ctx context.Context, s *session) error {
	s.sayWhere(a.io.Err)
	if s.refused() {
		return errors.Join(s.print(a.io.toErr(), "text", true), s.refusal())
	}
	a.done = s.entries()
	old, fresh := *s, *s
	old.jobs, fresh.jobs = nil, nil
	for _, j := range s.jobs {
		if j.App != "" && !exists(j.dir) {
			fresh.jobs = append(fresh.jobs, j)
		} else {
			old.jobs = append(old.jobs, j)
		}
	}
	var commits []*commit
	if a.commit.commit {
		var err error
		if commits, err = old.commits(a.commit); err != nil {
			return err
		}
	}
	if err := s.apply(ctx); err != nil {
		return err
	}
	if err := s.print(a.io.toErr(), "text", false); err != nil {
		return err
	}
	fmt.Fprint(a.io.Err, overdue(s.contract))
	if err := old.make(commits, a.commit, a.io.Err); err != nil {
		return err
	}
	return a.begin(&fresh)
}

// begin makes Git repositories of new apps' folders. Their first commit is on
// the branch of the contract: there is nothing yet to branch from.
func (a *addition) begin(fresh *session) error {
	if _, err := begin(fresh.contract, fresh.places()); err != nil || !a.commit.commit || len(fresh.jobs) == 0 {
		return err
	}
	first := commitOptions{commit: true, message: a.commit.message}
	commits, err := fresh.commits(first)
	if err != nil {
		return err
	}
	return fresh.make(commits, first, a.io.Err)
}

func (s *session) places() []place {
	list := make([]place, len(s.jobs))
	for i, j := range s.jobs {
		list[i] = j.place
	}
	return list
}

// replan puts the contract into its place and plans again. It is for a
// contract that the plan does not write as it is to be: it stands elsewhere,
// or was edited since the last run and is the user's newest word, not
// something to merge.
func (a *addition) replan(ctx context.Context, s *session, in loaded) (*session, error) {
	if n := s.blocked(); n > 1 || n == 1 && !s.ownBlocked(in) || n == 0 && s.refused() {
		return s, errors.Join(s.print(a.io.toErr(), "text", true), s.refusal())
	}
	if a.commit.commit {
		if _, err := s.commits(a.commit); err != nil {
			return s, err
		}
	}
	if err := errors.Join(s.close(), writeContract(in)); err != nil {
		return nil, err
	}
	return plansOf(ctx, in, a.targets)
}

// own returns the platform's job where the contract file is the platform
// repository's own.
func (s *session) own(in loaded) *job {
	for _, j := range s.jobs {
		if j.App != "" {
			continue
		}
		here, err := os.Stat(filepath.Join(j.dir, gen.ContractFile))
		file, err2 := os.Stat(in.file)
		if err == nil && err2 == nil && os.SameFile(here, file) {
			return j
		}
	}
	return nil
}

func (s *session) contractChange(in loaded) *plan.Change {
	j := s.own(in)
	if j == nil {
		return nil
	}
	for i := range j.plan.Changes {
		if c := &j.plan.Changes[i]; c.Path == gen.ContractFile {
			return c
		}
	}
	return nil
}

// carries reports whether the plan itself writes the contract as it is to be.
func (s *session) carries(in loaded) bool {
	c := s.contractChange(in)
	return c != nil && c.Result != nil && string(c.Result.Bytes()) == string(in.data)
}

func (s *session) ownBlocked(in loaded) bool {
	c := s.contractChange(in)
	return c != nil && c.Result == nil
}

// writeContract replaces the contract in one step.
func writeContract(in loaded) error {
	file, err := filepath.EvalSymlinks(in.file)
	if err != nil {
		return err
	}
	info, err := os.Stat(file)
	if err != nil {
		return err
	}
	tmp, err := os.CreateTemp(filepath.Dir(file), ".penstock-*")
	if err != nil {
		return err
	}
	_, err = tmp.Write(in.data)
	err = errors.Join(err, tmp.Chmod(info.Mode().Perm()), tmp.Sync(), tmp.Close())
	if err == nil {
		err = os.Rename(tmp.Name(), file)
	}
	if err != nil {
		return errors.Join(err, os.Remove(tmp.Name()))
	}
	return nil
}
