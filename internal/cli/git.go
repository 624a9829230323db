package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"github.com/penstock-dev/penstock/internal/contract"
	"github.com/penstock-dev/penstock/internal/generate/effect"
	"github.com/penstock-dev/penstock/internal/generate/gen"
	"github.com/penstock-dev/penstock/internal/generate/state"
	"github.com/penstock-dev/penstock/internal/generate/tree"
	"github.com/penstock-dev/penstock/internal/repo"
)

// commitOptions are the flags that make commits of what a run wrote.
type commitOptions struct {
	commit  bool
	branch  string
	message string
}

func (o *commitOptions) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.BoolVar(&o.commit, "commit", false, "commit what this run writes and what earlier runs left uncommitted, and nothing of yours, in each Git repository")
	f.StringVar(&o.branch, "branch", "", "with --commit: the branch to make for it, from HEAD")
	f.StringVar(&o.message, "message", "", "with --commit: the first line of the message; what changed follows it")
}

func (o *commitOptions) check() error {
	switch {
	case o.commit:
		return nil
	case o.branch != "":
		return invalid("--branch: needs --commit")
	case o.message != "":
		return invalid("--message: needs --commit")
	}
	return nil
}

// commits finds the Git repositories of what the session writes and makes sure
// that each can take a commit.
func (s *session) commits(o commitOptions) ([]*commit, error) {
	var list []*commit
	byRoot := map[string]*commit{}
	for _, j := range s.jobs {
		r, err := repo.Open(j.dir)
		if j.empty() && err != nil {
			continue // nothing to commit, as far as can be known
		}
		if err == nil && j.to == "" {
			err = j.findLeftover(r)
		}
		if j.empty() && err == nil && len(j.left.units) == 0 {
			continue
		}
		if errors.Is(err, repo.ErrNone) {
			return nil, fmt.Errorf("%s: is not in a Git repository, so --commit can't commit; nothing was written; run \"git init %s\" first, or leave --commit out", j.dir, j.dir)
		}
		if err != nil {
			return nil, fmt.Errorf("%w\nnothing was written", err)
		}
		c := byRoot[r.Root()]
		if c == nil {
			if err := r.Ready(o.branch); err != nil {
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
func (j *job) committed(r *repo.Repo) ([]string, error) {
	prefix, err := r.Path(j.dir)
	if err != nil {
		return nil, err
	}
	var paths []string
	for _, w := range j.plan.Committed() {
		if w.File != nil {
			paths = append(paths, path.Join(prefix, w.Path))
		}
	}
	for _, st := range j.plan.States {
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
	jobs []*job
	hash string // of what was made; empty when there was nothing to commit
}

// make makes the commits of a session whose plans were applied.
func (s *session) make(list []*commit, o commitOptions, out io.Writer) error {
	var all errgroup.Group
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
			fmt.Fprintf(out, "committed as %.10s in %s\n", c.hash, c.repo.Root())
		}
	}
	if len(list) >= 10 {
		fmt.Fprintf(out, "committed in %s\n", count(made, "repository", "repositories"))
	}
	leftOut(list, out)
	if failed != nil {
		return fmt.Errorf("%w\nthe files are written; commit them with git", failed)
	}
	return nil
}

func (s *session) makeOne(c *commit, o commitOptions) error {
	if to := c.jobs[0].to; to != "" && !exists(c.repo.Root()) { // It moved as a whole, with its target.
		moved, err := repo.Open(to)
		if err != nil {
			return err
		}
		c.repo = moved
	}
	in := repo.Commit{Branch: o.branch, When: now()}
	for _, j := range c.jobs {
		if err := j.collect(c.repo, &in); err != nil {
			return err
		}
	}
	in.Message = s.message(c.jobs, o.message)
	var err error
	c.hash, err = c.repo.Commit(in)
	return err
}

// collect adds what a run wrote in one target: its files and state.
func (j *job) collect(r *repo.Repo, c *repo.Commit) error {
	dir := j.dir
	if j.to != "" {
		dir = j.to
	}
	prefix, err := r.Path(dir)
	if err != nil {
		return err
	}
	if j.to != "" {
		was, err := r.Path(j.dir)
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
	for _, w := range j.plan.Committed() {
		add(w.Path, w.File)
	}
	for _, st := range j.plan.States {
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

// message is the message for what happens in the given targets.
func (s *session) message(jobs []*job, subject string) string {
	j := jobs[0]
	m := effect.Message{Subject: subject, Name: "the platform repository of " + s.contract.Metadata.Name, First: j.first || j.left.all(len(j.units))}
	is := s.contract
	if j.App != "" {
		m.Name = "app " + j.Team + "/" + j.App
		slice, _ := s.contract.Slice(j.Team, j.App)
		is, _ = contract.Parse("", slice.YAML()) // as the last one was read: it knows what is written in it
		m.Environments = []string{j.reaches(slice.Spec.Teams[0].Apps[0])}
	} else {
		e := s.effect
		if len(j.left.units) > 0 {
			e = effect.Compute(s.contract, j.sinceHead)
		}
		m.Environments = e.Environments(s.contract)
	}
	if len(jobs) > 1 {
		m.Name += ", and " + count(len(jobs)-1, "app", "apps")
	}
	if j.previous != nil {
		if was, ds := contract.Parse("", j.previous); len(ds) == 0 {
			m.Fields = contract.Changes(was, is)
		}
	}
	return m.String()
}

// reaches says what a commit in an app's repository does to the environments.
func (j *job) reaches(app contract.App) string {
	if app.Delivery != "git" {
		return "none changes by this commit: releases reach them by promotion"
	}
	for _, w := range j.plan.Committed() {
		if strings.HasPrefix(w.Path, app.Path+"/") {
			return "Flux applies what changes below " + app.Path + "/ once this is on " + app.Git.Branch
		}
	}
	return "none changes by this commit: Flux applies " + app.Path + "/, where nothing changes"
}

// previousContract is the contract of the last run, or nil.
func previousContract(units []tree.Unit) []byte {
	for _, u := range units {
		for _, p := range []string{gen.ContractFile, gen.SliceFile} {
			if f, ok := u.Files[p]; ok {
				return f.Data
			}
		}
	}
	return nil
}
