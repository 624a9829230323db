package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/penstock-dev/penstock/internal/contract"
)

// Where cobra notes the groups of which at most, and at least, one flag is set.
const (
	exclusive   = "cobra_annotation_mutually_exclusive"
	oneRequired = "cobra_annotation_one_required"
)

// unfit lists the flags that are missing and those that do not go together.
// named are flags that something was said about already.
func unfit(flags *pflag.FlagSet, examples string, named []string) []string {
	var missing, clash []string
	flags.VisitAll(func(f *pflag.Flag) {
		required := slices.Equal(f.Annotations[cobra.BashCompOneRequiredFlag], []string{"true"})
		if required && !f.Changed && !slices.Contains(named, f.Name) {
			missing = append(missing, fmt.Sprintf("--%s is missing; %s", f.Name, wants(f, examples)))
		}
		for _, group := range f.Annotations[oneRequired] {
			if names := strings.Fields(group); names[0] == f.Name && neither(flags, names, named) {
				missing = append(missing, "--"+strings.Join(names, " or --")+" is missing")
			}
		}
		for _, group := range f.Annotations[exclusive] {
			if text := together(flags, group); text != "" && !slices.Contains(clash, text) {
				clash = append(clash, text)
			}
		}
	})
	return append(missing, clash...)
}

// neither reports whether no flag of a group is set, rightly or wrongly.
func neither(flags *pflag.FlagSet, names, named []string) bool {
	return !slices.ContainsFunc(names, func(n string) bool { return flags.Changed(n) || slices.Contains(named, n) })
}

// together names the flags of a group when more than one of them is set.
func together(flags *pflag.FlagSet, group string) string {
	var set []string
	for name := range strings.FieldsSeq(group) {
		if flags.Changed(name) {
			set = append(set, "--"+name)
		}
	}
	if len(set) < 2 {
		return ""
	}
	return strings.Join(set, " and ") + " exclude each other; leave out all but one"
}

// arguments says what is wrong with a command's arguments: those that its Use
// does not name, or that are missing.
func arguments(cmd *cobra.Command, args []string) string {
	if cmd.HasSubCommands() {
		return unknownCommand(cmd, args[0])
	}
	takes := strings.TrimSpace(strings.TrimPrefix(cmd.Use, cmd.Name()))
	names := strings.Fields(strings.NewReplacer("[", " ", "]", " ").Replace(takes))
	switch {
	case len(names) == 0:
		return fmt.Sprintf("%q is too much; it takes no argument", args[0])
	case len(args) > len(names):
		return fmt.Sprintf("%q is too much; it takes %s", args[len(names)], takes)
	}
	text := names[len(args)] + " is missing"
	if example, _, _ := strings.Cut(strings.TrimSpace(cmd.Example), "\n"); example != "" {
		text += fmt.Sprintf("; such as %q", example)
	}
	return text
}

func unknownCommand(cmd *cobra.Command, name string) string {
	var names []string
	for _, c := range cmd.Commands() {
		if c.IsAvailableCommand() {
			names = append(names, c.Name())
			names = append(names, c.Aliases...)
		}
	}
	text := fmt.Sprintf("unknown command %q; ", name)
	if near := contract.Closest(name, names); near != "" {
		return text + fmt.Sprintf("did you mean %q?", cmd.CommandPath()+" "+near)
	}
	return text + "it has " + strings.Join(names, ", ")
}
