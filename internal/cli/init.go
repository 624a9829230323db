package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/penstock-dev/penstock/internal/contract"
	"github.com/penstock-dev/penstock/internal/gen"
	"github.com/penstock-dev/penstock/internal/model"
	"github.com/penstock-dev/penstock/internal/repo"
	"github.com/penstock-dev/penstock/internal/wizard"
)

type initOptions struct {
	io            IO
	asking        asking
	workspace     string
	answers       string
	print         bool
	fluxManifests string
}

func newInitCmd(io IO) *cobra.Command {
	o := initOptions{io: io}
	one := map[string]*string{}
	many := map[string]*[]string{}
	cmd := &cobra.Command{
		Use:   "init",
		Short: "Ask a few questions, write the contract and generate",
		Long: `Ask a few questions, show a summary in which any answer can be changed, then write the contract to
<workspace>/platform/penstock.yaml and generate the workspace. Enter at each question gives a working quickstart;
"?" explains a question. Nothing is written before the summary is confirmed.

Without a terminal the answers come from flags and from --answers FILE, a YAML file of these keys:
  ` + strings.Join(wizard.Keys(), "\n  "),
		Example: `  penstock init -w workspace
  penstock init --answers answers.yaml --print-contract
  penstock init --name acme --git-url https://github.com/acme/platform --owner @acme/platform \
    --registry zot --registry-host registry.acme.example --environment dev --environment prod --approver @acme/release-managers`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			for name, v := range one {
				o.asking.take(cmd, name, *v)
			}
			for name, v := range many {
				o.asking.take(cmd, name, strings.Join(*v, ", "))
			}
			return o.run(cmd.Context())
		},
	}
	f := cmd.Flags()
	f.StringVarP(&o.workspace, "workspace", "w", ".", "workspace: the folder for platform/ and apps/<team>/<app>/")
	_ = cmd.MarkFlagDirname("workspace")
	f.StringVar(&o.answers, "answers", "", "answer from this YAML file instead of asking")
	_ = cmd.MarkFlagFilename("answers", "yaml", "yml")
	f.BoolVar(&o.print, "print-contract", false, "only print the contract; write nothing")
	f.StringVar(&o.fluxManifests, "flux-manifests", "", "for flux.install manifests: Flux's release archive manifests.tar.gz, or the URL of a mirror of its releases")
	o.asking.flag(cmd)
	for _, x := range [][2]string{
		{"name", "name of the platform"},
		{"git-url", "URL of the platform repository"},
		{"contact", "where an incident goes"},
		{"registry", "registry that holds the bundles: " + strings.Join(contract.Options("spec.registry.provider"), ", ")},
		{"registry-host", "host of the registry"},
	} {
		one[x[0]] = f.String(x[0], "", x[1])
	}
	for _, x := range [][2]string{
		{"owner", "CODEOWNERS handle of an owner of the platform; may be repeated"},
		{"environment", "an environment, in the order of the promotion path; may be repeated"},
		{"approver", "CODEOWNERS handle of who approves promotions; may be repeated"},
	} {
		many[x[0]] = f.StringArray(x[0], nil, x[1])
	}
	_ = cmd.RegisterFlagCompletionFunc("registry", cobra.FixedCompletions(contract.Options("spec.registry.provider"), cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

func (o initOptions) run(ctx context.Context) error {
	file := filepath.Join(o.workspace, "platform", gen.ContractFile)
	if _, err := os.Lstat(file); err == nil && !o.print {
		return exitError{exitPerson, filepath.ToSlash(file) + ": is there already; change it and run \"penstock generate\", or add to it with \"penstock add\""}
	}
	c, err := o.ask(ctx)
	if err != nil {
		return err
	}
	data := c.Written()
	if o.print {
		_, err := o.io.Out.Write(data)
		return err
	}
	if err := o.generate(ctx, c, data); err != nil {
		if ctx.Err() == nil && o.answers == "" {
			fmt.Fprintf(o.io.Err, "%s\nThis is the contract that you described; save it and run \"penstock generate -c FILE\" when the problem below is gone.\n\n", data)
		}
		return err
	}
	return o.next(c)
}

// ask gets the contract from the person, the answers file or the flags.
func (o initOptions) ask(ctx context.Context) (contract.Contract, error) {
	p, answers := o.asking.prompter(ctx, o.io)
	if o.answers != "" {
		data, err := readUpTo(o.answers)
		if err != nil {
			return contract.Contract{}, invalid("%v", err)
		}
		read, ds := wizard.ReadAnswers(filepath.ToSlash(o.answers), data)
		if len(ds) > 0 {
			return contract.Contract{}, problems(ds)
		}
		p, answers = o.asking.preset(read), read
	}
	opts := wizard.Options{Manifests: o.fluxManifests != ""}
	if answers == nil { // what Git knows is shown to a person before it counts
		opts.Seed = o.seed()
		opts.Files = func(c contract.Contract) ([]string, error) { return o.files(ctx, c) }
	}
	c, err := wizard.Ask(p, contract.Contract{}, opts)
	return c, answered(err, answers)
}

// seed is what Git and the folder say. What cannot be read is not known.
func (o initOptions) seed() wizard.Seed {
	dir := filepath.Join(o.workspace, "platform")
	s := wizard.Seed{Review: now().AddDate(0, 6, 0).Format("2006-01-02")}
	if abs, err := filepath.Abs(o.workspace); err == nil {
		s.Name = filepath.Base(abs)
	}
	g, err := repo.ReadOrigin(dir)
	if err != nil {
		return s
	}
	s.Contact = g.Email
	if root, err := realPath(dir); err == nil && root == g.Root {
		s.URL, s.Branch = g.URL, g.Branch
	} else if base := path.Dir(g.URL); strings.Contains(base, "/") {
		s.URL = base + "/platform"
	}
	return s
}

func realPath(dir string) (string, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	return filepath.EvalSymlinks(abs)
}

// session plans a contract that stands in no file yet.
func (o initOptions) session(ctx context.Context, c contract.Contract, data []byte) (*session, error) {
	parsed, ds := contract.Parse(gen.ContractFile, data)
	if len(ds) > 0 || !parsed.Equal(c) {
		return nil, fmt.Errorf("the written contract does not read back: %w", problems(ds))
	}
	return plansOf(ctx, loaded{contract: parsed, data: data}, targetOptions{workspace: o.workspace, fluxManifests: o.fluxManifests})
}

// files lists what would be written.
func (o initOptions) files(ctx context.Context, c contract.Contract) (list []string, err error) {
	s, err := o.session(ctx, c, c.Written())
	if s != nil {
		defer func() { err = errors.Join(err, s.close()) }()
	}
	if err != nil {
		return nil, err
	}
	for _, j := range s.jobs {
		for _, change := range j.plan.Writes() {
			list = append(list, j.Dir()+"/"+change.Path)
		}
	}
	return list, nil
}

func (o initOptions) generate(ctx context.Context, c contract.Contract, data []byte) (err error) {
	fmt.Fprintf(o.io.Err, "Generating %s …\n", count(len(gen.Targets(c)), "repository", "repositories"))
	s, err := o.session(ctx, c, data)
	if s != nil {
		defer func() { err = errors.Join(err, s.close()) }()
	}
	if err != nil {
		return err
	}
	if s.refused() {
		return errors.Join(s.print(o.io.Err, "text", true), s.refusal())
	}
	if err := s.apply(ctx); err != nil {
		return err
	}
	if err := s.print(o.io.Out, "text", false); err != nil {
		return err
	}
	made, err := begin(c, s.places())
	if made > 0 {
		fmt.Fprintf(o.io.Err, "%s begun with git init.\n", count(made, "repository", "repositories"))
	}
	return err
}

// begin makes Git repositories of the folders of places, where they are in no
// work tree, and counts them.
func begin(c contract.Contract, places []place) (int, error) {
	git := map[string]contract.AppGit{"platform": {URL: c.Spec.Platform.Git.URL, Branch: c.Spec.Platform.Git.Branch}}
	for _, t := range c.Spec.Teams {
		for _, a := range t.Apps {
			git["app/"+t.Name+"/"+a.Name] = a.Git
		}
	}
	made := 0
	for _, p := range places {
		g := git[p.Name()]
		ok, err := repo.Init(p.dir, g.Branch, g.URL)
		if err != nil {
			return made, err
		}
		if ok {
			made++
		}
	}
	return made, nil
}

// next says how to go on.
func (o initOptions) next(c contract.Contract) error {
	platform := model.ShellQuote(path.Join(filepath.ToSlash(o.workspace), "platform"))
	m := model.Build(c)
	_, err := fmt.Fprintf(o.io.Err, "\nNext:\n"+
		"  git -C %s add --all && git -C %s commit --message=\"Begin with what Penstock generated\"\n"+
		"  git -C %s push --set-upstream origin %s\n"+
		"  kubectl apply --kustomize %s/clusters/%s/flux-system\n"+
		"The last one lets Flux begin on a cluster; what it needs there is in %s/README.md.\n",
		platform, platform, platform, model.ShellQuote(m.Platform.Git.Branch), platform, m.FirstEnv().Clusters[0].Name, platform)
	return err
}
