package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/penstock-dev/penstock/internal/diag"
	"github.com/penstock-dev/penstock/internal/generate/workspace"
)

// commitOptions are the flags that make commits of what a run wrote.
type commitOptions struct{ workspace.Commits }

func (o *commitOptions) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.BoolVar(&o.Make, "commit", false, "commit what this run writes and what earlier runs left uncommitted, and nothing of yours, in each Git repository")
	f.StringVar(&o.Branch, "branch", "", "with --commit: the branch to make for it, from HEAD")
	f.StringVar(&o.Message, "message", "", "with --commit: the first line of the message; what changed follows it")
}

func (o *commitOptions) check() error {
	switch {
	case o.Make:
		return nil
	case o.Branch != "":
		return diag.Invalidf("--branch: needs --commit")
	case o.Message != "":
		return diag.Invalidf("--message: needs --commit")
	}
	return nil
}

// writing is how a command writes a workspace that is planned.
type writing struct {
	workspace.Writing
	to     IO
	format string // of the list of files; "" for none
	after  string // said beside the list
}

// write writes what is planned and lists it or, while something waits for a
// person, says what that is.
func (w writing) write(ctx context.Context, s *workspace.Session) (*workspace.Written, error) {
	if s.Refused() {
		return nil, refuse(s, w.to, cmp.Or(w.format, "text"))
	}
	done, err := s.Write(ctx, w.Writing)
	if done == nil {
		return nil, err
	}
	if w.format != "" {
		if err := printSession(s, w.to, w.format, false); err != nil {
			return done, err
		}
	}
	fmt.Fprint(w.to.Err, w.after, done.Notes)
	return done, err
}

// refuse lists what would be done, and what of it waits for a person.
func refuse(s *workspace.Session, to IO, format string) error {
	return errors.Join(printSession(s, to, format, true), s.Refusal())
}
