package workflowtest

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// git runs Git for the executor itself, with no one's settings, and returns
// what it prints.
func (s *session) git(ctx context.Context, dir string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, "git", args...)
	cmd.Dir = dir
	cmd.Env = append([]string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + s.dir, "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=" + os.DevNull,
		"GIT_AUTHOR_NAME=ada", "GIT_AUTHOR_EMAIL=ada@acme.example", "GIT_COMMITTER_NAME=ada", "GIT_COMMITTER_EMAIL=ada@acme.example",
		"GIT_AUTHOR_DATE=2026-01-02T03:04:05Z", "GIT_COMMITTER_DATE=2026-01-02T03:04:05Z",
	}, gitConfig("safe.directory", "*", "uploadpack.allowAnySHA1InWant", "true")...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("git %s in %s: %w: %s", strings.Join(args, " "), dir, err, strings.TrimSpace(stderr.String()))
	}
	return strings.TrimSpace(string(out)), nil
}

// gitConfig are variables that set Git's settings, pairs of key and value.
func gitConfig(pairs ...string) []string {
	env := []string{fmt.Sprintf("GIT_CONFIG_COUNT=%d", len(pairs)/2)}
	for i := 0; i < len(pairs); i += 2 {
		env = append(env, fmt.Sprintf("GIT_CONFIG_KEY_%d=%s", i/2, pairs[i]), fmt.Sprintf("GIT_CONFIG_VALUE_%d=%s", i/2, pairs[i+1]))
	}
	return env
}

// origin finds or makes the Git repository behind a repository.
func (s *session) origin(ctx context.Context, slug string) error {
	r := s.o.Repositories[slug]
	if _, err := os.Stat(filepath.Join(r.Dir, ".git")); err == nil {
		s.origins[slug], err = filepath.Abs(r.Dir)
		return err
	}
	dir := filepath.Join(s.dir, "origins", slug)
	if err := os.CopyFS(dir, os.DirFS(r.Dir)); err != nil {
		return err
	}
	s.origins[slug] = dir
	for _, args := range [][]string{
		{"init", "--quiet", "--initial-branch=" + r.branch()},
		{"add", "--all"},
		{"commit", "--quiet", "--allow-empty", "--message=as generated"},
	} {
		if _, err := s.git(ctx, dir, args...); err != nil {
			return err
		}
	}
	if slug == s.o.Repository && s.ref != "refs/heads/"+r.branch() {
		_, err := s.git(ctx, dir, "update-ref", s.ref, "HEAD")
		return err
	}
	return nil
}

// tree is a repository as the runner unpacks it, without Git, at a branch, a
// tag or a commit.
func (s *session) tree(ctx context.Context, slug, ref string) (string, error) {
	key := slug + "@" + ref
	if dir, ok := s.trees[key]; ok {
		return dir, nil
	}
	origin, ok := s.origins[slug]
	if !ok {
		return "", fmt.Errorf("%s: is none of the repositories", slug)
	}
	dir := filepath.Join(s.dir, "_actions", slug, strings.ReplaceAll(ref, "/", "-"))
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	archive := filepath.Join(s.dir, "tree.tar")
	if _, err := s.git(ctx, origin, "archive", "--format=tar", "--output="+archive, ref); err != nil {
		return "", fmt.Errorf("%s: %w", key, err)
	}
	if out, err := exec.CommandContext(ctx, "tar", "-xf", archive, "-C", dir).CombinedOutput(); err != nil {
		return "", fmt.Errorf("%s: %w: %s", key, err, out)
	}
	s.trees[key] = dir
	return dir, nil
}

// checkout makes a work tree at a commit, with the history that a clone of that
// depth has; depth 0 is all of it.
func (s *session) checkout(ctx context.Context, slug, ref, dir, depth string) error {
	origin, ok := s.origins[slug]
	if !ok {
		return fmt.Errorf("%s: not found, or not for this token", slug)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	fetch := []string{"fetch", "--quiet", "--no-tags"}
	steps := [][]string{{"init", "--quiet"}}
	if depth == "0" {
		steps = append(steps, append(fetch, "file://"+origin, "+refs/heads/*:refs/remotes/origin/*"))
	} else {
		fetch = append(fetch, "--depth="+depth)
	}
	checkout := []string{"checkout", "--quiet", "--detach", "FETCH_HEAD"}
	if branch, ok := strings.CutPrefix(ref, "refs/heads/"); ok {
		checkout = []string{"checkout", "--quiet", "-B", branch, "FETCH_HEAD"}
	}
	steps = append(steps, append(slices.Clone(fetch), "file://"+origin, ref), checkout, []string{"remote", "add", "origin", s.server() + "/" + slug})
	for _, args := range steps {
		if _, err := s.git(ctx, dir, args...); err != nil {
			return err
		}
	}
	return nil
}

// server is the address of the Git host, as it stands in contracts.
func (s *session) server() string { return "https://github.com" }
