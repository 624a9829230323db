package cli

import (
	"fmt"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"github.com/penstock-dev/penstock/internal/testkit/goldentest"
)

// TestReference keeps docs/commands.md equal to what the commands say of
// themselves.
func TestReference(t *testing.T) {
	var b strings.Builder
	b.WriteString("# Commands\n\nMade from the commands' own help; `make golden` rewrites it.\n")
	root := newRoot(IO{})
	fmt.Fprintf(&b, "\n%s\n", root.Long)
	var walk func(cmd *cobra.Command)
	walk = func(cmd *cobra.Command) {
		if cmd.Runnable() && cmd.HasParent() && !cmd.Hidden {
			describe(&b, cmd)
		}
		for _, c := range cmd.Commands() {
			walk(c)
		}
	}
	walk(root)
	goldentest.File(t, "../../docs/commands.md", []byte(b.String()))
}

func describe(b *strings.Builder, cmd *cobra.Command) {
	fmt.Fprintf(b, "\n## %s\n\n", cmd.CommandPath())
	if cmd.Long != "" {
		b.WriteString(cmd.Long + "\n")
	} else {
		b.WriteString(cmd.Short + ".\n")
	}
	fmt.Fprintf(b, "\n```\n%s\n```\n", cmd.UseLine())
	if cmd.Example != "" {
		fmt.Fprintf(b, "\n```sh\n%s\n```\n", strings.ReplaceAll("\n"+cmd.Example, "\n  ", "\n")[1:])
	}
	if flags := cmd.NonInheritedFlags().FlagUsages(); flags != "" {
		fmt.Fprintf(b, "\n```\n%s```\n", flags)
	}
}

// TestEveryFlagIsDescribed keeps flags from being added without a word.
func TestEveryFlagIsDescribed(t *testing.T) {
	for _, cmd := range newRoot(IO{}).Commands() {
		if cmd.Short == "" || strings.HasSuffix(cmd.Short, ".") {
			t.Errorf("%s: Short is %q; a phrase without a full stop is wanted", cmd.CommandPath(), cmd.Short)
		}
	}
}
