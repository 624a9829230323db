package workflowtest

import (
	"fmt"

	"go.yaml.in/yaml/v3"

	"github.com/penstock-dev/penstock/internal/testkit/workflowtest/expression"
)

// permissions are what a token may do: scope to read or write. What is not
// there is none.
type permissions map[string]string

// scopes are those that "read-all" and "write-all" stand for, as far as the
// templates could ask for them.
func scopes() []string {
	return []string{"actions", "artifact-metadata", "attestations", "checks", "contents", "deployments", "id-token", "issues", "packages", "pages", "pull-requests", "security-events", "statuses"}
}

// UnmarshalYAML implements yaml.Unmarshaler.
func (p *permissions) UnmarshalYAML(n *yaml.Node) error {
	*p = permissions{}
	if n.Kind == yaml.ScalarNode {
		level, ok := map[string]string{"read-all": "read", "write-all": "write"}[n.Value]
		if !ok {
			return fmt.Errorf("line %d: permissions %q: not known", n.Line, n.Value)
		}
		for _, s := range scopes() {
			(*p)[s] = level
		}
		return nil
	}
	return n.Decode((*map[string]string)(p))
}

// restricted is the token of a repository whose workflows say nothing.
func restricted() permissions { return permissions{"contents": "read", "packages": "read"} }

// has reports whether the token may do that much.
func (p permissions) has(scope, level string) bool {
	return rank(p[scope]) >= rank(level)
}

func rank(level string) int { return map[string]int{"read": 1, "write": 2}[level] }

// exceeds names a scope that p asks for beyond a limit.
func (p permissions) exceeds(limit permissions) (string, bool) {
	for _, s := range expression.SortedKeys(p) {
		if rank(p[s]) > rank(limit[s]) {
			return fmt.Sprintf("%q: %s, but is only allowed %q", s, p[s], limit[s]), true
		}
	}
	return "", false
}
