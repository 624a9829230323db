package workspace

import (
	"errors"
	"strings"

	"github.com/penstock-dev/penstock/internal/generate/tree"
)

// kept returns a file of a cluster as the last run wrote it, also when the
// cluster had another name then.
func (s *Session) kept(unit, path string) (tree.File, bool, error) {
	f, ok, err := s.Platform().kept(unit, path)
	if ok || err != nil {
		return f, ok, err
	}
	for _, env := range s.Contract.Spec.Environments {
		for _, c := range env.Clusters {
			if was := c.Formerly; was != "" && unit == "cluster/"+c.Name {
				return s.Platform().kept("cluster/"+was, strings.Replace(path, "clusters/"+c.Name+"/", "clusters/"+was+"/", 1))
			}
		}
	}
	return f, false, nil
}

func (j *Job) kept(unit, path string) (tree.File, bool, error) {
	units, ds, err := j.target.State(unit)
	if err != nil || len(ds) > 0 {
		return tree.File{}, false, errors.Join(err, ds.Err())
	}
	f, ok := units[unit].Files[path]
	return f, ok, nil
}
