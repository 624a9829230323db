package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

func contractFlag(cmd *cobra.Command, p *string) {
	cmd.Flags().StringVarP(p, "contract", "c", "", "the contract (default penstock.yaml, platform/penstock.yaml or .penstock/contract.yaml)")
	_ = cmd.MarkFlagFilename("contract", "yaml", "yml")
}

// enum is a flag with a few allowed values.
type enum struct {
	value   *string
	allowed []string
}

func (e enum) String() string { return *e.value }
func (e enum) Type() string   { return strings.Join(e.allowed, "|") }

func (e enum) Set(s string) error {
	if !slices.Contains(e.allowed, s) {
		return fmt.Errorf("allowed are %s", strings.Join(e.allowed, ", "))
	}
	*e.value = s
	return nil
}

// enumFlag adds a flag with the allowed values; def may be empty.
func enumFlag(cmd *cobra.Command, p *string, name, short, def, usage string, allowed ...string) {
	*p = def
	cmd.Flags().VarP(enum{p, allowed}, name, short, usage)
	_ = cmd.RegisterFlagCompletionFunc(name, cobra.FixedCompletions(allowed, cobra.ShellCompDirectiveNoFileComp))
}
