package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/penstock-dev/penstock/internal/testkit/workflowtest"
)

// gh refuses what the token may not do, keeps pull requests, and else says what
// the test wants.
func gh(calls string, args []string) error {
	if token() == "" {
		return errors.New("to use GitHub CLI in a GitHub Actions workflow, set the GH_TOKEN environment variable")
	}
	what := strings.Join(args[:min(2, len(args))], " ")
	if t, ok := workflowtest.ReadToken(token()); ok {
		if err := allowed(t, what, args); err != nil {
			return err
		}
	}
	if noun, verb, _ := strings.Cut(what, " "); noun == "pr" {
		return pull(workflowtest.PullsOf(calls), verb, args[2:])
	}
	if args[0] == "api" && workflowtest.PullsOf(calls).Hosted() {
		return api(calls, args[1:])
	}
	return answer(calls, "gh", args)
}

func allowed(t workflowtest.Token, what string, args []string) error {
	need := map[string]string{
		"pr create": "pull-requests", "pr merge": "contents", "pr edit": "pull-requests", "pr comment": "pull-requests", "pr close": "pull-requests",
		"workflow run": "actions", "release create": "contents", "issue comment": "issues",
	}
	if scope, ok := need[what]; ok && t.Permissions[scope] != "write" {
		return fmt.Errorf("gh %s: HTTP 403: Resource not accessible by integration (the token of %s has %s: %q)", what, t.Repository, scope, t.Permissions[scope])
	}
	f, _ := flags(args, "--repo", "-R")
	if r := f["--repo"] + f["-R"]; r != "" && !strings.HasSuffix(r, t.Repository) {
		return fmt.Errorf("gh %s: HTTP 404: Not Found (the token is of %s, not of %s)", what, t.Repository, r)
	}
	return nil
}
