package cli

import (
	"cmp"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/penstock-dev/penstock/internal/contract"
	"github.com/penstock-dev/penstock/internal/generate/gen"
	"github.com/penstock-dev/penstock/internal/generate/site"
	"github.com/penstock-dev/penstock/internal/model"
)

const (
	words   = cobra.ShellCompDirectiveNoFileComp
	ordered = cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveKeepOrder
)

// completing is one request of a shell: the words of a command line so far.
type completing struct {
	cmd  *cobra.Command
	args []string
	word string // what is typed of the one to complete
}

// answer lists what the word can be, with a description behind a tab.
type answer func(completing) ([]string, cobra.ShellCompDirective)

// answers says how the value of each flag is completed: by the command's path
// and the flag, or by the flag alone. Flags with a few values and those of
// files and folders say so where they are made; all others are free text.
func answers() map[string]answer {
	return map[string]answer{
		"app":                              ofContract(apps),
		"env":                              ofContract(envs),
		"only":                             ofContract(targetNames),
		"add app --team":                   ofContract(teams),
		"add environment --from":           ofContract(envs),
		"add cluster --environment":        ofContract(envs),
		"promote --to":                     ofContract(envs),
		"promote --release":                ofRegistry(releases),
		"rollback --to":                    rollbacks,
		"generate --app-dir":               appDirs,
		"diff --app-dir":                   appDirs,
		"add team --app-dir":               appDirs,
		"add app --app-dir":                appDirs,
		"add environment --app-dir":        appDirs,
		"add cluster --app-dir":            appDirs,
		"bundle push --path":               folders,
		"registry simulate --policy":       folders,
		"registry simulate --history":      files,
		"init --flux-manifests":            files,
		"generate --flux-manifests":        files,
		"diff --flux-manifests":            files,
		"add team --flux-manifests":        files,
		"add app --flux-manifests":         files,
		"add environment --flux-manifests": files,
		"add cluster --flux-manifests":     files,
		"bundle show":                      ofRegistry(bundles),
		"bundle diff":                      ofRegistry(bundles),
	}
}

// completions makes the values of all flags and arguments below a command
// known to the shells.
func completions(root *cobra.Command) { complete(root, answers()) }

func complete(cmd *cobra.Command, known map[string]answer) {
	path := strings.TrimPrefix(cmd.CommandPath(), "penstock ")
	for _, f := range flagsOf(cmd) {
		a, ok := known[path+" --"+f]
		if !ok {
			a, ok = known[f]
		}
		if !ok {
			a = nothing
		}
		_ = cmd.RegisterFlagCompletionFunc(f, a.cobra())
	}
	if cmd.ValidArgsFunction == nil && len(cmd.ValidArgs) == 0 && cmd.Name() != "completion" {
		a, ok := known[path]
		if !ok {
			a = nothing
		}
		cmd.ValidArgsFunction = a.cobra()
	}
	for _, c := range cmd.Commands() {
		complete(c, known)
	}
}

// flagsOf lists a command's flags whose values nothing else completes.
func flagsOf(cmd *cobra.Command) []string {
	var names []string
	cmd.LocalFlags().VisitAll(func(f *pflag.Flag) {
		_, has := cmd.GetFlagCompletionFunc(f.Name)
		switch {
		case has, f.NoOptDefVal != "", f.Annotations[cobra.BashCompFilenameExt] != nil, f.Annotations[cobra.BashCompSubdirsInDir] != nil:
		default:
			names = append(names, f.Name)
		}
	})
	return names
}

func (a answer) cobra() cobra.CompletionFunc {
	return func(cmd *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective) {
		return a(completing{cmd, args, word})
	}
}

func nothing(completing) ([]string, cobra.ShellCompDirective) { return nil, words }

func files(completing) ([]string, cobra.ShellCompDirective) {
	return nil, cobra.ShellCompDirectiveDefault
}

func folders(completing) ([]string, cobra.ShellCompDirective) {
	return nil, cobra.ShellCompDirectiveFilterDirs
}

// ofContract completes with what a contract holds. One with mistakes in it has
// names all the same, and it is while correcting it that they are wanted.
func ofContract(list func(completing, contract.Contract) []string) answer {
	return func(q completing) ([]string, cobra.ShellCompDirective) {
		c, hint := q.contract()
		if hint != "" {
			return cobra.AppendActiveHelp(nil, hint), words
		}
		found := list(q, c)
		if slices.ContainsFunc(found, func(s string) bool { return strings.HasSuffix(s, "/") }) {
			return found, words | cobra.ShellCompDirectiveNoSpace
		}
		return found, ordered
	}
}

// contract reads the contract that the command would. hint says why there is
// none.
func (q completing) contract() (c contract.Contract, hint string) {
	file := q.flag("contract")
	if file == "" {
		var err error
		for _, dir := range []string{cmp.Or(q.flag("workspace"), "."), q.flag("platform-dir"), q.flag("app-dir")} {
			if file != "" || dir == "" {
				continue
			}
			if file, err = site.FindContract(dir); err != nil {
				file = ""
			}
		}
		if file == "" {
			return c, "no contract here: name it with -c"
		}
	}
	data, err := site.ReadUpTo(file)
	if err != nil {
		return c, err.Error()
	}
	c, _ = contract.Parse(filepath.ToSlash(file), data)
	return c, ""
}

// flag is the value of a flag that was typed before, with the home folder that
// the shell did not expand yet.
func (q completing) flag(name string) string {
	f := q.cmd.Flags().Lookup(name)
	if f == nil || f.Value.Type() != "string" {
		return ""
	}
	v := f.Value.String()
	if rest, ok := strings.CutPrefix(v, "~/"); ok {
		if home, err := os.UserHomeDir(); err == nil {
			return filepath.Join(home, rest)
		}
	}
	return v
}

// many is how many apps a shell still lists well.
const many = 60

// apps lists TEAM/APP, and of a large contract the teams first.
func apps(q completing, c contract.Contract) []string {
	var list, teams []string
	for _, t := range c.Spec.Teams {
		for _, a := range t.Apps {
			list = append(list, t.Name+"/"+a.Name)
		}
		if len(t.Apps) > 0 {
			teams = append(teams, t.Name+"/")
		}
	}
	if list = matching(list, q.word); len(list) > many && len(matching(teams, q.word)) > 0 {
		return matching(teams, q.word)
	}
	return list
}

func targetNames(q completing, c contract.Contract) []string {
	var list []string
	for _, t := range gen.Targets(c) {
		list = append(list, t.Name())
	}
	return matching(list, q.word)
}

func teams(q completing, c contract.Contract) []string {
	var list []string
	for _, t := range c.Spec.Teams {
		list = append(list, t.Name)
	}
	return matching(list, q.word)
}

// envs lists the environments in their order, and where releases come from.
// Where the app is known it is those of the app.
func envs(q completing, c contract.Contract) []string {
	of := c.Spec.Environments
	if app := q.app(c); app != nil {
		of = slices.DeleteFunc(slices.Clone(of), func(e contract.Environment) bool { return !slices.Contains(app.Environments, e.Name) })
	}
	var list []string
	for _, e := range of {
		about := "takes new releases"
		if e.Promotion.From != "" {
			about = "promoted from " + e.Promotion.From
		}
		if e.Promotion.Mode == "approval" {
			about += ", approved by " + strings.Join(e.Promotion.Approvers, ", ")
		}
		list = append(list, e.Name+"\t"+about)
	}
	return matching(list, q.word)
}

// app is the one that --app names, or the only one.
func (q completing) app(c contract.Contract) *contract.App {
	var only *contract.App
	n := 0
	for t := range c.Spec.Teams {
		for a := range c.Spec.Teams[t].Apps {
			app := &c.Spec.Teams[t].Apps[a]
			if q.flag("app") == c.Spec.Teams[t].Name+"/"+app.Name {
				return app
			}
			only = app
			n++
		}
	}
	if n == 1 && q.flag("app") == "" && q.cmd.Flags().Lookup("app") != nil {
		return only
	}
	return nil
}

// appDirs offers "<team>/<app>=", behind which the shell cannot go on by
// itself, and folders.
func appDirs(q completing) ([]string, cobra.ShellCompDirective) {
	c, _ := q.contract()
	var list []string
	for _, app := range apps(q, c) {
		if !strings.HasSuffix(app, "/") {
			app += "="
		}
		list = append(list, app)
	}
	if len(list) == 0 {
		return nil, cobra.ShellCompDirectiveFilterDirs
	}
	return list, words | cobra.ShellCompDirectiveNoSpace
}

// matching keeps what begins with the typed word.
func matching(list []string, word string) []string {
	return slices.DeleteFunc(list, func(s string) bool { return !strings.HasPrefix(s, word) })
}

// appEnv is the app of the command line in an environment that it names.
func (q completing) appEnv(c contract.Contract) (*model.App, *model.AppEnv) {
	app, err := pickApp(model.Build(c), q.flag("app"))
	if err != nil {
		return nil, nil
	}
	for _, ae := range app.Envs {
		if ae.Env.Name == cmp.Or(q.flag("env"), q.flag("to")) {
			return app, ae
		}
	}
	return app, nil
}
