package contract

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/penstock-dev/penstock/internal/testkit/goldentest"
)

// goodFiles are all contracts that must parse: the examples, and hostile ones.
func goodFiles(t testing.TB) map[string][]byte {
	t.Helper()
	good := map[string][]byte{}
	for _, pattern := range []string{"../../examples/*/penstock.yaml", "testdata/good/*.yaml"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) < 3 {
			t.Fatalf("%s: %d files, %v", pattern, len(files), err)
		}
		for _, f := range files {
			data, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			good[f] = data
		}
	}
	return good
}

func mustParse(t testing.TB, name string, data []byte) Contract {
	t.Helper()
	c, ds := Parse(name, data)
	if len(ds) > 0 {
		t.Fatalf("%s\n%s", ds, data)
	}
	return c
}

// TestGood: a good contract survives the way through YAML, and what it is with
// all defaults is beside it.
func TestGood(t *testing.T) {
	t.Parallel()
	for name, data := range goodFiles(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := mustParse(t, name, data)
			again := mustParse(t, "again", c.YAML())
			if !again.Equal(c) {
				t.Error(cmp.Diff(c.Spec, again.Spec))
			}
			if !bytes.Equal(again.YAML(), c.YAML()) {
				t.Error("YAML differs the second time")
			}
			if strings.HasPrefix(name, "testdata") {
				goldentest.File(t, strings.TrimSuffix(name, ".yaml")+".want", c.YAML())
			}
		})
	}
}

// TestAnswers: a contract put together from a few answers is written as short as
// a person would write it, and reads back.
func TestAnswers(t *testing.T) {
	t.Parallel()
	var c Contract
	c.APIVersion, c.Kind, c.Metadata.Name = apiVersion, kindName, "acme"
	c.Spec.Platform = Platform{Git: PlatformGit{URL: "https://github.com/acme/platform"}, Owners: []string{"@acme/platform"}}
	c.Spec.Registry = Registry{Provider: "zot", Host: "registry.acme.example"}
	c.Spec.Environments = []Environment{{Name: "dev"}, {Name: "prod", Promotion: Promotion{Mode: "approval", Approvers: []string{"@acme/leads"}}}}
	const want = `apiVersion: penstock.dev/v1alpha1
kind: DeliveryContract
metadata:
  name: acme
spec:
  platform:
    git:
      url: https://github.com/acme/platform
    owners:
      - "@acme/platform"
  registry:
    provider: zot
    host: registry.acme.example
  environments:
    - name: dev
    - name: prod
      promotion:
        mode: approval
        approvers:
          - "@acme/leads"
`
	if diff := cmp.Diff(want, string(c.YAML())); diff != "" {
		t.Error(diff)
	}
	full := mustParse(t, "answers.yaml", c.YAML())
	if got := full.Spec.Environments[1].Promotion.From; got != "dev" {
		t.Errorf("prod follows %q", got)
	}
}

// TestNeverPanics: bytes cut off, doubled and replaced anywhere give
// diagnostics with a position, or a contract.
func TestNeverPanics(t *testing.T) {
	t.Parallel()
	for _, data := range goodFiles(t) {
		for i := 0; i < len(data); i += 11 {
			checkParse(t, data[:i])
			if i%3 == 0 {
				checkParse(t, append(append(bytes.Clone(data[:i]), "\t:[{&*!\""[i%8]), data[i:]...))
			}
		}
	}
}

func checkParse(t *testing.T, data []byte) {
	t.Helper()
	c, ds := Parse("fuzz.yaml", data)
	for _, d := range ds {
		if d.Where.File != "fuzz.yaml" || d.What == "" {
			t.Fatalf("no position or text: %+v", d)
		}
		if d.Where.Line == 0 {
			t.Fatalf("no line: %+v", d)
		}
		if s := d.What + d.Fix + d.Where.Field; strings.ContainsFunc(s, isControl) && !strings.ContainsRune(s, '\ufffd') {
			t.Fatalf("raw control characters: %q", s)
		}
	}
	if len(ds) == 0 {
		again, ds := Parse("again.yaml", c.YAML())
		if len(ds) > 0 || !again.Equal(c) {
			t.Fatalf("%s does not read back: %s", c.YAML(), ds)
		}
	}
}

func TestTooLarge(t *testing.T) {
	t.Parallel()
	_, ds := Parse("big.yaml", bytes.Repeat([]byte("# filler\n"), 10<<20/9))
	if len(ds) != 1 || !strings.Contains(ds[0].What, "4 MiB") {
		t.Fatal(ds)
	}
}

func TestWhere(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("../../examples/quickstart/penstock.yaml")
	if err != nil {
		t.Fatal(err)
	}
	c := mustParse(t, "penstock.yaml", data)
	for field, want := range map[string]string{
		"":                                      "penstock.yaml:2:1",
		"metadata.name":                         "penstock.yaml:5:9: metadata.name",
		"spec.environments[2].promotion.mode":   "penstock.yaml:19:15: spec.environments[2].promotion.mode",
		"spec.teams[0].apps[0].git.url":         "penstock.yaml:27:18: spec.teams[0].apps[0].git.url",
		"spec.teams[0].apps[0].git.branch":      "penstock.yaml:27:13: spec.teams[0].apps[0].git.branch",
		"spec.environments[1].clusters[0].name": "penstock.yaml:16:7: spec.environments[1].clusters[0].name",
		"spec.teams[7].name":                    "penstock.yaml:22:5: spec.teams[7].name",
		"spec.flux":                             "penstock.yaml:7:3: spec.flux",
	} {
		if got := c.Where(field).String(); got != want {
			t.Errorf("%s: %s, want %s", field, got, want)
		}
	}
	if got := (Contract{}).Where("spec.flux").String(); got != "spec.flux" {
		t.Error(got)
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ field, value, want string }{
		{"spec.teams[].name", "payments", ""},
		{"spec.teams[3].name", "Payments", `is "Payments", which is no DNS name; write "payments"`},
		{"spec.teams[].name", "", `is empty; write for example "name: payments"`},
		{"spec.teams[].owners", "@acme/payments", ""},
		{"spec.teams[].owners[]", "acme", `is "acme", no CODEOWNERS handle; write "@acme"`},
		{"spec.teams[].contact", "", ""},
		{"spec.registry.provider", "zott", `is "zott"; did you mean "zot"?`},
		{"spec.registry.retention.promotions", "0", `is "0"; write a whole number from 1 to 1000`},
		{"spec.registry.insecure", "yes", `is "yes"; write true or false`},
		{"spec.registry.location", "", ""},
		{"spec.nothing", "", `there is no field "spec.nothing"`},
		{"spec.teams[].name.x", "", `there is no field "spec.teams[].name.x"`},
		{"spec.teams", "x", "is a mapping"},
	} {
		if got := Check(c.field, c.value); got != c.want {
			t.Errorf("%s %q: %s, want %s", c.field, c.value, got, c.want)
		}
	}
}

// TestRedact: what may be secret is not printed, wherever it turns up.
func TestRedact(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]string{
		"https://user:hunter2@github.com/x":      "https://…@github.com/x",
		"https://user:hun/ter2@github.com/x":     "https://…@github.com/x",
		"https://hunter2@github.com/x":           "https://…@github.com/x",
		"ssh://git@github.com/x":                 "ssh://git@github.com/x",
		"user:hunter2@github.com:x":              "…@github.com:x",
		"https://acme.example/?token=hunter2":    "https://acme.example/?…",
		"https://acme.example/#hunter2":          "https://acme.example/#…",
		"ghp_hunter2hunter2":                     "…",
		"token glpat-hunter2_x-y":                "token …",
		"-----BEGIN RSA PRIVATE KEY-----\nhunte": "(a private key)",
		"@acme/payments":                         "@acme/payments",
		"first.last@acme.example":                "first.last@acme.example",
	} {
		if got := redact(value); got != want {
			t.Errorf("%q: %q, want %q", value, got, want)
		}
	}
	for _, field := range fieldPaths("", shape()) {
		for _, secret := range []string{"https://u:hunter2@github.com/x", "-----BEGIN PRIVATE KEY-----\nhunter2", "u:hunter2@x", "https://x/?t=hunter2"} {
			if msg := Check(field, secret); strings.Contains(msg, "hunter2") {
				t.Errorf("%s: %s", field, msg)
			}
		}
	}
}

func TestClosest(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]string{
		"dev": "dev", "dve": "dev", "Prod": "prod", "preprd": "preprod", "d": "", "staging": "", "": "", "prodd": "prod",
	} {
		if got := closest(value, []string{"dev", "preprod", "prod"}); got != want {
			t.Errorf("%q: %q, want %q", value, got, want)
		}
	}
}

// fleet writes a contract with many teams of three apps each.
func fleet(teams int) []byte {
	var b bytes.Buffer
	b.WriteString("apiVersion: penstock.dev/v1alpha1\nkind: DeliveryContract\nmetadata: {name: fleet}\nspec:\n" +
		"  platform:\n    git: {url: https://github.com/acme/platform}\n    owners: [\"@acme/platform\"]\n" +
		"  registry: {provider: zot, host: registry.acme.example}\n  environments:\n    - name: dev\n    - name: preprod\n    - name: prod\n  teams:\n")
	for t := range teams {
		fmt.Fprintf(&b, "    - name: team-%04d\n      owners: [\"@acme/team-%04d\"]\n      apps:\n", t, t)
		for a := range 3 {
			fmt.Fprintf(&b, "        - name: app-%d\n          git: {url: https://github.com/acme/team-%04d-app-%d}\n          image: registry.acme.example/images/t%04d-%d\n", a, t, a, t, a)
		}
	}
	return b.Bytes()
}

func BenchmarkParse(b *testing.B) {
	data := fleet(1000)
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if _, ds := Parse("fleet.yaml", data); len(ds) > 0 {
			b.Fatal(ds)
		}
	}
}

func BenchmarkYAML(b *testing.B) {
	c := mustParse(b, "fleet.yaml", fleet(1000))
	for b.Loop() {
		c.YAML()
	}
}
