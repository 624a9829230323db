package gen_test

import (
	"net/url"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"

	"github.com/penstock-dev/penstock/internal/model"
)

// platformFile is a file of the platform repository as others name it, written
// down anew here, not taken from package model.
func platformFile(m *model.Model, file string) string {
	return repositoryOf(m.Platform.Git.URL) + "/.github/" + file + "@" + m.Platform.Git.Branch
}

// repositoryOf is the path of a repository on its host, with a port or without.
func repositoryOf(address string) string {
	if u, err := url.Parse(address); err == nil && u.Host != "" {
		return strings.TrimSuffix(strings.Trim(u.Path, "/"), ".git")
	}
	return slug(address)
}

// TestCalls: an app's workflows call the platform's publish and the promotion of
// each of its environments that floats, by the name that Flux trusts, and
// nothing else; and every call is one that GitHub accepts.
func TestCalls(t *testing.T) {
	t.Parallel()
	onGitHub(t, func(t *testing.T, d delivery) {
		for _, app := range d.m.Apps() {
			var want, got []string
			dir := "apps/" + app.Team.Name + "/" + app.Name
			for _, file := range []string{"delivery", "operate"} {
				p := dir + "/.github/workflows/" + file + ".yaml"
				f, ok := d.files[p]
				if here := webHost(app.Git) == webHost(d.m.Platform.Git); ok != here {
					t.Errorf("%s: is there: %v", p, ok)
				}
				if ok {
					got = append(got, d.checkCalls(t, readWorkflow(t, p, f.Data))...)
				}
			}
			if app.OCI && d.files[dir+"/.github/workflows/delivery.yaml"].Data != nil {
				want = append(want, platformFile(d.m, "workflows/publish.yaml"))
				for _, ae := range app.Envs {
					if !ae.Pinned {
						want = append(want, platformFile(d.m, "workflows/promote-"+ae.Env.Name+".yaml"))
						checkTrusted(t, d.m, ae)
					}
				}
			}
			slices.Sort(got)
			slices.Sort(want)
			if diff := cmp.Diff(want, slices.Compact(got)); diff != "" {
				t.Errorf("%s (-want +called):\n%s", dir, diff)
			}
		}
		for _, w := range d.workflows(t) {
			d.checkOwn(t, w)
		}
	})
}

func webHost(g model.Git) string { return strings.TrimSuffix(g.Web, "/"+g.Slug) }

// checkTrusted: what Flux trusts is what the app calls.
func checkTrusted(t *testing.T, m *model.Model, ae *model.AppEnv) {
	t.Helper()
	if ae.Verify == nil || !ae.Verify.Keyless {
		return
	}
	file, branch, _ := strings.Cut(platformFile(m, "workflows/promote-"+ae.Env.Name+".yaml"), "@")
	if !regexp.MustCompile(ae.Verify.Subject).MatchString("https://github.com/" + file + "@refs/heads/" + branch) {
		t.Errorf("%s: trusts %s and is promoted by %s", ae.Env.Name, ae.Verify.Subject, file)
	}
}

// checkOwn: what a file takes from the platform by a branch is one of its own
// actions or workflows, and what it starts is there.
func (d delivery) checkOwn(t *testing.T, w workflow) {
	t.Helper()
	w.uses(func(at string, u *yaml.Node) {
		if pinned.MatchString(u.Value) {
			return
		}
		file := strings.TrimPrefix(u.Value, "./.github/")
		if file == u.Value {
			file = strings.TrimSuffix(strings.TrimPrefix(u.Value, repositoryOf(d.m.Platform.Git.URL)+"/.github/"), "@"+d.m.Platform.Git.Branch)
		}
		if strings.HasPrefix(file, "actions/") {
			file += "/action.yaml"
		}
		if _, ok := d.files["platform/.github/"+file]; !ok || file == u.Value {
			t.Errorf("%s: %s uses %s, which is not there", w.path, at, u.Value)
		}
	})
	for _, s := range w.steps() {
		for _, m := range regexp.MustCompile(`gh workflow run "?([a-z0-9.$-]+)"?( --repo)?`).FindAllStringSubmatch(scalar(s.node, "run"), -1) {
			repo := repository(w.path)
			if m[2] != "" {
				repo = "platform"
			}
			if m[1] == "operate.yaml" && repo == "platform" {
				continue // advice in a workflow that apps call: it runs in their repository, which has that file
			}
			if _, ok := d.files[repo+"/.github/workflows/"+m[1]]; !ok && !strings.Contains(m[1], "$") {
				t.Errorf("%s: %s starts %s, which is not there", w.path, s.id(), m[1])
			}
		}
	}
}

// checkCalls returns which reusable workflows a file calls, and checks what is
// passed: inputs and secrets that are declared, and all rights that are needed.
func (d delivery) checkCalls(t *testing.T, w workflow) []string {
	t.Helper()
	var called []string
	for _, j := range w.jobs() {
		uses := scalar(j.node, "uses")
		if uses == "" {
			continue
		}
		called = append(called, uses)
		file := "platform/.github/workflows/" + path.Base(strings.SplitN(uses, "@", 2)[0])
		callee := readWorkflow(t, file, d.files[file].Data)
		for _, kind := range []struct{ passed, declared string }{{"with", "inputs"}, {"secrets", "secrets"}} {
			declared := get(callee.root, "on", "workflow_call", kind.declared)
			pairs(get(j.node, kind.passed), func(k, _ *yaml.Node) {
				if get(declared, k.Value) == nil {
					t.Errorf("%s: %s passes %s, which %s does not declare", w.path, j.id, k.Value, file)
				}
			})
			pairs(declared, func(k, v *yaml.Node) {
				if scalar(v, "required") == "true" && get(j.node, kind.passed, k.Value) == nil {
					t.Errorf("%s: %s does not pass %s", w.path, j.id, k.Value)
				}
			})
		}
		for _, job := range callee.jobs() {
			pairs(get(job.node, "permissions"), func(k, v *yaml.Node) {
				if have := scalar(j.node, "permissions", k.Value); have != v.Value {
					t.Errorf("%s: %s grants %s: %q, and %s needs %s", w.path, j.id, k.Value, have, file, v.Value)
				}
			})
		}
	}
	return called
}

// TestChain: a release goes to each environment behind those that it must have
// passed, and stops where Git pins one.
func TestChain(t *testing.T) {
	t.Parallel()
	onGitHub(t, func(t *testing.T, d delivery) {
		for _, app := range d.m.Apps() {
			p := "apps/" + app.Team.Name + "/" + app.Name + "/.github/workflows/delivery.yaml"
			f, ok := d.files[p]
			if !ok || !app.OCI {
				continue
			}
			w := readWorkflow(t, p, f.Data)
			jobs := 1
			for _, ae := range app.Envs {
				name := func(e *model.Env) string {
					if e.Pinned {
						return "start-" + e.Name
					}
					return "promote-" + e.Name
				}
				want, reached := []string{"publish"}, true
				for from := ae.Env.From; from != nil; from = from.From {
					reached = reached && !from.Pinned
				}
				if ae.Env.From != nil {
					want = append(want, name(ae.Env.From))
				}
				job := w.job(name(ae.Env))
				if (job != nil) != reached {
					t.Errorf("%s: %s is there: %v", p, ae.Env.Name, job != nil)
				}
				if job == nil {
					continue
				}
				jobs++
				var needs []string
				walk(get(job, "needs"), nil, func(_ []string, v *yaml.Node) { needs = append(needs, v.Value) })
				if !slices.Equal(needs, want) || scalar(job, "if") != "needs.publish.outputs.release != ''" {
					t.Errorf("%s: %s needs %s, want %s; if: %s", p, ae.Env.Name, needs, want, scalar(job, "if"))
				}
			}
			if len(w.jobs()) != jobs {
				t.Errorf("%s: %d jobs, want %d", p, len(w.jobs()), jobs)
			}
		}
	})
}

// TestAppAction runs the action that says which app a repository is, as the
// runner does: every app is found by its repository, others are refused.
func TestAppAction(t *testing.T) {
	t.Parallel()
	bash := program(t, "bash")
	onGitHub(t, func(t *testing.T, d delivery) {
		const dir = "platform/.github/actions/app/"
		if !d.m.HasOCI() {
			return
		}
		tmp := t.TempDir()
		writeTo(t, filepath.Join(tmp, dir, "apps.txt"), d.files[dir+"apps.txt"].Data)
		steps := readWorkflow(t, dir+"action.yaml", d.files[dir+"action.yaml"].Data).steps()
		run := func(repository string) (string, error) {
			out := filepath.Join(tmp, "out")
			writeTo(t, out, nil)
			cmd := exec.Command(bash, "-eo", "pipefail", "-c", scalar(steps[0].node, "run")+"\n")
			cmd.Env = []string{"GITHUB_REPOSITORY=" + repository, "GITHUB_ACTION_PATH=" + filepath.Join(tmp, dir), "GITHUB_OUTPUT=" + out, "PATH=/usr/bin:/bin"}
			said, err := cmd.CombinedOutput()
			return string(said) + "|" + string(read(t, out)), err
		}
		for _, app := range d.m.Apps() {
			here := webHost(app.Git) == webHost(d.m.Platform.Git)
			if !here {
				continue
			}
			got, err := run(repositoryOf(app.Git.URL))
			if !app.OCI {
				if err == nil || !strings.Contains(got, "is delivered by Git") {
					t.Errorf("%s/%s: %v: %s", app.Team.Name, app.Name, err, got)
				}
				continue
			}
			for _, want := range []string{
				"|app=" + app.Team.Name + "/" + app.Name + "\n", "\ncontract=" + tmp + "/platform/penstock.yaml\n",
				"\nrelease-ref=refs/heads/" + app.Git.Branch + "\n", "\nimage=" + app.Image + "\n",
			} {
				if err != nil || !strings.Contains(got, want) {
					t.Errorf("%s/%s: %v: %s, want %s", app.Team.Name, app.Name, err, got, want)
				}
			}
		}
		for _, other := range []string{"evil/" + d.m.Platform.Git.Name(), repositoryOf(d.m.Platform.Git.URL), "#", ""} {
			if got, err := run(other); err == nil || !strings.HasSuffix(got, "|") || !strings.Contains(got, "::error ") {
				t.Errorf("%q: %v: %s", other, err, got)
			}
		}
	})
}
