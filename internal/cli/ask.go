package cli

import (
	"context"
	"errors"
	"os"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/penstock-dev/penstock/internal/diag"
	"github.com/penstock-dev/penstock/internal/wizard"
)

// narrow is the width, in columns, below which a terminal gets plain lines.
const narrow = 50

// asking says how a command asks for what its flags did not give.
type asking struct {
	accessible bool
	values     map[string]string // of flags, by the questions' flags
	// kept are answers to go on with; nil: none.
	kept     *wizard.Answers
	terminal *wizard.Terminal // that was taken
}

func (a *asking) flag(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&a.accessible, "accessible", false, "ask in plain numbered lines: for screen readers, simple terminals and pipes")
}

// take keeps the value of a flag that was given.
func (a *asking) take(cmd *cobra.Command, flag, value string) {
	if a.values == nil {
		a.values = map[string]string{}
	}
	if cmd.Flags().Changed(flag) {
		a.values[flag] = value
	}
}

// prompter asks in the terminal as well as it can. Without one nobody can be
// asked: NoAnswers is returned beside it then, and knows what was missing.
func (a *asking) prompter(ctx context.Context, io IO) (wizard.Prompter, *wizard.Answers) {
	if a.accessible {
		return a.preset(a.resumed(wizard.NewPlain(ctx, io.In, io.Err))), nil
	}
	in, ok := io.In.(*os.File)
	out, ok2 := io.Err.(*os.File)
	if !ok || !ok2 || !term.IsTerminal(int(in.Fd())) || !term.IsTerminal(int(out.Fd())) {
		none := a.kept
		if none == nil {
			none = wizard.NoAnswers()
		}
		return a.preset(none), none
	}
	width, _, err := term.GetSize(int(out.Fd()))
	if os.Getenv("TERM") == "dumb" || err == nil && width > 0 && width < narrow {
		return a.preset(a.resumed(wizard.NewPlain(ctx, in, out))), nil
	}
	a.terminal = wizard.NewTerminal(ctx, in, out, os.Getenv("NO_COLOR") == "")
	return a.preset(a.resumed(a.terminal)), nil
}

func (a *asking) resumed(p wizard.Prompter) wizard.Prompter {
	if a.kept == nil {
		return p
	}
	return &wizard.Resumed{Prompter: p, Kept: a.kept}
}

// close gives the terminal back; there may be none.
func (a *asking) close() error {
	if a.terminal == nil {
		return nil
	}
	err := a.terminal.Close()
	a.terminal = nil
	return err
}

func (a *asking) preset(p wizard.Prompter) wizard.Prompter {
	return &wizard.Preset{Prompter: p, Values: a.values}
}

// check refuses flags whose values will not do whatever the answers are.
func (a *asking) check(fields map[string]string) error {
	return wizard.CheckFlags(fields, a.values).Err()
}

// answered turns what the wizard and an answers file say into one error.
func answered(err error, answers *wizard.Answers) error {
	if answers != nil && err == nil {
		return answers.Problems().Err()
	}
	var refusal wizard.Refusal
	if !errors.As(err, &refusal) {
		return err
	}
	if answers != nil && len(answers.Faults()) > 0 {
		return diag.Faults(answers.Faults())
	}
	return diag.Invalidf("%v", refusal)
}
