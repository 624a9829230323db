package workspace

import (
	"errors"
	"fmt"
	"path"
	"slices"

	"github.com/penstock-dev/penstock/internal/generate/merge"
	"github.com/penstock-dev/penstock/internal/generate/plan"
	"github.com/penstock-dev/penstock/internal/generate/tree"
	"github.com/penstock-dev/penstock/internal/repo"
)

// conflicts enters what was written with markers into Git's index. A target
// outside of Git has none.
func (s *Session) conflicts() error {
	for _, j := range s.Jobs {
		marked := slices.DeleteFunc(slices.Clone(j.Plan.Changes), func(c plan.Change) bool { return c.Action != plan.Mark })
		if len(marked) == 0 {
			continue
		}
		r, err := repo.Open(j.At)
		if errors.Is(err, repo.ErrNone) {
			continue
		}
		if err != nil {
			return err
		}
		prefix, err := r.Path(j.At)
		if err != nil {
			return err
		}
		var list []repo.Conflict
		for _, c := range marked {
			_, current := j.Edited(c)
			file := func(f *tree.File) repo.File {
				return repo.File{Data: merge.Dress(f.Data, current.Bytes()), Executable: f.Mode == tree.Executable}
			}
			list = append(list, repo.Conflict{Path: path.Join(prefix, c.Path), Pristine: file(c.Pristine), Current: file(current), Desired: file(c.Desired)})
		}
		if err := r.Conflicts(list); err != nil {
			return fmt.Errorf("%w\nthe files have their conflict markers, but Git's index does not know of the conflicts", err)
		}
	}
	return nil
}
