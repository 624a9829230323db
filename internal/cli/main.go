// Package cli is the command line: it reads files, calls the pure steps and
// prints what they return. It takes no decision of its own.
package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

// Main runs one command and returns the exit code.
func Main(ctx context.Context, args []string, io IO) int {
	root := newRoot(io)
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
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
4 a person must decide.`,
		Args:          cobra.NoArgs,
		SilenceUsage:  true,
		SilenceErrors: true,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SetIn(io.In)
	root.SetOut(io.Out)
	root.SetErr(io.Err)
	root.CompletionOptions.HiddenDefaultCmd = false
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return invalid("%v; see \"%s --help\"", err, cmd.CommandPath())
	})
	root.AddCommand(
		newGenerateCmd(io), newDiffCmd(io), newGraphCmd(io), newSchemaCmd(io), newVersionCmd(io),
	)
	root.InitDefaultCompletionCmd()
	usageErrors(root)
	return root
}

// usageErrors gives wrong arguments the exit code of wrong usage.
func usageErrors(cmd *cobra.Command) {
	if check := cmd.Args; check != nil {
		cmd.Args = func(cmd *cobra.Command, args []string) error {
			if err := check(cmd, args); err != nil {
				return invalid("%v; see \"%s --help\"", err, cmd.CommandPath())
			}
			return nil
		}
	}
	for _, c := range cmd.Commands() {
		usageErrors(c)
	}
}
