// Package cli is the command line: it reads files, calls the pure steps and
// prints what they return. It takes no decision of its own.
package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/penstock-dev/penstock/internal/diag"
)

// Main runs one command and returns the exit code.
func Main(ctx context.Context, args []string, io IO) int {
	out := &counted{Writer: io.Out}
	io.Out = out
	root := newRoot(io)
	root.SetArgs(args)
	usage(root, args)
	cmd, err := root.ExecuteContextC(ctx)
	if err != nil && out.n == 0 && wantsJSON(cmd, args) {
		if failed := printProblems(out, err); failed != nil {
			err = errors.Join(err, failed)
		}
	}
	switch {
	case err == nil, errors.As(err, &ranError{}):
	case errors.As(err, &usageError{}):
		err = diag.Invalidf("%v", err)
	default:
		err = diag.Invalidf("%v; see \"%s --help\"", err, cmd.CommandPath())
	}
	if err != nil {
		if text := strings.TrimRight(err.Error(), "\n"); text != "" {
			fmt.Fprintln(io.Err, text)
		}
	}
	return exitCode(err)
}

func newRoot(io IO) *cobra.Command {
	root := &cobra.Command{
		Use:   "penstock",
		Short: "From one delivery contract to a whole delivery set-up with Flux",
		Long: `Penstock turns one reviewed file, the delivery contract, into a platform repository for Flux and the
repositories of its applications, and keeps them up to date without losing anyone's edits.

Exit codes: 0 fine, 1 something failed, 2 invalid usage or contract, 3 differences or findings,
4 a person must decide. Results go to standard output; errors and advice go to standard error, as text
also with -o json. Where -o json has no result, because the call, the contract or a file is refused, it prints
{"problems": [{"file", "line", "column", "field", "what", "fix"}]}.`,
		Version:       Version(),
		Args:          cobra.NoArgs,
		SilenceUsage:  true,
		SilenceErrors: true,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SetIn(io.In)
	root.SetOut(io.Out)
	root.SetErr(io.Err)
	root.SetVersionTemplate(versionLine())
	root.CompletionOptions.HiddenDefaultCmd = false
	root.AddCommand(
		newInitCmd(io), newAddCmd(io), newGenerateCmd(io), newDiffCmd(io), newGraphCmd(io), newSchemaCmd(io), newVersionCmd(io),
		newBundleCmd(io), newPromoteCmd(io), newRollbackCmd(io), newHoldCmd(io), newHistoryCmd(io), newRegistryCmd(io),
	)
	root.InitDefaultCompletionCmd()
	root.InitDefaultHelpCmd()
	checkedHelp(root)
	completions(root)
	usageErrors(root)
	return root
}

// usageErrors tells what a command says from what cobra says of its call: all
// of the latter is wrong usage, such as a missing flag.
func usageErrors(cmd *cobra.Command) {
	if run := cmd.RunE; run != nil {
		cmd.RunE = func(cmd *cobra.Command, args []string) error {
			if err := run(cmd, args); err != nil {
				return ranError{err}
			}
			return nil
		}
	}
	for _, c := range cmd.Commands() {
		usageErrors(c)
	}
}

// ranError is an error of a command that was called rightly.
type ranError struct{ error }

func (e ranError) Unwrap() error { return e.error }
