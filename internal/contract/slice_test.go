package contract

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestSlice: each slice is a valid contract that reads back as itself, and the
// slice of a slice is the slice.
func TestSlice(t *testing.T) {
	t.Parallel()
	for name, data := range goodFiles(t) {
		c := mustParse(t, name, data)
		for _, team := range c.Spec.Teams {
			for _, app := range team.Apps {
				s, ok := c.Slice(team.Name, app.Name)
				if !ok {
					t.Fatalf("%s: no slice of %s/%s", name, team.Name, app.Name)
				}
				again := mustParse(t, "slice", s.YAML())
				if !again.Equal(s) {
					t.Errorf("%s: %s", name, cmp.Diff(s.Spec, again.Spec))
				}
				twice, ok := again.Slice(team.Name, app.Name)
				if !ok || !twice.Equal(s) || !bytes.Equal(twice.YAML(), s.YAML()) {
					t.Errorf("%s: %s", name, cmp.Diff(s.Spec, twice.Spec))
				}
				if !cmp.Equal(s.Spec.Teams[0].Apps[0], app) {
					t.Errorf("%s: the app changed", name)
				}
			}
		}
	}
}

func TestSliceKeepsOnlyWhatMatters(t *testing.T) {
	t.Parallel()
	for name, data := range goodFiles(t) {
		c := mustParse(t, name, data)
		for _, team := range c.Spec.Teams {
			for _, app := range team.Apps {
				want, _ := c.Slice(team.Name, app.Name)
				other := c
				other.Spec.Decision = Decision{ReviewBy: "2030-01-01"}
				other.Spec.Observability = Observability{Metrics: "none", Dashboards: "none"}
				other.Spec.Teams = append([]Team{{Name: "zz-other", Owners: []string{"@x"}}}, c.Spec.Teams...)
				if got, ok := other.Slice(team.Name, app.Name); !ok || !bytes.Equal(got.YAML(), want.YAML()) {
					t.Errorf("%s: the slice of %s/%s depends on others", name, team.Name, app.Name)
				}
			}
		}
	}
}

func TestSliceOfNothing(t *testing.T) {
	t.Parallel()
	if _, ok := (Contract{}).Slice("a", "b"); ok {
		t.Error("slice of nothing")
	}
}
