package gen_test

import (
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/penstock-dev/penstock/internal/forge/gitlab"
	"github.com/penstock-dev/penstock/internal/model"
)

// TestGitLab holds every generated GitLab pipeline against GitLab's syntax and
// our own rules.
func TestGitLab(t *testing.T) {
	t.Parallel()
	seen := 0
	each(t, func(*testing.T, delivery) {})
	for _, d := range deliveries.all {
		pipelines := gitLabPipelines(d.files)
		for _, repo := range slices.Sorted(maps.Keys(pipelines)) {
			seen++
			for _, p := range slices.Concat(pipelines[repo].lint(), pipelines[repo].guards(), pipelines[repo].unknown(d.m), pipelines[repo].secrets()) {
				t.Errorf("%s: %s", d.name, p)
			}
		}
	}
	if seen < 10 {
		t.Errorf("only %d pipelines", seen)
	}
}

// TestGitLabShell runs shellcheck over every script, with what stands before it.
func TestGitLabShell(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("shellcheck"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("shellcheck is not installed")
		}
		t.Skip("shellcheck is not installed")
	}
	dir, known := t.TempDir(), map[string]string{}
	each(t, func(*testing.T, delivery) {})
	for _, d := range deliveries.all {
		pipelines := gitLabPipelines(d.files)
		repos := slices.Sorted(maps.Keys(pipelines))
		for i, repo := range repos {
			g := pipelines[repo]
			if i > 0 && repo != "platform" {
				continue // its jobs are those of the first
			}
			for _, name := range g.names() {
				if _, env, ok := strings.Cut(name, "-"); ok && repo != "platform" && d.m.Envs[0].Name != env && d.m.LastEnv().Name != env {
					continue // as in the first environment, or the last
				}
				known[script(g.job(name))] = d.name + ": " + repo + ": " + name
			}
		}
	}
	var files []string
	says := map[string]string{}
	for text, where := range known {
		file := filepath.Join(dir, fmt.Sprintf("%d.sh", len(files)))
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		files, says[file] = append(files, file), where
	}
	for part := range slices.Chunk(files, 50) {
		// What one job defines for all is not used by each: SC2034. A branch may
		// look like a variable, and is quoted: SC2016.
		out, _ := exec.Command("shellcheck", append([]string{"--shell=bash", "--format=gcc", "--exclude=SC2034,SC2016"}, part...)...).CombinedOutput()
		for line := range strings.Lines(string(out)) {
			file, rest, _ := strings.Cut(line, ":")
			t.Errorf("%s: %s", says[file], strings.TrimSpace(rest))
		}
	}
}

const protectedBranch = `$CI_COMMIT_REF_PROTECTED == "true"`

// guards finds jobs that run where, or while, they must not.
func (g *glConfig) guards() []string {
	var bad []string
	say := func(format string, args ...any) { bad = append(bad, g.name+": "+fmt.Sprintf(format, args...)) }
	for _, name := range g.names() {
		job := g.job(name)
		env, _ := job["environment"].(map[string]any)
		operate := strings.HasPrefix(name, "operate")
		for _, r := range list(job["rules"]) {
			m, _ := r.(map[string]any)
			cond := fmt.Sprint(m["if"])
			if env != nil && !strings.Contains(cond, protectedBranch) && !strings.Contains(cond, "$TASK") {
				say("%s: has an environment, and runs for a branch without protection", name)
			}
			if operate && (m["when"] != nil || !strings.Contains(cond, `=~ /^(rollback|hold|lift)$/`)) {
				say("%s: waits for a person, or runs without one", name)
			}
			if (name == "publish" || name == "image") && !strings.Contains(cond, `$PENSTOCK_ACTION == "release"`) {
				say("%s: runs in a pipeline that goes back", name)
			}
			if m["when"] == "manual" && m["allow_failure"] != false {
				say("%s: what follows does not wait for the person", name)
			}
		}
		switch {
		case operate && (job["resource_group"] != nil || env["action"] != "access" || len(list(job["needs"])) > 0):
			say("%s: waits for a promotion or an approval", name)
		case strings.HasPrefix(name, "promote-") && env != nil && (job["resource_group"] != env["name"] || env["action"] != nil || name != "promote-"+fmt.Sprint(env["name"])):
			say("%s: does not run one by one, or is no deployment of its environment", name)
		case job["interruptible"] == true && name != "check":
			say("%s: a newer pipeline can cut it off", name)
		case strings.HasPrefix(name, "notify") != (job["allow_failure"] == true):
			say("%s: a failure must be seen, and fail nothing else than the call of a cluster", name)
		}
	}
	return bad
}

var secretLiteral = regexp.MustCompile(`glpat-|glptt-|AKIA[0-9A-Z]|-----BEGIN|(?i)(password|token|secret)["']?\s*[:=]\s*["']?[0-9A-Za-z+/]{8}`)

func (g *glConfig) secrets() []string {
	var bad []string
	for name, job := range g.jobs {
		if m := secretLiteral.FindString(script(job) + fmt.Sprint(job["variables"])); m != "" {
			bad = append(bad, fmt.Sprintf("%s: %s: looks like a secret: %s", g.name, name, m))
		}
	}
	return bad
}

var (
	used = regexp.MustCompile(`\$\{?([A-Z][A-Z0-9_]*)`)
	made = regexp.MustCompile(`(?:^|[\s(])(?:export )?([A-Z][A-Z0-9_]*)=`)
	jqIn = regexp.MustCompile(`\benv\.([A-Za-z_]+)`)
	of   = regexp.MustCompile(`^(CI_(API_V4|COMMIT|CONFIG_PATH|DEFAULT_BRANCH|JOB|MERGE_REQUEST|OPEN_MERGE|PIPELINE|PROJECT|REGISTRY|SERVER)|HOME$|PATH$|GOPATH$)`)
)

// documented are the CI/CD variables that docs/setup.md says to set, and those
// that a team may set itself.
func documented(m *model.Model) []string {
	names := append(gitlab.Variables(m.Site, false), "PENSTOCK_INSTALL", "PENSTOCK_CANDIDATES", "PLATFORM_TOKEN", "PLATFORM_TRIGGER_TOKEN", "IMAGE_REGISTRY_USERNAME", "IMAGE_REGISTRY_PASSWORD")
	return append(names, gitlab.Variables(m.Site, true)...)
}

// unknown finds variables that nobody defines.
func (g *glConfig) unknown(m *model.Model) []string {
	var bad []string
	global, _ := g.global["variables"].(map[string]any)
	for _, name := range g.names() {
		job := g.job(name)
		known := documented(m)
		for _, vars := range []any{global, job["variables"], job["id_tokens"]} {
			v, _ := vars.(map[string]any)
			known = slices.AppendSeq(known, maps.Keys(v))
		}
		text := script(job)
		for _, n := range made.FindAllStringSubmatch(text, -1) {
			known = append(known, n[1])
		}
		for _, n := range list(job["needs"]) {
			if need, _ := n.(map[string]any); need["job"] == "image" {
				known = append(known, "IMAGE_DIGEST")
			}
		}
		text += fmt.Sprint(job["rules"], job["id_tokens"], job["environment"])
		for _, n := range used.FindAllStringSubmatch(text, -1) {
			if !of.MatchString(n[1]) && !slices.Contains(known, n[1]) {
				bad = append(bad, fmt.Sprintf("%s: %s: nobody defines %s", g.name, name, n[1]))
			}
		}
		for _, n := range jqIn.FindAllStringSubmatch(text, -1) {
			if !of.MatchString(n[1]) && !slices.Contains(known, n[1]) && !strings.Contains(text, n[1]+"=") {
				bad = append(bad, fmt.Sprintf("%s: %s: nobody gives jq %s", g.name, name, n[1]))
			}
		}
	}
	return bad
}

// shop is the workspace of testdata/gitlab-com.yaml.
func shop(t *testing.T) delivery {
	t.Helper()
	data, err := os.ReadFile("testdata/gitlab-com.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return deliver(t, "shop", data)
}

// TestGitLabRuns: which jobs a pipeline has.
func TestGitLabRuns(t *testing.T) {
	t.Parallel()
	pipelines := gitLabPipelines(shop(t).files)
	push := map[string]string{"CI_PIPELINE_SOURCE": "push", "CI_COMMIT_BRANCH": "main", "CI_COMMIT_REF_PROTECTED": "true"}
	with := func(pairs ...string) map[string]string {
		m := maps.Clone(push)
		for i := 0; i < len(pairs); i += 2 {
			m[pairs[i]] = pairs[i+1]
		}
		return m
	}
	app, platform := pipelines["apps/checkout/cart"], pipelines["platform"]
	for name, c := range map[string]struct {
		g    *glConfig
		vars map[string]string
		want []string
	}{
		"a push releases and walks":    {app, push, []string{"image", "notify-dev", "notify-prod", "promote-dev", "promote-kiosk", "promote-prod?", "promote-staging?", "publish"}},
		"a branch without protection":  {app, with("CI_COMMIT_REF_PROTECTED", "false"), nil},
		"another branch":               {app, with("CI_COMMIT_BRANCH", "topic", "CI_COMMIT_REF_PROTECTED", "false"), nil},
		"another protected branch":     {app, with("CI_COMMIT_BRANCH", "topic"), nil},
		"another branch, candidates":   {app, with("CI_COMMIT_BRANCH", "topic", "PENSTOCK_CANDIDATES", "true"), []string{"image", "publish"}},
		"merge request":                {app, map[string]string{"CI_PIPELINE_SOURCE": "merge_request_event"}, nil},
		"merge request, candidates":    {app, map[string]string{"CI_PIPELINE_SOURCE": "merge_request_event", "PENSTOCK_CANDIDATES": "true"}, []string{"image", "publish"}},
		"tag":                          {app, map[string]string{"CI_PIPELINE_SOURCE": "push", "CI_COMMIT_TAG": "v1", "CI_COMMIT_REF_PROTECTED": "true"}, nil},
		"schedule":                     {app, with("CI_PIPELINE_SOURCE", "schedule"), nil},
		"rollback":                     {app, with("CI_PIPELINE_SOURCE", "web", "PENSTOCK_ACTION", "rollback", "PENSTOCK_ENVIRONMENT", "prod"), []string{"notify-prod", "operate-prod"}},
		"rollback, unprotected":        {app, with("CI_COMMIT_REF_PROTECTED", "false", "PENSTOCK_ACTION", "rollback", "PENSTOCK_ENVIRONMENT", "prod"), nil},
		"hold":                         {app, with("PENSTOCK_ACTION", "hold", "PENSTOCK_ENVIRONMENT", "staging"), []string{"operate-staging"}},
		"rollback of a pin":            {app, with("PENSTOCK_ACTION", "rollback", "PENSTOCK_ENVIRONMENT", "kiosk"), []string{"promote-kiosk"}},
		"promotion by hand":            {app, with("PENSTOCK_ACTION", "promote", "PENSTOCK_ENVIRONMENT", "staging"), []string{"promote-staging?"}},
		"promotion behind a pin":       {app, with("PENSTOCK_ACTION", "promote", "PENSTOCK_ENVIRONMENT", "kiosk-lab"), []string{"promote-kiosk-lab"}},
		"unknown action":               {app, with("PENSTOCK_ACTION", "rollback2", "PENSTOCK_ENVIRONMENT", "prod"), nil},
		"platform, push":               {platform, push, []string{"check", "next", "notify"}},
		"platform, merge request":      {platform, map[string]string{"CI_PIPELINE_SOURCE": "merge_request_event"}, []string{"check"}},
		"platform, schedule":           {platform, with("CI_PIPELINE_SOURCE", "schedule"), []string{"history", "regenerate"}},
		"platform, schedule elsewhere": {platform, with("CI_PIPELINE_SOURCE", "schedule", "CI_COMMIT_BRANCH", "topic"), nil},
		"platform, promotion":          {platform, with("CI_PIPELINE_SOURCE", "trigger", "TASK", "promote"), []string{"promote"}},
		"platform, rollback":           {platform, with("CI_PIPELINE_SOURCE", "web", "TASK", "rollback"), []string{"operate"}},
		"platform, new team":           {platform, with("CI_PIPELINE_SOURCE", "web", "TASK", "add-team"), []string{"add-team"}},
		"platform, new team by an app": {platform, with("CI_PIPELINE_SOURCE", "trigger", "TASK", "add-team"), nil},
	} {
		if d := cmp.Diff(c.want, c.g.runs(c.vars)); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
	}
}

// TestGitLabNeeds: promotions follow the path, as far as a pipeline can go.
func TestGitLabNeeds(t *testing.T) {
	t.Parallel()
	g := gitLabPipelines(shop(t).files)["apps/checkout/cart"]
	for job, want := range map[string]string{
		"promote-dev": "publish", "promote-staging": "promote-dev", "promote-prod": "promote-staging", "promote-kiosk": "promote-dev",
		"promote-kiosk-south": "", "promote-kiosk-lab": "",
	} {
		var got []string
		for _, n := range list(g.job(job)["needs"]) {
			got = append(got, fmt.Sprint(n.(map[string]any)["job"]))
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: needs %v", job, got)
		}
	}
}

// TestGitLabLint: each rule finds what it is for.
func TestGitLabLint(t *testing.T) {
	t.Parallel()
	d := shop(t)
	for name, c := range map[string]struct{ file, from, to, want string }{
		"job keyword":         {"platform/ci/image.yml", "  stage: build\n", "  stage: build\n  only: [main]\n", `image: unknown keyword "only"`},
		"rule keyword":        {"platform/ci/promote-dev.yml", "- if: $PENSTOCK_ACTION =~", "- iff: x\n      if: $PENSTOCK_ACTION =~", `unknown keyword "iff"`},
		"global keyword":      {"platform/ci/delivery.yml", "variables:\n", "vars:\n", `vars: unknown keyword "PENSTOCK_ACTION"`},
		"extends":             {"platform/ci/image.yml", "extends: .registry", "extends: .nothing", "extends .nothing, which is not there"},
		"reference":           {"platform/ci/image.yml", "[.publish-rules, rules]", "[.publish-rules, rulez]", "!reference [.publish-rules rulez]: is not there"},
		"needs":               {"platform/ci/promote-dev.yml", "- job: publish\n      optional: true", "- job: publisch", "needs publisch, which is not there"},
		"needs in a circle":   {"platform/ci/promote-dev.yml", "- job: publish", "- job: promote-prod", "which needs it"},
		"stage":               {"platform/ci/image.yml", "stage: build", "stage: bild", "there is no stage bild"},
		"no rules":            {"platform/ci/promote-staging.yml", "  rules:\n", "  tags:\n", "has no rules"},
		"unreadable rule":     {"platform/ci/image.yml", "- !reference [.publish-rules, rules]", "- if: $A || $B", "cannot read the rule"},
		"image":               {"platform/ci/penstock.yml", "image: golang:1.26.8-trixie", "image: golang", "has no version"},
		"include":             {"apps/checkout/cart/.gitlab-ci.yml", "ci/promote-dev.yml", "ci/promote-devel.yml", "includes ci/promote-devel.yml, which is not there"},
		"workflow":            {"platform/ci/delivery.yml", "workflow:\n", ".workflow:\n", "no workflow"},
		"twice":               {"platform/ci/image.yml", "  stage: build\n", "  stage: build\n  stage: build\n", "stands twice"},
		"input in a script":   {"platform/.gitlab-ci.yml", `"$OWNERS"`, `"$[[ inputs.owners ]]"`, "has an input in its script"},
		"expanded text":       {"apps/checkout/cart/.gitlab-ci.yml", "    expand: false\n", "", "PENSTOCK_REASON holds free text that GitLab would expand"},
		"unknown input":       {"platform/.gitlab-ci.yml", "$[[ inputs.team ]]", "$[[ inputs.teem ]]", `there is no input "teem"`},
		"input's default":     {"apps/checkout/cart/.gitlab-ci.yml", "      default: release\n", "", "input action: has no default"},
		"unprotected":         {"platform/ci/promote-dev.yml", ` && $CI_COMMIT_REF_PROTECTED == "true"`, "", "runs for a branch without protection"},
		"rollback waits":      {"platform/ci/promote-prod.yml", "    action: access\n", "", "operate-prod: waits for a promotion or an approval"},
		"rollback grouped":    {"platform/ci/promote-prod.yml", "operate-prod:\n", "operate-prod:\n  resource_group: prod\n", "operate-prod: waits for a promotion or an approval"},
		"no group":            {"platform/ci/promote-prod.yml", "  resource_group: prod\n", "", "promote-prod: does not run one by one"},
		"button only":         {"platform/ci/promote-prod.yml", "      allow_failure: false\n", "", "what follows does not wait for the person"},
		"publish on rollback": {"platform/ci/delivery.yml", `if: $PENSTOCK_ACTION == "release" && $CI_PIPELINE_SOURCE`, "if: $CI_PIPELINE_SOURCE", "runs in a pipeline that goes back"},
		"interruptible":       {"platform/ci/penstock.yml", "interruptible: false", "interruptible: true", "a newer pipeline can cut it off"},
		"silent notify":       {"platform/ci/delivery.yml", "  allow_failure: true\n", "", "a failure must be seen"},
		"unknown variable":    {"platform/ci/image.yml", "$CI_REGISTRY_USER", "$REGISTRY_OTHER", "nobody defines REGISTRY_OTHER"},
		"unknown jq variable": {"platform/ci/delivery.yml", "env.CI_COMMIT_SHA", "env.COMMIT", "nobody gives jq COMMIT"},
		"secret":              {"platform/ci/image.yml", "$CI_REGISTRY_PASSWORD", "glpat-x", "looks like a secret"},
	} {
		files := maps.Clone(d.files)
		f := files[c.file]
		text := strings.ReplaceAll(string(f.Data), c.from, c.to)
		if text == string(f.Data) {
			t.Errorf("%s: nothing changed", name)
		}
		f.Data = []byte(text)
		files[c.file] = f
		var got []string
		for _, g := range gitLabPipelines(files) {
			got = append(got, slices.Concat(g.lint(), g.guards(), g.unknown(d.m), g.secrets())...)
		}
		if !slices.ContainsFunc(got, func(s string) bool { return strings.Contains(s, c.want) }) {
			t.Errorf("%s: want %q, got %q", name, c.want, got)
		}
	}
}
