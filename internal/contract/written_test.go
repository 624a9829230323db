package contract

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/penstock-dev/penstock/internal/testkit/goldentest"
)

// TestWritten: what is written for people reads back as the same contract,
// twice the same, and touches nothing of the contract itself.
func TestWritten(t *testing.T) {
	t.Parallel()
	for name, data := range goodFiles(t) {
		c := mustParse(t, name, data)
		text := c.Written()
		again := mustParse(t, name, text)
		if !again.Equal(c) {
			t.Errorf("%s: %s\n%s", name, cmp.Diff(c.Spec, again.Spec), text)
		}
		if second := string(again.Written()); second != string(text) {
			t.Errorf("%s: written again it differs: %s", name, cmp.Diff(string(text), second))
		}
		if !mustParse(t, name, data).Equal(c) {
			t.Errorf("%s: writing changed the contract", name)
		}
	}
}

func TestWrittenIsShort(t *testing.T) {
	t.Parallel()
	for name, data := range goodFiles(t) {
		c := mustParse(t, name, data)
		for _, line := range strings.Split(string(c.Written()), "\n")[2:] {
			if strings.HasPrefix(strings.TrimSpace(line), "#") && len(line) > 100 {
				t.Errorf("%s: a long comment: %s", name, line)
			}
			for _, hidden := range []string{"branch: main", "namespace: flux-system", "interval: 5m", "reference: floating"} {
				if strings.Contains(line, hidden) {
					t.Errorf("%s: a default is written: %s", name, line)
				}
			}
		}
	}
}

// TestWrittenExample keeps the text that "penstock init" writes under review.
func TestWrittenExample(t *testing.T) {
	t.Parallel()
	for name, data := range goodFiles(t) {
		if strings.HasSuffix(name, "bank-gitlab/penstock.yaml") {
			goldentest.File(t, "testdata/written.yaml", mustParse(t, name, data).Written())
		}
	}
}

func TestItems(t *testing.T) {
	t.Parallel()
	team := Team{Name: "null", Owners: []string{"@acme/a", "b@c.example"}, Apps: []App{{Name: "x", Git: AppGit{URL: "https://github.com/acme/x"}}}}
	for _, c := range []struct{ got, want string }{
		{Flow(Environment{Name: "dev"}, Style{}), "{name: dev}"},
		{Flow(Environment{Name: "dev"}, Style{JSON: true}), `{"name": "dev"}`},
		{Flow(Cluster{Name: "a", Webhook: "https://flux.example"}, Style{}), "{name: a, webhook: https://flux.example}"},
		{Block(team, Style{Indent: 4, Step: 2, Dash: 0}), "name: \"null\"\n    owners: [\"@acme/a\", b@c.example]\n    apps:\n    - name: x\n      git:\n        url: https://github.com/acme/x"},
		{Scalar("on"), `"on"`},
	} {
		if c.got != c.want {
			t.Errorf("got\n%s\nwant\n%s", c.got, c.want)
		}
	}
}
