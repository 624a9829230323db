package cli

import (
	"github.com/spf13/cobra"
)

func newRegistryCmd(io IO) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "registry",
		Short: "See what the registry's policy deletes",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newSimulateCmd(io))
	return cmd
}
