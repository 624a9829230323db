package cli

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// free are the flags whose values are a person's own words.
const free = "name contact owner git-url image webhook approver registry-host environment branch message actor pipeline reason " +
	"release tag source revision max-hold limit now"

// TestEveryFlagIsCompleted: a new flag says what its values are, or is named as
// free text; and no answer is for a flag that is gone.
func TestEveryFlagIsCompleted(t *testing.T) {
	t.Parallel()
	known := answers()
	used := map[string]bool{}
	var walk func(cmd *cobra.Command)
	walk = func(cmd *cobra.Command) {
		path := strings.TrimPrefix(cmd.CommandPath(), "penstock ")
		used[path] = true
		cmd.LocalFlags().VisitAll(func(f *pflag.Flag) {
			used[f.Name], used[path+" --"+f.Name] = true, true
			_, own := known[path+" --"+f.Name]
			_, all := known[f.Name]
			switch {
			case own, all, f.NoOptDefVal != "", strings.Contains(f.Value.Type(), "|"), slices.Contains(strings.Fields(free), f.Name):
			case f.Annotations[cobra.BashCompFilenameExt] != nil, f.Annotations[cobra.BashCompSubdirsInDir] != nil, f.Name == "registry":
			default:
				t.Errorf("%s --%s: has no completion; add it to answers, or to free", path, f.Name)
			}
			if complete, ok := cmd.GetFlagCompletionFunc(f.Name); f.NoOptDefVal == "" && f.Annotations == nil && (!ok || complete == nil) {
				t.Errorf("%s --%s: shells offer files", path, f.Name)
			}
		})
		for _, c := range cmd.Commands() {
			walk(c)
		}
	}
	walk(newRoot(IO{In: strings.NewReader(""), Out: &bytes.Buffer{}, Err: &bytes.Buffer{}}))
	for name := range known {
		if !used[name] {
			t.Errorf("answers: %q is no flag or command", name)
		}
	}
}

// completeWords returns the lines that a shell gets for the last word.
func completeWords(t *testing.T, words ...string) []string {
	t.Helper()
	var out, problems bytes.Buffer
	if code := Main(t.Context(), append([]string{"__complete"}, words...), IO{In: strings.NewReader(""), Out: &out, Err: &problems}); code != 0 {
		t.Fatalf("%v: exit code %d: %s", words, code, problems.String())
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	return lines[:len(lines)-1] // the last is the directive
}

func TestComplete(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	asked := atomic.Int32{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/payments/checkout/tags/list") {
			asked.Add(1)
			fmt.Fprint(w, `{"tags": ["1.4.2", "1.10.0", "1.4.2-rc.1", "ci-7", "dev", "sha256-00.sig", "prod-2026-11-27.1-1.4.2", "prod-2026-11-27.2-1.10.0", "prod-2026-11-28.1-hold-1.10.0", "preprod-2026-11-01.1-1.4.2", "record-prod-2026-11-27.1-1.4.2"]}`)
		}
	}))
	t.Cleanup(server.Close)
	file := completionContract(t, strings.TrimPrefix(server.URL, "http://"))
	for _, c := range []struct{ words, want string }{
		{"promote --app ", "payments/checkout payments/ledger web/docs"},
		{"hold --app web", "web/docs"},
		{"add app --team ", "payments web"},
		{"add environment --from ", "dev prod"},
		{"add cluster --environment p", "prod"},
		{"promote --app web/docs --to ", "dev"},
		{"history --env ", "dev prod"},
		{"generate --only app/p", "app/payments/checkout app/payments/ledger"},
		{"diff --app-dir pay", "payments/checkout= payments/ledger="},
		{"rollback --reason ", ""},
		{"graph -o ", "mermaid dot svg"},
		{"generate --conflicts ", "stop markers"},
		{"promote --app payments/checkout --to prod --release ", "1.10.0 1.4.2 1.4.2-rc.1"},
		{"promote --app payments/checkout --to prod --release 1.4", "1.4.2 1.4.2-rc.1"},
		{"rollback --app payments/checkout --env prod --to ", "prod-2026-11-27.2-1.10.0 prod-2026-11-27.1-1.4.2 1.10.0 1.4.2 1.4.2-rc.1"},
		{"bundle show --app payments/checkout ", "1.10.0 1.4.2 1.4.2-rc.1 dev prod"},
		{"bundle diff --app payments/checkout --env prod 1.10.0 1.4", "1.4.2 1.4.2-rc.1"},
		{"bundle diff --app payments/checkout --env prod 1 2 ", ""},
		{"history ", ""},
	} {
		words := strings.Split(c.words, " ")
		at := slices.IndexFunc(words, func(w string) bool { return strings.HasPrefix(w, "-") || w == "" })
		words = slices.Insert(words, at, "-c", file)
		var got []string
		for _, line := range completeWords(t, words...) {
			word, _, _ := strings.Cut(line, "\t")
			got = append(got, word)
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: got %q, want %q", c.words, strings.Join(got, " "), c.want)
		}
	}
	if n := asked.Load(); n != 1 {
		t.Errorf("the registry was asked %d times within a minute", n)
	}
}

// TestCompleteWithout: what is in the way is said, and never an error.
func TestCompleteWithout(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	hanging := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-hanging }))
	t.Cleanup(server.Close)
	t.Cleanup(func() { close(hanging) })
	host := strings.TrimPrefix(server.URL, "http://")
	file := completionContract(t, host)
	broken := filepath.Join(t.TempDir(), "broken.yaml")
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(broken, bytes.Replace(data, []byte("provider: zot"), []byte("provider: zto"), 1), 0o644); err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	for _, c := range []struct{ words, want string }{
		{"rollback -c " + file + " --app payments/checkout --env prod --to ", "_activeHelp_ " + host + " does not answer in time, or not to you"},
		{"promote -c " + file + " --to dev --release ", "_activeHelp_ name the app before: --app TEAM/APP"},
		{"promote --app ", "_activeHelp_ no contract here: name it with -c"},
		{"promote -c " + broken + " --app web", "web/docs"},
	} {
		if got := strings.Join(completeWords(t, strings.Split(c.words, " ")...), "\n"); got != c.want {
			t.Errorf("%s: got %q, want %q", c.words, got, c.want)
		}
	}
}

// TestCompleteManyApps: the teams come first, and then the apps of one.
func TestCompleteManyApps(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	for i := range 40 {
		fmt.Fprintf(&b, "    - name: team-%02d\n      owners: [\"@a/b\"]\n      apps:\n", i)
		for j := range 3 {
			fmt.Fprintf(&b, "        - {name: app-%d, git: {url: https://github.com/acme/app-%d-%d}}\n", j, i, j)
		}
	}
	file := filepath.Join(t.TempDir(), "penstock.yaml")
	text := strings.Replace(completionText, "TEAMS", "\n"+b.String(), 1)
	if err := os.WriteFile(file, []byte(strings.Replace(text, "HOST", "registry.acme.example", 1)), 0o644); err != nil {
		t.Fatal(err)
	}
	if got := completeWords(t, "promote", "-c", file, "--app", ""); len(got) != 40 || got[39] != "team-39/" {
		t.Errorf("%q", got)
	}
	if got := strings.Join(completeWords(t, "promote", "-c", file, "--app", "team-07/"), " "); got != "team-07/app-0 team-07/app-1 team-07/app-2" {
		t.Errorf("%q", got)
	}
}

// TestCompletionScripts: each shell's script is made, and none tells of another.
func TestCompletionScripts(t *testing.T) {
	t.Parallel()
	for shell, want := range map[string]string{"bash": "__start_penstock", "zsh": "#compdef penstock", "fish": "complete -c penstock", "powershell": "Register-ArgumentCompleter -CommandName 'penstock'"} {
		var out bytes.Buffer
		if code := Main(t.Context(), []string{"completion", shell}, IO{In: strings.NewReader(""), Out: &out, Err: &out}); code != 0 || !strings.Contains(out.String(), want) {
			t.Errorf("%s: exit code %d, %.200s", shell, code, out.String())
		}
	}
}

const completionText = `apiVersion: penstock.dev/v1alpha1
kind: DeliveryContract
metadata: {name: acme}
spec:
  platform: {git: {url: https://github.com/acme/platform}, owners: ["@acme/platform"]}
  registry: {provider: zot, host: "HOST", insecure: true}
  environments: [{name: dev}, {name: prod}]
  teams: TEAMS
`

func completionContract(t *testing.T, host string) string {
	t.Helper()
	teams := `
    - name: payments
      owners: ["@acme/payments"]
      apps: [{name: checkout, git: {url: https://github.com/acme/checkout}}, {name: ledger, git: {url: https://github.com/acme/ledger}}]
    - name: web
      owners: ["@acme/web"]
      apps: [{name: docs, delivery: git, git: {url: https://github.com/acme/docs}, environments: [dev]}]
`
	file := filepath.Join(t.TempDir(), "penstock.yaml")
	text := strings.NewReplacer("TEAMS", teams, "HOST", host).Replace(completionText)
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return file
}
