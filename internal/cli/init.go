package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/penstock-dev/penstock/internal/contract"
	"github.com/penstock-dev/penstock/internal/diag"
	"github.com/penstock-dev/penstock/internal/generate/gen"
	"github.com/penstock-dev/penstock/internal/generate/site"
	"github.com/penstock-dev/penstock/internal/generate/workspace"
	"github.com/penstock-dev/penstock/internal/repo"
	"github.com/penstock-dev/penstock/internal/wizard"
)

type initOptions struct {
	io            IO
	asking        asking
	workspace     string
	answers       string
	resume        bool
	print         bool
	printAnswers  bool
	fluxManifests string
	output        string
}

func newInitCmd(streams IO) *cobra.Command {
	o := initOptions{io: streams}
	one := map[string]*string{}
	many := map[string]*[]string{}
	cmd := &cobra.Command{
		Use:   "init",
		Short: "Ask a few questions, write the contract and generate",
		Long: `Ask a few questions, show a summary in which any answer can be changed, then write the contract to
<workspace>/platform/penstock.yaml and generate the workspace. Enter at each question gives a working quickstart;
"?" explains a question, "<" goes back to the one before. Nothing is written before the summary is confirmed.
Ctrl-C keeps the answers, and --resume goes on with them; what is in a file given with --answers is not asked then.

Without a terminal the answers come from flags and from --answers FILE, a YAML file of these keys:
  ` + strings.Join(wizard.Keys(), "\n  "),
		Example: `  penstock init -w workspace
  penstock init --answers answers.yaml --print-contract
  penstock init --print-answers >answers.yaml
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
	f.BoolVar(&o.resume, "resume", false, "go on with the answers that were kept when init stopped, or with those of --answers; ask for the others")
	f.BoolVar(&o.printAnswers, "print-answers", false, "only print the answers, for --answers; write nothing")
	f.BoolVar(&o.print, "print-contract", false, "only print the contract; write nothing")
	f.StringVar(&o.fluxManifests, "flux-manifests", "", "for flux.install manifests: Flux's release archive manifests.tar.gz, or the URL of a mirror of its releases")
	enumFlag(cmd, &o.output, "output", "o", "text", "format of the result; what --print-contract and --print-answers print is YAML", "text", "json")
	cmd.MarkFlagsMutuallyExclusive("print-contract", "output")
	cmd.MarkFlagsMutuallyExclusive("print-answers", "output")
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
	if _, err := os.Lstat(file); err == nil && !o.print && !o.printAnswers {
		return diag.Refuse(diag.Person, filepath.ToSlash(file)+": is there already; change it and run \"penstock generate\", or add to it with \"penstock add\"")
	}
	if !o.print && !o.printAnswers && site.KindOf(o.workspace) != site.None {
		return diag.Refuse(diag.Person, site.Shown(o.workspace)+": is a generated repository itself; change its contract and run \"penstock generate\", or name another folder with -w")
	}
	k := newKeeper(o.workspace, o.asking.values)
	c, err := o.ask(ctx, k)
	if err != nil {
		return k.keep(err)
	}
	made := k.notes.MadeUp()
	data := wizard.Mark(append([]byte(gen.SchemaLine), c.Written()...), made)
	switch {
	case o.print:
		_, err = o.io.Out.Write(data)
	case o.printAnswers:
		_, err = o.io.Out.Write(k.notes.YAML())
	default:
		done := initialised{Contract: filepath.ToSlash(file), MadeUp: append([]string{}, made...)}
		done.Changes, err = o.generate(ctx, c, data)
		if err = k.keep(err); err == nil {
			k.done()
			err = o.next(c, done)
		}
	}
	return err
}

// ask gets the contract from the person, the answers file or the flags.
func (o initOptions) ask(ctx context.Context, k *keeper) (contract.Contract, error) {
	read, err := o.read(k)
	if err != nil {
		return contract.Contract{}, err
	}
	var p wizard.Prompter
	answers := read
	if o.answers != "" && !o.resume {
		p = o.asking.preset(read)
	} else {
		o.asking.kept = read
		p, answers = o.asking.prompter(ctx, o.io)
	}
	opts := wizard.Options{Manifests: o.fluxManifests != "", Notes: &k.notes, Today: now().Format(time.DateOnly)}
	if answers == nil { // what Git knows is shown to a person before it counts
		if err := o.asking.check(flagFields()); err != nil {
			return contract.Contract{}, errors.Join(err, o.asking.close())
		}
		if k.waiting() && !o.resume {
			opts.Intro = "Answers of an earlier run are kept; to go on with them, stop this one and run\n  " + k.command() + "\n\n"
		}
		opts.Seed = o.seed()
		opts.Files = func(c contract.Contract) ([]string, error) { return o.files(ctx, c) }
	}
	c, err := wizard.Ask(p, contract.Contract{}, opts)
	return c, errors.Join(answered(err, answers), o.asking.close())
}

// read reads the answers that are not asked for; nil when there are none.
func (o initOptions) read(k *keeper) (*wizard.Answers, error) {
	file := o.answers
	var data []byte
	var err error
	switch {
	case file != "":
		if data, err = site.ReadUpTo(file); err != nil {
			return nil, diag.Invalidf("%v", err)
		}
	case o.resume:
		if file, data, err = k.read(); err != nil {
			return nil, err
		}
	default:
		return nil, nil
	}
	read, ds := wizard.ReadAnswers(filepath.ToSlash(file), data)
	return read, ds.Err()
}

// flagFields are the fields of the contract that init's flags fill in.
func flagFields() map[string]string {
	return map[string]string{
		"name": "metadata.name", "git-url": "spec.platform.git.url", "contact": "spec.platform.contact", "owner": "spec.platform.owners",
		"registry": "spec.registry.provider", "registry-host": "spec.registry.host",
		"environment": "spec.environments.name", "approver": "spec.environments.promotion.approvers",
	}
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
	if root, err := realPath(dir); err == nil && root == g.Root {
		s.URL, s.Branch = g.URL, g.Branch
	} else if i := strings.LastIndexAny(strings.TrimRight(g.URL, "/"), "/:"); i > 0 {
		s.URL = g.URL[:i+1] + "platform"
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
func (o initOptions) session(ctx context.Context, c contract.Contract, data []byte) (*workspace.Session, error) {
	parsed, ds := contract.Parse(gen.ContractFile, data)
	if len(ds) > 0 || !parsed.Equal(c) {
		return nil, fmt.Errorf("the written contract does not read back: %w", diag.Faults(ds))
	}
	targets := targetOptions{workspace.Options{Workspace: o.workspace, FluxManifests: o.fluxManifests}}
	return workspace.Plan(ctx, site.Loaded{Contract: parsed, Data: data}, targets.now())
}

// files lists what would be written.
func (o initOptions) files(ctx context.Context, c contract.Contract) (list []string, err error) {
	s, err := o.session(ctx, c, c.Written())
	if s != nil {
		defer func() { err = errors.Join(err, s.Close()) }()
	}
	if err != nil {
		return nil, err
	}
	for _, j := range s.Jobs {
		for _, change := range j.Plan.Writes() {
			list = append(list, j.Dir()+"/"+change.Path)
		}
	}
	return list, nil
}

func (o initOptions) generate(ctx context.Context, c contract.Contract, data []byte) (done []entry, err error) {
	fmt.Fprintf(o.io.Err, "Generating %s …\n", workspace.Count(len(gen.Targets(c)), "repository", "repositories"))
	s, err := o.session(ctx, c, data)
	if s != nil {
		defer func() { err = errors.Join(err, s.Close()) }()
	}
	if err != nil {
		return nil, err
	}
	w := writing{to: o.io, format: "text"}
	w.Begin = workspace.BeginAll
	if o.output == "json" {
		w.format = ""
	}
	if s.Refused() {
		w.to = o.io.toErr()
	}
	made, err := w.write(ctx, s)
	if made != nil && made.Begun > 0 {
		fmt.Fprintf(o.io.Err, "%s begun with git init.\n", workspace.Count(made.Begun, "repository", "repositories"))
	}
	return entries(s), err
}
