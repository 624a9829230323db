package cli

import (
	"errors"
	"strings"

	"github.com/penstock-dev/penstock/internal/generate/tree"
)

// kept returns a file of a cluster as the last run wrote it, also when the
// cluster had another name then.
func (s *session) kept(unit, path string) (tree.File, bool, error) {
	f, ok, err := s.jobs[0].kept(unit, path)
	if ok || err != nil {
		return f, ok, err
	}
	for _, env := range s.contract.Spec.Environments {
		for _, c := range env.Clusters {
			if was := c.Formerly; was != "" && unit == "cluster/"+c.Name {
				return s.jobs[0].kept("cluster/"+was, strings.Replace(path, "clusters/"+c.Name+"/", "clusters/"+was+"/", 1))
			}
		}
	}
	return f, false, nil
}

func (j *job) kept(unit, path string) (tree.File, bool, error) {
	units, ds, err := j.target.State(unit)
	if err != nil || len(ds) > 0 {
		return tree.File{}, false, errors.Join(err, asError(ds))
	}
	f, ok := units[unit].Files[path]
	return f, ok, nil
}
