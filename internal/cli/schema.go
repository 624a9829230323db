package cli

import (
	"github.com/spf13/cobra"

	"github.com/penstock-dev/penstock/internal/contract"
)

func newSchemaCmd(io IO) *cobra.Command {
	return &cobra.Command{
		Use:   "schema",
		Short: "Print the JSON Schema of the contract",
		Long: `Print the JSON Schema of the delivery contract. With it an editor completes and checks while you type:
save it as penstock.schema.json and begin the contract with
  # yaml-language-server: $schema=penstock.schema.json`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			_, err := io.Out.Write(contract.Schema())
			return err
		},
	}
}
