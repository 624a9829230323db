package workspace

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/penstock-dev/penstock/internal/diag"
	"github.com/penstock-dev/penstock/internal/generate/gen"
	"github.com/penstock-dev/penstock/internal/generate/site"
	"github.com/penstock-dev/penstock/internal/generate/state"
	"github.com/penstock-dev/penstock/internal/repo"
)

// settle finds where a target's repository is: in its place in the workspace
// or, while it has not been moved after a rename, in a former one.
func (o *Options) settle(t gen.Target, former []string) (Place, error) {
	p := Place{Target: t, At: filepath.Join(o.Workspace, filepath.FromSlash(t.Dir()))}
	if len(former) == 0 || site.Exists(p.At) {
		return p, nil
	}
	var found []string
	for _, d := range former {
		if dir := filepath.Join(o.Workspace, filepath.FromSlash(d)); site.Exists(filepath.Join(dir, state.Dir)) {
			found = append(found, dir)
		}
	}
	switch len(found) {
	case 0:
		return p, nil
	case 1:
		p.At, p.To = found[0], p.At
	default:
		return p, diag.Personf("%s and %s: both could be what %s was before; move one of them there", found[0], found[1], p.At)
	}
	command, err := repo.MoveCommand(p.At, p.To)
	if err != nil {
		return p, err
	}
	if command != "" {
		return p, diag.Personf("%s: is now %s; Git has to know of the move, so make it yourself and run again:\n  mkdir -p %s && %s",
			p.At, p.To, filepath.Dir(p.To), command)
	}
	return p, nil
}

// move renames the folders of repositories whose team or app has a new name.
// A repository moves as a whole, with all that is in it.
func (s *Session) move() error {
	for _, j := range s.Jobs {
		if j.To == "" {
			continue
		}
		err := errors.Join(j.target.Close(), os.MkdirAll(filepath.Dir(j.To), 0o755))
		if err == nil {
			err = os.Rename(j.At, j.To)
		}
		if err != nil {
			return fmt.Errorf("%w; move the folder yourself: mv %s %s", err, j.At, j.To)
		}
		_ = os.Remove(filepath.Dir(j.At)) // the old team's folder, when it is empty
	}
	return nil
}
