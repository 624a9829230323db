package registry

import (
	"slices"
	"testing"

	_ "github.com/penstock-dev/penstock/internal/testkit/goldentest"
)

func TestReadJSONIsExact(t *testing.T) {
	t.Parallel()
	type inner struct {
		Name string            `json:"name"`
		List []string          `json:"list,omitempty"`
		Of   *inner            `json:"of,omitempty"`
		Any  map[string]string `json:"-"`
	}
	for file, want := range map[string]string{
		`[{"name":"name","list":["a","a"],"of":{"name":"b"}},{"name":"c"}]`: "",
		`[]`:                                   "",
		"[{\"name\":\"a\",\n \"name\":\"b\"}]": `f.json:2:2: has "name" twice; restore it with "penstock generate"` + "\n",
		"[{\"name\":\"a\",\n\"of\":{\"list\":[]},\"Of\":{}}]": `f.json:2:18: has "Of", which is not written so; restore it with "penstock generate"` + "\n",
	} {
		var into []inner
		if got := ReadJSON("f.json", map[string][]byte{"f.json": []byte(file)}, &into).String(); got != want {
			t.Errorf("%s: %s", file, got)
		}
	}
	var free map[string]any
	if ds := ReadJSON("f.json", map[string][]byte{"f.json": []byte(`{"A":{"b":[{"c":null}]},"a":1}`)}, &free); len(ds) > 0 {
		t.Error(ds)
	}
}

func TestItems(t *testing.T) {
	t.Parallel()
	for file, want := range map[string][]int{
		"[]": nil, "{}": nil, "": nil, " [1,\n {\"a\":[2]} ,[3]]": {2, 6, 17}, "[1, x": {1, 4},
	} {
		if got := Items([]byte(file)); !slices.Equal(got, want) {
			t.Errorf("%q: %v", file, got)
		}
	}
}
