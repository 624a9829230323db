package edit

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/penstock-dev/penstock/internal/contract"
	_ "github.com/penstock-dev/penstock/internal/testkit/goldentest"
)

// files returns contracts that people wrote: the examples, the good ones of
// package contract, the odd formats here, and variants of them all.
func files(t testing.TB) map[string][]byte {
	t.Helper()
	all := map[string][]byte{}
	for _, pattern := range []string{"../../../examples/*/penstock.yaml", "../testdata/good/*.yaml", "testdata/*.yaml"} {
		names, err := filepath.Glob(pattern)
		if err != nil || len(names) < 3 {
			t.Fatalf("%s: %d files, %v", pattern, len(names), err)
		}
		for _, name := range names {
			data, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			all[name] = data
		}
	}
	for name, data := range maps.Clone(all) {
		c, ds := contract.Parse(name, data)
		if len(ds) > 0 {
			t.Fatal(ds)
		}
		if strings.HasPrefix(name, "../testdata/good") {
			continue
		}
		all[name+" (no final newline)"] = bytes.TrimRight(data, "\n")
		all[name+" (BOM)"] = append([]byte("\ufeff"), bytes.TrimPrefix(data, []byte("\ufeff"))...)
		all[name+" (written by Penstock)"] = c.Written()
		if !bytes.Contains(data, []byte("\r")) {
			all[name+" (CRLF)"] = bytes.ReplaceAll(data, []byte("\n"), []byte("\r\n"))
		}
	}
	return all
}

// refused are places that are shared through an anchor: what is added to one
// would be added to others.
func refused(name, change string) bool {
	return strings.HasPrefix(name, "testdata/refuse-shared.yaml") && change == "app of other" ||
		strings.HasPrefix(name, "testdata/refuse-shared.yaml") && change == "app of third" ||
		strings.HasPrefix(name, "../testdata/good/anchors.yaml") && change == "cluster of dev" && !strings.Contains(name, "enstock")
}

func changes(c contract.Contract) map[string]Change {
	host := c.Spec.Platform.Git.Provider + ".com"
	app := contract.App{Name: "zz-app", Git: contract.AppGit{URL: "https://" + host + "/zz/zz-app"}}
	all := map[string]Change{
		"team":      Team{contract.Team{Name: "zz-null", Owners: []string{"@zz/a", "b@zz.example"}, Contact: "#zz: \"x\""}},
		"full team": Team{contract.Team{Name: "zz-new", Owners: []string{"@zz/a"}, Quota: &contract.Quota{CPU: "4"}, Apps: []contract.App{app}}},
	}
	for _, team := range c.Spec.Teams {
		all["app of "+team.Name] = App{team.Name, app}
	}
	for _, e := range c.Spec.Environments {
		n := contract.Environment{Name: "zz-qa", Promotion: contract.Promotion{From: e.Name}}
		all["environment behind "+e.Name] = Environment{Environment: n}
		n.Promotion.Mode, n.Promotion.Approvers = "approval", []string{"@zz/a"}
		all["leaf behind "+e.Name] = Environment{Environment: n, Leaf: true}
		all["cluster of "+e.Name] = Cluster{e.Name, contract.Cluster{Name: "zz-new", Webhook: "https://flux.zz.example"}}
	}
	return all
}

// TestAddChangesNothingElse: each change to each file gives the old contract
// plus the new thing (Add checks that itself), and what is not inserted stays
// byte for byte.
func TestAddChangesNothingElse(t *testing.T) {
	t.Parallel()
	for name, data := range files(t) {
		c, ds := contract.Parse(name, data)
		if len(ds) > 0 {
			t.Fatalf("%s: %s", name, ds)
		}
		for what, change := range changes(c) {
			r, ds := Add(name, data, change)
			if len(ds) > 0 {
				if refused(name, what) {
					if !strings.Contains(ds.String(), "shares a part with another") {
						t.Errorf("%s: %s: %s", name, what, ds)
					}
				} else if !tooLong(ds.String()) {
					t.Errorf("%s: %s: %s", name, what, ds)
				}
				continue
			}
			if err := kept(data, r, change); err != nil {
				t.Errorf("%s: %s: %v\n%s", name, what, err, r.Data)
			}
			if bytes.Contains(data, []byte("\r\n")) && strings.Contains(strings.ReplaceAll(string(r.Data), "\r\n", ""), "\n") {
				t.Errorf("%s: %s: mixes line ends", name, what)
			}
			if bytes.HasSuffix(data, []byte("\n")) != bytes.HasSuffix(r.Data, []byte("\n")) {
				t.Errorf("%s: %s: changes the final newline", name, what)
			}
			if strings.HasSuffix(name, ".yaml") {
				if again, ds := Add(name, r.Data, change); len(ds) == 0 {
					t.Errorf("%s: %s: added twice\n%s", name, what, again.Data)
				}
			}
		}
	}
}

// tooLong: some hostile contracts leave no room for another name.
func tooLong(s string) bool { return strings.Contains(s, "longer than the 63 characters") }

// kept checks what the splices took away: nothing, but for an empty list that
// becomes one with lines, and a promotion that is rewired.
func kept(before []byte, r Result, change Change) error {
	for _, p := range r.splices {
		removed := strings.TrimSpace(string(before[p.from:p.to]))
		e, isEnv := change.(Environment)
		switch {
		case removed == "", removed == "[]", removed == "[ ]":
		case isEnv && (strings.Trim(removed, `"'`) == e.Promotion.From || removed[0] == '*'):
		default:
			return fmt.Errorf("took away %q", removed)
		}
	}
	d := document{data: before}
	if !bytes.Equal(d.with(r.splices), r.Data) {
		return errors.New("the splices do not make the result")
	}
	return nil
}

func FuzzAdd(f *testing.F) {
	for _, data := range files(f) {
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		c, ds := contract.Parse("c", data)
		if len(ds) > 0 {
			return
		}
		for what, change := range changes(c) {
			r, ds := Add("c", data, change)
			if len(ds) > 0 {
				continue
			}
			if got, ds := contract.Parse("c", r.Data); len(ds) > 0 || !got.Equal(r.Contract) {
				t.Fatalf("%s: %s", what, ds)
			}
		}
	})
}

func BenchmarkAddTeam(b *testing.B) {
	var s strings.Builder
	s.WriteString("apiVersion: penstock.dev/v1alpha1\nkind: DeliveryContract\nmetadata: {name: fleet}\nspec:\n" +
		"  platform:\n    git: {url: https://github.com/acme/platform}\n    owners: [\"@acme/platform\"]\n" +
		"  registry: {provider: zot, host: registry.acme.example}\n  environments: [{name: dev}, {name: prod}]\n  teams:\n")
	for i := range 40 {
		fmt.Fprintf(&s, "    - name: team-%d\n      owners: [\"@acme/team-%d\"]\n      apps:\n", i, i)
		for j := range 3 {
			fmt.Fprintf(&s, "        - name: app-%d\n          git: {url: https://github.com/acme/app-%d-%d}\n", j, i, j)
		}
	}
	data := []byte(s.String())
	for b.Loop() {
		if _, ds := Add("c", data, Team{contract.Team{Name: "new", Owners: []string{"@acme/new"}}}); len(ds) > 0 {
			b.Fatal(ds)
		}
	}
}
