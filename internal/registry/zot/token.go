package zot

import (
	"slices"
	"strings"

	"github.com/penstock-dev/penstock/internal/generate/step"
	"github.com/penstock-dev/penstock/internal/registry"
)

// byToken lets Flux in with tokens of the teams' service accounts, which its
// cluster signs. zot knows who it is by cluster and account.
func byToken(s registry.Site) []step.Step {
	var names []string
	for _, c := range s.Clusters {
		names = append(names, c.Name)
	}
	audience := "audiences: [\"" + s.Host + "\"]"
	commands := []string{
		"for cluster in " + strings.Join(names, " ") + "; do",
		"  url=\"$(kubectl --context \"$cluster\" get --raw /.well-known/openid-configuration | jq --exit-status --raw-output .issuer)\" || break",
		"  jq --arg url \"$url\" --arg user \"'$cluster:' + claims.sub\" '.http.auth.bearer.oidc |= map(select(.issuer != $url)) +",
		"    [{issuer: $url, " + audience + ", claimMapping: {username: $user}}]' zot-oidc.json > zot-oidc.new && mv zot-oidc.new zot-oidc.json",
		"done",
	}
	if s.Password() { // whose pipelines log in with passwords
		empty := map[string]any{"http": map[string]any{"auth": map[string]any{"bearer": map[string]any{"oidc": []any{}}}}}
		commands = append([]string{step.Document("zot-oidc.json", empty)}, commands...)
	}
	first := s.Clusters[0].Name
	steps := []step.Step{{
		What: "Let zot trust the clusters",
		Why: "Flux logs in with tokens of the service account `" + s.PullAccount + "` of each team, so that no password for the registry is on a cluster; the user name says which cluster " +
			"and which team it is. Each cluster's issuer must be an address of its own that zot reaches: EKS, GKE and AKS (once its OIDC issuer is on) have one, elsewhere it is `--service-account-issuer` of kube-apiserver. " +
			"Where that is kube-apiserver itself, bind the ClusterRole `system:service-account-issuer-discovery` to the group `system:unauthenticated`, and give zot its CA as `certificateAuthorityFile`. " +
			"Put the result into zot's configuration and restart it; do this again for each new cluster.",
		Do: step.Lines(commands...),
		Proofs: []step.Proof{
			step.Show("jq --raw-output '.http.auth.bearer.oidc[].claimMapping.username' zot-oidc.json", "a line for each cluster; where one is missing, two have the same issuer"),
			step.Show("jq --raw-output '.http.auth.bearer.oidc[].issuer' zot-oidc.json | while read -r url; do curl --silent --show-error --fail \"$url/.well-known/openid-configuration\" | jq --raw-output .jwks_uri; done", "on zot's machine, an address for each"),
			step.Show(asks(s, first, s.PullAccount, s.TeamPrefix(s.Clusters[0].Env, "TEAM")+"APP"), "`200`, once the team and its app are there"),
		},
		Denials: []step.Proof{
			step.Show(asks(s, first, "default", s.TeamPrefix(s.Clusters[0].Env, "TEAM")+"APP"), "`403`: no other account of the team may pull"),
			step.Show("curl --silent --output /dev/null --write-out '%{http_code}\\n' "+s.URL()+"/v2/", "`401`, without a login"),
		},
	}}
	if slices.ContainsFunc(s.Images, func(image string) bool { return strings.HasPrefix(image, s.Host+"/") }) {
		steps = append(steps, step.Step{
			What: "Give the nodes a user that only reads images",
			Why:  "The kubelets pull the apps' images with it; Flux does not need it. zot takes passwords and tokens side by side.",
			Do:   "htpasswd -B -n " + nodes + " >> /etc/zot/htpasswd",
		})
	}
	return steps
}

// nodes is the user that the kubelets pull images as.
const nodes = "nodes"

// readers lists who pulls from one of the app's repositories, a path without
// the host, and is not CI: the clusters of the environments that read it.
func readers(s registry.Site, app registry.App, repository string) []string {
	if !s.ByToken {
		return []string{"flux"}
	}
	if repository == s.Path(app.Image) {
		return []string{nodes}
	}
	var users []string
	for _, ae := range app.Places {
		if s.Path(ae.Repository) != repository {
			continue
		}
		for _, c := range ae.Clusters {
			users = append(users, c+":system:serviceaccount:"+app.Team+":"+s.PullAccount)
		}
	}
	return users
}

// refused is a write with the account that Flux reads as.
func refused(s registry.Site, app registry.App) step.Proof {
	ae := app.Places[len(app.Places)-1]
	return step.Show(
		"curl --silent --output /dev/null --write-out '%{http_code}\\n' --request PUT --data '{}' --header 'Content-Type: application/vnd.oci.image.manifest.v1+json' \\\n  "+
			token(s, ae.Clusters[0], app.Team, s.PullAccount)+" \\\n  "+s.URL()+"/v2/"+s.Path(ae.Repository)+"/manifests/"+ae.Env,
		"`403`",
	)
}

// asks reads a repository's tags as an account of a team.
func asks(s registry.Site, cluster, account, repository string) string {
	return "curl --silent --output /dev/null --write-out '%{http_code}\\n' \\\n  " + token(s, cluster, "TEAM", account) + " \\\n  " +
		s.URL() + "/v2/" + s.Path(repository) + "/tags/list"
}

func token(s registry.Site, cluster, team, account string) string {
	return "--oauth2-bearer \"$(kubectl --context " + cluster + " --namespace " + team + " create token " + account + " --audience " + s.Host + ")\""
}
