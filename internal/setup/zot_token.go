package setup

import (
	"slices"
	"strings"

	"github.com/penstock-dev/penstock/internal/model"
)

// zotByToken lets Flux in with tokens of the teams' service accounts, which its
// cluster signs. zot knows who it is by cluster and account.
func zotByToken(m *model.Model) []Step {
	var names []string
	for _, c := range m.Clusters {
		names = append(names, c.Name)
	}
	audience := "audiences: [\"" + m.Registry.Host + "\"]"
	commands := []string{
		"for cluster in " + strings.Join(names, " ") + "; do",
		"  url=\"$(kubectl --context \"$cluster\" get --raw /.well-known/openid-configuration | jq --exit-status --raw-output .issuer)\" || break",
		"  jq --arg url \"$url\" --arg user \"'$cluster:' + claims.sub\" '.http.auth.bearer.oidc |= map(select(.issuer != $url)) +",
		"    [{issuer: $url, " + audience + ", claimMapping: {username: $user}}]' zot-oidc.json > zot-oidc.new && mv zot-oidc.new zot-oidc.json",
		"done",
	}
	if m.CI.Provider == "gitlab-ci" { // whose pipelines log in with passwords
		empty := map[string]any{"http": map[string]any{"auth": map[string]any{"bearer": map[string]any{"oidc": []any{}}}}}
		commands = append([]string{document("zot-oidc.json", empty)}, commands...)
	}
	first := m.Clusters[0].Name
	steps := []Step{{
		What: "Let zot trust the clusters",
		Why: "Flux logs in with tokens of the service account `" + model.PullAccount + "` of each team, so that no password for the registry is on a cluster; the user name says which cluster " +
			"and which team it is. Each cluster's issuer must be an address of its own that zot reaches: EKS, GKE and AKS (once its OIDC issuer is on) have one, elsewhere it is `--service-account-issuer` of kube-apiserver. " +
			"Where that is kube-apiserver itself, bind the ClusterRole `system:service-account-issuer-discovery` to the group `system:unauthenticated`, and give zot its CA as `certificateAuthorityFile`. " +
			"Put the result into zot's configuration and restart it; do this again for each new cluster.",
		Do: lines(commands...),
		Proofs: []Proof{
			{"jq --raw-output '.http.auth.bearer.oidc[].claimMapping.username' zot-oidc.json", "a line for each cluster; where one is missing, two have the same issuer"},
			{"jq --raw-output '.http.auth.bearer.oidc[].issuer' zot-oidc.json | while read -r url; do curl --silent --show-error --fail \"$url/.well-known/openid-configuration\" | jq --raw-output .jwks_uri; done", "on zot's machine, an address for each"},
			{zotAsks(m, first, model.PullAccount, m.Registry.TeamPrefix(m.Clusters[0].Env.Name, "TEAM")+"APP"), "`200`, once the team and its app are there"},
		},
		Denials: []Proof{
			{zotAsks(m, first, "default", m.Registry.TeamPrefix(m.Clusters[0].Env.Name, "TEAM")+"APP"), "`403`: no other account of the team may pull"},
			{"curl --silent --output /dev/null --write-out '%{http_code}\\n' " + scheme(m) + m.Registry.Host + "/v2/", "`401`, without a login"},
		},
	}}
	if slices.ContainsFunc(m.Apps(), func(a *model.App) bool { return zotHolds(m, a.Image) }) {
		steps = append(steps, Step{
			What: "Give the nodes a user that only reads images",
			Why:  "The kubelets pull the apps' images with it; Flux does not need it. zot takes passwords and tokens side by side.",
			Do:   "htpasswd -B -n " + zotNodes + " >> /etc/zot/htpasswd",
		})
	}
	return steps
}

// zotNodes is the user that the kubelets pull images as.
const zotNodes = "nodes"

func zotHolds(m *model.Model, image string) bool {
	return strings.HasPrefix(image, m.Registry.Host+"/")
}

// zotReaders lists who pulls from one of the app's repositories, a path without
// the host, and is not CI: the clusters of the environments that read it.
func zotReaders(m *model.Model, app *model.App, repository string) []string {
	if !m.PullsByToken() {
		return []string{"flux"}
	}
	if repository == path(m, app.Image) {
		return []string{zotNodes}
	}
	var users []string
	for _, ae := range app.Envs {
		if path(m, ae.Repository) != repository {
			continue
		}
		for _, c := range ae.Env.Clusters {
			users = append(users, c.Name+":system:serviceaccount:"+app.Team.Name+":"+model.PullAccount)
		}
	}
	return users
}

// zotRefused is a write with the account that Flux reads as.
func zotRefused(m *model.Model, app *model.App) Proof {
	ae := app.Envs[len(app.Envs)-1]
	return Proof{
		"curl --silent --output /dev/null --write-out '%{http_code}\\n' --request PUT --data '{}' --header 'Content-Type: application/vnd.oci.image.manifest.v1+json' \\\n  " +
			zotToken(m, ae.Env.Clusters[0].Name, app.Team.Name, model.PullAccount) + " \\\n  " + scheme(m) + m.Registry.Host + "/v2/" + path(m, ae.Repository) + "/manifests/" + ae.Env.Name,
		"`403`",
	}
}

// zotAsks reads a repository's tags as an account of a team.
func zotAsks(m *model.Model, cluster, account, repository string) string {
	return "curl --silent --output /dev/null --write-out '%{http_code}\\n' \\\n  " + zotToken(m, cluster, "TEAM", account) + " \\\n  " +
		scheme(m) + m.Registry.Host + "/v2/" + path(m, repository) + "/tags/list"
}

func zotToken(m *model.Model, cluster, team, account string) string {
	return "--oauth2-bearer \"$(kubectl --context " + cluster + " --namespace " + team + " create token " + account + " --audience " + m.Registry.Host + ")\""
}
