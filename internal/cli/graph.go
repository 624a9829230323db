package cli

import (
	"io"

	"github.com/spf13/cobra"

	"github.com/penstock-dev/penstock/internal/generate/graph"
	"github.com/penstock-dev/penstock/internal/generate/site"
	"github.com/penstock-dev/penstock/internal/model"
)

type graphOptions struct {
	io       IO
	contract string
	output   string
}

func newGraphCmd(io IO) *cobra.Command {
	o := graphOptions{io: io}
	cmd := &cobra.Command{
		Use:   "graph",
		Short: "Draw the topology: who edits what, and how it reaches the clusters",
		Args:  cobra.NoArgs,
		RunE:  func(*cobra.Command, []string) error { return o.run() },
	}
	contractFlag(cmd, &o.contract)
	enumFlag(cmd, &o.output, "output", "o", "mermaid", "format", "mermaid", "dot", "svg")
	return cmd
}

func (o graphOptions) run() error {
	in, err := site.Load(o.contract)
	if err != nil {
		return err
	}
	g := graph.Build(model.Build(in.Contract))
	text := map[string]func() string{"mermaid": g.Mermaid, "dot": g.DOT, "svg": g.SVG}[o.output]
	_, err = io.WriteString(o.io.Out, text())
	return err
}
