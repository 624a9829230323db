package setup

import (
	"slices"
	"strings"

	"github.com/penstock-dev/penstock/internal/model"
)

// zotUser is the user name that zot knows a pipeline by: on GitHub the claims of
// its token, which say which repository, which environment or branch and which
// workflow it is.
func zotUser(m *model.Model, id identity) string {
	if m.CI.Provider == "gitlab-ci" {
		return short(64, append(slices.Clip(id.For), id.Name)...)
	}
	return id.Caller
}

func zotPlatform(m *model.Model) []Step {
	steps := []Step{zotTrust(m)}
	if m.CI.Provider == "gitlab-ci" {
		steps = nil
		for _, id := range platformIdentities(m) {
			steps = append(steps, zotPassword(m, id))
		}
	}
	if m.PullsByToken() {
		return append(steps, zotByToken(m)...)
	}
	return append(steps, Step{
		What: "Give Flux a user that only reads",
		Why:  "Its name and password go into the Secret `" + model.PullSecret + "` of each team's namespace, see README.md.",
		Do:   "htpasswd -B -n flux >> /etc/zot/htpasswd",
		Denials: []Proof{
			{"crane auth login " + m.Registry.Host + " --username flux --password \"$REGISTRY_TOKEN\" && crane tag " + m.Registry.TeamPrefix("", "TEAM") + "APP:RELEASE probe", "`DENIED`"},
			{"curl --silent --output /dev/null --write-out '%{http_code}\\n' " + scheme(m) + m.Registry.Host + "/v2/", "`401`, without a login"},
		},
	})
}

// zotTrust lets pipelines in with the tokens about themselves.
func zotTrust(m *model.Model) Step {
	command, issuer := issuer(m)
	config := map[string]any{"http": map[string]any{"auth": map[string]any{"bearer": map[string]any{"oidc": []any{map[string]any{
		"issuer": "https://" + issuer, "audiences": []string{m.Registry.Host},
		"claimMapping": map[string]any{"username": model.CallerClaim("claims")},
	}}}}}}
	return Step{
		What:   "Let zot trust tokens of the CI",
		Why:    "Needs zot 2.1.17 or newer. No password is stored in CI; the user name says which pipeline it is. Put this into zot's configuration, in the place of what may be there from an earlier version, and restart it.",
		Do:     lines(append(command, document("zot-oidc.json", config))...),
		Proofs: []Proof{{"zot verify /etc/zot/config.json", "no error"}},
	}
}

// zotPassword makes a user for a pipeline whose tools log in with passwords only.
func zotPassword(m *model.Model, id identity) Step {
	user := zotUser(m, id)
	return Step{
		What: "Create the user of `" + id.Name + "`", Why: roleWhy(id),
		Do: lines("secret=\"$(openssl rand -hex 32)\"", "printf '%s' \"$secret\" | htpasswd -B -n -i "+user+" >> /etc/zot/htpasswd",
			setVariable(m, id, "REGISTRY_USERNAME", user), setSecret(m, id, "REGISTRY_PASSWORD", "$secret")),
		Proofs: []Proof{{listVariables(m, id), "`REGISTRY_USERNAME`, and `REGISTRY_PASSWORD` as protected and masked"}},
	}
}

func scheme(m *model.Model) string {
	if m.Registry.Insecure {
		return "http://"
	}
	return "https://"
}

// zotApp is the access control of the app's repositories: who may write which
// tags. Conditions: zot's access control, since 2.1.17.
func zotApp(m *model.Model, app *model.App) []Step {
	policies := map[string][]any{}
	var order []string
	allow := func(repository string, policy map[string]any) {
		r := path(m, repository)
		if policies[r] == nil {
			order = append(order, r)
		}
		policies[r] = append(policies[r], policy)
	}
	all := append(identities(m, app), pinnedFor(m, app)...)
	for _, id := range all {
		for _, r := range id.Writes {
			allow(r, zotPolicy(m, id, r == app.Image))
		}
		for _, r := range id.Reads {
			allow(r, map[string]any{"users": []string{zotUser(m, id)}, "actions": []string{"read"}})
		}
	}
	config := map[string]any{}
	for _, r := range order {
		if readers := zotReaders(m, app, r); len(readers) > 0 {
			policies[r] = append(policies[r], map[string]any{"users": readers, "actions": []string{"read"}})
		}
		config[r] = map[string]any{"policies": policies[r], "defaultPolicy": []string{}}
	}
	denial := Proof{
		"crane auth login " + m.Registry.Host + " --username flux --password \"$REGISTRY_TOKEN\" && crane tag " + app.Releases + ":RELEASE " + app.Envs[len(app.Envs)-1].Env.Name,
		"`DENIED`",
	}
	why := "Below `http` in zot's configuration, in the place of what may be there from an earlier version; zot reads it again by itself. The build may only add releases and previews; each promotion may only add its own claims and records, and move its own environment's tag."
	if m.PullsByToken() {
		denial = zotRefused(m, app)
		why += " Where Flux logged in as `flux` before, leave that user among those who read until every source is Ready."
	}
	var steps []Step
	if m.CI.Provider == "gitlab-ci" {
		for _, id := range identities(m, app) {
			steps = append(steps, zotPassword(m, id))
		}
	}
	return append(steps, Step{
		What:    "Say who may write which tags",
		Why:     why,
		Do:      lines(append(numbers(m, all...), document("zot-access.json", map[string]any{"accessControl": map[string]any{"repositories": config}}))...),
		Proofs:  []Proof{{"zot verify /etc/zot/config.json", "no error"}},
		Denials: []Proof{denial},
	})
}

// zotPolicy is what one identity may do in the repository that it writes.
func zotPolicy(m *model.Model, id identity, image bool) map[string]any {
	policy := map[string]any{"users": []string{zotUser(m, id)}, "actions": []string{"read", "create"}}
	if image {
		return policy
	}
	tags := `req.tag.matches('^(ci-|pr-|sha256-|[0-9]+[.][0-9]+[.][0-9]+(-|$))')`
	message := "the build adds releases, ci-, pr- and signature tags"
	if id.Env != nil {
		env := id.Env.Name
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
func pinnedFor(m *model.Model, app *model.App) []identity {
	own := strings.NewReplacer("/*/*", "/"+app.Team.Name+"/"+app.Name)
	var list []identity
	for _, id := range platformIdentities(m) {
		if id.Env != nil && !slices.ContainsFunc(app.Envs, func(ae *model.AppEnv) bool { return ae.Env == id.Env }) {
			continue
		}
		for _, repositories := range [][]string{id.Writes, id.Reads} {
			for i, r := range repositories {
				repositories[i] = own.Replace(r)
			}
		}
		list = append(list, id)
	}
	return list
}
