package gen_test

import (
	"fmt"
	"slices"
	"strings"

	"github.com/penstock-dev/penstock/internal/contract"
	"github.com/penstock-dev/penstock/internal/model"
)

const publicKey = `-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEawRpSzmEDSd5xpO3Kob4ucp37X+b
NBGbm41FAwCjaxgu9mnTBPJkIhyMClrM/CLcneRR2y7hqqXe2dTNVRVm8w==
-----END PUBLIC KEY-----
`

// contract makes one. The seed counts through providers and layouts, so that
// none is left to chance.
func (d *dice) contract(seed int) contract.Contract {
	c := contract.Contract{APIVersion: "penstock.dev/v1alpha1", Kind: "DeliveryContract"}
	c.Metadata.Name = d.name(map[string]bool{})
	s := &c.Spec
	host := pick(d, "github.com", "gitlab.com", "git.acme.example", "GitHub.com")
	s.Platform.Git = contract.PlatformGit{URL: d.url(host, "platform"), Branch: pick(d, hostileBranches()...)}
	if host == "git.acme.example" {
		s.Platform.Git.Provider = pick(d, "github", "gitlab")
	}
	s.Platform.Owners, s.Platform.Contact = d.owners(3), d.maybeText()
	s.Flux = contract.Flux{Version: []string{"", "2.8", "2.10", "2.99"}[seed%4], Namespace: pick(d, "", "gitops-system"), Install: pick(d, "existing", "operator", "manifests")}
	s.CI.Notify = pick(d, "", "none")
	s.Registry = d.registry(seed)
	s.SupplyChain = d.supplyChain(host)
	d.environments(s)
	d.teams(s, host)
	s.Observability.Metrics = pick(d, "", "prometheus", "none")
	s.Observability.Notifications = d.notifications()
	if d.oneIn(2) {
		yes := d.oneIn(2)
		s.Decision = contract.Decision{GitNativeAudit: &yes, BoundariesWritten: &yes, RegistryMaturity: pick(d, "low", "medium", "high"), ReviewBy: "2027-01-31"}
	}
	return c
}

func (d *dice) url(host, repo string) string {
	switch d.IntN(4) {
	case 0:
		return "ssh://git@" + host + "/acme/" + repo + ".git"
	case 1:
		return "git@" + host + ":acme/" + repo + ".git"
	case 2:
		return "https://" + host + "/acme/" + repo + "/"
	default:
		return "https://ci@" + host + "/acme/_sub_/" + repo
	}
}

func (d *dice) registry(seed int) contract.Registry {
	all := []contract.Registry{
		{Provider: "zot", Host: "registry.acme.example", Insecure: d.oneIn(3)},
		{Provider: "zot", Host: "127.0.0.1:5000", Layout: "per-environment"},
		{Provider: "zot", Host: "0x1f.example:443", Layout: "git-digest"},
		{Provider: "ecr", Host: "111122223333.dkr.ecr.eu-west-1.amazonaws.com", Account: "111122223333", Region: "eu-west-1"},
		{Provider: "ecr", Host: "111122223333.dkr.ecr.eu-west-1.amazonaws.com", Account: "111122223333", Region: "eu-west-1", Layout: "git-digest"},
		{Provider: "ghcr", Host: "ghcr.io", Prefix: "acme/delivery"},
		{Provider: "gar", Host: "europe-west1-docker.pkg.dev", Project: "acme", Location: "europe-west1", Prefix: "d"},
		{Provider: "acr", Host: "acme.azurecr.io", Subscription: "00000000-0000-0000-0000-000000000000", ResourceGroup: "_rg.(x)-1"},
		{Provider: "harbor", Host: "harbor.acme.example", Project: "delivery"},
		{Provider: "gitlab", Host: "registry.gitlab.com:443", Project: "acme/delivery"},
	}
	r := all[seed%len(all)]
	r.Retention.Promotions = 1 + d.IntN(20)
	return r
}

func (d *dice) supplyChain(host string) contract.SupplyChain {
	s := contract.SupplyChain{Signing: pick(d, "keyless", "key", "none"), UnpinnedImages: pick(d, "", "allow")}
	if s.Signing == "keyless" && host == "git.acme.example" {
		s.Signing = "key"
	}
	if s.Signing == "key" {
		s.KeyRef, s.PublicKey = "env://A`|$(x)", publicKey
	}
	return s
}

// environments makes a chain or a tree; a stage may be listed before the one
// that it follows.
func (d *dice) environments(s *contract.Spec) {
	names, clusters := map[string]bool{}, map[string]bool{"x": true}
	for i := range 1 + d.IntN(4) {
		e := contract.Environment{Name: d.name(names), Interval: pick(d, "", "30s", "1h30m0.5s"), Reference: pick(d, "", "pinned")}
		if i > 0 {
			e.Promotion.From = s.Environments[d.IntN(i)].Name
		}
		if d.oneIn(2) {
			e.Promotion.Mode, e.Promotion.Approvers = "approval", d.owners(3)
		}
		for f := range d.IntN(3) {
			e.Promotion.Freeze = append(e.Promotion.Freeze, contract.Freeze{
				From: fmt.Sprintf("2026-12-%02dT00:00:00+0%d:00", 10-f, f), To: "2027-01-02T00:00:00Z", Reason: d.text(),
			})
		}
		for range 1 + d.IntN(2) {
			e.Clusters = append(e.Clusters, contract.Cluster{Name: d.name(clusters), Webhook: pick(d, "", "https://flux.acme.example/base")})
		}
		s.Environments = append(s.Environments, e)
	}
	rest := s.Environments[1:]
	d.Shuffle(len(rest), func(i, j int) { rest[i], rest[j] = rest[j], rest[i] })
}

func (d *dice) teams(s *contract.Spec, host string) {
	names := map[string]bool{"gitops-system": true, "flux-system": true}
	for t := range d.IntN(4) {
		team := contract.Team{Name: d.name(names), Owners: d.owners(4), Contact: d.maybeText(), Notifications: d.notifications()}
		if d.oneIn(2) {
			team.Quota = &contract.Quota{CPU: pick[contract.Quantity](d, "", "1.5", "500m"), Memory: pick[contract.Quantity](d, "", "1e9", "16Gi"), Pods: d.IntN(3)}
		}
		apps := map[string]bool{model.PullAccount: true} // no app may be called so
		for a := range d.IntN(4) {
			team.Apps = append(team.Apps, contract.App{
				Name: d.name(apps), Git: contract.AppGit{URL: d.url(host, fmt.Sprintf("app-%d-%d", t, a)), Branch: pick(d, hostileBranches()...)},
				Delivery: pick(d, "", "", "git"), Path: pick(d, "", "a.b/c@d", ".k8s", "_env_/_app_", "x..y", "0", "on"),
				Image: pick(d, "", "x", "localhost/a__b/c-d", "images.acme.example:5000/a/b"), Environments: subset(d, s.Environments),
			})
		}
		s.Teams = append(s.Teams, team)
	}
}

func (d *dice) notifications() []contract.Notification {
	var list []contract.Notification
	names := map[string]bool{}
	for range d.IntN(3) {
		list = append(list, contract.Notification{Name: d.name(names), Type: pick(d, "slack", "generic"), Channel: d.maybeText(), SecretName: "a.b-c"})
	}
	return list
}

// tame returns the contract with a plain word for each free text.
func tame(c contract.Contract) contract.Contract {
	word := func(s string) string {
		if strings.TrimSpace(s) == "" {
			return s
		}
		return "word"
	}
	notes := func(list []contract.Notification) []contract.Notification {
		list = slices.Clone(list)
		for i := range list {
			list[i].Channel = word(list[i].Channel)
		}
		return list
	}
	s := &c.Spec
	s.Platform.Contact = word(s.Platform.Contact)
	s.Observability.Notifications = notes(s.Observability.Notifications)
	s.Environments = slices.Clone(s.Environments)
	for i := range s.Environments {
		p := &s.Environments[i].Promotion
		p.Freeze = slices.Clone(p.Freeze)
		for f := range p.Freeze {
			p.Freeze[f].Reason = word(p.Freeze[f].Reason)
		}
	}
	s.Teams = slices.Clone(s.Teams)
	for i := range s.Teams {
		s.Teams[i].Contact = word(s.Teams[i].Contact)
		s.Teams[i].Notifications = notes(s.Teams[i].Notifications)
	}
	return c
}
