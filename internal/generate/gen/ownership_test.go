package gen_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/penstock-dev/penstock/internal/generate/markdown"
	"github.com/penstock-dev/penstock/internal/model"
)

// ownerRule is a line of CODEOWNERS.
type ownerRule struct {
	pattern *regexp.Regexp
	owners  []string
}

// codeowners reads the file as GitHub and GitLab do, as far as patterns go
// that this file uses: a leading "/" for the root, "*" within a folder, and a
// lone "*" for everything.
func codeowners(t *testing.T, text string) []ownerRule {
	t.Helper()
	var rules []ownerRule
	for l := range strings.Lines(text) {
		fields := strings.Fields(l)
		if len(fields) == 0 || strings.HasPrefix(l, "#") {
			continue
		}
		expr := ".*"
		if fields[0] != "*" {
			if !strings.HasPrefix(fields[0], "/") {
				t.Fatalf("a pattern that may match anywhere: %s", l)
			}
			expr = "^" + strings.ReplaceAll(regexp.QuoteMeta(fields[0]), `\*`, "[^/]*") + "$"
		}
		rules = append(rules, ownerRule{regexp.MustCompile(expr), fields[1:]})
	}
	return rules
}

// TestOwners: for each file of the platform repository the last line of
// CODEOWNERS that matches names those who must review it: the approvers a pin of
// an environment that asks for approval, nobody a pin of another, the platform
// everything else.
func TestOwners(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d delivery) {
		file := "." + d.m.Platform.Git.Provider + "/CODEOWNERS"
		rules := codeowners(t, string(d.files["platform/"+file].Data))
		for p := range d.below("platform") {
			var got []string
			for _, r := range rules {
				if r.pattern.MatchString("/" + p) {
					got = r.owners
				}
			}
			if want := owners(t, d.m, p); !slices.Equal(got, want) {
				t.Errorf("%s: %s, want %s", p, got, want)
			}
		}
		places := string(d.files["platform/OWNERSHIP.md"].Data) + section(string(d.files["platform/docs/promotion.md"].Data), "The path")
		for _, r := range rules {
			for _, o := range r.owners {
				if !strings.Contains(places, markdown.Text(o)) {
					t.Errorf("%s owns something and is neither in OWNERSHIP.md nor on the path:\n%s", o, places)
				}
			}
		}
	})
}

func owners(t *testing.T, m *model.Model, p string) []string {
	t.Helper()
	if !strings.HasSuffix(p, ".pin.yaml") {
		return m.Platform.Owners
	}
	parts := strings.Split(p, "/") // tenants/<team>/<environment>/<app>.pin.yaml
	env := findEnv(t, m, parts[2])
	if env.NeedsPerson {
		return env.Approvers
	}
	return nil // a workflow merges its own change
}
