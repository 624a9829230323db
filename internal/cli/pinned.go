package cli

import (
	"cmp"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/penstock-dev/penstock/internal/diag"
	"github.com/penstock-dev/penstock/internal/generate/gen"
	"github.com/penstock-dev/penstock/internal/generate/merge"
	"github.com/penstock-dev/penstock/internal/generate/site"
	"github.com/penstock-dev/penstock/internal/generate/state"
	"github.com/penstock-dev/penstock/internal/model"
	"github.com/penstock-dev/penstock/internal/release/promotion"
	"github.com/penstock-dev/penstock/internal/repo"
)

// gitPlaces are the flags that name the checkouts in which Git says what runs.
type gitPlaces struct{ platformDir, appDir string }

func (o *gitPlaces) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&o.platformDir, "platform-dir", "", "clone of the platform repository, where Git pins what runs (default: where the contract lies, if that is one)")
	f.StringVar(&o.appDir, "app-dir", "", "clone of the app's repository, for an app delivered by Git (default: where the contract lies, if that is one)")
	for _, name := range []string{"platform-dir", "app-dir"} {
		_ = cmd.MarkFlagDirname(name)
	}
}

// dirs are the checkouts that were named: a contract may lie there.
func (o gitPlaces) dirs() []string {
	return slices.DeleteFunc([]string{o.platformDir, o.appDir}, func(s string) bool { return s == "" })
}

// platform is the folder of the platform repository; "" when it is not known.
func (o gitPlaces) platform(in site.Loaded) string {
	dir := filepath.Dir(in.File)
	if o.platformDir == "" && filepath.Base(in.File) == gen.ContractFile && site.Exists(filepath.Join(dir, filepath.FromSlash(state.Folder))) {
		return dir
	}
	return o.platformDir
}

// noPlatform says what is missing where Git pins.
func noPlatform(m *model.Model) string {
	return "Git pins what runs: pass --platform-dir DIR, a clone of " + m.Platform.Git.Web
}

// openPlatform opens the clone of the platform repository, which must be that
// of the contract.
func (o gitPlaces) openPlatform(io IO, in site.Loaded, m *model.Model) (*checkout, error) {
	dir := o.platform(in)
	if dir == "" {
		return nil, diag.Invalidf("%s", noPlatform(m))
	}
	file := filepath.Join(dir, gen.ContractFile)
	if filepath.Clean(file) != filepath.Clean(in.File) {
		name, err := site.PlatformOf(file)
		if err != nil {
			return nil, diag.Invalidf("--platform-dir %s: is no platform repository: %v; name a clone of %s", dir, err, m.Platform.Git.Web)
		}
		if name != m.Name {
			return nil, diag.Invalidf("--platform-dir %s: is the platform repository of %q, but the contract is of %q; name a clone of %s", dir, name, m.Name, m.Platform.Git.Web)
		}
	}
	return openCheckout(io, dir, "--platform-dir", m.Platform.Git)
}

// pinLog is what the versions of a pin file say.
type pinLog struct {
	pins []promotion.Pin // oldest first, the newest being what counts
	err  error           // why nothing is known
}

// pinLogs reads the pin files of some environments, all in one walk.
func (c *checkout) pinLogs(envs []*model.AppEnv) ([]pinLog, error) {
	files := make([][]string, len(envs))
	for i, ae := range envs {
		files[i] = ae.PinFiles()
	}
	logs, err := c.logs(files)
	if err != nil {
		return nil, err
	}
	list := make([]pinLog, len(envs))
	for i, ae := range envs {
		list[i] = c.pinLog(ae, logs[i])
	}
	return list, nil
}

func (c *checkout) pinLog(ae *model.AppEnv, versions []repo.Version) (log pinLog) {
	if n := len(versions); n == 0 || versions[n-1].Data == nil {
		log.err = fmt.Errorf("%s: is not on %s; run \"penstock generate\", commit and merge what it writes", c.name(ae.PinFile()), c.tip.Ref)
		return log
	}
	for i, v := range versions {
		p, err := promotion.ReadPin(v.Data)
		switch {
		case err != nil && i == len(versions)-1:
			log.err = c.badPin(ae.PinFile(), v.Data)
		case err == nil:
			p.Explanation = explain(ae, v)
			log.pins = append(log.pins, p)
		}
	}
	return log
}

func explain(ae *model.AppEnv, v repo.Version) promotion.Explanation {
	w := promotion.Written{Commit: v.Commit, Author: v.Author, Message: v.Message, Time: v.Time}
	return promotion.Explain(w, ae.Team.Name+"/"+ae.Name, ae.Env.Name)
}

// badPin says where a pin file cannot be read.
func (c *checkout) badPin(file string, data []byte) error {
	if lines := merge.Unresolved(data); len(lines) > 0 {
		return diag.Personf("%s:%d:1: has conflict markers on %s; resolve them", c.name(file), lines[0], c.tip.Ref)
	}
	return promotion.CheckPin(c.name(file), data).Err()
}

// readPins fills in what Git says of the environment and of the one before.
func (mv *moving) readPins(o gitPlaces, io IO, in site.Loaded, from *model.AppEnv) (err error) {
	if mv.checkout, err = o.openPlatform(io, in, mv.model); err != nil {
		return err
	}
	var envs []*model.AppEnv
	if mv.Env.Pinned {
		envs = append(envs, mv.place)
	}
	if from != nil && from.Pinned {
		envs = append(envs, from)
	}
	logs, err := mv.checkout.pinLogs(envs)
	if err != nil {
		return err
	}
	for i, l := range logs {
		if l.err != nil {
			return l.err
		}
		if envs[i] == from {
			mv.Env.From.Pins = l.pins
			continue
		}
		mv.file, mv.log.Before = mv.place.PinFile(), l.pins[:len(l.pins)-1]
		if mv.log.File, err = mv.checkout.file(mv.file); err != nil {
			return err
		}
	}
	return nil
}

// finishGit writes and commits what a move changed in a file, and says what
// makes it count.
func (o *moveOptions) finishGit(mv *moving, data []byte, out promotion.Outcome, err error) error {
	if err != nil || data == nil {
		return o.finish(out, err)
	}
	c, message := mv.checkout, promotion.Message(out, mv.Options)
	if out.GitCommit, err = c.write(mv.file, data, message, o.branch); err != nil {
		return err
	}
	out.File, out.Branch = c.name(mv.file), o.branch
	if err := o.finish(out, nil); err != nil {
		return err
	}
	_, err = fmt.Fprint(o.io.Err, c.next(out, mv.file, message))
	return err
}

// next says how a change gets onto the branch that counts.
func (c *checkout) next(out promotion.Outcome, file, message string) string {
	subject, trailers, _ := strings.Cut(strings.TrimSpace(message), "\n\n")
	branch := cmp.Or(out.Branch, strings.NewReplacer("/", "-").Replace(fmt.Sprintf("%s/%s/%s/%s", out.Action, out.App, out.Environment, out.Release)))
	var steps []string
	say := fmt.Sprintf("wrote %s; it counts when it is merged to %s:", out.File, c.git.Branch)
	if out.Branch == "" {
		steps = append(steps, "git switch --create "+model.ShellQuote(branch),
			fmt.Sprintf("git commit --message %s --message %s -- %s", model.ShellQuote(subject), model.ShellQuote(trailers), model.ShellQuote(file)))
	} else {
		say = fmt.Sprintf("committed as %.10s on %s; it counts when it is merged to %s:", out.GitCommit, branch, c.git.Branch)
		if branch == c.git.Branch {
			say = fmt.Sprintf("committed as %.10s on %s; it counts when it is pushed:", out.GitCommit, branch)
		}
		if hooks := c.repo.Hooks(); hooks != nil {
			steps = append(steps, c.repo.Again(out.GitCommit)+"   # runs "+strings.Join(hooks, ", ")+", which Penstock does not")
		} else if c.repo.Signs() {
			steps = append(steps, "git commit --amend --only --no-edit --gpg-sign   # commit.gpgSign is set, and Penstock signs nothing")
		}
	}
	steps = append(steps, "git push --set-upstream origin "+model.ShellQuote(branch))
	switch {
	case branch == c.git.Branch:
	case c.git.Provider == "gitlab":
		steps = append(steps, "glab mr create --fill --yes --target-branch "+model.ShellQuote(c.git.Branch))
	default:
		steps = append(steps, "gh pr create --fill --base "+model.ShellQuote(c.git.Branch))
	}
	if c.dir != "." {
		steps = append([]string{"cd " + model.ShellQuote(c.dir)}, steps...)
	}
	return say + "\n  " + strings.Join(steps, "\n  ") + "\n"
}
