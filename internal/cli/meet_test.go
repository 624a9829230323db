package cli

import (
	"bytes"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// meeting is a platform repository in which branches are made by Penstock and
// brought together by the real git.
type meeting struct {
	*testing.T
	dir string
}

const meetContract = `apiVersion: penstock.dev/v1alpha1
kind: DeliveryContract
metadata:
  name: acme
spec:
  platform:
    git:
      url: https://github.com/acme/platform
    owners: ["@acme/platform"]
    contact: "#platform"
  registry:
    provider: zot
    host: registry.acme.example
  environments:
    - name: dev
    - name: preprod
      clusters:
        - name: preprod-eu
        - name: preprod-us
    - name: prod
      promotion:
        mode: approval
        approvers: ["@acme/release-managers"]
  teams:
    - name: orders
      owners: ["@acme/orders"]
      contact: "#orders"
    - name: payments
      owners: ["@acme/payments"]
      quota:
        cpu: "8"
      apps:
        - name: checkout
          git:
            url: https://github.com/acme/checkout
`

func newMeeting(t *testing.T) meeting {
	t.Helper()
	m := meeting{t, t.TempDir()}
	m.write("penstock.yaml", meetContract)
	m.penstock(0, "generate")
	m.git("init", "-q", "-b", "main")
	m.commit("base")
	return m
}

func (m meeting) write(name, text string) {
	m.Helper()
	if err := os.WriteFile(filepath.Join(m.dir, name), []byte(text), 0o644); err != nil {
		m.Fatal(err)
	}
}

func (m meeting) penstock(want int, args ...string) string {
	m.Helper()
	args = append(args, "-c", filepath.Join(m.dir, "penstock.yaml"), "--only", "platform", "--platform-dir", m.dir)
	var out, problems bytes.Buffer
	if code := Main(m.Context(), args, IO{In: strings.NewReader(""), Out: &out, Err: &problems}); code != want {
		m.Fatalf("penstock %s: exit code %d, want %d\n%s%s", strings.Join(args, " "), code, want, &out, &problems)
	}
	return out.String() + problems.String()
}

func (m meeting) try(args ...string) (string, error) {
	cmd := exec.CommandContext(m.Context(), "git", append([]string{"-C", m.dir}, args...)...)
	cmd.Env = append(os.Environ(), "GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@acme.example", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@acme.example", "GIT_CONFIG_GLOBAL="+os.DevNull)
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func (m meeting) git(args ...string) string {
	m.Helper()
	out, err := m.try(args...)
	if err != nil {
		m.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return out
}

func (m meeting) commit(message string) {
	m.Helper()
	m.git("add", "-A")
	m.git("commit", "-q", "--allow-empty", "-m", message)
}

// replace changes a line of a file, and generates where that is the contract.
func (m meeting) replace(name, old, now string) {
	m.Helper()
	data, err := os.ReadFile(filepath.Join(m.dir, name))
	if err != nil || !strings.Contains(string(data), old) {
		m.Fatalf("%s has no %q: %v", name, old, err)
	}
	m.write(name, strings.Replace(string(data), old, now, 1))
	if name == "penstock.yaml" {
		m.penstock(0, "generate")
	}
}

// meetChanges are what branches do, by name. Two of different names can be one
// truth, and so can two of a name with a "#", which stands for a number.
func meetChanges() map[string]func(m meeting, n string) {
	add := func(args ...string) func(meeting, string) {
		return func(m meeting, n string) {
			m.Helper()
			with := make([]string, len(args))
			for i, arg := range args {
				with[i] = strings.ReplaceAll(arg, "#", n)
			}
			m.penstock(0, append([]string{"add"}, with...)...)
		}
	}
	change := func(name, old, now string) func(meeting, string) {
		return func(m meeting, _ string) { m.Helper(); m.replace(name, old, now) }
	}
	return map[string]func(meeting, string){
		"team alpha#":    add("team", "--name", "alpha#", "--owner", "@acme/alpha"),
		"team pay#":      add("team", "--name", "pay#", "--owner", "@acme/pay#", "--contact", "#pay"),
		"team zeta#":     add("team", "--name", "zeta#", "--owner", "@acme/zeta#"),
		"app basket#":    add("app", "--team", "payments", "--name", "basket#", "--git-url", "https://github.com/acme/basket#"),
		"app ledger#":    add("app", "--team", "payments", "--name", "ledger#", "--git-url", "https://github.com/acme/ledger#"),
		"app of orders#": add("app", "--team", "orders", "--name", "cart#", "--git-url", "https://github.com/acme/cart#"),
		"cluster #":      add("cluster", "--environment", "preprod", "--name", "preprod-#"),
		"cluster of dev": add("cluster", "--environment", "dev", "--name", "dev-b"),
		"environment":    add("environment", "--name", "qa", "--from", "dev"),
		"quota":          change("penstock.yaml", `cpu: "8"`, `cpu: "16"`),
		"contact":        change("penstock.yaml", `"#platform"`, `"#platform-oncall"`),
		"approvers":      change("penstock.yaml", "@acme/release-managers", "@acme/release"),
		"edit a page":    change("README.md", "\n## ", "\nOur own line.\n\n## "),
		"edit a list":    change("tenants/payments/dev/kustomization.yaml", "resources:\n", "resources:\n  - ours.yaml\n"),
	}
}

// ways bring a branch into the one that is checked out.
func ways() map[string]func(m meeting, branch string) (string, error) {
	return map[string]func(meeting, string) (string, error){
		"merge": func(m meeting, b string) (string, error) { return m.try("merge", "-q", "-m", "both", b) },
		"rebase": func(m meeting, b string) (string, error) {
			return m.try("rebase", "-q", "HEAD", b)
		},
		"cherry-pick": func(m meeting, b string) (string, error) { return m.try("cherry-pick", b) },
		"squash": func(m meeting, b string) (string, error) {
			if out, err := m.try("merge", "-q", "--squash", b); err != nil {
				return out, err
			}
			return m.try("commit", "-q", "-m", "both")
		},
	}
}

// meet makes a branch for each change, brings all together in a way, and looks
// at each step that the check passes as it stands. In the end it is what the
// changed contract would have given from the base.
func meet(t *testing.T, way string, names ...string) {
	t.Helper()
	m := newMeeting(t)
	changes := meetChanges()
	for i, name := range names {
		m.git("checkout", "-q", "-b", fmt.Sprintf("b%d", i), "main")
		changes[name](m, fmt.Sprint(i))
		m.commit(name)
	}
	m.git("checkout", "-q", "-B", "all", "b0")
	for i := range names[1:] {
		if out, err := ways()[way](m, fmt.Sprintf("b%d", i+1)); err != nil {
			t.Fatalf("%s of %q: %v\n%s\n%s", way, names[i+1], err, out, m.git("diff"))
		}
		m.penstock(0, "generate", "--check")
	}
	m.penstock(0, "generate")
	m.penstock(0, "generate", "--check")
	got := m.files()

	data, err := os.ReadFile(filepath.Join(m.dir, "penstock.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	m.git("stash", "-q", "-u")
	m.git("checkout", "-q", "main")
	for i, name := range names {
		if strings.HasPrefix(name, "edit ") {
			changes[name](m, fmt.Sprint(i))
		}
	}
	m.write("penstock.yaml", string(data))
	m.penstock(0, "generate")
	if diff := cmp.Diff(m.files(), got); diff != "" {
		t.Errorf("not what the contract of all gives (-want +got):\n%s", diff)
	}
}

// TestMeetThenRevert: the first of two changes is taken back after the second
// came in.
func TestMeetThenRevert(t *testing.T) {
	t.Parallel()
	for _, pair := range [][]string{
		{"team alpha#", "team zeta#"}, {"contact", "team alpha#"}, {"app basket#", "team zeta#"}, {"quota", "environment"}, {"cluster of dev", "app of orders#"},
	} {
		t.Run(strings.Join(pair, " before "), func(t *testing.T) {
			t.Parallel()
			m := newMeeting(t)
			for i, name := range pair {
				m.git("checkout", "-q", "-b", fmt.Sprintf("b%d", i), "main")
				meetChanges()[name](m, fmt.Sprint(i))
				m.commit(name)
			}
			m.penstock(0, "generate", "--check")
			want := m.files()
			m.git("checkout", "-q", "-b", "all", "b0")
			m.git("merge", "-q", "-m", "both", "b1")
			m.git("revert", "--no-edit", "b0")
			m.penstock(0, "generate", "--check")
			m.penstock(0, "generate")
			if diff := cmp.Diff(want, m.files()); diff != "" {
				t.Errorf("not what the second alone gives (-want +got):\n%s", diff)
			}
		})
	}
}

// TestMeetThenRevertBeside: of two entries side by side Git keeps both, whatever
// is taken back. The check says that the files of the one are gone.
func TestMeetThenRevertBeside(t *testing.T) {
	t.Parallel()
	m := newMeeting(t)
	for i, name := range []string{"zeta", "zulu"} {
		m.git("checkout", "-q", "-b", fmt.Sprintf("b%d", i), "main")
		m.penstock(0, "add", "team", "--name", name, "--owner", "@acme/z")
		m.commit(name)
	}
	want := m.files()
	m.git("checkout", "-q", "-b", "all", "b0")
	m.git("merge", "-q", "-m", "both", "b1")
	m.git("revert", "--no-edit", "b0")
	if out := m.penstock(3, "generate", "--check"); !strings.Contains(out, "tenants/zeta/base/namespace.yaml") {
		t.Errorf("does not name what is gone:\n%s", out)
	}
	data, err := os.ReadFile(filepath.Join(m.dir, "penstock.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	m.write("penstock.yaml", strings.Replace(string(data), "    - name: zeta\n      owners: [\"@acme/z\"]\n      # end of zeta\n", "", 1))
	m.penstock(0, "generate", "--allow-prune")
	if diff := cmp.Diff(want, m.files()); diff != "" {
		t.Errorf("not what the second alone gives (-want +got):\n%s", diff)
	}
}

func (m meeting) files() map[string]string {
	m.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(m.dir, func(p string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			if e != nil && e.Name() == ".git" {
				return fs.SkipDir
			}
			return err
		}
		data, err := os.ReadFile(p)
		all[strings.TrimPrefix(p, m.dir)] = string(data)
		return err
	})
	if err != nil {
		m.Fatal(err)
	}
	return all
}

// TestMeet: every two changes of different kinds, and two of one kind where
// there can be two, meet by plain merge.
func TestMeet(t *testing.T) {
	t.Parallel()
	pairs := [][]string{
		{"team alpha#", "team alpha#"}, {"team alpha#", "team zeta#"}, {"team zeta#", "app ledger#"}, {"team pay#", "app of orders#"},
		{"app basket#", "app basket#"}, {"app basket#", "app ledger#"}, {"app of orders#", "app of orders#"}, {"app ledger#", "app of orders#"},
		{"team zeta#", "environment"}, {"app ledger#", "environment"}, {"team alpha#", "cluster #"}, {"app ledger#", "cluster of dev"},
		{"cluster #", "cluster #"}, {"cluster #", "environment"}, {"cluster of dev", "environment"}, {"cluster of dev", "cluster #"},
		{"quota", "app ledger#"}, {"contact", "team alpha#"}, {"approvers", "quota"}, {"approvers", "environment"}, {"contact", "quota"},
		{"edit a page", "team alpha#"}, {"edit a list", "app ledger#"},
	}
	for _, pair := range pairs {
		t.Run(strings.Join(pair, " and "), func(t *testing.T) {
			t.Parallel()
			meet(t, "merge", pair...)
		})
	}
}

// TestMeetAnyhow: some of the many other ways in which two or three changes come
// together.
func TestMeetAnyhow(t *testing.T) {
	t.Parallel()
	names := []string{"team alpha#", "team pay#", "team zeta#", "app basket#", "app of orders#", "cluster #", "environment", "quota", "contact", "approvers", "edit a page"}
	random := rand.New(rand.NewPCG(14, 2026))
	for range 2 {
		for _, way := range []string{"merge", "rebase", "cherry-pick", "squash"} {
			random.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
			some := append([]string(nil), names[:2+random.IntN(2)]...)
			t.Run(way+" of "+strings.Join(some, ", "), func(t *testing.T) {
				t.Parallel()
				meet(t, way, some...)
			})
		}
	}
}
