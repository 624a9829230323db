package gen_test

import (
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// What zizmor would find, facts/flux.md section 6.3: each rule returns what is
// wrong with a file. TestWorkflowRulesFind shows that each can.

var (
	pinned    = regexp.MustCompile(`^[A-Za-z0-9_.-]+/[A-Za-z0-9_./-]+@[0-9a-f]{40}$`)
	versioned = regexp.MustCompile(`^# v\d+\.\d+\.\d+$`)
	secretRef = regexp.MustCompile(`secrets\s*(\.|\[)\s*['"]?([A-Za-z0-9_*]+)`)
	secretKey = regexp.MustCompile(`(?i)(password|passwd|token|secret|credential|api_?key)s?$`)
)

type workflowRule func(w workflow) []string

func workflowRules() map[string]workflowRule {
	return map[string]workflowRule{
		"template-injection":               noInjection,
		"excessive-permissions":            leastPermissions,
		"undocumented-permissions":         documentedPermissions,
		"unpinned-uses":                    pinnedUses,
		"artipacked":                       noCredentialsInCheckout,
		"secrets-inherit":                  noInheritedSecrets,
		"secrets-outside-env":              secretsInEnvironments,
		"unredacted-secrets":               wholeSecrets,
		"dangerous-triggers":               plainTriggers,
		"github-env":                       noForeignEnvironment,
		"anonymous-definition":             everythingIsNamed,
		"timeouts":                         everythingEnds,
		"hardcoded-container-credentials":  noHardCodedCredentials,
		"unpinned-images":                  noContainers,
		"self-hosted-runner":               hostedRunners,
		"cache-poisoning":                  noCaches,
		"insecure-commands":                noInsecureCommands,
		"bot-conditions, unsound-contains": soundConditions,
		"obfuscation, shell":               plainShell,
	}
}

// TestWorkflowRules holds every generated workflow and action to the rules.
func TestWorkflowRules(t *testing.T) {
	t.Parallel()
	onGitHub(t, func(t *testing.T, d delivery) {
		list := d.workflows(t)
		if len(list) < 3 {
			t.Errorf("only %d workflows", len(list))
		}
		for _, w := range list {
			for name, rule := range workflowRules() {
				for _, finding := range rule(w) {
					t.Errorf("%s: %s: %s", w.path, name, finding)
				}
			}
		}
	})
}

func noInjection(w workflow) (found []string) {
	for _, s := range w.steps() {
		if strings.Contains(scalar(s.node, "run"), "${{") {
			found = append(found, s.id()+" has an expression in its script; pass it through env")
		}
	}
	return found
}

func leastPermissions(w workflow) (found []string) {
	if w.action() {
		return nil
	}
	if top := get(w.root, "permissions"); top == nil || top.Kind != yaml.MappingNode || len(top.Content) > 0 {
		found = append(found, "the top has permissions other than {}")
	}
	for _, j := range w.jobs() {
		p := get(j.node, "permissions")
		if p == nil || p.Kind != yaml.MappingNode {
			found = append(found, j.id+" does not list its permissions")
		}
	}
	return found
}

func documentedPermissions(w workflow) (found []string) {
	for _, j := range w.jobs() {
		pairs(get(j.node, "permissions"), func(k, v *yaml.Node) {
			if len(v.LineComment) < 8 {
				found = append(found, j.id+": "+k.Value+" is without its reason")
			}
		})
	}
	return found
}

// pinnedUses lets the platform's own files be named by a branch: they are what
// the platform's review and branch protection guard; TestCalls says which.
func pinnedUses(w workflow) (found []string) {
	w.uses(func(at string, u *yaml.Node) {
		local := strings.HasPrefix(u.Value, "./.github/")
		own := strings.Contains(u.Value, "/.github/workflows/") || strings.Contains(u.Value, "/.github/actions/")
		if !local && !own && (!pinned.MatchString(u.Value) || !versioned.MatchString(u.LineComment)) {
			found = append(found, at+" uses "+u.Value+" "+u.LineComment)
		}
	})
	return found
}

func noCredentialsInCheckout(w workflow) (found []string) {
	for _, s := range w.steps() {
		if strings.HasPrefix(scalar(s.node, "uses"), "actions/checkout@") && scalar(s.node, "with", "persist-credentials") != "false" {
			found = append(found, s.id()+" leaves the token in .git/config")
		}
	}
	return found
}

func noInheritedSecrets(w workflow) (found []string) {
	for _, j := range w.jobs() {
		if scalar(j.node, "secrets") != "" {
			found = append(found, j.id+" passes all secrets on")
		}
	}
	return found
}

// secretsInEnvironments: a stored secret stands in a step's env or with, of a
// job that has a deployment environment, or is passed to a workflow.
func secretsInEnvironments(w workflow) (found []string) {
	walk(w.root, nil, func(keys []string, v *yaml.Node) {
		for _, m := range secretRef.FindAllStringSubmatch(v.Value, -1) {
			place := strings.Join(keys, ".")
			step := len(keys) > 5 && keys[0] == "jobs" && keys[2] == "steps" && (keys[4] == "env" || keys[4] == "with")
			passed := len(keys) == 4 && keys[0] == "jobs" && keys[2] == "secrets"
			switch {
			case m[2] == "GITHUB_TOKEN":
				found = append(found, place+": write github.token")
			case passed:
			case !step:
				found = append(found, place+" uses the secret "+m[2])
			case get(w.job(keys[1]), "environment") == nil && !logsInWithOIDC(w, keys[1]):
				found = append(found, place+" uses the secret "+m[2]+" in a job without an environment")
			}
		}
	})
	return found
}

// logsInWithOIDC: an environment would take the branch out of the token that
// the cloud's trust looks at, so the publishing job has none there.
func logsInWithOIDC(w workflow, job string) bool {
	return path.Base(w.path) == "publish.yaml" && slices.ContainsFunc(w.steps(), func(s wstep) bool {
		uses := scalar(s.node, "uses")
		return s.job.id == job && (strings.HasPrefix(uses, "aws-actions/") || strings.HasPrefix(uses, "azure/") || strings.HasPrefix(uses, "google-github-actions/"))
	})
}

func wholeSecrets(w workflow) (found []string) {
	walk(w.root, nil, func(keys []string, v *yaml.Node) {
		if regexp.MustCompile(`(?i)(from|to)json\(\s*secrets|secrets\s*\[`).MatchString(v.Value) {
			found = append(found, strings.Join(keys, ".")+" takes secrets apart or all of them: "+v.Value)
		}
	})
	return found
}

func plainTriggers(w workflow) (found []string) {
	allowed := []string{"push", "pull_request", "workflow_dispatch", "workflow_call", "schedule", "issues"}
	on := get(w.root, "on")
	if w.action() {
		return nil
	}
	if on == nil || on.Kind != yaml.MappingNode {
		return []string{"on is no mapping"}
	}
	pairs(on, func(k, _ *yaml.Node) {
		if !slices.Contains(allowed, k.Value) {
			found = append(found, "starts on "+k.Value)
		}
	})
	return found
}

// noForeignEnvironment: what a step leaves for the steps after it are outputs;
// the PATH gets one folder that nobody else names.
func noForeignEnvironment(w workflow) (found []string) {
	for _, s := range w.steps() {
		run := strings.ReplaceAll(scalar(s.node, "run"), `echo "$RUNNER_TEMP/penstock" >> "$GITHUB_PATH"`, "")
		if regexp.MustCompile(`GITHUB_ENV|GITHUB_PATH|BASH_ENV|LD_PRELOAD|::set-env|::add-path`).MatchString(run) {
			found = append(found, s.id()+" changes the environment of the steps after it")
		}
	}
	return found
}

func everythingIsNamed(w workflow) (found []string) {
	if scalar(w.root, "name") == "" {
		found = append(found, "the file has no name")
	}
	for _, j := range w.jobs() {
		if !w.action() && scalar(j.node, "name") == "" {
			found = append(found, j.id+" has no name")
		}
	}
	for _, s := range w.steps() {
		if scalar(s.node, "name") == "" {
			found = append(found, s.job.id+" has a step without a name")
		}
	}
	return found
}

func everythingEnds(w workflow) (found []string) {
	for _, j := range w.jobs() {
		if !w.action() && get(j.node, "uses") == nil && get(j.node, "timeout-minutes") == nil {
			found = append(found, j.id+" has no timeout")
		}
	}
	return found
}

func noHardCodedCredentials(w workflow) (found []string) {
	walk(w.root, nil, func(keys []string, v *yaml.Node) {
		in := len(keys) > 1 && slices.Contains([]string{"env", "with", "credentials", "secrets"}, keys[len(keys)-2])
		if in && secretKey.MatchString(keys[len(keys)-1]) && keys[len(keys)-1] != "persist-credentials" && !strings.HasPrefix(v.Value, "${{") && v.Value != "" {
			found = append(found, strings.Join(keys, ".")+" is written out")
		}
	})
	return found
}

func noContainers(w workflow) (found []string) {
	for _, j := range w.jobs() {
		if get(j.node, "container") != nil || get(j.node, "services") != nil {
			found = append(found, j.id+" runs in an image")
		}
	}
	for _, s := range w.steps() {
		if strings.HasPrefix(scalar(s.node, "uses"), "docker://") {
			found = append(found, s.id()+" runs an image")
		}
	}
	return found
}

func hostedRunners(w workflow) (found []string) {
	for _, j := range w.jobs() {
		if on := get(j.node, "runs-on"); on != nil && on.Value != "ubuntu-24.04" {
			found = append(found, j.id+" runs on "+on.Value)
		}
	}
	return found
}

func noCaches(w workflow) (found []string) {
	for _, s := range w.steps() {
		uses := scalar(s.node, "uses")
		if strings.HasPrefix(uses, "actions/cache") || strings.HasPrefix(uses, "actions/setup-") && scalar(s.node, "with", "cache") != "false" {
			found = append(found, s.id()+" reads a cache that other runs write")
		}
	}
	return found
}

func noInsecureCommands(w workflow) (found []string) {
	walk(w.root, nil, func(keys []string, v *yaml.Node) {
		if strings.Contains(strings.Join(keys, ".")+v.Value, "ACTIONS_ALLOW_UNSECURE_COMMANDS") || regexp.MustCompile(`::(set-output|save-state)`).MatchString(v.Value) {
			found = append(found, strings.Join(keys, ".")+": "+v.Value)
		}
	})
	return found
}

func soundConditions(w workflow) (found []string) {
	walk(w.root, nil, func(keys []string, v *yaml.Node) {
		if keys[len(keys)-1] != "if" {
			return
		}
		if regexp.MustCompile(`contains\(|github\.actor|\$\{\{.*\}\}.`).MatchString(v.Value) || strings.Contains(v.Value, "${{") {
			found = append(found, strings.Join(keys, ".")+": "+v.Value)
		}
	})
	return found
}

// plainShell: every script is bash, which ends at the first error, also in a
// pipe: that needs the shell to be named.
func plainShell(w workflow) (found []string) {
	for _, s := range w.steps() {
		shell := scalar(s.node, "shell")
		if shell == "" {
			shell = scalar(w.root, "defaults", "run", "shell")
		}
		if get(s.node, "run") != nil && shell != "bash" {
			found = append(found, s.id()+" does not say that its shell is bash")
		}
		if get(s.node, "continue-on-error") != nil && scalar(s.node, "name") != "Tell the clusters" {
			found = append(found, s.id()+" may fail unseen")
		}
	}
	return found
}

// TestDependabot: it looks at workflows and actions, and waits a week.
func TestDependabot(t *testing.T) {
	t.Parallel()
	onGitHub(t, func(t *testing.T, d delivery) {
		const file = "platform/.github/dependabot.yaml"
		for _, finding := range cooldown(readWorkflow(t, file, d.files[file].Data)) {
			t.Errorf("%s: %s", file, finding)
		}
	})
	bad := readWorkflow(t, "bad", []byte("version: 2\nupdates:\n  - package-ecosystem: github-actions\n    directories: [/]\n    cooldown: {default-days: 1}\n"))
	if len(cooldown(bad)) != 2 {
		t.Errorf("found %q", cooldown(bad))
	}
}

func cooldown(w workflow) (found []string) {
	for _, u := range get(w.root, "updates").Content {
		if days := scalar(u, "cooldown", "default-days"); days != "7" {
			found = append(found, "waits "+days+" days")
		}
		var dirs []string
		walk(get(u, "directories"), nil, func(_ []string, v *yaml.Node) { dirs = append(dirs, v.Value) })
		if !slices.Equal(dirs, []string{"/", "/.github/actions/*"}) {
			found = append(found, "looks at "+strings.Join(dirs, " "))
		}
	}
	return found
}

// TestOnlyGitHub: with another CI there is nothing for GitHub to run.
func TestOnlyGitHub(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d delivery) {
		for p := range d.files {
			if strings.Contains(p, "/.github/") && path.Base(p) != "CODEOWNERS" && d.m.CI.Provider != "github-actions" {
				t.Errorf("%s: CI is %s", p, d.m.CI.Provider)
			}
		}
	})
}
