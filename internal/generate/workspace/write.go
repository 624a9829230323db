package workspace

import (
	"context"
	"errors"

	"github.com/penstock-dev/penstock/internal/contract"
	"github.com/penstock-dev/penstock/internal/generate/apply"
	"github.com/penstock-dev/penstock/internal/generate/site"
	"github.com/penstock-dev/penstock/internal/repo"
)

// Begin is which folders become Git repositories after they were written, where
// they are in no work tree.
type Begin int

const (
	// BeginNone is for repositories that people made.
	BeginNone Begin = iota
	// BeginNew is for those whose folder is new.
	BeginNew
	// BeginAll is for a new workspace.
	BeginAll
)

// Writing says what becomes of what is written.
type Writing struct {
	Commit Commits
	Begin  Begin
}

// Written is what was done beside writing files.
type Written struct {
	Begun int    // Git repositories
	Notes string // of the commits: lines for people
}

// Write writes what is planned and commits it, where that is asked for and no
// conflict waits to be resolved. It returns nil when no file was written.
func (s *Session) Write(ctx context.Context, w Writing) (*Written, error) {
	old, begun := *s, *s
	old.Jobs, begun.Jobs = nil, nil
	for _, j := range s.Jobs {
		if w.Begin == BeginAll || w.Begin == BeginNew && j.App != "" && !site.Exists(j.At) {
			begun.Jobs = append(begun.Jobs, j)
		} else {
			old.Jobs = append(old.Jobs, j)
		}
	}
	commits := w.Commit
	commits.Make = commits.Make && s.Marked(false) == nil
	list, err := old.commits(commits)
	if err != nil {
		return nil, err
	}
	if err := s.apply(ctx); err != nil {
		return nil, err
	}
	done := &Written{}
	if done.Notes, err = old.commit(list, commits); err != nil {
		return done, err
	}
	if done.Begun, err = begun.begin(); err != nil {
		return done, err
	}
	// There is nothing yet to branch from: the first commit is on the branch of
	// the contract.
	commits.Branch = ""
	if list, err = begun.commits(commits); err != nil {
		return done, err
	}
	notes, err := begun.commit(list, commits)
	done.Notes += notes
	return done, err
}

func (s *Session) apply(ctx context.Context) error {
	jobs := make([]apply.Job, len(s.Jobs))
	for i, j := range s.Jobs {
		jobs[i] = apply.Job{Target: j.target, Plan: j.Plan}
	}
	if err := apply.Run(ctx, jobs, apply.Options{Command: s.Command, Started: s.Now}); err != nil {
		return err
	}
	return errors.Join(s.conflicts(), s.move())
}

// begin makes Git repositories of the folders that are in no work tree, and
// counts them.
func (s *Session) begin() (int, error) {
	p := s.Contract.Spec.Platform.Git
	git := map[string]contract.AppGit{"platform": {URL: p.URL, Branch: p.Branch}}
	for _, t := range s.Contract.Spec.Teams {
		for _, a := range t.Apps {
			git["app/"+t.Name+"/"+a.Name] = a.Git
		}
	}
	made := 0
	for _, j := range s.Jobs {
		g := git[j.Name()]
		ok, err := repo.Init(j.At, g.Branch, g.URL)
		if err != nil {
			return made, err
		}
		if ok {
			made++
		}
	}
	return made, nil
}
