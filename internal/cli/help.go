package cli

import "github.com/spf13/cobra"

// checkedHelp makes cobra's own commands say what a wrong word may mean, instead
// of printing the help of what is above it.
func checkedHelp(root *cobra.Command) {
	for _, cmd := range root.Commands() {
		switch cmd.Name() {
		case "completion":
			cmd.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
		case "help":
			cmd.RunE = func(cmd *cobra.Command, args []string) error {
				of, rest, err := root.Find(args)
				if err != nil || len(rest) > 0 {
					if len(rest) == 0 {
						rest = args
					}
					return usageError{cmd.CommandPath(), []string{unknownCommand(of, rest[0])}}
				}
				of.InitDefaultHelpFlag()
				return of.Help()
			}
		}
	}
}
