package workspace

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/penstock-dev/penstock/internal/generate/gen"
	"github.com/penstock-dev/penstock/internal/generate/site"
	"github.com/penstock-dev/penstock/internal/generate/state"
)

// findStrangers lists the user's own files in folders that a rename moves all
// of Penstock's files out of.
func (j *Job) findStrangers() []Note {
	known, to := map[string]bool{}, map[string]string{}
	for _, c := range j.Plan.Changes {
		known[c.Path] = true
		if c.From != "" && path.Dir(c.From) != path.Dir(c.Path) {
			to[path.Dir(c.From)] = path.Dir(c.Path)
		}
	}
	var list []Note
	for dir, now := range to {
		files, err := os.ReadDir(filepath.Join(j.At, filepath.FromSlash(dir)))
		if err != nil {
			continue // gone already
		}
		for _, f := range files {
			if p := path.Join(dir, f.Name()); !f.IsDir() && !known[p] {
				list = append(list, Note{Path: p, Reason: "is yours and stays; what it belongs to is now in " + now})
			}
		}
	}
	slices.SortFunc(list, func(a, b Note) int { return strings.Compare(a.Path, b.Path) })
	return list
}

// unnamedApps lists the generated app repositories of a workspace that the contract
// does not name.
func (o *Options) unnamedApps(all []gen.Target, used []Place) ([]Place, error) {
	known := map[string]bool{}
	for _, t := range all {
		known[filepath.Join(o.Workspace, filepath.FromSlash(t.Dir()))] = true
	}
	for _, p := range used {
		known[p.At] = true
	}
	var list []Place
	root := filepath.Join(o.Workspace, "apps")
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
			if known[dir] || !site.Exists(filepath.Join(dir, filepath.FromSlash(state.Folder))) {
				continue
			}
			list = append(list, Place{Target: gen.Target{Team: team.Name(), App: app.Name()}, At: dir})
		}
	}
	return list, err
}
