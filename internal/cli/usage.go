package cli

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/penstock-dev/penstock/internal/contract"
)

// usageError is all that is wrong with a call.
type usageError struct {
	command string
	list    []string
}

func (e usageError) Error() string {
	var b strings.Builder
	for _, p := range e.list {
		fmt.Fprintf(&b, "%s: %s\n", e.command, p)
	}
	if len(e.list) == 1 {
		return fmt.Sprintf("%s; see \"%s --help\"", strings.TrimSuffix(b.String(), "\n"), e.command)
	}
	return fmt.Sprintf("%ssee \"%s --help\"", b.String(), e.command)
}

// usage makes the commands say in our words, and at once, what is wrong with a
// call. args are those of root.
func usage(root *cobra.Command, args []string) {
	root.SetFlagErrorFunc(func(cmd *cobra.Command, _ error) error {
		_, rest, _ := root.Find(args)
		return checkFlags(cmd, rest)
	})
	checksArgs(root)
}

// checksArgs puts our check where cobra checks the arguments, which is before
// it looks for required flags.
func checksArgs(cmd *cobra.Command) {
	if valid := cmd.Args; valid != nil {
		cmd.Args = func(cmd *cobra.Command, args []string) error {
			var list []string
			if err := valid(cmd, args); err != nil {
				list = append(list, arguments(cmd, args))
			}
			if len(args) == 0 || !cmd.HasSubCommands() {
				list = append(list, unfit(cmd.Flags(), cmd.Example, nil)...)
			}
			if list == nil {
				return nil
			}
			return usageError{cmd.CommandPath(), list}
		}
	}
	for _, c := range cmd.Commands() {
		checksArgs(c)
	}
}

// checkFlags lists what is wrong with a call of which a flag could not be read.
// Where a flag is unknown, its value may pass for an argument: those are not
// counted then.
func checkFlags(cmd *cobra.Command, rest []string) error {
	flags := cmd.Flags()
	if cmd.HasSubCommands() {
		if i := slices.IndexFunc(rest, func(a string) bool { return !strings.HasPrefix(a, "-") }); i >= 0 {
			text := arguments(cmd, rest[i:])
			if c, _, err := cmd.Find(rest[i:]); err == nil && c != cmd && i > 0 {
				text = fmt.Sprintf("unknown flag %s; a command's flags stand behind it: \"%s %s %s\"", rest[0], cmd.CommandPath(), rest[i], rest[0])
			}
			return usageError{cmd.CommandPath(), []string{text}}
		}
	}
	var list, named, plain []string
	unknown := false
	for err := flags.Parse(rest); err != nil; err = flags.Parse(rest) {
		text, about := flagProblem(flags, cmd.Example, err)
		list, named = append(list, text), append(named, about)
		unknown = unknown || errors.As(err, new(*pflag.NotExistError))
		rest = rest[upTo(flags, rest, err):]
		plain = append(plain, flags.Args()...)
	}
	plain = append(plain, flags.Args()...)
	if !unknown && cmd.Args != nil {
		var e usageError
		if err := cmd.Args(cmd, plain); errors.As(err, &e) {
			for _, p := range e.list {
				if !slices.ContainsFunc(named, func(n string) bool { return strings.HasPrefix(p, "--"+n+" is missing") }) {
					list = append(list, p)
				}
			}
		}
	} else {
		list = append(list, unfit(flags, cmd.Example, named)...)
	}
	return usageError{cmd.CommandPath(), list}
}

// upTo is how many of the arguments it takes to see the error; these are what
// was parsed last.
func upTo(flags *pflag.FlagSet, args []string, err error) int {
	for n := 1; n <= len(args); n++ {
		if e := flags.Parse(args[:n]); e != nil && e.Error() == err.Error() {
			return n
		}
	}
	return len(args)
}

// flagProblem says what is wrong with a flag, and which flag is, or was likely,
// meant.
func flagProblem(flags *pflag.FlagSet, examples string, err error) (text, about string) {
	var none *pflag.NotExistError
	var empty *pflag.ValueRequiredError
	var bad *pflag.InvalidValueError
	switch {
	case errors.As(err, &none) && none.GetSpecifiedShortnames() != "":
		return fmt.Sprintf("unknown flag -%s in %q", none.GetSpecifiedName(), "-"+none.GetSpecifiedShortnames()), ""
	case errors.As(err, &none):
		text = "unknown flag --" + none.GetSpecifiedName()
		if about = contract.Closest(none.GetSpecifiedName(), flagNames(flags)); about != "" {
			text += "; did you mean --" + about + "?"
		}
		return text, about
	case errors.As(err, &empty):
		f := empty.GetFlag()
		return fmt.Sprintf("--%s has no value; %s", f.Name, wants(f, examples)), f.Name
	case errors.As(err, &bad):
		f := bad.GetFlag()
		return fmt.Sprintf("--%s %q: %s", f.Name, bad.GetValue(), fits(f, bad.GetValue(), bad.Unwrap())), f.Name
	}
	return err.Error(), ""
}

func flagNames(flags *pflag.FlagSet) []string {
	var names []string
	flags.VisitAll(func(f *pflag.Flag) {
		if !f.Hidden && f.Deprecated == "" {
			names = append(names, f.Name)
		}
	})
	return names
}

// wants says what value a flag wants, with one of the command's own examples.
func wants(f *pflag.Flag, examples string) string {
	if e, ok := f.Value.(enum); ok {
		return "allowed are " + strings.Join(e.allowed, ", ")
	}
	what, _, _ := strings.Cut(f.Usage, " (")
	what, _, _ = strings.Cut(what, ";")
	what, _, _ = strings.Cut(what, ": ")
	text := "name " + what
	if !strings.HasPrefix(what, "the ") && !strings.HasPrefix(what, "a ") {
		text = "it is: " + what
	}
	if m := regexp.MustCompile(`--` + regexp.QuoteMeta(f.Name) + `[ =]([^\s"']+)`).FindStringSubmatch(examples); m != nil {
		text += ", such as --" + f.Name + " " + m[1]
	}
	return text
}

// fits says what a flag's value has to look like.
func fits(f *pflag.Flag, value string, cause error) string {
	if e, ok := f.Value.(enum); ok {
		if near := contract.Closest(value, e.allowed); near != "" {
			return fmt.Sprintf("did you mean %s? %v", near, cause)
		}
	}
	switch f.Value.Type() {
	case "bool":
		return "write true or false, or the flag alone"
	case "int":
		return "write a whole number"
	case "duration":
		return "write a number and its unit, such as 30m or 168h"
	}
	return cause.Error()
}
