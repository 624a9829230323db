package promotion

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// pinned is a version of a pin file, "TAG" or "TAG held".
func pinned(t *testing.T, hour int, s string) Pin {
	t.Helper()
	tag, held, _ := strings.Cut(s, " ")
	at := clock(t, noon).Add(time.Duration(hour) * time.Hour)
	p := Pin{Tag: tag, Held: held != "", Reason: held}
	p.Actor, p.Time, p.Commit = "ann", &at, fmt.Sprintf("%040d", hour)
	if tag != NotPromoted {
		p.Digest = digestFor(tag[strings.LastIndexByte(tag, '-')+1:])
	}
	return p
}

func log(t *testing.T, versions ...string) []Pin {
	t.Helper()
	var pins []Pin
	for i, v := range versions {
		pins = append(pins, pinned(t, i, v))
	}
	return pins
}

func TestPinHistory(t *testing.T) {
	t.Parallel()
	const a, b, c = "prod-2026-02-22.1-1.0.0", "prod-2026-02-22.2-1.1.0", "prod-2026-02-23.1-1.2.0"
	for name, x := range map[string]struct {
		pins []Pin
		want []string // newest first
		held string   // by this tag, since this hour
	}{
		"promoted":           {log(t, NotPromoted, a, b), []string{"promotion 1.1.0 current", "promotion 1.0.0"}, ""},
		"other lines change": {log(t, a, a, b, b), []string{"promotion 1.1.0 current", "promotion 1.0.0"}, ""},
		"git revert":         {log(t, a, b, a), []string{"rollback 1.0.0 current", "promotion 1.1.0", "promotion 1.0.0"}, ""},
		"held, lifted": {
			log(t, a, a+" slow", a+" slower", a, b),
			[]string{"promotion 1.1.0 current", "lift 1.0.0", "hold 1.0.0 slow", "promotion 1.0.0"},
			"",
		},
		"held": {log(t, a, b, b+" slow", b+" slower"), []string{"hold 1.1.0 slow", "promotion 1.1.0 current", "promotion 1.0.0"}, "2h"},
		"rolled back": {
			log(t, a, b, "prod-2026-02-22.3-rollback-1.0.0 bad"),
			[]string{"rollback 1.0.0 current bad", "promotion 1.1.0", "promotion 1.0.0"},
			"2h",
		},
		"before a rename":  {log(t, "live-2026-02-22.1-1.0.0", c), []string{"promotion 1.2.0 current", "promotion 1.0.0"}, ""},
		"by hand, undone":  {log(t, a, "1.1.0", b), []string{"promotion 1.1.0 current", "promotion 1.0.0"}, ""},
		"nothing promoted": {log(t, NotPromoted), nil, ""},
	} {
		h := PinHistory("shop/web", Env{Name: "prod", Pinned: true}, x.pins)
		var got []string
		for _, e := range h.Entries {
			text := string(e.Action) + " " + e.Release
			if e.Current {
				text += " current"
			}
			got = append(got, strings.TrimSpace(text+" "+e.Reason))
		}
		if d := cmp.Diff(x.want, got); d != "" {
			t.Errorf("%s:\n%s", name, d)
		}
		st := Overview(t.Context(), nil, []Place{{App: "shop/web", Env: Env{Name: "prod", Pinned: true}, Pins: x.pins}})[0]
		since := ""
		if st.Held && st.HeldSince != nil {
			since = strings.TrimSuffix(st.HeldSince.Sub(clock(t, noon)).String(), "0m0s")
		}
		if since != x.held || st.Error != "" || st.Release != h.State.Release {
			t.Errorf("%s: %+v, held since %q", name, st, since)
		}
	}
}

// TestPinByHand: a pin that names no promotion is told, and not built upon.
func TestPinByHand(t *testing.T) {
	t.Parallel()
	o := single(t)
	o.Env.Pinned, o.Release = true, "1.1.0"
	m := &memory{world: releases("reg/app", "1.0.0", "1.1.0")}
	pins := log(t, "prod-2026-02-22.1-1.0.0", "1.1.0")
	file := []byte("spec:\n  ref: {tag: 1.1.0, digest: \"" + digestFor("1.1.0") + "\"}\n")
	_, _, err := PromotePin(t.Context(), m.registry(), o, PinLog{File: file, Before: pins[:1]})
	if KindOf(err) != MovedByHand || len(m.asked) > 0 {
		t.Errorf("%v, after %d requests", err, len(m.asked))
	}
	o.To = "1.1.0"
	if data, out, err := RollbackPin(t.Context(), m.registry(), o, PinLog{File: file, Before: pins[:1]}); err != nil || out.Release != "1.1.0" || !strings.Contains(string(data), "rollback-1.1.0") {
		t.Errorf("%v\n%s", err, data)
	}
	h := PinHistory(o.App, o.Env, pins)
	if list := h.Check(Promise{Now: o.Now}).String(); !strings.Contains(list, `the pin holds "1.1.0@sha256:1.1.0", which is no promotion tag`) {
		t.Error(list)
	}
}

// TestPinResolve: what the registry lost is told.
func TestPinResolve(t *testing.T) {
	t.Parallel()
	m := &memory{world: releases("reg/app", "1.0.0").put("reg/app:prod-2026-02-22.1-1.0.0", digestFor("1.0.0"))}
	h := PinHistory("shop/web", Env{Name: "prod"}, log(t, "prod-2026-02-22.1-1.0.0", "prod-2026-02-22.2-1.1.0"))
	if err := h.Resolve(t.Context(), m.registry(), "reg/app"); err != nil || h.Entries[0].Available || !h.Entries[1].Available {
		t.Errorf("%+v %v", h.Entries, err)
	}
}

func TestExportPins(t *testing.T) {
	t.Parallel()
	const a, b = "prod-2026-02-22.1-1.0.0", "prod-2026-02-22.2-1.1.0"
	list := ExportPins(Place{App: "shop/web", Env: Env{Name: "prod"}, Pins: log(t, NotPromoted, a, b, b+" slow")})
	if len(list) != 2 || list[0].Tag != b || !list[0].Current || list[0].PinnedAt.Hour() != 14 || list[1].Current {
		t.Errorf("%+v", list)
	}
}

// TestTrailers: what Message writes, Explain reads, also from a squashed merge.
func TestTrailers(t *testing.T) {
	t.Parallel()
	out := Outcome{App: "shop/web", Environment: "prod", Action: ActionPromotion, Release: "1.1.0", Claim: "prod-2026-02-22.2-1.1.0", Digest: digestFor("1.1.0"), PreviousRelease: "1.0.0"}
	o := Options{Actor: "ann", Pipeline: "https://ci.example/1", Reason: "two\nlines:  of it"}
	message := Message(out, o)
	if want := "shop/web: promote 1.1.0 to prod\n\nApp: shop/web\nEnvironment: prod\nAction: promotion\nPrevious-release: 1.0.0\nRelease: 1.1.0\n" +
		"Promotion-tag: prod-2026-02-22.2-1.1.0\nDigest: sha256:1.1.0\nActor: ann\nPipeline: https://ci.example/1\nReason: two lines: of it\n"; message != want {
		t.Error(cmp.Diff(want, message))
	}
	other := strings.ReplaceAll(strings.ReplaceAll(message, "shop/web", "shop/api"), "ann", "bob")
	for name, c := range map[string]struct{ message, actor, why string }{
		"as written":         {message, "ann", "two lines: of it"},
		"CRLF":               {strings.ReplaceAll(message, "\n", "\r\n"), "ann", "two lines: of it"},
		"squashed":           {"Promote (#12)\n\n* " + other + "\n* " + message + "\nCo-authored-by: X <x@y>\n", "ann", "two lines: of it"},
		"by another name":    {other, "bob", "two lines: of it"},
		"others' only":       {other + "\n" + strings.ReplaceAll(other, "bob", "eve"), "author", ""},
		"a person's own":     {"bump\n\nReason: because\n", "author", ""},
		"without a reason":   {Message(out, Options{Actor: "ann"}), "ann", ""},
		"nothing is written": {"", "author", ""},
	} {
		e := Explain(Written{Author: "author", Message: c.message}, "shop/web", "prod")
		if e.Actor != c.actor || e.Why != c.why || e.Time != nil {
			t.Errorf("%s: %+v", name, e)
		}
	}
}

func TestCheckPin(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"spec: {suspend: true}\n":          "",
		"spec:\n  ref:\n    tag: [1\n":     "p.yaml:3:5: a list in [ ] is not closed",
		"":                                 "p.yaml:1:1: the file is empty",
		"kind: x\n":                        "p.yaml:1:1: spec: is no mapping",
		"kind: x\nspec: none\n":            "p.yaml:2:7: spec: is no mapping",
		"spec:\n  ref: a\n":                "p.yaml:2:8: spec.ref: is no mapping",
		"spec:\n  ref:\n    digest: [a]\n": "p.yaml:3:13: spec.ref.digest: is no text",
		"spec:\n\tref: a\n":                "p.yaml:2:1: a tab in the indentation",
	} {
		got := CheckPin("p.yaml", []byte(in)).String()
		if !strings.HasPrefix(got, want) || (got == "") != (want == "") {
			t.Errorf("%q: %s", in, got)
		}
		if _, err := ReadPin([]byte(in)); err != nil && got == "" {
			t.Errorf("%q: %v, and nothing says where", in, err)
		}
	}
}
