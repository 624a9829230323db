package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/penstock-dev/penstock/internal/generate/gen"
	"github.com/penstock-dev/penstock/internal/generate/plan"
	"github.com/penstock-dev/penstock/internal/generate/state"
	"github.com/penstock-dev/penstock/internal/repo"
)

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// settle finds where a target's repository is: in its place in the workspace
// or, while it has not been moved after a rename, in a former one.
func (o *targetOptions) settle(t gen.Target, former []string) (place, error) {
	p := place{Target: t, dir: filepath.Join(o.workspace, filepath.FromSlash(t.Dir()))}
	if len(former) == 0 || exists(p.dir) {
		return p, nil
	}
	var found []string
	for _, d := range former {
		if dir := filepath.Join(o.workspace, filepath.FromSlash(d)); exists(filepath.Join(dir, state.Dir)) {
			found = append(found, dir)
		}
	}
	switch len(found) {
	case 0:
		return p, nil
	case 1:
		p.dir, p.to = found[0], p.dir
	default:
		return p, exitError{code: exitPerson, text: fmt.Sprintf("%s and %s: both could be what %s was before; move one of them there", found[0], found[1], p.dir)}
	}
	command, err := repo.MoveCommand(p.dir, p.to)
	if err != nil {
		return p, err
	}
	if command != "" {
		return p, exitError{code: exitPerson, text: fmt.Sprintf("%s: is now %s; Git has to know of the move, so make it yourself and run again:\n  mkdir -p %s && %s",
			p.dir, p.to, filepath.Dir(p.to), command)}
	}
	return p, nil
}

// move renames the folders of repositories whose team or app has a new name.
// A repository moves as a whole, with all that is in it.
func (s *session) move() error {
	for _, j := range s.jobs {
		if j.to == "" {
			continue
		}
		err := errors.Join(j.target.Close(), os.MkdirAll(filepath.Dir(j.to), 0o755))
		if err == nil {
			err = os.Rename(j.dir, j.to)
		}
		if err != nil {
			return fmt.Errorf("%w; move the folder yourself: mv %s %s", err, j.dir, j.to)
		}
		_ = os.Remove(filepath.Dir(j.dir)) // the old team's folder, when it is empty
	}
	return nil
}

// findStrangers lists the user's own files in folders that a rename moves all
// of Penstock's files out of.
func (j *job) findStrangers() []entry {
	known, to := map[string]bool{}, map[string]string{}
	for _, c := range j.plan.Changes {
		known[c.Path] = true
		if c.From != "" && path.Dir(c.From) != path.Dir(c.Path) {
			to[path.Dir(c.From)] = path.Dir(c.Path)
		}
	}
	var list []entry
	for dir, now := range to {
		files, err := os.ReadDir(filepath.Join(j.dir, filepath.FromSlash(dir)))
		if err != nil {
			continue // gone already
		}
		for _, f := range files {
			if p := path.Join(dir, f.Name()); !f.IsDir() && !known[p] {
				list = append(list, entry{Repository: j.Name(), Path: p, Action: plan.Leave.String(), Reason: "is yours and stays; what it belongs to is now in " + now})
			}
		}
	}
	slices.SortFunc(list, func(a, b entry) int { return strings.Compare(a.Path, b.Path) })
	return list
}

// unnamedApps lists the generated app repositories of a workspace that the contract
// does not name.
func (o *targetOptions) unnamedApps(all []gen.Target, used []place) ([]entry, error) {
	known := map[string]bool{}
	for _, t := range all {
		known[filepath.Join(o.workspace, filepath.FromSlash(t.Dir()))] = true
	}
	for _, p := range used {
		known[p.dir] = true
	}
	var list []entry
	root := filepath.Join(o.workspace, "apps")
	teams, err := os.ReadDir(root)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	for _, team := range teams {
		if !team.IsDir() {
			continue
		}
		apps, err := os.ReadDir(filepath.Join(root, team.Name()))
		if err != nil {
			return nil, err
		}
		for _, app := range apps {
			dir := filepath.Join(root, team.Name(), app.Name())
			if known[dir] || !exists(filepath.Join(dir, filepath.FromSlash(state.Folder))) {
				continue
			}
			list = append(list, entry{
				Repository: "app/" + team.Name() + "/" + app.Name(), Action: "unnamed", file: filepath.ToSlash(dir),
				Reason: "the contract does not name this app; its repository is left as it is",
			})
		}
	}
	return list, err
}
