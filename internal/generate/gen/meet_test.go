package gen_test

import (
	"archive/tar"
	"bytes"
	"errors"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/penstock-dev/penstock/internal/contract"
	"github.com/penstock-dev/penstock/internal/contract/edit"
	"github.com/penstock-dev/penstock/internal/generate/gen"
)

// meeting is two changes that are made on two branches from one base. Where
// they multiply, as a new team in a new environment does, the merged contract
// asks for more than both branches have.
type meeting struct {
	name       string
	ours       edit.Change
	theirs     edit.Change
	multiplies bool
}

// meetings are pairs of changes of a contract.
func meetings(c contract.Contract) []meeting {
	envs, teams := c.Spec.Environments, slices.Clone(c.Spec.Teams)
	slices.SortFunc(teams, func(a, b contract.Team) int { return strings.Compare(a.Name, b.Name) })
	group, _ := path.Split(c.Spec.Platform.Git.URL)
	first, last := teams[0].Name, teams[len(teams)-1].Name
	team := func(name string) edit.Change {
		return edit.Team{Team: contract.Team{Name: name, Owners: []string{"@shared/owners"}}}
	}
	app := func(team, name string) edit.Change {
		return edit.App{Team: team, App: contract.App{Name: name, Git: contract.AppGit{URL: group + team + "-" + name}}}
	}
	env := func(name string, after int) edit.Change {
		return edit.Environment{Environment: contract.Environment{Name: name, Promotion: contract.Promotion{From: envs[after].Name}}}
	}
	cluster := func(env int, name string) edit.Change {
		return edit.Cluster{Environment: envs[env].Name, Cluster: contract.Cluster{Name: name}}
	}
	told := func(env int, name string) edit.Change {
		return edit.Cluster{Environment: envs[env].Name, Cluster: contract.Cluster{Name: name, Webhook: "https://" + name + ".acme.example"}}
	}
	end := len(envs) - 1
	return []meeting{
		{"teams in one gap", team("alpha"), team("beta"), false},
		{"teams in two gaps", team("alpha"), team("zulu"), false},
		{"apps of one team", app(first, "one"), app(first, "two"), false},
		{"apps of two teams", app(first, "one"), app(last, "two"), false},
		{"team and app", team("alpha"), app(first, "one"), false},
		{"team and environment", team("alpha"), env("qa", 0), true},
		{"team and cluster", team("zulu"), cluster(0, "first-x"), true},
		{"app and environment", app(last, "one"), env("qa", 0), true},
		{"app and cluster", app(last, "one"), cluster(0, "first-x"), true},
		{"environment and cluster", env("qa", 0), cluster(end, "last-x"), false},
		{"environment and cluster before it", env("qa", 0), cluster(0, "first-x"), false},
		{"clusters of two environments", cluster(0, "first-x"), cluster(end, "last-x"), false},
		{"clusters of one environment", cluster(0, "first-x"), cluster(0, "first-y"), false},
		{"clusters with webhooks of two environments", told(0, "first-x"), told(end, "last-x"), false},
		{"clusters with and without a webhook", told(end, "last-x"), cluster(end, "last-y"), false},
	}
}

// TestMeet: two branches that penstock made of one base merge by plain git
// without a conflict in a page.
func TestMeet(t *testing.T) {
	t.Parallel()
	meet(t, platformPages, nil)
}

// meet merges all pairs of changes of all examples, in the files that are asked
// for. The merged ones are, but for the order of entries and for blank lines,
// what the merged contract gives; also looks at what else has to hold.
func meet(t *testing.T, files func(*testing.T, []byte) map[string]string, also func(t *testing.T, m meeting, want, merged map[string]string)) {
	t.Helper()
	git, err := exec.LookPath("git")
	if err != nil {
		t.Skip("there is no git")
	}
	for name, source := range examples(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cache := map[string]map[string]string{}
			of := func(source []byte) map[string]string {
				if cache[string(source)] == nil {
					cache[string(source)] = files(t, source)
				}
				return cache[string(source)]
			}
			r := newGitRepository(t, git, of(source))
			for _, m := range meetings(parse(t, name, source)) {
				ours, theirs := changed(t, source, m.ours), changed(t, source, m.theirs)
				merged, conflicts := r.merge(of(ours), of(theirs))
				if len(conflicts) > 0 {
					t.Errorf("%s: conflicts in %s", m.name, strings.Join(conflicts, ", "))
					continue
				}
				want := of(changed(t, ours, m.theirs))
				for p, text := range merged {
					if less, more := lines(want[p], text); !m.multiplies && (less != "" || more != "") {
						t.Errorf("%s: %s: lacks\n%shas beside what the contract gives\n%s", m.name, p, less, more)
					}
				}
				if also != nil {
					also(t, m, want, merged)
				}
			}
		})
	}
}

func changed(t *testing.T, source []byte, change edit.Change) []byte {
	t.Helper()
	r, ds := edit.Add("penstock.yaml", source, change)
	if len(ds) > 0 {
		t.Fatalf("%s", ds)
	}
	return r.Data
}

// platformPages are the pages of the platform repository and its attributes.
func platformPages(t *testing.T, source []byte) map[string]string {
	t.Helper()
	c := parse(t, "penstock.yaml", source)
	pages := map[string]string{}
	for _, target := range gen.Targets(c) {
		if target.Dir() != "platform" {
			continue
		}
		for p, f := range target1(t, generator(t, c, source), target) {
			if filepath.Ext(p) == ".md" || p == ".gitattributes" {
				pages[p] = string(f.Data)
			}
		}
	}
	return pages
}

// lines compares two pages line by line, whatever their order and without
// blank ones: what the second lacks and what it has beside the first.
func lines(want, got string) (less, more string) {
	counts := map[string]int{}
	for l := range strings.Lines(want) {
		counts[l]++
	}
	for l := range strings.Lines(got) {
		if counts[l]--; counts[l] < 0 && l != "\n" {
			more += l
		}
	}
	for l := range strings.Lines(want) {
		if counts[l]--; counts[l] >= 0 && l != "\n" {
			less += l
		}
	}
	return less, more
}

// gitRepository is a repository with one commit on branch main, checked out.
type gitRepository struct {
	t        *testing.T
	git, dir string
}

func newGitRepository(t *testing.T, git string, files map[string]string) gitRepository {
	t.Helper()
	r := gitRepository{t, git, t.TempDir()}
	r.run("init", "-q", "-b", "main")
	r.write(files)
	r.run("add", "--all")
	r.run("commit", "-q", "-m", "base")
	return r
}

// merge commits two states on two branches and merges them: the files of the
// merge, or the paths that are in conflict.
func (r gitRepository) merge(ours, theirs map[string]string) (files map[string]string, conflicts []string) {
	for branch, files := range map[string]map[string]string{"ours": ours, "theirs": theirs} {
		r.run("checkout", "-q", "-B", branch, "main")
		r.write(files)
		r.run("add", "--all")
		r.run("commit", "-q", "-m", branch)
	}
	out, code := r.try("merge-tree", "--write-tree", "--name-only", "--no-messages", "ours", "theirs")
	tree, rest, _ := strings.Cut(out, "\n")
	if code != 0 {
		return nil, strings.Fields(rest)
	}
	files = map[string]string{}
	for archive := tar.NewReader(strings.NewReader(r.run("archive", tree))); ; {
		h, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return files, nil
		}
		if err != nil {
			r.t.Fatal(err)
		}
		data, err := io.ReadAll(archive)
		if err != nil {
			r.t.Fatal(err)
		}
		if h.Typeflag == tar.TypeReg {
			files[h.Name] = string(data)
		}
	}
}

func (r gitRepository) write(files map[string]string) {
	for p, text := range files {
		p = filepath.Join(r.dir, filepath.FromSlash(p))
		if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
			r.t.Fatal(err)
		}
		if err := os.WriteFile(p, []byte(text), 0o644); err != nil {
			r.t.Fatal(err)
		}
	}
}

func (r gitRepository) run(args ...string) string {
	out, code := r.try(args...)
	if code != 0 {
		r.t.Fatalf("git %s: exit %d", strings.Join(args, " "), code)
	}
	return out
}

func (r gitRepository) try(args ...string) (out string, code int) {
	cmd := exec.Command(r.git, append([]string{"-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgSign=false"}, args...)...)
	cmd.Dir = r.dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL="+os.DevNull)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		r.t.Fatal(err)
	}
	if cmd.ProcessState.ExitCode() > 1 {
		r.t.Log(stderr.String())
	}
	return stdout.String(), cmd.ProcessState.ExitCode()
}
