package workspace

import (
	"context"
	"errors"
	"os"
	"path/filepath"

	"github.com/penstock-dev/penstock/internal/generate/apply"
	"github.com/penstock-dev/penstock/internal/generate/gen"
	"github.com/penstock-dev/penstock/internal/generate/plan"
	"github.com/penstock-dev/penstock/internal/generate/site"
)

// Adopt plans a contract that no file has yet. Where the plan does not itself
// write it as it is to be, it puts the contract into its place and plans again:
// the contract stands elsewhere, or was edited since the last run and is the
// user's newest word, not something to merge. It puts nothing anywhere while
// another file waits for a person.
func Adopt(ctx context.Context, in site.Loaded, o Options, c Commits) (*Session, error) {
	s, err := Plan(ctx, in, o)
	if err != nil {
		return s, err
	}
	own := s.contractChange(in)
	switch n := s.blocked(); {
	case own != nil && own.Result != nil && string(own.Result.Bytes()) == string(in.Data):
		return s, nil
	case s.Refused() && (n != 1 || own == nil || own.Result != nil):
		return s, nil
	}
	if _, err := s.commits(c); err != nil {
		return s, err
	}
	if err := errors.Join(s.Close(), replaceContract(in)); err != nil {
		return nil, err
	}
	return Plan(ctx, in, o)
}

// contractChange is what happens to the contract file, where that is the
// platform repository's own.
func (s *Session) contractChange(in site.Loaded) *plan.Change {
	j := s.Platform()
	if j == nil || !site.SameFile(filepath.Join(j.At, gen.ContractFile), in.File) {
		return nil
	}
	for i := range j.Plan.Changes {
		if c := &j.Plan.Changes[i]; c.Path == gen.ContractFile {
			return c
		}
	}
	return nil
}

func replaceContract(in site.Loaded) error {
	file, err := filepath.EvalSymlinks(in.File)
	if err != nil {
		return err
	}
	root, err := os.OpenRoot(filepath.Dir(file))
	if err != nil {
		return err
	}
	defer root.Close()
	info, err := root.Stat(filepath.Base(file))
	if err != nil {
		return err
	}
	return apply.Replace(root, filepath.Base(file), in.Data, info.Mode().Perm())
}
