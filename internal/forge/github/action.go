package github

import "fmt"

// actionPins are the actions that generated workflows use, each with the
// version that its commit is. This is the only place: a new version is a new
// line here, and Dependabot proposes it in repositories that were generated.
var actionPins = map[string]struct{ version, commit string }{ //nolint:gochecknoglobals // a table
	"actions/checkout":                      {"v7.0.1", "3d3c42e5aac5ba805825da76410c181273ba90b1"},
	"actions/setup-go":                      {"v7.0.0", "b7ad1dad31e06c5925ef5d2fc7ad053ef454303e"},
	"aws-actions/configure-aws-credentials": {"v6.2.3", "e6de054238d6b7531b4efff3b6587d9aade6a06c"},
	"azure/login":                           {"v3.0.2", "7ddb5af1ef8758cf1353cf3b42f940aee27ba21c"},
	"docker/login-action":                   {"v4.6.0", "dbcb813823bdd20940b903addbd779551569679f"},
	"google-github-actions/auth":            {"v3.0.0", "7c6bc770dae815cd3e89ee6cdf493a5fab2cc093"},
	"sigstore/cosign-installer":             {"v4.1.2", "6f9f17788090df1f26f669e9d70d6ae9567deba6"},
}

// Action is what a workflow writes behind "uses:" for an action, its version as
// a comment.
func Action(name string) (string, error) {
	p, ok := actionPins[name]
	if !ok {
		return "", fmt.Errorf("action %s: is not in internal/forge/github/action.go", name)
	}
	return name + "@" + p.commit + " # " + p.version, nil
}

// Action see Action.
func (pipeline) Action(name string) (string, error) { return Action(name) }
