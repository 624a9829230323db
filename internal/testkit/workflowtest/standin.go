package workflowtest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
)

// StandIns are programs for Options.Programs in place of those that can't work
// here: see the command standin.
type StandIns struct{ dir string }

// Invocation is one call of a stand-in.
type Invocation struct {
	Program, Dir string
	Args         []string
	// Body is the text of its --body-file.
	Body string
	// Token is what its GH_TOKEN or GITHUB_TOKEN may do.
	Token Token
}

// BuildStandIns builds the programs into a folder, with the Go command.
func BuildStandIns(ctx context.Context, dir string) (*StandIns, error) {
	_, here, _, _ := runtime.Caller(0)
	cmd := exec.CommandContext(ctx, "go", "build", "-ldflags=-s -w", "-o", filepath.Join(dir, "standin"), "./standin")
	cmd.Dir = filepath.Dir(here)
	if out, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("standin: %w\n%s", err, out)
	}
	s := &StandIns{dir}
	for _, name := range s.names() {
		script := fmt.Sprintf("#!/bin/sh\nexec '%s/standin' '%s' %s \"$@\"\n", dir, s.calls(), name)
		if err := os.WriteFile(filepath.Join(dir, name), []byte(script), 0o755); err != nil { //nolint:gosec // a program
			return nil, err
		}
	}
	return s, nil
}

func (*StandIns) names() []string { return []string{"docker", "cosign", "gh", "glab", "aws", "az"} }

func (s *StandIns) calls() string { return filepath.Join(s.dir, "calls") }

// Programs are all of them.
func (s *StandIns) Programs() map[string]string {
	m := map[string]string{}
	for _, name := range s.names() {
		m[name] = filepath.Join(s.dir, name)
	}
	return m
}

// Answer sets what calls say that begin so, such as "gh pr list".
func (s *StandIns) Answer(answers map[string]string) error {
	data, err := json.Marshal(answers)
	if err != nil {
		return err
	}
	return os.WriteFile(s.calls()+".answers", data, 0o644)
}

// Host tells the stand-ins where repositories are, by slug, so that "gh api"
// answers about them.
func (s *StandIns) Host(dirs map[string]string) error {
	data, err := json.Marshal(dirs)
	if err != nil {
		return err
	}
	return os.WriteFile(s.calls()+".repositories", data, 0o644)
}

// Calls returns the calls since the last time, in order.
func (s *StandIns) Calls() ([]Invocation, error) {
	data, err := os.ReadFile(s.calls())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var calls []Invocation
	for line := range bytes.Lines(data) {
		var c Invocation
		if err := json.Unmarshal(line, &c); err != nil {
			return nil, err
		}
		calls = append(calls, c)
	}
	return calls, os.Remove(s.calls())
}
