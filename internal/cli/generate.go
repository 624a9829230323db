package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/penstock-dev/penstock/internal/diag"
	"github.com/penstock-dev/penstock/internal/generate/workspace"
)

type generateOptions struct {
	io      IO
	targets targetOptions
	commit  commitOptions
	check   bool
	dryRun  bool
	output  string
	// conflicts is "stop" or "markers".
	conflicts string
}

func newGenerateCmd(io IO) *cobra.Command {
	o := generateOptions{io: io}
	cmd := &cobra.Command{
		Use:   "generate",
		Short: "Write the repositories that the contract describes",
		Long: `Write the platform repository and the app repositories that the contract describes, into a new or an
already generated workspace. In a clone of a generated repository, or in a folder of it, that repository is meant:
what was generated says which one it is. Edits are kept; a file that Penstock did not write is never overwritten.
Nothing is written while one file needs a person's decision, or while Flux would delete what runs (exit code 4).

With --dry-run and --check each file is listed, else what you may not expect; what the signs in front mean:
` + legendHelp(),
		Example: `  penstock generate -c penstock.yaml -w workspace
  penstock generate --commit --branch onboard-orders
  penstock generate --only app/payments/checkout --app-dir ../checkout`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return o.run(cmd.Context()) },
	}
	o.targets.flags(cmd)
	o.targets.pruneFlag(cmd)
	f := cmd.Flags()
	f.BoolVar(&o.check, "check", false, "write nothing; exit with 3 when something would change")
	f.BoolVar(&o.dryRun, "dry-run", false, "write nothing; list what would change")
	enumFlag(cmd, &o.conflicts, "conflicts", "", "stop", "what to do with an edit and a change of the same lines: stop before writing, or write both between markers", "stop", "markers")
	o.commit.flags(cmd)
	enumFlag(cmd, &o.output, "output", "o", "text", "format of the result; with --check also annotations for GitHub, and GitLab's code quality report", "text", "json", "github", "codequality")
	cmd.MarkFlagsMutuallyExclusive("check", "dry-run", "commit")
	return cmd
}

func (o generateOptions) run(ctx context.Context) (err error) {
	if err := o.commit.check(); err != nil {
		return err
	}
	report := o.output == "github" || o.output == "codequality"
	if report && !o.check {
		return diag.Invalidf("--output %s: is for --check", o.output)
	}
	o.targets.Markers = o.conflicts == "markers"
	s, err := workspace.Open(ctx, o.targets.now())
	if s != nil {
		defer func() { err = errors.Join(err, s.Close()) }()
	}
	if report {
		return o.report(s, err)
	}
	if err != nil {
		return err
	}
	warn(o.io, s.Contract)
	sayWhere(s, o.io.Err)
	advise(s, o.io)
	writing := !o.check && !o.dryRun
	switch {
	case writing:
		err = o.write(ctx, s)
	case s.Refused():
		err = refuse(s, o.io, o.output)
	default:
		err = printSession(s, o.io, o.output, true)
	}
	if err != nil {
		return err
	}
	if err := s.Marked(!writing); err != nil {
		return err
	}
	if !o.check {
		return nil
	}
	if s.Follows() {
		fmt.Fprintln(o.io.Err, `two branches met here: what is listed follows from both together, and the next "penstock generate" writes it; nothing has to wait for it`)
	}
	return checked(s)
}

// checked returns the error of a check that found differences, or nil. What
// follows from a merge is none: Git cannot write it, and a merge queue waits for
// this answer.
func checked(s *workspace.Session) error {
	if s.Empty() || s.Follows() {
		return nil
	}
	text := `the repositories are not what the contract describes; run "penstock generate" and commit`
	if slices.ContainsFunc(s.Jobs, func(j *workspace.Job) bool { return j.Plan.Met }) {
		text = `two branches met here, and the files do not say what the contract does now: see in "git diff" of both sides that the contract` +
			` says what both meant, then run "penstock generate" and commit`
	}
	return diag.Refuse(diag.Differs, text)
}

// report says what a check found to a forge. err is why there is no plan.
func (o generateOptions) report(s *workspace.Session, err error) error {
	switch {
	case err != nil:
	case s.Refused():
		err = s.Refusal()
	default:
		if err = s.Marked(true); err == nil {
			err = checked(s)
		}
	}
	list := annotations(s, err)
	if o.output == "codequality" {
		return errors.Join(printCodeQuality(o.io.Out, list), err)
	}
	if err := printGitHub(o.io.Out, list); err != nil || list == nil {
		return err
	}
	return diag.Refuse(kindOf(err), "") // the annotations have said it
}

func (o generateOptions) write(ctx context.Context, s *workspace.Session) error {
	w := writing{to: o.io, format: o.output}
	w.Commit = o.commit.Commits
	_, err := w.write(ctx, s)
	return err
}
