package gen_test

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
)

// grant tells whether a token is let in as an identity.
type grant func(claims map[string]any) bool

// grants does the steps and reads, as each cloud does, whom they let in: by the
// identity's name.
func (s *trustSetup) grants(t *testing.T) map[string]grant {
	t.Helper()
	s.run(t)
	all := map[string]grant{}
	for _, c := range s.calls {
		title := regexp.MustCompile("`([^`]*)`").FindStringSubmatch(c.step.title)
		switch {
		case len(c.document) > 0 && strings.HasPrefix(c.text, "aws iam"):
			all[title[1]] = awsGrant(t, c.document)
		case strings.HasPrefix(c.text, "az identity federated-credential"):
			all[title[1]] = azureGrant(c)
		}
	}
	switch {
	case s.d.m.Registry.Provider == "gar":
		return googleGrants(t, s.calls)
	case s.d.m.Registry.Provider == "zot":
		return zotGrants(t, s.calls)
	}
	return all
}

// awsGrant evaluates a role's trust policy as STS does: keys are "issuer:claim",
// and a condition that is not known refuses.
func awsGrant(t *testing.T, document []byte) grant {
	t.Helper()
	var policy struct {
		Version   string
		Statement []struct {
			Effect, Action string
			Principal      struct{ Federated string }
			Condition      map[string]map[string]string
		}
	}
	if err := json.Unmarshal(document, &policy); err != nil || len(policy.Statement) != 1 {
		t.Fatalf("%v: %s", err, document)
	}
	st := policy.Statement[0]
	return func(claims map[string]any) bool {
		issuer := strings.TrimPrefix(claims["iss"].(string), "https://")
		if st.Effect != "Allow" || st.Action != "sts:AssumeRoleWithWebIdentity" || st.Principal.Federated != "arn:aws:iam::111122223333:oidc-provider/"+issuer || len(st.Condition["StringEquals"]) < 2 {
			return false
		}
		for operator, conditions := range st.Condition {
			for key, want := range conditions {
				claim, of := strings.CutPrefix(key, issuer+":")
				// What else STS knows, it knows of one issuer only: see setup.trusted.
				if operator != "StringEquals" || !of || claim != "sub" && claim != "aud" || claims[claim] != want {
					return false
				}
			}
		}
		return true
	}
}

// azureGrant compares as Entra does: issuer, subject and audience, each whole.
func azureGrant(c trustCall) grant {
	return func(claims map[string]any) bool {
		return claims["iss"] == c.flag("--issuer") && claims["sub"] == c.flag("--subject") && claims["aud"] == c.flag("--audiences") && len(c.flag("--subject")) <= 600
	}
}

// googleGrants maps a token as a workload identity pool does, and looks for what
// comes out among the members of the service accounts.
func googleGrants(t *testing.T, calls []trustCall) map[string]grant {
	t.Helper()
	var provider trustCall
	members := map[string][]string{}
	for _, c := range calls {
		switch {
		case strings.Contains(c.text, "providers create-oidc"), strings.Contains(c.text, "providers update-oidc"):
			provider = c
		case strings.Contains(c.text, "add-iam-policy-binding penstock-"):
			name, _, _ := strings.Cut(strings.TrimPrefix(c.args[4], "penstock-"), "@")
			if strings.Contains(c.text, "roles/iam.workloadIdentityUser") {
				members[name] = append(members[name], c.flag("--member"))
			}
		}
	}
	all := map[string]grant{}
	if provider.args == nil {
		return all
	}
	attributes := map[string]func(map[string]any) ref.Val{}
	for _, m := range strings.Split(provider.flag("--attribute-mapping"), ",") {
		name, expression, _ := strings.Cut(m, "=")
		attributes[name] = trustCEL(t, "assertion", expression)
	}
	condition := trustCEL(t, "assertion", provider.flag("--attribute-condition"))
	for identity, list := range members {
		all[identity] = func(claims map[string]any) bool {
			mapped := map[string]string{}
			for name, of := range attributes {
				v, ok := of(claims).Value().(string)
				if !ok || name == "google.subject" && len(v) > 127 {
					return false
				}
				mapped[name] = v
			}
			if claims["iss"] != provider.flag("--issuer-uri") || condition(claims).Value() != true {
				return false
			}
			pool := "principalSet://iam.googleapis.com/projects/987654/locations/global/workloadIdentityPools/" + provider.flag("--workload-identity-pool") + "/attribute.delivery/"
			return slices.Contains(list, pool+mapped["attribute.delivery"])
		}
	}
	return all
}

// zotGrants names users as zot's claim mapping does, and says who of them may
// do what an identity is for: write the tags that only it writes, or read.
func zotGrants(t *testing.T, calls []trustCall) map[string]grant {
	t.Helper()
	var oidc struct {
		HTTP struct {
			Auth struct {
				Bearer struct {
					OIDC []struct {
						Issuer       string
						Audiences    []string
						ClaimMapping struct{ Username string }
					}
				}
			}
		}
	}
	var access struct {
		AccessControl struct {
			Repositories map[string]struct {
				Policies []struct {
					Users, Actions []string
					Conditions     []struct{ Message string }
				}
			}
		}
	}
	for _, c := range calls {
		if len(c.document) == 0 {
			continue
		}
		var into any = &oidc
		if c.text == "zot-access.json" {
			into = &access
		}
		if err := json.Unmarshal(c.document, into); err != nil {
			t.Fatalf("%v: %s", err, c.document)
		}
	}
	users := map[string][]string{}
	for _, r := range access.AccessControl.Repositories {
		for _, p := range r.Policies {
			switch {
			case slices.Equal(p.Users, []string{"flux"}):
			case !slices.Contains(p.Actions, "create"):
				if strings.Contains(p.Users[0], "history.yaml") {
					users["history"] = p.Users
				}
			case strings.HasPrefix(p.Conditions[0].Message, "the build adds"):
				users["publish"] = p.Users
			default:
				env, _, _ := strings.Cut(strings.TrimPrefix(p.Conditions[0].Message, "this promotion writes "), ",")
				users["promote-"+env] = p.Users
			}
		}
	}
	all := map[string]grant{}
	for identity, list := range users {
		provider := oidc.HTTP.Auth.Bearer.OIDC[0]
		username := trustCEL(t, "claims", provider.ClaimMapping.Username)
		all[identity] = func(claims map[string]any) bool {
			user, ok := username(claims).Value().(string)
			return ok && claims["iss"] == provider.Issuer && slices.Contains(provider.Audiences, claims["aud"].(string)) && slices.Contains(list, user)
		}
	}
	return all
}

// trustCEL compiles an expression over a token's claims. What cannot be had is an
// error value.
func trustCEL(t *testing.T, variable, expression string) func(map[string]any) ref.Val {
	t.Helper()
	env, err := cel.NewEnv(cel.Variable(variable, cel.MapType(cel.StringType, cel.DynType)))
	if err != nil {
		t.Fatal(err)
	}
	ast, issues := env.Compile(expression)
	if issues.Err() != nil {
		t.Fatalf("%s: %v", expression, issues.Err())
	}
	program, err := env.Program(ast)
	if err != nil {
		t.Fatal(err)
	}
	return func(claims map[string]any) ref.Val {
		v, _, err := program.Eval(map[string]any{variable: claims})
		if err != nil {
			return types.NewErr("%v", err)
		}
		return v
	}
}
