package gen_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// What GitLab's reference of the CI/CD YAML syntax allows, as far as we use it
// or might: docs.gitlab.com/ci/yaml.
var (
	glGlobal = strings.Fields("default include stages variables workflow")
	glJob    = strings.Fields("after_script allow_failure artifacts before_script cache coverage dependencies environment extends id_tokens image inherit " +
		"interruptible needs parallel release resource_group retry rules script secrets services stage tags timeout trigger variables when")
	glNested = map[string][]string{
		"rules":           strings.Fields("if changes exists allow_failure variables when needs interruptible"),
		"environment":     strings.Fields("name url action deployment_tier on_stop auto_stop_in kubernetes"),
		"needs":           strings.Fields("job optional artifacts project ref pipeline parallel"),
		"artifacts":       strings.Fields("paths exclude expose_as name untracked when access expire_in reports"),
		"id_tokens.*":     {"aud"},
		"variables.*":     strings.Fields("value expand description options"),
		"workflow":        strings.Fields("rules name auto_cancel"),
		"workflow.rules":  strings.Fields("if changes exists variables when auto_cancel"),
		"include":         strings.Fields("local project ref file remote template component inputs rules integrity"),
		"inputs.*":        strings.Fields("default description options regex type rules"),
		"default":         strings.Fields("after_script artifacts before_script cache hooks id_tokens image interruptible retry services tags timeout"),
		"when":            strings.Fields("on_success on_failure always manual never delayed"),
		"action":          strings.Fields("start prepare stop verify access"),
		"deployment_tier": strings.Fields("production staging testing development other"),
	}
)

// keys checks the keys of a mapping, or of each mapping in a list.
func (g *glConfig) keys(where string, v any, table string) {
	for _, e := range list(v) {
		m, ok := e.(map[string]any)
		if !ok {
			continue
		}
		for k := range m {
			if !slices.Contains(glNested[table], k) {
				g.problem("%s: unknown keyword %q", where, k)
			}
		}
	}
}

// each does the same for every mapping below a mapping.
func (g *glConfig) each(where string, v any, table string) {
	m, _ := v.(map[string]any)
	for k, e := range m {
		g.keys(where+"."+k, e, table)
	}
}

// lint finds what GitLab would refuse, and what we never want.
func (g *glConfig) lint() []string {
	stages := list(g.global["stages"])
	g.keys("workflow", g.global["workflow"], "workflow")
	if w, ok := g.global["workflow"].(map[string]any); ok {
		g.keys("workflow.rules", w["rules"], "workflow.rules")
	} else {
		g.problem("no workflow: one change would have two pipelines")
	}
	g.keys("include", g.global["include"], "include")
	g.keys("default", g.global["default"], "default")
	g.each("variables", g.global["variables"], "variables.*")
	g.each("inputs", g.inputs, "inputs.*")
	for name, job := range g.jobs {
		for k := range job {
			if !slices.Contains(glJob, k) {
				g.problem("%s: unknown keyword %q", name, k)
			}
		}
	}
	for _, name := range g.names() {
		job := g.job(name)
		g.lintJob(name, job, stages)
		g.lintNeeds(name, job, stages)
		g.lintInputs(name, job)
	}
	g.lintGlobalInputs()
	slices.Sort(g.problems)
	return slices.Compact(g.problems)
}

func (g *glConfig) lintJob(name string, job map[string]any, stages []any) {
	for table, v := range map[string]any{"rules": job["rules"], "environment": job["environment"], "needs": job["needs"], "artifacts": job["artifacts"]} {
		g.keys(name+"."+table, v, table)
	}
	g.each(name+".id_tokens", job["id_tokens"], "id_tokens.*")
	g.each(name+".variables", job["variables"], "variables.*")
	for _, key := range []string{"rules", "script", "image", "timeout", "stage"} {
		if len(list(job[key])) == 0 {
			g.problem("%s: has no %s", name, key)
		}
	}
	if !slices.Contains(stages, job["stage"]) {
		g.problem("%s: there is no stage %v", name, job["stage"])
	}
	if _, ok := job["when"]; ok {
		g.problem("%s: says when outside of its rules", name)
	}
	for _, r := range list(job["rules"]) {
		rule, _ := r.(map[string]any)
		if w, ok := rule["when"]; ok && !slices.Contains(glNested["when"], fmt.Sprint(w)) {
			g.problem("%s: there is no when: %v", name, w)
		}
		if _, ok := parseRule(fmt.Sprint(rule["if"])); !ok {
			g.problem("%s: cannot read the rule %v", name, rule["if"])
		}
	}
	if env, ok := job["environment"].(map[string]any); ok {
		for _, key := range []string{"action", "deployment_tier"} {
			if v, ok := env[key]; ok && !slices.Contains(glNested[key], fmt.Sprint(v)) {
				g.problem("%s: there is no %s: %v", name, key, v)
			}
		}
	}
	if image := fmt.Sprint(job["image"]); !strings.Contains(image, ":") || strings.HasSuffix(image, ":latest") {
		g.problem("%s: the image %s has no version", name, image)
	}
}

func (g *glConfig) lintNeeds(name string, job map[string]any, stages []any) {
	for _, n := range list(job["needs"]) {
		need, _ := n.(map[string]any)
		other := fmt.Sprint(need["job"])
		if _, ok := g.jobs[other]; !ok {
			if need["optional"] != true {
				g.problem("%s: needs %s, which is not there", name, other)
			}
			continue
		}
		if slices.Index(stages, g.job(other)["stage"]) > slices.Index(stages, job["stage"]) {
			g.problem("%s: needs %s of a later stage", name, other)
		}
		if g.reaches(other, name) {
			g.problem("%s: needs %s, which needs it", name, other)
		}
	}
}

func (g *glConfig) reaches(from, to string, seen ...string) bool {
	if from == to || slices.Contains(seen, from) {
		return from == to
	}
	for _, n := range list(g.jobs[from]["needs"]) {
		need, _ := n.(map[string]any)
		if g.reaches(fmt.Sprint(need["job"]), to, append(seen, from)...) {
			return true
		}
	}
	return false
}

var inputUse = regexp.MustCompile(`\$\[\[\s*(?:inputs\.([a-z_-]+))?.*?\]\]`)

// lintInputs: an input is never part of a script; each one that is used is
// declared.
func (g *glConfig) lintInputs(name string, job map[string]any) {
	if inputUse.MatchString(script(job)) {
		g.problem("%s: has an input in its script", name)
	}
	vars, _ := job["variables"].(map[string]any)
	g.lintVariables(name, vars)
	for _, m := range inputUse.FindAllStringSubmatch(fmt.Sprint(job), -1) {
		if _, ok := g.inputs[m[1]]; !ok {
			g.problem("%s: there is no input %q", name, m[1])
		}
	}
}

func (g *glConfig) lintGlobalInputs() {
	vars, _ := g.global["variables"].(map[string]any)
	g.lintVariables("variables", vars)
	for name, v := range g.inputs {
		if in, _ := v.(map[string]any); in["default"] == nil {
			g.problem("input %s: has no default, so that a push has no pipeline", name)
		}
	}
}

// lintVariables: a variable with free text in it is not expanded.
func (g *glConfig) lintVariables(where string, vars map[string]any) {
	for name, v := range vars {
		m, _ := v.(map[string]any)
		use := inputUse.FindStringSubmatch(fmt.Sprint(v))
		if use == nil {
			continue
		}
		in, _ := g.inputs[use[1]].(map[string]any)
		if in["regex"] == nil && in["options"] == nil && m["expand"] != false {
			g.problem("%s: %s holds free text that GitLab would expand", where, name)
		}
		if re, ok := in["regex"].(string); ok && strings.Contains(re, "$") && !strings.HasSuffix(re, "$") {
			g.problem("input %s: its expression lets $ in", use[1])
		}
	}
}
