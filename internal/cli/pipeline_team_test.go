package cli

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/penstock-dev/penstock/internal/testkit/workflowtest"
)

// labelled puts a label on an issue of the form "New team".
func (f *forge) labelled(label, body string) workflowtest.Result {
	f.t.Helper()
	return f.of("new-team.yaml", workflowtest.Event{Name: "issues", Action: "labeled", Payload: map[string]any{
		"issue": map[string]any{"number": float64(7), "body": body}, "label": map[string]any{"name": label},
	}})
}

// comments are the answers in the issue since the last time.
func (f *forge) comments() []string {
	f.t.Helper()
	var list []string
	for _, c := range f.calls() {
		if c.Args[0] == "issue" && c.Args[2] == "7" {
			list = append(list, c.Body)
		}
	}
	return list
}

func form(name, owners, contact string) string {
	return "### Name\n\n" + name + "\n\n### Owners\n\n" + owners + "\n\n### Contact\n\n" + contact + "\n"
}

// TestNewTeam makes the pull request of an issue of the form.
func TestNewTeam(t *testing.T) {
	f := newRiverbed(t)
	body := form("ledger", "@acme/ledger\n@mira-k", "_No response_")
	f.names(f.labelled("bug", body), "add the team (skipped)")
	for _, text := range []string{body, strings.ReplaceAll(body, "\n", "\r\n")} {
		f.succeeds(f.labelled("onboard", text)) // the second time the same pull request is brought up to date
		if started := f.started(); !slices.Equal(started, []string{"check.yaml on a branch"}) {
			t.Errorf("started are %q", started)
		}
		if pulls := f.pulls(); len(pulls) != 1 || pulls[0].Head != "penstock/new-team-7" || !strings.HasPrefix(pulls[0].Body, "Closes #7\n\n") || !strings.Contains(pulls[0].Body, "- [ ] ") {
			t.Fatalf("open are %+v", pulls)
		}
	}
	changed := f.onPlatform("diff", "--name-only", "main", "penstock/new-team-7")
	for _, file := range []string{"penstock.yaml", "tenants/ledger/base/namespace.yaml", "tenants/ledger/production/kustomization.yaml", "clusters/staging/tenants.yaml"} {
		if !slices.Contains(strings.Split(changed, "\n"), file) {
			t.Errorf("%s is not in the change:\n%s", file, changed)
		}
	}
	team := f.onPlatform("diff", "--unified=0", "main", "penstock/new-team-7", "--", "penstock.yaml")
	for _, line := range []string{"+    - name: ledger", `"@acme/ledger"`, `"@mira-k"`} {
		if !strings.Contains(team, line) {
			t.Errorf("the contract lacks %s: %s", line, team)
		}
	}
	if strings.Contains(team, "contact") {
		t.Errorf("a contact that nobody gave: %s", team)
	}
	f.merge(f.pulls()[0])
	f.succeeds(f.of("check.yaml", workflowtest.Event{Name: "push"}))
}

// TestNewTeamHostile takes answers that want to be more than answers.
func TestNewTeamHostile(t *testing.T) {
	f := newRiverbed(t)
	for name, body := range map[string]string{
		"a command":     form(`$(touch /tmp/penstock-was-here)`, "@acme/ledger", "x"),
		"a flag":        form("--only app", "@acme/ledger", "x"),
		"an owner flag": form("ledger", "--allow-prune", "x"),
		"a chain":       form(`"; rm -rf . ; echo "`, "@acme/ledger", "x"),
		"backquotes":    form("`touch /tmp/penstock-was-here`", "@acme/ledger", "x"),
		"an expression": form("${{ github.token }}", "@acme/ledger", "x"),
		"two lines":     form("ledger\nother", "@acme/ledger", "x"),
		"long":          form(strings.Repeat("a", 5000), "@acme/ledger", "x"),
		"no form":       "please add my team",
		"none":          form("_No response_", "@acme/ledger", "x"),
		"a taken name":  form("website", "@acme/ledger", "x"),
	} {
		t.Run(name, func(t *testing.T) {
			r := f.labelled("onboard", body)
			answers := f.comments()
			if r.Conclusion != "failure" || len(answers) != 1 {
				t.Fatalf("the run is a %s and answers %q\n%s", r.Conclusion, answers, r)
			}
			if !strings.Contains(answers[0], "    ") || !strings.Contains(answers[0], "take the label `onboard` off") || len(answers[0]) > 8000 {
				t.Errorf("the answer: %s", answers[0])
			}
		})
	}
	f.succeeds(f.labelled("onboard", form("ledger", "@acme/ledger", "$(id) \"x\"\n### Name\nmallory\n### Owners\n@mallory")))
	if team := f.onPlatform("show", "penstock/new-team-7:penstock.yaml"); !strings.Contains(team, "mallory") || strings.Contains(team, "name: mallory") || strings.Contains(team, `["@mallory`) {
		t.Errorf("headings in an answer are more than text: %s", team)
	}
	if _, err := os.Stat("/tmp/penstock-was-here"); err == nil {
		t.Error("an answer was run")
	}
	if _, err := os.Stat(filepath.Join(f.platform(), "tenants/website")); err != nil || len(f.pulls()) != 1 {
		t.Errorf("%v, %+v", err, f.pulls())
	}
}
