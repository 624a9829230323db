package gen_test

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/penstock-dev/penstock/internal/contract"
	"github.com/penstock-dev/penstock/internal/generate/gen"
)

// idle are the fields that may be written and change nothing, and why.
func idle() map[string]string {
	const monitoring = "the monitoring that is generated from it is not built yet"
	return map[string]string{
		"spec.observability.metrics":    monitoring,
		"spec.observability.dashboards": monitoring, "spec.observability.notifications": monitoring, "spec.teams.notifications": monitoring,
	}
}

// leaf is a field of the contract that holds a value, by its path without
// indexes, with values that its own rule accepts.
type leaf struct {
	path   string
	values []any
}

// leaves walks the types of the contract.
func leaves(t *testing.T, of reflect.Type, at string) []leaf {
	t.Helper()
	var list []leaf
	for i := range of.NumField() {
		f := of.Field(i)
		if !f.IsExported() {
			continue
		}
		name, _, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		path := strings.TrimPrefix(at+"."+name, ".")
		kind := f.Type
		for kind.Kind() == reflect.Slice || kind.Kind() == reflect.Pointer {
			kind = kind.Elem()
		}
		if kind.Kind() == reflect.Struct {
			list = append(list, leaves(t, kind, path)...)
			continue
		}
		values := fieldValues(f.Tag, kind.Kind(), name)
		if len(values) == 0 {
			t.Errorf("%s: the test knows no value for a field of the rule %q", path, f.Tag.Get("rule"))
		}
		if f.Type.Kind() == reflect.Slice {
			for i, v := range values {
				values[i] = []any{v}
			}
		}
		list = append(list, leaf{path, values})
	}
	return list
}

// fieldValues are values to write into a field; where the first ones are
// refused because of other fields, a later one may fit.
func fieldValues(tag reflect.StructTag, kind reflect.Kind, name string) []any {
	switch {
	case kind == reflect.Bool:
		return []any{true, false}
	case kind == reflect.Int:
		return []any{7, 8}
	case tag.Get("enum") == "registries":
		return []any{"zot", "ecr", "ghcr", "gar", "acr", "harbor", "gitlab"}
	case tag.Get("enum") != "":
		var list []any
		for v := range strings.SplitSeq(tag.Get("enum"), ",") {
			list = append(list, v)
		}
		return list
	}
	return map[string][]any{
		"label": {"changed", "qa", "dev"}, "environment": {"changed"}, "team": {"changed"}, "app": {"changed"}, "namespace": {"changed"},
		"handle": {"@changed/people"}, "text": {"changed text"}, "branch": {"changed"}, "path": {"changed/deploy"}, "interval": {"7m"},
		"giturl": {"https://github.com/acme/changed", "https://gitlab.com/acme/changed"}, "weburl": {"https://changed.example"},
		"host": {"changed.example:5000", "changed.azurecr.io", "222233334444.dkr.ecr.eu-west-1.amazonaws.com", "us-docker.pkg.dev"}, "repository": {"changed", "acme/changed"},
		"account": {"999988887777"}, "word": {"us-east-9"}, "guid": {"11111111-2222-3333-4444-555555555555"}, "resourcegroup": {"changed"},
		"days": {"77d"}, "flux": {"2.8", "2.9", "2.10"}, "releases": {"77"}, "keyref": {"awskms:///alias/changed"}, "publickey": {changedKey},
		"time": {"2026-12-21T00:00:00Z"}, "date": {"2033-03-03"}, "image": {"changed.example/images/checkout"}, "quantity": {"7", "7Gi"}, "subdomain": {"changed"},
	}[tag.Get("rule")]
}

const changedKey = `-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEyR3IRXVVqbL0PQuG1EFq1JRgfnkP
aN8wxfJ0jJL1gSZqIxWTe9OtN7xoB/T0arr7he8yeAvnKU6jgTc+k4Szaw==
-----END PUBLIC KEY-----
`

// withField returns a contract with a value written at a path; of each list on
// the way it takes the item that many places before the last, or the last.
func withField(t *testing.T, source []byte, path string, value any, behind int) []byte {
	t.Helper()
	var doc any
	if err := yaml.Unmarshal(source, &doc); err != nil {
		t.Fatal(err)
	}
	steps := strings.Split(path, ".")
	at := doc.(map[string]any)
	for _, step := range steps[:len(steps)-1] {
		switch next := at[step].(type) {
		case map[string]any:
			at = next
		case []any:
			at = next[max(0, len(next)-1-behind)].(map[string]any)
		default:
			made := map[string]any{}
			at[step] = made
			at = made
		}
	}
	at[steps[len(steps)-1]] = value
	if path == "spec.environments.promotion.mode" && value == "approval" {
		at["approvers"] = []string{"@acme/rel"} // one is refused without the other
	}
	data, err := yaml.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// outcome is what is generated beside copies of the contract: files without
// Penstock's own, and where files come from after a rename.
func outcome(t *testing.T, c contract.Contract, source []byte) map[string]string {
	t.Helper()
	files := map[string]string{}
	g := generator(t, c, source)
	for _, target := range gen.Targets(c) {
		for p, f := range target1(t, g, target) {
			if p != gen.ContractFile && p != gen.SliceFile {
				files[target.Dir()+"/"+p] = string(f.Data) + fmt.Sprint(f.Mode)
			}
		}
		for _, m := range g.Moves(target) {
			files[target.Dir()+": "+fmt.Sprint(m)] = "moves"
		}
	}
	for target, dirs := range gen.FormerDirs(c) {
		files[target.Dir()+": former"] = strings.Join(dirs, " ")
	}
	return files
}

// TestFields writes another value into every field of the contract: it changes
// what is generated, or it is refused. The registry's fields are tried with
// each registry, the others with each Git host and way of signing.
func TestFields(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/fields/*.yaml")
	if err != nil || len(files) < len(contract.Options("spec.registry.provider")) {
		t.Fatalf("%d contracts, %v", len(files), err)
	}
	all := leaves(t, reflect.TypeFor[contract.Contract](), "")
	effective := map[string]bool{}
	for _, file := range files {
		name := filepath.Base(file)
		whole := slices.Contains([]string{"zot.yaml", "ghcr.yaml", "harbor.yaml"}, name)
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		before := outcome(t, parse(t, file, source), source)
		for _, f := range all {
			if (whole || strings.HasPrefix(f.path, "spec.registry.")) && alters(t, name, source, before, f) {
				effective[f.path] = true
			}
		}
	}
	for _, f := range all {
		// Only one provider fits a contract's hosts: the contracts themselves show the others.
		if !effective[f.path] && idleReason(f.path) == "" && len(f.values) > 1 && !strings.HasSuffix(f.path, ".provider") {
			t.Errorf("%s: has no effect anywhere", f.path)
		}
	}
	for path := range idle() {
		if !slices.ContainsFunc(all, func(f leaf) bool { return strings.HasPrefix(f.path, path) }) {
			t.Errorf("%s: is no field any more", path)
		}
	}
}

func idleReason(path string) string {
	for prefix, why := range idle() {
		if path == prefix || strings.HasPrefix(path, prefix+".") {
			return why
		}
	}
	return ""
}

// alters reports whether a value of the field changes something, and fails
// where one is accepted and does nothing.
func alters(t *testing.T, name string, source []byte, before map[string]string, f leaf) bool {
	t.Helper()
	was := parse(t, name, source)
	effects := 0
	for i := range 2 * len(f.values) {
		v, behind := f.values[i/2], i%2
		if behind > 0 && !strings.HasPrefix(f.path, "spec.environments.") {
			continue
		}
		changed := withField(t, source, f.path, v, behind)
		c, ds := contract.Parse(name, changed)
		if len(ds) > 0 || c.Equal(was) {
			continue
		}
		if !maps.Equal(before, outcome(t, c, changed)) {
			effects++
			continue
		}
		if idleReason(f.path) == "" {
			t.Errorf("%s: %s: %v is accepted and changes nothing that is generated", name, f.path, v)
		}
	}
	return effects > 0
}
