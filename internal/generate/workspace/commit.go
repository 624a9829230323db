package workspace

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/penstock-dev/penstock/internal/generate/site"
	"github.com/penstock-dev/penstock/internal/generate/state"
	"github.com/penstock-dev/penstock/internal/generate/tree"
	"github.com/penstock-dev/penstock/internal/repo"
)

// Commits say whether commits are made of what a run writes, and how.
type Commits struct {
	Make    bool
	Branch  string // to make from HEAD; "" for the one that is checked out
	Message string // the first line; what changed follows it
}

// commits finds the Git repositories of what the session writes and makes sure
// that each can take a commit.
func (s *Session) commits(o Commits) ([]*commit, error) {
	if !o.Make {
		return nil, nil
	}
	var list []*commit
	byRoot := map[string]*commit{}
	for _, j := range s.Jobs {
		r, err := repo.Open(j.At)
		if j.Empty() && err != nil {
			continue // nothing to commit, as far as can be known
		}
		if err == nil && j.To == "" {
			err = j.findLeftover(r)
		}
		if j.Empty() && err == nil && len(j.left.units) == 0 {
			continue
		}
		if errors.Is(err, repo.ErrNone) {
			return nil, fmt.Errorf("%s: is not in a Git repository, so --commit can't commit; nothing was written; run \"git init %s\" first, or leave --commit out", j.At, j.At)
		}
		if err != nil {
			return nil, fmt.Errorf("%w\nnothing was written", err)
		}
		c := byRoot[r.Root()]
		if c == nil {
			if err := r.Ready(o.Branch); err != nil {
				return nil, fmt.Errorf("%w\nnothing was written", err)
			}
			c = &commit{repo: r}
			byRoot[r.Root()] = c
			list = append(list, c)
		}
		paths, err := j.committed(r)
		if err == nil {
			err = r.Takes(paths)
		}
		if err != nil {
			return nil, fmt.Errorf("%w\nnothing was written", err)
		}
		c.jobs = append(c.jobs, j)
	}
	return list, nil
}

// committed lists where the files are that a commit of the job will have.
func (j *Job) committed(r *repo.Repo) ([]string, error) {
	prefix, err := r.Path(j.At)
	if err != nil {
		return nil, err
	}
	var paths []string
	for _, w := range j.Plan.Committed() {
		if w.File != nil {
			paths = append(paths, path.Join(prefix, w.Path))
		}
	}
	for _, st := range j.Plan.States {
		if st.Unit != nil {
			paths = append(paths, path.Join(prefix, state.Path(st.Name)))
			for _, mark := range state.Marks(*st.Unit) {
				paths = append(paths, path.Join(prefix, mark))
			}
		}
	}
	for name := range j.left.units {
		paths = append(paths, path.Join(prefix, state.Path(name)))
	}
	return paths, nil
}

// commit is one commit to make: several targets can share a repository.
type commit struct {
	repo *repo.Repo
	jobs []*Job
	hash string // of what was made; empty when there was nothing to commit
}

// commit makes the commits of a session whose plans were applied, and says so
// in lines for people.
func (s *Session) commit(list []*commit, o Commits) (notes string, err error) {
	var all errgroup.Group // one that fails keeps no other from its commit
	all.SetLimit(workers)
	for _, c := range list {
		all.Go(func() error { return s.makeOne(c, o) })
	}
	failed := all.Wait()
	made := 0
	for _, c := range list {
		if c.hash == "" {
			continue
		}
		if made++; len(list) < 10 {
			notes += fmt.Sprintf("committed as %.10s in %s\n", c.hash, c.repo.Root())
		}
	}
	if len(list) >= 10 {
		notes += fmt.Sprintf("committed in %s\n", Count(made, "repository", "repositories"))
	}
	notes += leftOut(list)
	if failed != nil {
		return notes, fmt.Errorf("%w\nthe files are written; commit them with git", failed)
	}
	return notes, nil
}

func (s *Session) makeOne(c *commit, o Commits) error {
	if to := c.jobs[0].To; to != "" && !site.Exists(c.repo.Root()) { // It moved as a whole, with its target.
		moved, err := repo.Open(to)
		if err != nil {
			return err
		}
		c.repo = moved
	}
	in := repo.Commit{Branch: o.Branch, When: s.Now}
	for _, j := range c.jobs {
		if err := j.collect(c.repo, &in); err != nil {
			return err
		}
	}
	in.Message = s.message(c.jobs, o.Message)
	var err error
	c.hash, err = c.repo.Commit(in)
	return err
}

// collect adds what a run wrote in one target: its files and state.
func (j *Job) collect(r *repo.Repo, c *repo.Commit) error {
	dir := j.At
	if j.To != "" {
		dir = j.To
	}
	prefix, err := r.Path(dir)
	if err != nil {
		return err
	}
	if j.To != "" {
		was, err := r.Path(j.At)
		if err != nil {
			return err
		}
		if prefix != "" && !strings.HasPrefix(was, "..") {
			c.Folders = append(c.Folders, repo.Folder{From: was, To: prefix})
		}
	}
	added := map[string]bool{}
	add := func(p string, f *tree.File) {
		if added[p] {
			return
		}
		added[p] = true
		file := repo.File{Path: path.Join(prefix, p), Removed: f == nil}
		if f != nil {
			file.Data, file.Executable = f.Bytes(), f.Mode == tree.Executable
		}
		c.Files = append(c.Files, file)
	}
	for _, w := range j.Plan.Committed() {
		add(w.Path, w.File)
	}
	for _, st := range j.Plan.States {
		for _, mark := range marksOf(st.Unit) {
			add(mark, &tree.File{Mode: tree.Regular})
		}
		for _, mark := range marksOf(st.Was) {
			add(mark, nil)
		}
		if st.Unit == nil {
			add(state.Path(st.Name), nil)
			continue
		}
		p, f := state.Path(st.Name), tree.File{Data: state.Encode(*st.Unit), Mode: tree.Regular}
		if here, ok := standing(dir, p, f.Data); ok {
			f = here
		}
		add(p, &f)
	}
	if len(j.left.units) > 0 {
		left, err := j.takeLeftover(r)
		if err != nil {
			return err
		}
		for _, w := range left {
			add(w.Path, w.File)
		}
	}
	for name, text := range map[string]string{".gitattributes": state.Attributes, ".gitignore": state.Ignore} {
		if f, ok := standing(dir, state.Dir+"/"+name, []byte(text)); ok {
			add(state.Dir+"/"+name, &f)
		}
	}
	return nil
}

func marksOf(u *tree.Unit) []string {
	if u == nil {
		return nil
	}
	return state.Marks(*u)
}

// standing returns a file with the line ends that it has here, if it holds the
// text.
func standing(dir, p string, text []byte) (tree.File, bool) {
	data, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(p)))
	f := tree.Text(data, tree.Regular)
	return f, err == nil && bytes.Equal(f.Data, text)
}
