package gen_test

import (
	"path"
	"strings"
	"testing"

	notificationv1 "github.com/fluxcd/notification-controller/api/v1"
	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/ext"

	"github.com/penstock-dev/penstock/internal/model"
)

// TestReceivers: each Receiver is called at the path that notification-controller
// gives it, makes Flux look at its own source and nothing else, and takes the
// one job that it is for.
func TestReceivers(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d delivery) {
		want := map[string]job{}
		for _, a := range d.m.Apps() {
			for _, ae := range a.Envs {
				if ae.HasReceiver() {
					file := path.Join("platform/tenants", a.Team.Name, ae.Env.Name, a.Name+".receiver.yaml")
					want[file] = job{d.m, a.Git, ae.Env, "OCIRepository", a.Name, a.Team.Name}
				}
			}
		}
		for _, c := range d.m.PlatformWebhooks() {
			want["platform/clusters/"+c.Name+"/receiver.yaml"] = job{d.m, d.m.Platform.Git, nil, "GitRepository", "flux-system", d.m.Flux.Namespace}
		}
		for p, f := range d.files {
			if !strings.HasSuffix(p, "receiver.yaml") {
				continue
			}
			j, ok := want[p]
			if !ok {
				t.Errorf("%s: nobody calls it", p)
				continue
			}
			delete(want, p)
			r, ok := objects(t, p, f.Data)[0].typed.(*notificationv1.Receiver)
			if !ok {
				t.Errorf("%s: no Receiver", p)
				continue
			}
			if call := r.GetWebhookPath(""); !strings.Contains(string(f.Data), " "+call+" ") {
				t.Errorf("%s: it is called at %s", p, call)
			}
			j.check(t, p, r)
		}
		for p := range want {
			t.Errorf("%s: is missing", p)
		}
	})
}

// job is a CI job that may call a Receiver; env is nil for one of the platform
// repository itself.
type job struct {
	m               *model.Model
	git             model.Git
	env             *model.Env
	kind, name, own string
}

func (j job) check(t *testing.T, p string, r *notificationv1.Receiver) {
	t.Helper()
	res := r.Spec.Resources
	if len(res) != 1 || res[0].Kind != j.kind || res[0].Name != j.name || res[0].Namespace != "" || r.Namespace != j.own {
		t.Errorf("%s: in %s, of %+v", p, r.Namespace, res)
	}
	if r.Spec.Type != notificationv1.GenericOIDCReceiver || r.Spec.SecretRef != nil || len(r.Spec.OIDCProviders) != 1 {
		t.Fatalf("%s: %+v", p, r.Spec)
	}
	provider := r.Spec.OIDCProviders[0]
	if provider.Audience != "penstock-"+j.m.Name || !strings.HasPrefix(provider.IssuerURL, "http") {
		t.Errorf("%s: %+v", p, provider)
	}
	accepts := validator(t, p, provider.Validations)
	right, wrong := j.github()
	if j.m.CI.Provider == "gitlab-ci" {
		right, wrong = j.gitlab()
	}
	if !accepts(right) {
		t.Errorf("%s: refuses %v", p, right)
	}
	for claim, values := range wrong {
		for _, v := range append(values, "", right[claim].(string)+"x", "x"+right[claim].(string)) {
			if c := with(right, claim, v); accepts(c) {
				t.Errorf("%s: takes %v", p, c)
			}
		}
		for _, c := range []map[string]any{with(right, claim, nil), with(right, claim, true)} {
			if accepts(c) {
				t.Errorf("%s: takes %v", p, c)
			}
		}
	}
}

// github are the claims of a job of GitHub Actions, and values of single claims
// that must be refused.
func (j job) github() (right map[string]any, wrong map[string][]string) {
	p := j.m.Platform.Git
	at := func(repository, file, ref string) string {
		return repository + "/.github/workflows/" + file + "@" + ref
	}
	file := "notify.yaml"
	if j.env != nil {
		file = "promote-" + j.env.Name + ".yaml"
	}
	ref, branch := "refs/heads/"+j.git.Branch, "refs/heads/"+p.Branch
	owner, name := path.Split(j.git.Slug)
	right = map[string]any{"repository": j.git.Slug, "ref": ref, "job_workflow_ref": at(p.Slug, file, branch), "event_name": "push"}
	return right, map[string][]string{
		"repository": {"fork/" + name, owner + "other", "evil-" + j.git.Slug, j.git.Slug + "/"},
		"ref":        {"refs/heads/feature", "refs/tags/" + j.git.Branch, "refs/pull/1/merge", j.git.Branch},
		"job_workflow_ref": {
			at(j.git.Slug, "own.yaml", ref), at(p.Slug, "publish.yaml", branch), at(p.Slug, "promote-other.yaml", branch), at(p.Slug, file, "refs/heads/feature"),
			at(p.Slug, file, "refs/tags/"+p.Branch), at("fork/"+p.Name(), file, branch), at("evil-"+p.Slug, file, branch),
		},
	}
}

func (j job) gitlab() (right map[string]any, wrong map[string][]string) {
	group, name := path.Split(j.git.Slug)
	right = map[string]any{"project_path": j.git.Slug, "ref": j.git.Branch, "ref_type": "branch", "ref_protected": "true"}
	wrong = map[string][]string{
		"project_path":  {"fork/" + name, group + "other", "evil-" + j.git.Slug},
		"ref":           {"feature", "refs/heads/" + j.git.Branch},
		"ref_type":      {"tag"},
		"ref_protected": {"false"},
	}
	if j.env != nil {
		right["environment"] = j.env.Name
		wrong["environment"] = []string{"other", "review/" + j.env.Name}
	}
	return right, wrong
}

// with changes one claim; nil leaves it out.
func with(claims map[string]any, claim string, value any) map[string]any {
	c := map[string]any{}
	for k, v := range claims {
		if k != claim {
			c[k] = v
		}
	}
	if value != nil {
		c[claim] = value
	}
	return c
}

// validator evaluates validations as notification-controller does, with the
// environment of fluxcd/pkg/runtime/cel: all must be true, and a claim that is
// missing is an error.
func validator(t *testing.T, p string, list []notificationv1.OIDCValidation) func(map[string]any) bool {
	t.Helper()
	env, err := cel.NewEnv(cel.HomogeneousAggregateLiterals(), cel.EagerlyValidateDeclarations(true), cel.DefaultUTCTimeZone(true),
		cel.CrossTypeNumericComparisons(true), cel.OptionalTypes(), ext.Strings(), ext.Sets(), ext.Encoders(),
		cel.Variable("claims", cel.ObjectType("google.protobuf.Struct")), cel.Variable("vars", cel.ObjectType("google.protobuf.Struct")))
	if err != nil {
		t.Fatal(err)
	}
	var programs []cel.Program
	for _, v := range list {
		ast, issues := env.Compile(v.Expression)
		if issues.Err() != nil || ast.OutputType() != cel.BoolType || v.Message == "" {
			t.Fatalf("%s: %s (%s): %v", p, v.Expression, v.Message, issues.Err())
		}
		program, err := env.Program(ast)
		if err != nil {
			t.Fatal(err)
		}
		programs = append(programs, program)
	}
	return func(claims map[string]any) bool {
		for _, program := range programs {
			if out, _, err := program.Eval(map[string]any{"claims": claims, "vars": map[string]any{}}); err != nil || out.Value() != true {
				return false
			}
		}
		return len(programs) > 0
	}
}
