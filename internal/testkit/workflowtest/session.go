package workflowtest

import (
	"context"
	"crypto/rand"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/penstock-dev/penstock/internal/testkit/workflowtest/expression"
)

// session is what all workflows of a run share.
type session struct {
	o      Options
	dir    string // everything below it ends with the run
	bin    string // the only folder of programs
	ref    string
	sha    string
	event  map[string]any
	issuer *Issuer
	host   *gitHost
	// origins are the Git repositories, trees the unpacked ones, by slug and by slug@ref.
	origins, trees map[string]string
	top            workflowFile
	masks          []string
	result         Result
	jobs           int // that were started
}

func newSession(ctx context.Context, o Options) (*session, error) {
	dir, err := os.MkdirTemp("", "workflow-")
	if err != nil {
		return nil, err
	}
	s := &session{o: o, dir: dir, origins: map[string]string{}, trees: map[string]string{}, issuer: o.Issuer}
	if err := s.prepare(ctx); err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

func (s *session) prepare(ctx context.Context) error {
	r, ok := s.o.Repositories[s.o.Repository]
	if !ok {
		return fmt.Errorf("%s: is none of the repositories", s.o.Repository)
	}
	if s.ref = s.o.Event.Ref; s.ref == "" {
		s.ref = "refs/heads/" + r.branch()
	}
	for _, slug := range expression.SortedKeys(s.o.Repositories) {
		if err := s.origin(ctx, slug); err != nil {
			return err
		}
	}
	var err error
	if s.sha, err = s.git(ctx, s.origins[s.o.Repository], "rev-parse", s.ref+"^{commit}"); err != nil {
		return err
	}
	if s.issuer == nil {
		if s.issuer, err = NewIssuer(s.o.Clock); err != nil {
			return err
		}
	}
	if s.host, err = newGitHost(func(slug string) (string, bool) { dir, ok := s.origins[slug]; return dir, ok }); err != nil {
		return err
	}
	if s.bin, err = programs(filepath.Join(s.dir, "bin"), s.o.Programs); err != nil {
		return err
	}
	for _, secrets := range s.secretSets() {
		for _, v := range secrets {
			s.mask(v)
		}
	}
	s.event = s.payload()
	return nil
}

func (s *session) secretSets() []map[string]string {
	var sets []map[string]string
	for _, r := range s.o.Repositories {
		sets = append(sets, r.Secrets)
		for _, e := range r.Environments {
			sets = append(sets, e.Secrets)
		}
	}
	return sets
}

func (s *session) close() {
	if s.issuer != nil && s.o.Issuer == nil {
		s.issuer.Close()
	}
	if s.host != nil {
		_ = s.host.server.Close()
	}
	_ = filepath.WalkDir(s.dir, func(path string, d os.DirEntry, err error) error {
		if err == nil && d.IsDir() {
			_ = os.Chmod(path, 0o755) // the Go command's module cache is not writable
		}
		return nil
	})
	_ = os.RemoveAll(s.dir)
}

// mask hides a value in all that is said from now on.
func (s *session) mask(v string) {
	for line := range strings.Lines(v) {
		if line = strings.TrimSpace(line); line != "" {
			s.masks = append(s.masks, line)
		}
	}
}

func (s *session) masked(text string) string {
	for _, m := range s.masks {
		text = strings.ReplaceAll(text, m, "***")
	}
	return text
}

func (s *session) repository() *Repository { return s.o.Repositories[s.o.Repository] }

func (s *session) actor() string { return or(s.o.Event.Actor, "ada") }

func (s *session) runID() string     { return strconv.Itoa(max(s.o.RunID, 1)) }
func (s *session) runNumber() string { return strconv.Itoa(max(s.o.RunNumber, 1)) }

func (s *session) branchName() string {
	name := strings.TrimPrefix(strings.TrimPrefix(s.ref, "refs/heads/"), "refs/tags/")
	return strings.TrimPrefix(name, "refs/")
}

// workflowRef is the file that the run is of.
func (s *session) workflowRef() string { return s.o.Repository + "/" + s.o.Workflow + "@" + s.ref }

// payload is the event's document, as far as a workflow could read it.
func (s *session) payload() map[string]any {
	owner, name, _ := strings.Cut(s.o.Repository, "/")
	p := map[string]any{
		"ref": s.ref,
		"repository": map[string]any{
			"name": name, "full_name": s.o.Repository, "default_branch": s.repository().branch(),
			"owner": map[string]any{"login": owner},
		},
		"sender": map[string]any{"login": s.actor()},
	}
	switch s.o.Event.Name {
	case "push":
		p["after"], p["head_commit"] = s.sha, map[string]any{"id": s.sha}
	case "pull_request":
		p["number"] = float64(s.o.Event.Number)
		p["pull_request"] = map[string]any{"number": float64(s.o.Event.Number), "head": map[string]any{"sha": s.sha, "ref": s.branchName()}}
	case "workflow_dispatch":
		p["inputs"] = expression.Object(s.o.Event.Inputs)
	}
	if s.o.Event.Action != "" {
		p["action"] = s.o.Event.Action
	}
	maps.Copy(p, s.o.Event.Payload)
	return p
}

func or(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

// secretText makes a credential that nothing else contains.
func secretText(prefix string) string { return prefix + rand.Text() }
