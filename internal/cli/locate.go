package cli

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/penstock-dev/penstock/internal/contract"
	"github.com/penstock-dev/penstock/internal/generate/gen"
)

// locate finds where the command works, and reads the contract: in a generated
// repository that one is meant, elsewhere a workspace.
func (o *targetOptions) locate() (loaded, error) {
	if o.workspace == "" {
		o.site = findSite()
	} else {
		o.site = site{o.workspace, kindOf(o.workspace)}
	}
	o.workspace = o.site.dir
	if o.contract == "" && o.site.kind != noKind {
		file, err := o.site.find()
		if err != nil {
			return loaded{}, err
		}
		return loadContract(file)
	}
	in, err := loadContract(o.contract, o.site.dir)
	if errors.As(err, &errNoContract{}) {
		o.named = true
		for _, dir := range append([]string{o.platformDir}, o.appDirs...) {
			if _, after, ok := strings.Cut(dir, "="); ok {
				dir = after
			}
			if file := contractIn(dir); dir != "" && file != "" {
				return loadContract(file)
			}
		}
	}
	return in, err
}

// places lists what to generate. The flags are checked against the contract and
// against what stands in the folders that they name.
func (o *targetOptions) places(in loaded) ([]place, error) {
	targets := gen.Targets(in.contract)
	if err := o.check(in, targets); err != nil {
		return nil, err
	}
	if in.slice {
		targets = slices.DeleteFunc(targets, func(t gen.Target) bool { return t.App == "" })
	}
	dirs, err := o.dirs(targets)
	if err != nil {
		return nil, err
	}
	if err := o.here(in, targets, dirs); err != nil {
		return nil, err
	}
	var places []place
	former := gen.FormerDirs(in.contract)
	for _, t := range targets {
		p := place{Target: t, dir: dirs[t.Name()]}
		switch {
		case len(o.only) > 0 && !slices.Contains(o.only, t.Name()):
			continue
		case p.dir != "":
		case o.site.kind == noKind && !o.named:
			if p, err = o.settle(t, former[t]); err != nil {
				return nil, err
			}
		case len(o.only) > 0:
			return nil, invalid("--only %s: this is %s. %s", t.Name(), o.what(in), p.elsewhere())
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
func (o *targetOptions) what(in loaded) string {
	switch {
	case o.site.kind == platformKind:
		return "the platform repository of " + in.contract.Metadata.Name
	case o.site.kind == appKind:
		return "the repository of an app"
	}
	return "no workspace: its contract was found in a folder that a flag names"
}

// sayWhere names the repository that is meant when a command was called in a
// folder of it.
func (s *session) sayWhere(w io.Writer) {
	if s.site.kind == noKind || filepath.Clean(s.site.dir) == "." || len(s.jobs) == 0 {
		return
	}
	what := "the platform repository of " + s.contract.Metadata.Name
	if s.site.kind == appKind {
		what = "the repository of " + s.jobs[0].Name()
	}
	fmt.Fprintf(w, "In %s, %s:\n", shown(s.site.dir), what)
}

// check refuses flags that the contract can't fulfil.
func (o *targetOptions) check(in loaded, targets []gen.Target) error {
	file := filepath.ToSlash(in.file)
	if in.slice && (o.platformDir != "" || slices.Contains(o.only, "platform")) {
		return invalid("%s: is one app's part of the contract, and no platform repository is made from that; nothing was written. "+
			"Run this in the platform repository (%s), or name its contract with -c", file, in.contract.Spec.Platform.Git.URL)
	}
	var unknown []string
	for _, name := range o.only {
		if !slices.ContainsFunc(targets, func(t gen.Target) bool { return t.Name() == name }) {
			unknown = append(unknown, name)
		}
	}
	if len(unknown) > 0 {
		return invalid("--only %s: the contract has no such repository; it has %s", strings.Join(quoted(unknown), ", "), names(targets))
	}
	return nil
}

// dirs are the folders that flags name, by the names of their targets.
func (o *targetOptions) dirs(targets []gen.Target) (map[string]string, error) {
	dirs := map[string]string{}
	if o.platformDir != "" {
		dirs["platform"] = o.platformDir
	}
	var problems []string
	for _, s := range o.appDirs {
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
		return nil, invalid("%s", strings.Join(problems, "\n"))
	}
	return dirs, nil
}

// appDir reads an --app-dir: a folder, and the app that it is of. Without a
// name that is the app that was generated there, the one that --only names, the
// one to add, or the only one.
func (o *targetOptions) appDir(s string, targets []gen.Target) (app, dir, problem string) {
	has := func(app string) bool {
		return slices.ContainsFunc(targets, func(t gen.Target) bool { return t.Name() == "app/"+app })
	}
	const form = "is neither DIR nor <team>/<app>=DIR"
	if app, dir, ok := strings.Cut(s, "="); ok && !exists(s) {
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
	if is, err := sliceOf(s); err == nil && has(is) {
		return is, s, ""
	}
	var meant []string
	for _, t := range targets {
		if t.App != "" && (len(o.only) == 0 || slices.Contains(o.only, t.Name())) {
			meant = append(meant, t.Team+"/"+t.App)
		}
	}
	if app = o.added; app == "" && len(meant) == 1 {
		app = meant[0]
	}
	if app == "" {
		return "", "", "which app it is of is not known: write <team>/<app>=" + s + "; the contract has " + names(targets)
	}
	return app, s, ""
}

// here adds the repository that the command was called in.
func (o *targetOptions) here(in loaded, targets []gen.Target, dirs map[string]string) error {
	switch o.site.kind {
	case platformKind:
		dirs["platform"] = cmp.Or(dirs["platform"], o.site.dir)
	case appKind:
		data, err := readUpTo(filepath.Join(o.site.dir, filepath.FromSlash(gen.SliceFile)))
		if err != nil {
			return invalid("%v; name the app with --app-dir <team>/<app>=%s", err, shown(o.site.dir))
		}
		id, ok := identify(data, appKind)
		if !ok {
			return problemsOf(filepath.Join(o.site.dir, filepath.FromSlash(gen.SliceFile)), data)
		}
		for _, t := range targets {
			if t.App != "" && id.sameApp(in.contract, t) {
				dirs[t.Name()] = cmp.Or(dirs[t.Name()], o.site.dir)
				return nil
			}
		}
		if len(dirs) == 0 {
			return invalid("%s: is %s, which the contract does not name; it has %s", shown(o.site.dir), id.what(), names(targets))
		}
	case noKind:
	}
	return nil
}

// problemsOf says what is wrong with a contract that can't be read.
func problemsOf(file string, data []byte) error {
	_, ds := contract.Parse(filepath.ToSlash(file), data)
	if len(ds) == 0 {
		return invalid("%s: names no app", filepath.ToSlash(file))
	}
	return problems(ds)
}
