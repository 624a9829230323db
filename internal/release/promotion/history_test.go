package promotion

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// lived is an environment with some history.
func lived(t *testing.T) (Options, world) {
	t.Helper()
	o := single(t)
	w := setup(t, releases("reg/app", "1.0.0", "1.1.0", "1.2.0"), promote(o, "1.0.0"), promote(o, "1.1.0"), rollback(o, ""))
	w = w.put("reg/app:prod-2026-02-22.4-1.2.0", digestFor("1.2.0")) // void, by hand
	return o, w.put("reg/app:prod-2026-02-22.0-1.2.0", digestFor("1.2.0"))
}

func TestHistory(t *testing.T) {
	t.Parallel()
	o, w := lived(t)
	m := &memory{world: w}
	h, err := ReadHistory(t.Context(), m.registry(), o.App, o.Env, 0)
	if err != nil {
		t.Fatal(err)
	}
	got, err := json.MarshalIndent(h.Entries[:2], "", " ")
	if err != nil {
		t.Fatal(err)
	}
	want := `[
 {
  "tag": "prod-2026-02-22.4-1.2.0",
  "action": "promotion",
  "release": "1.2.0",
  "digest": "sha256:1.2.0",
  "previousDigest": "",
  "commit": "",
  "actor": "",
  "pipeline": "",
  "time": null,
  "reason": "",
  "current": false,
  "counts": false,
  "available": true
 },
 {
  "tag": "prod-2026-02-22.3-rollback-1.0.0",
  "action": "rollback",
  "release": "1.0.0",
  "digest": "sha256:1.0.0",
  "previousDigest": "sha256:1.1.0",
  "commit": "",
  "actor": "rolls back",
  "pipeline": "",
  "time": "2026-02-22T12:00:00Z",
  "reason": "broken",
  "current": true,
  "counts": true,
  "available": true
 }
]`
	if d := cmp.Diff(want, string(got)); d != "" {
		t.Error(d)
	}
	if len(h.Entries) != 4 || h.Available() != 2 {
		t.Errorf("%d entries, %d available", len(h.Entries), h.Available())
	}
	if m.world.key() != w.key() {
		t.Error("history changed the registry")
	}
	if h, err = ReadHistory(t.Context(), (&memory{world: w}).registry(), o.App, o.Env, 1); err != nil || len(h.Entries) != 1 || h.State.Release != "1.0.0" {
		t.Errorf("%+v, %v", h, err)
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	o, w := lived(t)
	w = w.put("reg/app:prod", digestFor("1.2.0"))
	w = without(w, "reg/app:prod-2026-02-22.1-1.0.0")
	w = without(w, "reg/app:prod-2026-02-22.3-rollback-1.0.0").release("reg/app", "0.9.0").put("reg/app:prod-2026-02-22.3-rollback-0.9.0", digestFor("0.9.0"))
	h, err := ReadHistory(t.Context(), (&memory{world: w}).registry(), o.App, o.Env, 0)
	if err != nil {
		t.Fatal(err)
	}
	got := h.Check(Promise{Candidates: 10, HoldAge: 36 * time.Hour, Now: clock(t, "2026-03-01T12:00:00Z")}).String()
	want := strings.Join([]string{
		`shop/checkout in prod: 2 releases can be gone back to, 10 are promised, and there was one before them: sha256:1.0.0; find out what deleted promotion tags: the registry's retention must keep them`,
		`shop/checkout in prod: held by prod-2026-02-22.3-rollback-0.9.0 for 7 days, longer than 36 h; run "penstock hold --app shop/checkout --env prod --lift" when its reason is gone`,
		`shop/checkout in prod: prod-2026-02-22.3-rollback-0.9.0 has no record, so nobody knows who, when and why; nothing breaks by it; write down who moved it by hand, if somebody did`,
		`shop/checkout in prod: prod-2026-02-22.4-1.2.0 has no record, so nobody knows who, when and why; nothing breaks by it; write down who moved it by hand, if somebody did`,
		`shop/checkout in prod: the tag "prod" shows sha256:1.2.0, but 0.9.0 should run (prod-2026-02-22.3-rollback-0.9.0); run "penstock promote --app shop/checkout --to prod --repair" to make it so, or "penstock rollback --app shop/checkout --env prod --to RELEASE" to keep what it shows`,
		`shop/checkout in prod: the tag "prod-2026-02-22.0-1.2.0" looks like a claim and is none, so it does not count; delete it if it was made by hand, or make the claim that was meant`,
	}, "\n") + "\n"
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	o, w = single(t), setup(t, releases("reg/app", "1.0.0"), promote(single(t), "1.0.0"))
	if h, err = ReadHistory(t.Context(), (&memory{world: w}).registry(), o.App, o.Env, 0); err != nil || len(h.Check(Promise{Candidates: 10, HoldAge: time.Hour, Now: o.Now})) > 0 {
		t.Errorf("one release is no broken promise: %v, %v", h.Check(Promise{Candidates: 10}), err)
	}
}

func TestOverview(t *testing.T) {
	t.Parallel()
	o, w := lived(t)
	dev := o
	dev.Env.Name = "dev"
	w = setup(t, w, promote(dev, "1.2.0"))
	m := &memory{world: w}
	m.fail = func(_ int, q request) string {
		if q.repository == "reg/secret" {
			return "403"
		}
		return ""
	}
	secret := Env{Name: "prod", Repository: "reg/secret"}
	list := Overview(t.Context(), m.registry(), []Place{{App: o.App, Env: dev.Env}, {App: o.App, Env: o.Env}, {App: "shop/x", Env: secret}})
	at := clock(t, noon)
	want := []Standing{
		{App: o.App, Environment: "dev", Release: "1.2.0", Claim: "dev-2026-02-22.1-1.2.0", Digest: "sha256:1.2.0", Since: &at, By: "promotes 1.2.0", Shown: "sha256:1.2.0"},
		{
			App: o.App, Environment: "prod", Release: "1.0.0", Claim: "prod-2026-02-22.3-rollback-1.0.0", Digest: "sha256:1.0.0", Since: &at, By: "rolls back",
			Held: true, HeldBy: "rolls back", HeldSince: &at, HoldReason: "broken", Candidates: 1, Shown: "sha256:1.0.0",
		},
		{App: "shop/x", Environment: "prod", Error: "403"},
	}
	if d := cmp.Diff(want, list); d != "" {
		t.Error(d)
	}
	if got := m.count("Tags"); got != "2 Tags" {
		t.Error(got)
	}
}

func TestExport(t *testing.T) {
	t.Parallel()
	_, w := lived(t)
	x, err := ReadExport(t.Context(), (&memory{world: w}).registry(), nil, "reg/app", []string{"prod"})
	if err != nil {
		t.Fatal(err)
	}
	at := clock(t, noon)
	want := map[string]*time.Time{
		"1.2.0": nil, "prod-2026-02-22.4-1.2.0": nil, "prod-2026-02-22.0-1.2.0": nil,
		"1.0.0": nil, "prod": &at, "prod-2026-02-22.1-1.0.0": &at, "prod-2026-02-22.3-rollback-1.0.0": &at,
	}
	got := map[string]*time.Time{}
	for _, m := range x.Manifests {
		if m.Digest == digestFor("1.0.0") || m.Digest == digestFor("1.2.0") {
			for _, tag := range m.Tags {
				got[tag.Name] = tag.TaggedAt
			}
		}
		if strings.HasPrefix(m.Tags[0].Name, recordPrefix) && m.Subject == "" {
			t.Errorf("%s has no subject", m.Tags[0].Name)
		}
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	data, err := json.Marshal(x.Manifests[len(x.Manifests)-1])
	if err != nil || !strings.Contains(string(data), `"pushedAt":null`) {
		t.Errorf("%s, %v", data, err)
	}
}
