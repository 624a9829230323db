package workspace

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// File is how a change's file is called in messages: from the current folder.
func (j *Job) File(path string) string {
	return nearest(filepath.Join(j.At, filepath.FromSlash(path)))
}

// nearest shortens a path that leads out of the current folder and back in.
func nearest(p string) string {
	if strings.HasPrefix(p, "..") {
		here, err := os.Getwd()
		if err == nil {
			here, err = filepath.EvalSymlinks(here)
		}
		if err == nil {
			if rel, err := filepath.Rel(here, filepath.Join(here, p)); err == nil {
				p = rel
			}
		}
	}
	return filepath.ToSlash(p)
}

// Empty reports whether there is nothing to do with the repository.
func (j *Job) Empty() bool { return j.To == "" && j.Plan.Empty() }

// Empty reports whether there is nothing to do at all.
func (s *Session) Empty() bool {
	for _, j := range s.Jobs {
		if !j.Empty() {
			return false
		}
	}
	return true
}

// Follows reports whether all that there is to do follows from merges of two
// branches.
func (s *Session) Follows() bool {
	found := false
	for _, j := range s.Jobs {
		if j.Empty() {
			continue
		}
		if j.To != "" || !j.Plan.Follows() {
			return false
		}
		found = true
	}
	return found
}

// Count is a number with its noun.
func Count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
