package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"

	"github.com/penstock-dev/penstock/internal/testkit/workflowtest"
)

// pull is "gh pr": a merge is a real squash commit, pushed with the token.
func pull(pulls workflowtest.Pulls, verb string, args []string) error {
	f, rest := flags(args, "--base", "--head", "--title", "--body", "--body-file", "--state", "--limit", "--json", "--jq", "--comment", "--subject", "--repo")
	body := f["--body"]
	if f["--body-file"] != "" {
		data, err := os.ReadFile(f["--body-file"])
		if err != nil {
			return err
		}
		body = string(data)
	}
	switch verb {
	case "create":
		return create(pulls, workflowtest.Pull{Base: f["--base"], Head: f["--head"], Title: f["--title"], Body: body, State: "open"})
	case "list":
		return list(pulls, f)
	case "comment":
		number, err := strconv.Atoi(rest[0])
		return errors.Join(err, pulls.Write(workflowtest.Comment{Number: number, Login: "github-actions", Body: body}))
	case "merge", "close":
	default:
		return fmt.Errorf("unknown command %q for \"gh pr\"", verb)
	}
	if len(rest) != 1 {
		return errors.New("argument required: a branch")
	}
	pr, err := pulls.Open(rest[0])
	if err != nil {
		return err
	}
	pr.State, pr.Comment = "closed", f["--comment"]
	if verb == "merge" {
		if err := merge(pr, f["--subject"]+"\n\n"+body); err != nil {
			return err
		}
		pr.State = "merged"
	}
	if err := pulls.Save(pr); err != nil {
		return err
	}
	if _, ok := f["--delete-branch"]; !ok {
		return nil
	}
	_, err = git("push", "--quiet", "origin", ":refs/heads/"+pr.Head)
	return err
}

func create(pulls workflowtest.Pulls, pr workflowtest.Pull) error {
	if _, err := pulls.Open(pr.Head); err == nil {
		return fmt.Errorf("a pull request for branch %q into branch %q already exists", pr.Head, pr.Base)
	}
	if out, err := git("ls-remote", "--heads", "origin", "refs/heads/"+pr.Head); err != nil || out == "" {
		return errors.Join(err, fmt.Errorf("pull request create failed: GraphQL: Head ref must be a branch: %q", pr.Head))
	}
	if pr.Title == "" {
		return errors.New("must provide `--title` and `--body` (or `--fill`) when not running interactively")
	}
	return pulls.Save(pr)
}

func list(pulls workflowtest.Pulls, f map[string]string) error {
	all, err := pulls.List()
	if err != nil {
		return err
	}
	comments, err := pulls.Comments()
	if err != nil {
		return err
	}
	shown := []map[string]any{}
	for _, pr := range all {
		if pr.State == "open" && (f["--head"] == "" || f["--head"] == pr.Head) && (f["--base"] == "" || f["--base"] == pr.Base) {
			shown = append(shown, map[string]any{"number": pr.Number, "headRefName": pr.Head, "title": pr.Title, "isCrossRepository": pr.Fork, "comments": below(pr, comments)})
		}
	}
	return show(shown, f["--jq"])
}

// below are the comments of a pull request, oldest first.
func below(pr workflowtest.Pull, all []workflowtest.Comment) []map[string]any {
	shown := []map[string]any{}
	for _, c := range all {
		if c.Number == pr.Number {
			url := fmt.Sprintf("https://github.com/o/r/pull/%d#issuecomment-%d", pr.Number, c.ID)
			shown = append(shown, map[string]any{"author": map[string]any{"login": c.Login}, "body": c.Body, "url": url})
		}
	}
	return shown
}

func merge(pr workflowtest.Pull, message string) error {
	if _, err := git("fetch", "--quiet", "origin", "+refs/heads/*:refs/gh/*"); err != nil {
		return err
	}
	base, head := "refs/gh/"+pr.Base, "refs/gh/"+pr.Head
	tree, err := git("merge-tree", "--write-tree", base, head)
	if err != nil {
		return fmt.Errorf("pull request is not mergeable: the merge commit cannot be cleanly created: %w", err)
	}
	commit, err := git("commit-tree", tree, "-p", base, "-m", message)
	if err != nil {
		return err
	}
	_, err = git("push", "--quiet", "origin", commit+":refs/heads/"+pr.Base)
	return err
}

// git runs Git with the token of this process and nothing else that lets in.
func git(args ...string) (string, error) {
	var stderr bytes.Buffer
	cmd := exec.Command("git", append([]string{
		"-c", "user.name=github", "-c", "user.email=noreply@github.com", "-c", "credential.helper=",
		"-c", `credential.helper=!f() { echo username=x-access-token; echo "password=$STANDIN_TOKEN"; }; f`,
	}, args...)...)
	cmd.Env, cmd.Stderr = append(os.Environ(), "STANDIN_TOKEN="+token()), &stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("git %s: %w: %s", args[0], err, strings.TrimSpace(stderr.String()))
	}
	return strings.TrimSpace(string(out)), nil
}
