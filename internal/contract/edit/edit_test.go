package edit

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/penstock-dev/penstock/internal/contract"
	"github.com/penstock-dev/penstock/internal/testkit/goldentest"
)

// TestResults keeps what edits look like under review.
func TestResults(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ file, change string }{
		{"empty", "full team"},
		{"empty", "cluster of dev"},
		{"empty", "cluster of prod"},
		{"none", "team"},
		{"none", "environment behind dev"},
		{"none", "leaf behind dev"},
		{"dashes", "app of payments"},
		{"dashes", "app of other"},
		{"dashes", "environment behind dev"},
		{"flow", "team"},
		{"flow", "app of other"},
		{"flow", "environment behind dev"},
		{"json", "app of payments"},
		{"json", "leaf behind prod"},
		{"anchors", "environment behind dev"},
		{"anchors", "app of catalog"},
	} {
		name := "testdata/" + c.file + ".yaml"
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		old, _ := contract.Parse(name, data)
		change, ok := changes(old)[c.change]
		if !ok {
			t.Fatalf("%s: no change %q", name, c.change)
		}
		r, ds := Add(name, data, change)
		if len(ds) > 0 {
			t.Errorf("%s: %s: %s", name, c.change, ds)
			continue
		}
		goldentest.File(t, "testdata/results/"+c.file+"-"+strings.ReplaceAll(c.change, " ", "-")+".yaml", r.Data)
	}
}

func TestMoves(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("testdata/dashes.yaml")
	if err != nil {
		t.Fatal(err)
	}
	qa := contract.Environment{Name: "qa", Promotion: contract.Promotion{From: "dev"}}
	r, ds := Add("c", data, Environment{Environment: qa})
	if len(ds) > 0 {
		t.Fatal(ds)
	}
	if diff := cmp.Diff([]Move{{"preprod", "dev", "qa"}}, r.Moves); diff != "" {
		t.Error(diff)
	}
	if got := r.Contract.Spec.Teams[1].Apps[0].Environments; !cmp.Equal(got, []string{"dev", "qa", "preprod"}) {
		t.Errorf("an app that goes on to preprod has %v", got)
	}
	if r, ds = Add("c", data, Environment{Environment: qa, Leaf: true}); len(ds) > 0 || len(r.Moves) > 0 {
		t.Errorf("%v %v", r.Moves, ds)
	}
	if got := r.Contract.Spec.Teams[1].Apps[0].Environments; !cmp.Equal(got, []string{"dev", "preprod"}) {
		t.Errorf("an app with environments of its own has %v", got)
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("testdata/flow.yaml")
	if err != nil {
		t.Fatal(err)
	}
	app := contract.App{Name: "x", Git: contract.AppGit{URL: "https://github.com/acme/x"}}
	same := contract.App{Name: "x", Git: contract.AppGit{URL: "https://github.com/acme/checkout"}}
	for _, c := range []struct {
		change Change
		want   string
	}{
		{App{"paiments", app}, `c: has no team "paiments"; did you mean "payments"?`},
		{App{"zzz", app}, `c: has no team "zzz"; it has payments, other`},
		{App{"other", same}, `c: spec.teams[1].apps[0].git.url: is the repository of app "payments/checkout"`},
		{Team{contract.Team{Name: "payments", Owners: []string{"@a"}}}, `is "payments", the name of another team`},
		{Team{contract.Team{Name: "A b", Owners: []string{"@a"}}}, `spec.teams[2].name: is "A b", which is no DNS name; write "a-b"`},
		{Team{contract.Team{Name: "x"}}, "spec.teams[2].owners: is missing"},
		{Cluster{"prd", contract.Cluster{Name: "x"}}, `c: has no environment "prd"; did you mean "prod"?`},
		{Cluster{"prod", contract.Cluster{Name: "dev"}}, `is "dev", the name of another cluster`},
		{Environment{Environment: contract.Environment{Name: "qa"}}, `has no environment ""; it has dev, preprod, prod`},
	} {
		r, ds := Add("c", data, c.change)
		if !strings.Contains(ds.String(), c.want) || r.Data != nil {
			t.Errorf("%+v: %q, want %q", c.change, ds, c.want)
		}
	}
	if _, ds := Add("c", []byte("kind: x"), App{}); len(ds) == 0 {
		t.Error("something that is no contract was extended")
	}
}
