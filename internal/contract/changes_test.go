package contract

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const before = `
apiVersion: penstock.dev/v1alpha1
kind: DeliveryContract
metadata: {name: acme}
spec:
  platform:
    git: {url: https://github.com/acme/platform}
    owners: ["@acme/platform"]
  registry: {provider: zot, host: registry.acme.example}
  environments:
    - {name: dev}
    - {name: prod, promotion: {freeze: [{from: 2026-12-20T00:00:00Z, to: 2027-01-02T00:00:00Z, reason: peak}]}}
  teams:
    - name: payments
      owners: ["@acme/payments"]
      quota: {cpu: 40, pods: 10}
      apps:
        - {name: checkout, git: {url: https://github.com/acme/checkout}}
        - {name: ledger, git: {url: https://github.com/acme/ledger}}
`

func TestChanges(t *testing.T) {
	t.Parallel()
	was := mustParse(t, "before", []byte(before))
	for name, c := range map[string]struct {
		replace []string
		want    []string
	}{
		"nothing":            {nil, nil},
		"a comment":          {[]string{"spec:", "spec: # here"}, nil},
		"a default":          {[]string{"{name: dev}", "{name: dev, interval: 5m}"}, nil},
		"a value":            {[]string{"{name: dev}", "{name: dev, interval: 10m}"}, []string{"change spec.environments[dev].interval: 5m -> 10m"}},
		"a list":             {[]string{`["@acme/payments"]`, `["@acme/a", "@acme/b"]`}, []string{"change spec.teams[payments].owners: [@acme/payments] -> [@acme/a, @acme/b]"}},
		"set":                {[]string{"      quota", "      contact: \"#pay\"\n      quota"}, []string{"set spec.teams[payments].contact: #pay"}},
		"part removed":       {[]string{", pods: 10", ""}, []string{"remove spec.teams[payments].quota.pods: 10"}},
		"all removed":        {[]string{"      quota: {cpu: 40, pods: 10}\n", ""}, []string{"remove spec.teams[payments].quota.cpu: 40", "remove spec.teams[payments].quota.pods: 10"}},
		"freeze ends":        {[]string{"reason: peak", "reason: rest"}, []string{"change spec.environments[prod].promotion.freeze: [2026-12-20T00:00:00Z 2027-01-02T00:00:00Z peak] -> [2026-12-20T00:00:00Z 2027-01-02T00:00:00Z rest]"}},
		"one more, in order": {[]string{`["@acme/platform"]`, `["@acme/zoo", "@acme/platform"]`}, []string{"change spec.platform.owners: [@acme/platform] -> [@acme/platform, @acme/zoo]"}},
		"an app gone":        {[]string{"        - {name: ledger, git: {url: https://github.com/acme/ledger}}\n", ""}, []string{"remove spec.teams[payments].apps[ledger]"}},
		// What follows by default, the path and the apps' environments, goes without saying.
		"an environment in the middle": {[]string{"{name: dev}", "{name: dev}\n    - {name: qa}"}, []string{"add spec.environments[qa]"}},
		"a team renamed": {
			[]string{"name: payments", "name: billing\n      formerly: payments"},
			[]string{"rename spec.teams[payments] to billing"},
		},
		"an app renamed, and more": {
			[]string{"{name: checkout, git: {url: https://github.com/acme/checkout}", "{name: cart, formerly: checkout, git: {url: https://github.com/acme/cart}"},
			[]string{
				"rename spec.teams[payments].apps[checkout] to cart",
				"change spec.teams[payments].apps[cart].git.url: https://github.com/acme/checkout -> https://github.com/acme/cart",
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text := strings.NewReplacer(c.replace...).Replace(before)
			var got []string
			for _, ch := range Changes(was, mustParse(t, "after", []byte(text))) {
				got = append(got, ch.String())
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
	t.Run("the path", func(t *testing.T) {
		t.Parallel()
		dev := "    - {name: dev}\n"
		text := strings.Replace(strings.Replace(before, dev, "", 1), "  teams:", dev+"  teams:", 1)
		got := Changes(was, mustParse(t, "after", []byte(text)))
		if len(got) != 1 || got[0].String() != "change spec.environments: [dev, prod] -> [prod, dev]" {
			t.Error(got)
		}
	})
	t.Run("order without a meaning", func(t *testing.T) {
		t.Parallel()
		two := strings.NewReplacer(`["@acme/payments"]`, `["@acme/a", "@acme/b"]`, "{name: checkout,", "{name: checkout, environments: [dev, prod],",
			"freeze: [", "freeze: [{from: 2027-12-20T00:00:00Z, to: 2028-01-02T00:00:00Z, reason: rest}, ").Replace(before)
		other := strings.NewReplacer(`["@acme/a", "@acme/b"]`, `["@acme/b", "@acme/a"]`, "[dev, prod]", "[prod, dev]").Replace(two)
		a, z, _ := strings.Cut(other, "{from: 2027-12-20T00:00:00Z, to: 2028-01-02T00:00:00Z, reason: rest}, ")
		other = a + strings.Replace(z, "reason: peak}", "reason: peak}, {from: 2027-12-20T00:00:00Z, to: 2028-01-02T00:00:00Z, reason: rest}", 1)
		if got := Changes(mustParse(t, "two", []byte(two)), mustParse(t, "other", []byte(other))); len(got) > 0 {
			t.Error(got)
		}
	})
	t.Run("beyond what is shown", func(t *testing.T) {
		t.Parallel()
		long := strings.Replace(before, "reason: peak", "reason: "+strings.Repeat("peak ", 30)+"week", 1)
		got := Changes(mustParse(t, "a", []byte(long)), mustParse(t, "b", []byte(strings.Replace(long, "week", "days", 1))))
		if len(got) != 1 || !strings.HasPrefix(got[0].String(), "change spec.environments[prod].promotion.freeze: ") {
			t.Error(got)
		}
	})
	t.Run("the same contract", func(t *testing.T) {
		t.Parallel()
		for name, data := range goodFiles(t) {
			c := mustParse(t, name, data)
			if got := Changes(c, mustParse(t, name, c.YAML())); len(got) > 0 {
				t.Errorf("%s: %v", name, got)
			}
		}
	})
}
