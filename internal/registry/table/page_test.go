package table_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/penstock-dev/penstock/internal/registry"
	"github.com/penstock-dev/penstock/internal/registry/table"
	"github.com/penstock-dev/penstock/internal/testkit/goldentest"
)

// TestRegistriesPage makes docs/registries.md of what the providers' folders say.
func TestRegistriesPage(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString(`# What each registry can promise

Made from the code that renders the policy files, by ` + "`make golden`" + `. The platform's own files and commands are in ` + "`registry/`" + ` of its repository.

Deleted, everywhere and only by age: ` + "`ci-*`" + ` and ` + "`pr-*`" + `; releases by a count where the table says so. Kept: what environments run, what they
can go back to, promotion tags, records, signatures of what stays, and every tag of nobody's class. ` + "`penstock registry simulate`" + ` replays the
rendered files over what a registry holds; a property test does so over made-up histories.

| provider | layout | ` + "`retention.releases`" + ` | policy files |
| -------- | ------ | -------------------- | ------------ |
`)
	for _, p := range table.All() {
		releases := "`forever`"
		if p.Counts {
			releases += " or a count"
		}
		var files []string
		for _, f := range guideOf(p).Files {
			files = append(files, "`"+f.Name+"`")
		}
		fmt.Fprintf(&b, "| %s | `%s` | %s | %s |\n", p.Name, p.Layouts[0], releases, strings.Join(files, ", "))
	}
	for _, p := range table.All() {
		fmt.Fprintf(&b, "\n## %s\n\n", p.Name)
		for _, c := range guideOf(p).Cannot {
			fmt.Fprintf(&b, "- %s\n", c)
		}
	}
	goldentest.File(t, "../../../docs/registries.md", []byte(b.String()))
}

func guideOf(p registry.Provider) registry.Guide {
	return p.Sweep.Guide(registry.Retention{
		Config: registry.Config{
			Provider: p.Name, Host: "REGISTRY", Prefix: "delivery", Layout: p.Layouts[0], Region: "REGION", Project: "PROJECT", Location: "LOCATION",
		},
		Environments: []string{"dev", "prod"}, Candidates: 30, Previews: 14, Promotions: 10,
	}.At(p))
}
