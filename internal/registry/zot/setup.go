package zot

import (
	"slices"
	"strings"

	"github.com/penstock-dev/penstock/internal/forge"
	"github.com/penstock-dev/penstock/internal/generate/step"
	"github.com/penstock-dev/penstock/internal/registry"
)

// user is the user name that zot knows a pipeline by: on GitHub the claims of
// its token, which say which repository, which environment or branch and which
// workflow it is.
func user(s registry.Site, id forge.Identity) string {
	if s.Password() {
		return step.Short(64, append(slices.Clip(id.For), id.Name)...)
	}
	return id.Caller
}

func platform(s registry.Site) []step.Step {
	steps := []step.Step{trust(s)}
	if s.Password() {
		steps = nil
		for _, id := range s.Identities {
			steps = append(steps, password(s, id))
		}
	}
	if s.ByToken {
		return append(steps, byToken(s)...)
	}
	return append(steps, step.Step{
		What: "Give Flux a user that only reads",
		Why:  "Its name and password go into the Secret `" + s.PullSecret + "` of each team's namespace, see README.md.",
		Do:   "htpasswd -B -n flux >> /etc/zot/htpasswd",
		Denials: []step.Proof{
			step.Show("crane auth login "+s.Host+" --username flux --password \"$REGISTRY_TOKEN\" && crane tag "+s.TeamPrefix("", "TEAM")+"APP:RELEASE probe", "`DENIED`"),
			step.Show("curl --silent --output /dev/null --write-out '%{http_code}\\n' "+s.URL()+"/v2/", "`401`, without a login"),
		},
	})
}

// trust lets pipelines in with the tokens about themselves.
func trust(s registry.Site) step.Step {
	command, issuer := s.CI.IssuerCommand, s.CI.Issuer
	config := map[string]any{"http": map[string]any{"auth": map[string]any{"bearer": map[string]any{"oidc": []any{map[string]any{
		"issuer": "https://" + issuer, "audiences": []string{s.Host},
		"claimMapping": map[string]any{"username": s.CI.Caller("claims")},
	}}}}}}
	return step.Step{
		What:   "Let zot trust tokens of the CI",
		Why:    "Needs zot 2.1.17 or newer. No password is stored in CI; the user name says which pipeline it is. Put this into zot's configuration, in the place of what may be there from an earlier version, and restart it.",
		Do:     step.Lines(append(command, step.Document("zot-oidc.json", config))...),
		Proofs: []step.Proof{step.Show("zot verify /etc/zot/config.json", "no error")},
	}
}

// password makes a user for a pipeline whose tools log in with passwords only.
func password(s registry.Site, id forge.Identity) step.Step {
	user := user(s, id)
	return step.Step{
		What: "Create the user of `" + id.Name + "`", Why: id.Role(),
		Do: step.Lines("secret=\"$(openssl rand -hex 32)\"", "printf '%s' \"$secret\" | htpasswd -B -n -i "+user+" >> /etc/zot/htpasswd",
			s.CI.SetVariable(id, "REGISTRY_USERNAME", user), s.CI.SetSecret(id, "REGISTRY_PASSWORD", "$secret")),
		Proofs: []step.Proof{step.Show(s.CI.ListVariables(id), "`REGISTRY_USERNAME`, and `REGISTRY_PASSWORD` as protected and masked")},
	}
}

// perApp is the access control of the app's repositories: who may write which
// tags. Conditions: zot's access control, since 2.1.17.
func perApp(s registry.Site, app registry.App) []step.Step {
	policies := map[string][]any{}
	var order []string
	allow := func(repository string, policy map[string]any) {
		r := s.Path(repository)
		if policies[r] == nil {
			order = append(order, r)
		}
		policies[r] = append(policies[r], policy)
	}
	all := slices.Concat(app.Identities, pinnedFor(s, app))
	for _, id := range all {
		for _, r := range id.Writes {
			allow(r, policy(s, id, r == app.Image))
		}
		for _, r := range id.Reads {
			allow(r, map[string]any{"users": []string{user(s, id)}, "actions": []string{"read"}})
		}
	}
	config := map[string]any{}
	for _, r := range order {
		if readers := readers(s, app, r); len(readers) > 0 {
			policies[r] = append(policies[r], map[string]any{"users": readers, "actions": []string{"read"}})
		}
		config[r] = map[string]any{"policies": policies[r], "defaultPolicy": []string{}}
	}
	denial := step.Show(
		"crane auth login "+s.Host+" --username flux --password \"$REGISTRY_TOKEN\" && crane tag "+app.Releases+":RELEASE "+app.Places[len(app.Places)-1].Env,
		"`DENIED`",
	)
	why := "Below `http` in zot's configuration, in the place of what may be there from an earlier version; zot reads it again by itself. The build may only add releases and previews; each promotion may only add its own claims and records, and move its own environment's tag."
	if s.ByToken {
		denial = refused(s, app)
		why += " Where Flux logged in as `flux` before, leave that user among those who read until every source is Ready."
	}
	var steps []step.Step
	if s.Password() {
		for _, id := range app.Identities {
			steps = append(steps, password(s, id))
		}
	}
	return append(steps, step.Step{
		What:    "Say who may write which tags",
		Why:     why,
		Do:      step.Lines(append(s.CI.Numbers(all...), step.Document("zot-access.json", map[string]any{"accessControl": map[string]any{"repositories": config}}))...),
		Proofs:  []step.Proof{step.Show("zot verify /etc/zot/config.json", "no error")},
		Denials: []step.Proof{denial},
	})
}

// policy is what one identity may do in the repository that it writes.
func policy(s registry.Site, id forge.Identity, image bool) map[string]any {
	policy := map[string]any{"users": []string{user(s, id)}, "actions": []string{"read", "create"}}
	if image {
		return policy
	}
	tags := `req.tag.matches('^(ci-|pr-|sha256-|[0-9]+[.][0-9]+[.][0-9]+(-|$))')`
	message := "the build adds releases, ci-, pr- and signature tags"
	if id.Env != "" {
		env := id.Env
		tags = "req.tag == '" + env + "' || req.tag.matches('^(record-)?" + env + "-[0-9]{4}-[0-9]{2}-[0-9]{2}[.]') || req.tag.startsWith('sha256-')"
		policy["actions"] = []string{"read", "create", "update"}
		message = "this promotion writes " + env + ", its claims and its records"
	}
	policy["conditions"] = []any{map[string]any{
		"expression": "req.action == 'read' || req.referenceType != 'tag' || " + tags, "message": message,
	}}
	return policy
}

// pinnedFor lists the platform's identities that write or read one app's
// repositories.
func pinnedFor(s registry.Site, app registry.App) []forge.Identity {
	own := strings.NewReplacer("/*/*", "/"+app.Team+"/"+app.Name)
	var list []forge.Identity
	for _, id := range s.Identities {
		if id.Env != "" && !slices.ContainsFunc(app.Places, func(p registry.Place) bool { return p.Env == id.Env }) {
			continue
		}
		id.Writes, id.Reads = each(id.Writes, own.Replace), each(id.Reads, own.Replace)
		list = append(list, id)
	}
	return list
}

func each(list []string, change func(string) string) []string {
	var changed []string
	for _, v := range list {
		changed = append(changed, change(v))
	}
	return changed
}
