package cli

import (
	"context"
	"strings"
	"unicode"

	"github.com/spf13/cobra"

	"github.com/penstock-dev/penstock/internal/diag"
	"github.com/penstock-dev/penstock/internal/model"
	"github.com/penstock-dev/penstock/internal/release/bundle"
	"github.com/penstock-dev/penstock/internal/release/oci"
)

func newBundleCmd(io IO) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "bundle",
		Short: "Push, list, show and compare bundles",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newBundlePushCmd(io), newBundleListCmd(io), newBundleShowCmd(io), newBundleDiffCmd(io))
	return cmd
}

// found is a bundle and where it was.
type found struct {
	bundle.Place
	bundle.Pulled
}

// findBundle pulls what a reference means, from the first place that has it.
func findBundle(ctx context.Context, c *oci.Client, app *model.App, ref string) (found, error) {
	places, err := bundle.Places(app, ref)
	if err != nil {
		return found{}, diag.Invalidf("%v", err)
	}
	var looked []string
	for _, p := range places {
		b, ok, err := bundle.Pull(ctx, c, p.Repository, p.Reference)
		if err != nil {
			return found{}, err
		}
		if ok {
			return found{p, b}, nil
		}
		looked = append(looked, p.String())
	}
	return found{}, diag.Refuse(diag.Failed, strings.Join(looked, ", ")+`: no such bundle; "penstock bundle list" lists the releases, "penstock history" what ran where`)
}

// pulledJSON is a bundle in JSON output.
type pulledJSON struct {
	Repository string `json:"repository"`
	Reference  string `json:"reference"`
	Digest     string `json:"digest"`
	Layer      string `json:"layer"`
	bundle.Meta
}

func (f found) json() *pulledJSON {
	if f.Digest == "" {
		return nil
	}
	return &pulledJSON{f.Repository, f.Reference, f.Digest, f.LayerDigest, f.Meta}
}

// oneLine keeps what came from a registry from steering the terminal.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return '?'
		}
		return r
	}, s)
}
