package workspace

import (
	"cmp"
	"errors"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/penstock-dev/penstock/internal/contract"
	"github.com/penstock-dev/penstock/internal/diag"
	"github.com/penstock-dev/penstock/internal/generate/gen"
	"github.com/penstock-dev/penstock/internal/generate/site"
)

// Locate finds where the command works, and reads the contract: in a generated
// repository that one is meant, elsewhere a workspace.
func (o *Options) Locate() (site.Loaded, error) {
	if o.Workspace == "" {
		o.Site = site.Find()
	} else {
		o.Site = site.Site{Dir: o.Workspace, Kind: site.KindOf(o.Workspace)}
	}
	o.Workspace = o.Site.Dir
	if o.ContractFile == "" && o.Site.Kind != site.None {
		file, err := o.Site.Find()
		if err != nil {
			return site.Loaded{}, err
		}
		return site.Load(file)
	}
	in, err := site.Load(o.ContractFile, o.Site.Dir)
	if errors.As(err, &site.NoContract{}) {
		o.named = true
		for _, dir := range append([]string{o.PlatformDir}, o.AppDirs...) {
			if _, after, ok := strings.Cut(dir, "="); ok {
				dir = after
			}
			if file := site.Within(dir); dir != "" && file != "" {
				return site.Load(file)
			}
		}
	}
	return in, err
}

// Places lists what to generate. The flags are checked against the contract and
// against what stands in the folders that they name.
func (o *Options) Places(in site.Loaded) ([]Place, error) {
	targets := gen.Targets(in.Contract)
	if err := o.check(in, targets); err != nil {
		return nil, err
	}
	if in.Slice {
		targets = slices.DeleteFunc(targets, func(t gen.Target) bool { return t.App == "" })
	}
	dirs, err := o.dirs(targets)
	if err != nil {
		return nil, err
	}
	if err := o.here(in, targets, dirs); err != nil {
		return nil, err
	}
	var places []Place
	former := gen.FormerDirs(in.Contract)
	for _, t := range targets {
		p := Place{Target: t, At: dirs[t.Name()]}
		switch {
		case len(o.Only) > 0 && !slices.Contains(o.Only, t.Name()):
			continue
		case p.At != "":
		case o.Site.Kind == site.None && !o.named:
			if p, err = o.settle(t, former[t]); err != nil {
				return nil, err
			}
		case len(o.Only) > 0:
			return nil, diag.Invalidf("--only %s: this is %s. %s", t.Name(), o.what(in), p.elsewhere())
		default:
			continue
		}
		if err := p.misplaced(); err != nil {
			return nil, err
		}
		places = append(places, p)
	}
	return places, nil
}

// what is how messages call the place of the command.
func (o *Options) what(in site.Loaded) string {
	switch {
	case o.Site.Kind == site.Platform:
		return "the platform repository of " + in.Contract.Metadata.Name
	case o.Site.Kind == site.App:
		return "the repository of an app"
	}
	return "no workspace: its contract was found in a folder that a flag names"
}

// check refuses flags that the contract can't fulfil.
func (o *Options) check(in site.Loaded, targets []gen.Target) error {
	file := filepath.ToSlash(in.File)
	if in.Slice && (o.PlatformDir != "" || slices.Contains(o.Only, "platform")) {
		return diag.Invalidf("%s: is one app's part of the contract, and no platform repository is made from that; nothing was written. "+
			"Run this in the platform repository (%s), or name its contract with -c", file, in.Contract.Spec.Platform.Git.URL)
	}
	var unknown []string
	for _, name := range o.Only {
		if !slices.ContainsFunc(targets, func(t gen.Target) bool { return t.Name() == name }) {
			unknown = append(unknown, name)
		}
	}
	if len(unknown) > 0 {
		return diag.Invalidf("--only %s: the contract has no such repository; it has %s", strings.Join(quoted(unknown), ", "), names(targets))
	}
	return nil
}

// dirs are the folders that flags name, by the names of their targets.
func (o *Options) dirs(targets []gen.Target) (map[string]string, error) {
	dirs := map[string]string{}
	if o.PlatformDir != "" {
		dirs["platform"] = o.PlatformDir
	}
	var problems []string
	for _, s := range o.AppDirs {
		app, dir, err := o.appDir(s, targets)
		name := "app/" + app
		if err == "" && dirs[name] != "" {
			err = "given twice for " + app
		}
		if err != "" {
			problems = append(problems, "--app-dir "+quoted([]string{s})[0]+": "+err)
			continue
		}
		dirs[name] = dir
	}
	if len(problems) > 0 {
		return nil, diag.Invalidf("%s", strings.Join(problems, "\n"))
	}
	return dirs, nil
}

// appDir reads an --app-dir: a folder, and the app that it is of. Without a
// name that is the app that was generated there, the one that --only names, the
// one to add, or the only one.
func (o *Options) appDir(s string, targets []gen.Target) (app, dir, problem string) {
	has := func(app string) bool {
		return slices.ContainsFunc(targets, func(t gen.Target) bool { return t.Name() == "app/"+app })
	}
	const form = "is neither DIR nor <team>/<app>=DIR"
	if app, dir, ok := strings.Cut(s, "="); ok && !site.Exists(s) {
		switch {
		case dir == "" || strings.Count(app, "/") != 1:
			return "", "", form
		case !has(app):
			return "", "", "the contract has no such app; it has " + names(targets)
		}
		return app, dir, ""
	}
	if s == "" {
		return "", "", form
	}
	if is, err := site.AppOf(s); err == nil && has(is) {
		return is, s, ""
	}
	var meant []string
	for _, t := range targets {
		if t.App != "" && (len(o.Only) == 0 || slices.Contains(o.Only, t.Name())) {
			meant = append(meant, t.Team+"/"+t.App)
		}
	}
	if app = o.Added; app == "" && len(meant) == 1 {
		app = meant[0]
	}
	if app == "" {
		return "", "", "which app it is of is not known: write <team>/<app>=" + s + "; the contract has " + names(targets)
	}
	return app, s, ""
}

// here adds the repository that the command was called in.
func (o *Options) here(in site.Loaded, targets []gen.Target, dirs map[string]string) error {
	switch o.Site.Kind {
	case site.Platform:
		dirs["platform"] = cmp.Or(dirs["platform"], o.Site.Dir)
	case site.App:
		data, err := site.ReadUpTo(filepath.Join(o.Site.Dir, filepath.FromSlash(gen.SliceFile)))
		if err != nil {
			return diag.Invalidf("%v; name the app with --app-dir <team>/<app>=%s", err, site.Shown(o.Site.Dir))
		}
		id, ok := site.Identify(data, site.App)
		if !ok {
			return problemsOf(filepath.Join(o.Site.Dir, filepath.FromSlash(gen.SliceFile)), data)
		}
		for _, t := range targets {
			if t.App != "" && id.SameApp(in.Contract, t) {
				dirs[t.Name()] = cmp.Or(dirs[t.Name()], o.Site.Dir)
				return nil
			}
		}
		if len(dirs) == 0 {
			return diag.Invalidf("%s: is %s, which the contract does not name; it has %s", site.Shown(o.Site.Dir), id.What(), names(targets))
		}
	case site.None:
	}
	return nil
}

// problemsOf says what is wrong with a contract that can't be read.
func problemsOf(file string, data []byte) error {
	_, ds := contract.Parse(filepath.ToSlash(file), data)
	if len(ds) == 0 {
		return diag.Invalidf("%s: names no app", filepath.ToSlash(file))
	}
	return diag.Faults(ds)
}

func names(targets []gen.Target) string {
	const most = 9
	list := make([]string, 0, len(targets))
	for _, t := range targets[:min(most, len(targets))] {
		list = append(list, t.Name())
	}
	if len(targets) > most {
		list = append(list, "…")
	}
	return strings.Join(list, ", ")
}

func quoted(list []string) []string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = strconv.Quote(s)
	}
	return out
}
