package promotion

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/penstock-dev/penstock/internal/contract"
)

// devAndProd is dev and prod in one repository, or with one each.
func devAndProd(t testing.TB, layout string) (dev, prod Options) {
	t.Helper()
	dev = single(t)
	dev.Env.Name = "dev"
	prod = single(t)
	prod.Env.From = &From{Name: "dev", Repository: "reg/app"}
	if layout == "per-environment" {
		dev.Env.Repository, prod.Env.Repository, prod.Env.From.Repository = "reg/dev", "reg/prod", "reg/dev"
	}
	return dev, prod
}

// TestRequests counts them: a promotion costs three listings of the
// environment's repository, one of the preceding environment's where that is
// another, and a fixed number of other requests.
func TestRequests(t *testing.T) {
	t.Parallel()
	for layout, want := range map[string]string{
		"single":          "3 Tags, 6 Digest, 0 Copy, 1 PutRecord, 2 Tag",
		"per-environment": "4 Tags, 6 Digest, 1 Copy, 1 PutRecord, 2 Tag",
	} {
		dev, prod := devAndProd(t, layout)
		w := releases("reg/app", "1.0.0", "1.1.0")
		w = setup(t, w, promote(dev, ""), promote(prod, ""), promote(prod, ""))
		for i := range 300 { // a long history costs no more
			w = w.release("reg/app", fmt.Sprintf("0.%d.0", i)).put(fmt.Sprintf("%s:prod-2026-01-01.%d-0.%d.0", prod.Env.Repository, i+1, i), digestFor("1.0.0"))
		}
		w = setup(t, w.release("reg/app", "1.2.0"), promote(dev, "1.2.0"))
		m := &memory{world: w}
		out, err := Promote(t.Context(), m.registry(), prod)
		if err != nil || out.Release != "1.2.0" {
			t.Fatal(out, err)
		}
		if got := m.count("Tags", "Digest", "Copy", "PutRecord", "Tag"); got != want {
			t.Errorf("%s: %s; want %s\n%v", layout, got, want, m.asked)
		}
		m.asked = nil
		if out, err = Promote(t.Context(), m.registry(), prod); err != nil || out.Changed {
			t.Errorf("the same again: %+v, %v", out, err)
		}
		t.Log(layout, "again:", m.count("Tags", "Digest", "Tag"))
	}
}

func (m *memory) count(methods ...string) string {
	var parts []string
	for _, method := range methods {
		n := 0
		for _, q := range m.asked {
			if q.method == method {
				n++
			}
		}
		parts = append(parts, fmt.Sprint(n, " ", method))
	}
	return strings.Join(parts, ", ")
}

// TestStory goes from push to rollback, hold, lift and the next release.
func TestStory(t *testing.T) {
	t.Parallel()
	dev, prod := devAndProd(t, "per-environment")
	m := &memory{world: releases("reg/app", "1.0.0", "1.1.0", "1.2.0", "2.0.0-rc.1")}
	var got []string
	do := func(s step) {
		t.Helper()
		o := s.o
		o.Now = o.Now.Add(time.Duration(len(got)) * time.Minute)
		out, err := s.do(t.Context(), m.registry(), o)
		line := out.Message
		if err != nil {
			line = fmt.Sprintf("%s: %v", KindOf(err), err)
		}
		got = append(got, line)
	}
	do(promote(prod, ""))
	do(promote(dev, "1.0.0"))
	do(promote(prod, ""))
	do(promote(prod, "1.1.0"))
	do(promote(dev, ""))
	do(promote(prod, ""))
	do(promote(prod, ""))
	do(promote(prod, "1.0.0"))
	do(rollback(prod, ""))
	do(promote(prod, ""))
	do(hold(prod))
	do(rollback(prod, ""))
	do(lift(prod))
	do(lift(prod))
	do(promote(prod, "v1.2.0"))
	do(promote(prod, "1.2.0+x"))
	do(promote(prod, "1.2.0-"+strings.Repeat("x", 90)))
	do(promote(dev, "7.0.0"))
	do(rollback(prod, "7.0.0"))
	do(rollback(prod, "prod-2026-02-22.9-1.0.0"))
	do(rollback(prod, "dev-2026-02-22.1-1.0.0"))
	do(rollback(prod, "2.0.0-rc.1"))
	do(promote(prod, "1.2.0"))
	do(rollback(dev, "1.1.0"))
	do(promote(prod, "1.2.0"))
	want := []string{
		`nothing runs: nothing was promoted to dev yet, from which prod takes its releases; run "penstock promote --app shop/checkout --to dev" first`,
		`dev runs 1.0.0 now, the first release there`,
		`prod runs 1.0.0 now, the first release there`,
		`not before: 1.1.0 never ran in dev, which runs 1.0.0; run "penstock promote --app shop/checkout --to dev --release 1.1.0" first`,
		`dev runs 1.2.0 now, before it was 1.0.0`,
		`prod runs 1.2.0 now, before it was 1.0.0`,
		`prod runs 1.2.0 already (prod-2026-02-22.2-1.2.0)`,
		`older: 1.0.0 is older than 1.2.0, which runs in prod; run "penstock rollback --app shop/checkout --env prod --to 1.0.0 --reason TEXT" if it is meant to go back`,
		`prod runs 1.0.0 again, and is held until a lift`,
		`held: prod runs 1.0.0 and is held by prod-2026-02-22.3-rollback-1.0.0 since 1 min, by rolls back: broken; run "penstock hold --app shop/checkout --env prod --lift" when the reason is gone`,
		`prod is held already by prod-2026-02-22.3-rollback-1.0.0 since 2 min, by rolls back: broken`,
		`no candidate: nothing older than 1.0.0 counted in prod that no rollback left; name the release with "penstock rollback --app shop/checkout --env prod --to RELEASE"`,
		`prod runs 1.0.0 and takes promotions again`,
		`prod is not held`,
		`bad release: release "v1.2.0" is no version; write it like 1.4.2 or 1.4.2-rc.1, without a v; run "penstock promote --app shop/checkout --to prod --release VERSION"`,
		`bad release: release "1.2.0+x" has build metadata, which a tag cannot hold; leave out what follows the plus sign; run "penstock promote --app shop/checkout --to prod --release VERSION"`,
		`bad release: release "1.2.0-` + strings.Repeat("x", 90) + `" makes tags of prod longer than the 128 characters that a tag may have; release it under a version that is 5 characters shorter`,
		`unknown release: reg/app has no release 7.0.0; push it with "penstock bundle push", or name another with --release`,
		`unknown release: "7.0.0" is no release in reg/app; run "penstock history --app shop/checkout --env prod" to see what can be gone back to`,
		`unknown release: "prod-2026-02-22.9-1.0.0" is no tag of reg/prod; run "penstock history --app shop/checkout --env prod" to see what can be gone back to`,
		`unknown release: "dev-2026-02-22.1-1.0.0" is neither a promotion tag of prod nor a release; run "penstock history --app shop/checkout --env prod" to see what can be gone back to`,
		`never ran: 2.0.0-rc.1 is newer than 1.0.0 and never ran in prod: that is no rollback; run "penstock promote --app shop/checkout --to prod --release 2.0.0-rc.1"`,
		`prod runs 1.2.0 now, before it was 1.0.0`,
		`dev runs 1.1.0 again, and is held until a lift`,
		`prod runs 1.2.0 already (prod-2026-02-22.5-1.2.0)`,
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func refused(t *testing.T, w world, s step, kind Kind, says string) {
	t.Helper()
	m := &memory{world: w}
	_, err := s.do(t.Context(), m.registry(), s.o)
	if KindOf(err) != kind || !strings.Contains(fmt.Sprint(err), says) {
		t.Errorf("%s: %v; want %q with %q", s.name, err, kind, says)
	}
	if m.world.key() != w.key() {
		t.Errorf("%s was refused, but changed the registry", s.name)
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	dev, prod := devAndProd(t, "single")
	w := setup(t, releases("reg/app", "1.0.0", "1.1.0", "1.2.0"), promote(dev, "1.0.0"), promote(prod, ""), promote(dev, "1.1.0"))

	frozen := prod
	frozen.Env.Freeze = []contract.Freeze{{From: "2026-02-22T10:00:00Z", To: "2026-02-22T14:00:00+01:00", Reason: "peak\nseason"}}
	refused(t, w, promote(frozen, ""), Frozen, "prod is frozen from 2026-02-22T10:00:00Z to 2026-02-22T14:00:00+01:00 (peak season); promote after it")
	frozen.Now = clock(t, "2026-02-22T13:00:00Z")
	setup(t, w, promote(frozen, ""), rollback(prod, "1.0.0"))

	refused(t, setup(t, w, rollback(dev, "")), promote(prod, "1.1.0"), LeftBefore, "dev was rolled back from 1.1.0 to 1.0.0 since it ran there")
	refused(t, w.put("reg/app:1.1.0", "sha256:other"), promote(prod, ""), ReleaseMoved, "the release tag 1.1.0 shows sha256:other, but dev ran sha256:1.1.0 under that name")
	pinned := prod
	pinned.Env.Pinned = true
	refused(t, w, promote(pinned, ""), WrongPlace, "Git pins what runs in prod")
	fresh := prod
	fresh.Env.Name = "fresh"
	refused(t, w, hold(fresh), NothingRuns, "nothing was promoted to fresh yet")
	refused(t, w, rollback(fresh, ""), NothingRuns, "nothing was promoted to fresh yet")
	refused(t, w.put("reg/app:fresh", "sha256:mine"), promote(fresh, ""), UnknownRelease, `the tag "fresh" shows sha256:mine, which no release tag of reg/app names`)
}

func TestMovedByHand(t *testing.T) {
	t.Parallel()
	o := single(t)
	w := setup(t, releases("reg/app", "1.0.0", "1.1.0", "1.2.0", "1.3.0"), promote(o, "1.0.0"), promote(o, "1.1.0"), promote(o, "1.2.0"))
	moved := w.put("reg/app:prod", digestFor("1.0.0"))
	says := `the tag "prod" shows sha256:1.0.0, but by its claims prod runs 1.2.0 (prod-2026-02-22.3-1.2.0): it was moved by hand, or another run has not ended; ` +
		`run "penstock rollback --app shop/checkout --env prod --to RELEASE --reason TEXT" to keep what it shows, or "penstock promote --app shop/checkout --to prod --repair" to undo the move`
	for _, s := range []step{promote(o, "1.3.0"), rollback(o, ""), hold(o), lift(o)} {
		refused(t, moved, s, MovedByHand, says)
	}
	shows := func(w world, release string) {
		t.Helper()
		if d := w["reg/app:prod"]; d != digestFor(release) {
			t.Errorf("prod shows %s, want %s", d, release)
		}
	}
	repair := step{name: "repair", do: Promote, o: o}
	repair.o.Repair = true
	shows(setup(t, moved, repair), "1.2.0")
	repair.o.Release = "1.3.0"
	shows(setup(t, moved, repair), "1.3.0")
	shows(setup(t, moved, rollback(o, "1.0.0")), "1.0.0")

	// Adopting never shows the state in between, and takes what was never here.
	hotfix := w.put("reg/app:prod", digestFor("1.3.0"))
	m := &memory{world: hotfix}
	s := rollback(o, "1.3.0")
	if _, err := s.do(t.Context(), m.registry(), s.o); err != nil {
		t.Fatal(err)
	}
	for _, q := range m.asked {
		if q.method == "Tag" && q.b == "prod" {
			t.Errorf("set the tag to %s while adopting", q.a)
		}
	}
	// The state before and a missing tag are a crashed run's.
	for _, w := range []world{w.put("reg/app:prod", digestFor("1.1.0")), without(w, "reg/app:prod")} {
		w = setup(t, w, hold(o))
		shows(w, "1.2.0")
	}
}

func without(w world, key string) world {
	n := w.put(key, "x")
	delete(n, key)
	return n
}

// TestFaults fails each request of each run, before and after it is carried
// out. Then the same run, or what the message names, ends with the tag equal to
// the fold.
func TestFaults(t *testing.T) {
	t.Parallel()
	dev, prod := devAndProd(t, "per-environment")
	w := setup(t, releases("reg/app", "1.0.0", "1.1.0", "1.2.0"), promote(dev, "1.0.0"), promote(prod, ""), promote(dev, "1.1.0"), promote(prod, ""), promote(dev, ""))
	for _, s := range []step{promote(prod, ""), rollback(prod, ""), hold(prod), {name: "sign", do: Promote, o: prod, sign: true}} {
		for n, more := 0, true; more; n++ {
			more = faultAt(t, w, s, n, false)
			faultAt(t, w, s, n, true)
		}
	}
}

func faultAt(t *testing.T, w world, s step, at int, done bool) (more bool) {
	t.Helper()
	m := &memory{world: w}
	m.fail = func(n int, q request) string {
		if n != at {
			return ""
		}
		if done {
			m.world, _ = m.world.serve(q)
		}
		return "reg: 500"
	}
	reg := server(m.serve)
	if s.sign {
		s.o.Sign = reg.sign
	}
	_, err := s.do(t.Context(), reg, s.o)
	if err == nil {
		return false
	}
	var next *Interrupted
	if !asInterrupted(err, &next) || !strings.Contains(err.Error(), "reg: 500; ") || next.Now == "" || next.Next == "" {
		t.Errorf("%s, request %d: %v", s.name, at, err)
		return true
	}
	if next.Now == "nothing was changed" && m.world.key() != w.key() {
		t.Errorf("%s, request %d %v: something was changed", s.name, at, m.asked[at])
	}
	if to, ok := strings.CutPrefix(next.Next, `run "penstock rollback --app shop/checkout --env prod --to `); ok {
		s.o.To, _, _ = strings.Cut(to, `"`)
	}
	m.fail = nil
	out, err := s.do(t.Context(), reg, s.o)
	if err != nil {
		t.Errorf("%s, after request %d: %v", s.name, at, err)
		return true
	}
	claims, _ := Claims(m.world.tags("reg/prod"), "prod")
	if st := Fold(claims); m.world["reg/prod:prod"] != digestFor(st.Release) || st.Release != out.Release {
		t.Errorf("%s, after request %d: %+v, but %+v", s.name, at, out, st)
	}
	return true
}

func asInterrupted(err error, to **Interrupted) bool {
	i, ok := err.(*Interrupted) //nolint:errorlint // it comes as it is
	*to = i
	return ok
}

// TestRollbackAgain: a rollback that crashed is finished by the next one, which
// does not go one release further back.
func TestRollbackAgain(t *testing.T) {
	t.Parallel()
	o := single(t)
	w := setup(t, releases("reg/app", "1.0.0", "1.1.0", "1.2.0"), promote(o, "1.0.0"), promote(o, "1.1.0"), promote(o, "1.2.0"))
	w = w.put("reg/app:prod-2026-02-22.4-rollback-1.1.0", digestFor("1.1.0"))
	m := &memory{world: w}
	out, err := Rollback(t.Context(), m.registry(), o)
	if err != nil || out.Release != "1.1.0" || m.world["reg/app:prod"] != digestFor("1.1.0") {
		t.Errorf("%+v, %v", out, err)
	}
}

// TestCopyAgain: a release whose claims are gone is copied in again, and the
// record says so.
func TestCopyAgain(t *testing.T) {
	t.Parallel()
	_, prod := devAndProd(t, "per-environment")
	w := releases("reg/app", "1.0.0", "1.1.0").put("reg/prod@"+digestFor("1.1.0"), "").put("reg/prod:prod-2026-01-01.1-1.1.0", digestFor("1.1.0")).put("reg/prod:prod", digestFor("1.1.0"))
	m := &memory{world: w}
	prod.To, prod.Reason = "1.0.0", "slow"
	out, err := Rollback(t.Context(), m.registry(), prod)
	if err != nil || out.CopiedFrom != "reg/app:1.0.0" {
		t.Fatal(out, err)
	}
	rec, err := DecodeRecord([]byte(m.world["reg/prod:record-"+out.Claim]))
	want := Record{
		Tag: "prod-2026-02-22.1-rollback-1.0.0", App: "shop/checkout", Environment: "prod", Action: ActionRollback, Release: "1.0.0", Digest: "sha256:1.0.0",
		PreviousRelease: "1.1.0", PreviousDigest: "sha256:1.1.0", Actor: "ann", Time: noon, Reason: "slow", CopiedFrom: "reg/app:1.0.0",
	}
	if d := cmp.Diff(want, rec); d != "" || err != nil {
		t.Error(d, err)
	}
}

func TestUnfinished(t *testing.T) {
	t.Parallel()
	tags := func(s State) []string {
		var list []string
		for _, c := range s.unfinished() {
			list = append(list, c.Tag())
		}
		slices.Sort(list)
		return list
	}
	for _, c := range []struct{ claims, want []string }{
		{[]string{"p-2026-02-22.1-1.0.0"}, nil},
		{[]string{"p-2026-02-22.1-1.0.0", "p-2026-02-22.2-1.1.0", "p-2026-02-22.3-1.2.0"}, []string{"p-2026-02-22.2-1.1.0"}},
		{ // two runs that did not see each other: neither may have set the tag
			[]string{"p-2026-02-22.1-1.0.0", "p-2026-02-22.2-1.1.0", "p-2026-02-22.2-1.2.0"},
			[]string{"p-2026-02-22.1-1.0.0", "p-2026-02-22.2-1.1.0"},
		},
		{ // a rollback claimed late: 1.2.0 was what ran
			[]string{"p-2026-02-22.1-1.0.0", "p-2026-02-22.2-1.1.0", "p-2026-02-22.2-rollback-1.0.0", "p-2026-02-22.3-1.2.0"},
			[]string{"p-2026-02-22.2-1.1.0", "p-2026-02-22.3-1.2.0"},
		},
	} {
		if d := cmp.Diff(c.want, tags(fold(t, c.claims...))); d != "" {
			t.Error(c.claims, d)
		}
	}
}
