package contract

import (
	"slices"
	"strings"
	"testing"
)

func TestFluxVersions(t *testing.T) {
	t.Parallel()
	const field = "spec.flux.version"
	for _, v := range append(FluxVersions(), "2.11", "2.100") {
		if what := Check(field, v); what != "" {
			t.Errorf("%s: %s", v, what)
		}
	}
	for v, want := range map[string]string{
		"2.7": "older", "2.0": "older", "1.9": "only Flux 2", "3.0": "only Flux 2", "2": "no minor version", "latest": "no minor version",
		"2.10.1": `write the minor version alone: "2.10"`, "v2.9": `"2.9"`, "2.9.x": `"2.9"`, "2.09": `"2.9"`, "2.1": "older", "-2.9": "no minor",
	} {
		if what := Check(field, v); !strings.Contains(what, want) {
			t.Errorf("%s: %q, want one with %q", v, what, want)
		}
	}
	if !slices.Equal(Options(field), FluxVersions()) {
		t.Errorf("offered are %q", Options(field))
	}
	if !slices.IsSortedFunc(FluxVersions(), func(a, b string) int { return fluxMinor(a) - fluxMinor(b) }) {
		t.Errorf("%q is not in order", FluxVersions())
	}
}

// TestNewerFluxIsAWarning: by number, so that 2.10 is newer than 2.9 and not a
// kind of 2.1.
func TestNewerFluxIsAWarning(t *testing.T) {
	t.Parallel()
	newest := FluxVersions()[len(FluxVersions())-1]
	for v, known := range map[string]string{"2.8": "2.8", "2.9": "2.9", "2.10": "2.10", "2.11": newest, "2.90": newest} {
		data := strings.Replace(string(goodFiles(t)["../../examples/quickstart/penstock.yaml"]), "  registry:\n", "  flux: {version: \""+v+"\"}\n  registry:\n", 1)
		c, ds := Parse("penstock.yaml", []byte(data))
		if len(ds) > 0 {
			t.Fatalf("%s: %s", v, ds)
		}
		if got := c.Spec.Flux.Line().Version; got != known {
			t.Errorf("%s: generates for %s, want %s", v, got, known)
		}
		w := c.Warnings()
		if (len(w) > 0) != (v != known) {
			t.Errorf("%s: warnings %q", v, w)
		}
		if len(w) > 0 && (!w[0].Warning || w[0].Where.Line == 0 || !strings.Contains(w.String(), "spec.flux.version: warning: is \""+v)) {
			t.Errorf("%s: %s", v, w)
		}
	}
}

// TestNotifyFollowsFlux: a call without a shared secret needs a Receiver that
// checks tokens.
func TestNotifyFollowsFlux(t *testing.T) {
	t.Parallel()
	for _, l := range FluxLines() {
		data := strings.Replace(string(goodFiles(t)["../../examples/quickstart/penstock.yaml"]), "  registry:\n", "  flux: {version: \""+l.Version+"\"}\n  registry:\n", 1)
		c := mustParse(t, "penstock.yaml", []byte(data))
		if (c.Spec.CI.Notify == "receiver") != l.CallsByToken {
			t.Errorf("%s: notify is %s", l.Version, c.Spec.CI.Notify)
		}
		if again := mustParse(t, "again.yaml", c.Written()); !again.Equal(c) {
			t.Errorf("%s: does not read back", l.Version)
		}
	}
}
