package effect_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

var bundled = regexp.MustCompile(`resources: \[(.*)\]\n    verbs: \[get, create`)

// What is left of a renamed app can be of every kind that a bundle may hold:
// the command that lists it names each that is not among kubectl's "all".
func TestWhatIsLeftOfAnApp(t *testing.T) {
	t.Parallel()
	all := []string{"services", "daemonsets", "deployments", "statefulsets", "cronjobs", "jobs", "horizontalpodautoscalers"}
	units, _ := platform(t, before)
	var role string
	for _, u := range units {
		role += string(u.Files["tenants/payments/base/rbac.yaml"].Data)
	}
	e, _ := compute(t, replaced("name: checkout", "name: cart, formerly: checkout"), nil)
	_, order, _ := strings.Cut(e.Prunes[0].Order("flux-system", false), "kubectl --namespace payments get all,")
	kinds := strings.Split(strings.SplitN(order, " ", 2)[0], ",")
	found := bundled.FindAllStringSubmatch(role, -1)
	if len(found) < 5 {
		t.Fatalf("the role: %s", role)
	}
	for _, rule := range found {
		for resource := range strings.SplitSeq(rule[1], ", ") {
			if !slices.Contains(all, resource) && !slices.ContainsFunc(kinds, func(k string) bool { return k+"s" == resource || k+"es" == resource }) {
				t.Errorf("%s are not in %s", resource, kinds)
			}
		}
	}
}
