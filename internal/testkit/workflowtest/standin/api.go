package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"

	"github.com/penstock-dev/penstock/internal/testkit/workflowtest"
)

// api is "gh api": a comment's new text, who pushed to a branch, and where a branch is.
func api(calls string, args []string) error {
	f, rest := flags(args, "--method", "--jq", "--field")
	if len(rest) != 1 {
		return fmt.Errorf("gh api: wants one path, has %q", rest)
	}
	at, err := url.Parse(rest[0])
	if err != nil {
		return err
	}
	parts := strings.Split(at.Path, "/")
	if len(parts) < 4 || parts[0] != "repos" {
		return fmt.Errorf("gh api %s: not known to the stand-in", rest[0])
	}
	repository, what := strings.Join(parts[1:3], "/"), parts[3:]
	t, ok := workflowtest.ReadToken(token())
	if ok && t.Repository != repository {
		return errors.New("gh: Not Found (HTTP 404)")
	}
	method := f["--method"]
	if method == "" {
		method = "GET"
	}
	if ok && method != "GET" && t.Permissions["pull-requests"] != "write" && t.Permissions["issues"] != "write" {
		return errors.New("gh: Resource not accessible by integration (HTTP 403)")
	}
	body := strings.TrimPrefix(f["--field"], "body=")
	if file, ok := strings.CutPrefix(body, "@"); ok {
		body = read(file)
	}
	switch key := method + " " + what[0] + " " + strconv.Itoa(len(what)); {
	case key == "PATCH issues 3" && what[1] == "comments":
		id, err := strconv.Atoi(what[2])
		return errors.Join(err, workflowtest.PullsOf(calls).Write(workflowtest.Comment{ID: id, Body: body}))
	case key == "GET activity 1":
		return activity(calls, repository, at.Query().Get("ref"), f["--jq"])
	case what[0] == "git" && what[1] == "ref":
		commit, err := inRepository(calls, repository, "rev-parse", "refs/"+strings.Join(what[2:], "/"))
		return errors.Join(err, show(map[string]any{"object": map[string]any{"sha": commit}}, f["--jq"]))
	}
	return fmt.Errorf("gh api %s %s: not known to the stand-in", method, rest[0])
}

// activity is what the branch's log in the repository says, the newest first.
// The Git host's backend signs as "token" there, which is a workflow.
func activity(calls, repository, ref, query string) error {
	log, err := inRepository(calls, repository, "log", "--walk-reflogs", "--format=%H %gn", ref, "--")
	if err != nil {
		return err
	}
	lines := strings.Split(log, "\n")
	shown := []map[string]any{}
	for i, line := range lines {
		after, who, _ := strings.Cut(line, " ")
		kind := "branch_creation"
		if i+1 < len(lines) {
			before, _, _ := strings.Cut(lines[i+1], " ")
			kind = "push"
			if _, err := inRepository(calls, repository, "merge-base", "--is-ancestor", before, after); err != nil {
				kind = "force_push"
			}
		}
		if who == "token" {
			who = "github-actions[bot]"
		}
		shown = append(shown, map[string]any{"after": after, "activity_type": kind, "actor": map[string]any{"login": who}})
	}
	return show(shown, query)
}

// inRepository runs Git in the repository itself, as who hosts it can.
func inRepository(calls, repository string, args ...string) (string, error) {
	var dirs map[string]string
	data, err := os.ReadFile(calls + ".repositories")
	if err := errors.Join(err, json.Unmarshal(data, &dirs)); err != nil {
		return "", err
	}
	return git(slices.Concat([]string{"-C", dirs[repository], "-c", "safe.directory=*"}, args)...)
}

// show prints what a query makes of a value.
func show(v any, query string) error {
	data, err := json.Marshal(v)
	if err != nil {
		return err
	}
	if query == "" {
		query = "."
	}
	cmd := exec.Command("jq", "-r", query)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(data), os.Stdout, os.Stderr
	return cmd.Run()
}
