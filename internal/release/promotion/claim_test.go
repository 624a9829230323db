package promotion

import (
	"math/rand"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseClaim(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		tag, env, want string // want: date number action release, or ""
	}{
		{"prod-2026-02-22.1-1.4.2", "prod", "2026-02-22 promotion 1.4.2"},
		{"prod-2026-02-22.2-rollback-1.4.1", "prod", "2026-02-22 rollback 1.4.1"},
		{"prod-2026-02-22.2-hold-1.4.1", "prod", "2026-02-22 hold 1.4.1"},
		{"prod-2026-02-22.2-lift-1.4.1", "prod", "2026-02-22 lift 1.4.1"},
		{"prod-2026-02-22.1-1.4.2-rc.1", "prod", "2026-02-22 promotion 1.4.2-rc.1"},
		{"prod-2026-02-22.1-1.0.0-rollback-1.0.0", "prod", "2026-02-22 promotion 1.0.0-rollback-1.0.0"},
		{"prod-2026-02-22.1-rollback-1.0.0-rollback-1.0.0", "prod", "2026-02-22 rollback 1.0.0-rollback-1.0.0"},
		{"prod-2026-02-22.1-2.0.0-hold.1", "prod", "2026-02-22 promotion 2.0.0-hold.1"},
		{"prod-eu-2026-02-22.1-1.4.2", "prod-eu", "2026-02-22 promotion 1.4.2"},
		{"prod-eu-2026-02-22.1-1.4.2", "prod", ""},
		{"prod-2026-02-22.1-1.4.2", "prod-eu", ""},
		{"prod-2026-01-01-2026-02-22.1-1.4.2", "prod", ""},
		{"prod-2026-01-01-2026-02-22.1-1.4.2", "prod-2026-01-01", "2026-02-22 promotion 1.4.2"},
		{"record-prod-2026-02-22.1-1.4.2", "prod", ""},
		{"prod", "prod", ""},
		{"prod-2026-02-30.1-1.4.2", "prod", ""},
		{"prod-2026-02-22.0-1.4.2", "prod", ""},
		{"prod-2026-02-22.01-1.4.2", "prod", ""},
		{"prod-2026-02-22.1234567890-1.4.2", "prod", ""},
		{"prod-2026-02-22.1-v1.4.2", "prod", ""},
		{"prod-2026-02-22.1-1.4", "prod", ""},
		{"prod-2026-02-22.1-1.4.02", "prod", ""},
		{"prod-2026-02-22.1-rollback-", "prod", ""},
		{"prod-2026-02-22.1-rollback-hold-1.4.2", "prod", ""},
		{"prod-2026-02-22.1-1.4.2+build", "prod", ""},
		{"prod-2026-02-22.1-1.4.2\n", "prod", ""},
		{"prod-2026-02-22.1-1.4.2-" + strings.Repeat("a", 128), "prod", ""},
	} {
		got, ok := ParseClaim(c.tag, c.env)
		if text := got.Date + " " + string(got.Action) + " " + got.Release; ok != (c.want != "") || ok && text != c.want {
			t.Errorf("ParseClaim(%q, %q) = %q, %v; want %q", c.tag, c.env, text, ok, c.want)
		}
		if ok && got.Tag() != c.tag {
			t.Errorf("%q comes back as %q", c.tag, got.Tag())
		}
	}
}

func TestClaimOrder(t *testing.T) {
	t.Parallel()
	want := []string{
		"p-2026-02-21.2-9.0.0",
		"p-2026-02-22.1-1.0.0-rc.1",
		"p-2026-02-22.1-1.0.0",
		"p-2026-02-22.1-1.10.0",
		"p-2026-02-22.1-lift-1.0.0",
		"p-2026-02-22.1-hold-1.0.0",
		"p-2026-02-22.1-rollback-0.1.0",
		"p-2026-02-22.1-rollback-0.2.0",
		"p-2026-02-22.2-0.1.0",
		"p-2026-02-22.10-0.1.0",
	}
	tags := slices.Concat(want, []string{"p", "p-2026-02-22.0-1.0.0", "p-eu-2026-02-22.1-1.0.0", "record-" + want[0], "p-2026-13-01.1-1.0.0", "1.0.0"})
	slices.Sort(tags)
	claims, odd := Claims(tags, "p")
	got := make([]string, len(claims))
	for i, c := range claims {
		got[i] = c.Tag()
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{"p-2026-02-22.0-1.0.0", "p-2026-13-01.1-1.0.0"}, odd); d != "" {
		t.Error(d)
	}
}

// FuzzParseClaim checks that a name is a claim of one environment, one action
// and one release only, and comes back as it was.
func FuzzParseClaim(f *testing.F) {
	f.Add("prod-2026-02-22.1-1.0.0-rollback-1.0.0", "prod", "1.0.0-rollback-1.0.0", 3)
	f.Add("prod-eu-2026-02-22.7-hold-2.0.0-hold.1", "prod-eu", "2.0.0-hold.1", 1)
	f.Add("a-2026-01-01-2026-01-02.1-1.0.0--1.0.0", "a-2026-01-01", "1.0.0--lift-1.0.0", 2)
	f.Fuzz(func(t *testing.T, tag, env, release string, n int) {
		if c, ok := ParseClaim(tag, env); ok && (c.Tag() != tag || c.Environment != env) {
			t.Errorf("%q of %q comes back as %q", tag, env, c.Tag())
		}
		if CheckRelease(release) != nil || len(release) > 60 || len(env) > 40 || env == "" {
			return
		}
		seen := map[string]Claim{}
		for _, a := range []Action{ActionPromotion, ActionLift, ActionHold, ActionRollback} {
			c := Claim{Environment: env, Date: "2026-02-22", Number: 1 + (n&0x7fffffff)%maxNumber, Action: a, Release: release}
			if other, ok := seen[c.Tag()]; ok {
				t.Errorf("%v and %v are both %q", c, other, c.Tag())
			}
			seen[c.Tag()] = c
			if back, ok := ParseClaim(c.Tag(), env); !ok || back != c {
				t.Errorf("%v comes back as %v, %v", c, back, ok)
			}
			for i := range env {
				if _, ok := ParseClaim(c.Tag(), env[:i]); ok {
					t.Errorf("%q of %q is a claim of %q, too", c.Tag(), env, env[:i])
				}
			}
		}
	})
}

// FuzzReleases checks that releases have one order.
func FuzzReleases(f *testing.F) {
	f.Add("1.0.0", "1.0.0-rc.1", "1.0.0-99999999999999999999999")
	f.Add("1.0.0-a", "1.0.0-a.b", "1.0.0-5")
	f.Fuzz(func(t *testing.T, a, b, c string) {
		for _, r := range []string{a, b, c} {
			if CheckRelease(r) != nil {
				return
			}
		}
		ab, bc, ac := compareReleases(a, b), compareReleases(b, c), compareReleases(a, c)
		if ab != -compareReleases(b, a) || (ab == 0) != (a == b) {
			t.Errorf("%q and %q compare as %d", a, b, ab)
		}
		if ab <= 0 && bc <= 0 && ac > 0 {
			t.Errorf("%q <= %q <= %q, but not %q <= %q", a, b, c, a, c)
		}
	})
}

// randomClaims makes claims that meet each other often.
func randomClaims(r *rand.Rand, n int) []Claim {
	list := make([]Claim, n)
	for i := range list {
		list[i] = Claim{
			Environment: "prod", Date: []string{"2026-02-22", "2026-02-23"}[r.Intn(2)], Number: 1 + r.Intn(6),
			Action:  []Action{ActionPromotion, ActionPromotion, ActionPromotion, ActionLift, ActionHold, ActionRollback}[r.Intn(6)],
			Release: []string{"1.0.0", "1.1.0-rc.1", "1.1.0", "1.2.0", "1.3.0", "2.0.0-hold.1"}[r.Intn(6)],
		}
	}
	return list
}

// TestFoldProperties: any order and any repetition of the claims is the same
// State; a State is the Fold of its own moves; and each promotion that counts
// is newer than what was before it.
func TestFoldProperties(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewSource(7))
	for range 3000 {
		claims := randomClaims(r, 1+r.Intn(14))
		s := Fold(claims)
		twice := slices.Concat(claims, claims)
		r.Shuffle(len(twice), func(i, j int) { twice[i], twice[j] = twice[j], twice[i] })
		if d := cmp.Diff(s, Fold(twice)); d != "" {
			t.Fatalf("%v: %s", claims, d)
		}
		again := make([]Claim, len(s.Moves))
		for i, m := range s.Moves {
			again[i] = m.Claim
			if m.Counts && m.Action == ActionPromotion && !Newer(m.Release, m.From) {
				t.Fatalf("%s went back from %s", m.Tag(), m.From)
			}
			if m.Counts == (m.By != Claim{}) && m.Action == ActionPromotion {
				t.Fatalf("%s counts: %v, by %s", m.Tag(), m.Counts, m.By.Tag())
			}
		}
		if d := cmp.Diff(s, Fold(again)); d != "" {
			t.Fatal(d)
		}
		if list := s.Candidates(); len(list) > 0 && (list[0].Release != s.Release || list[0].Claim != s.Claim) {
			t.Fatalf("%v is the state, %v the newest candidate", s.Claim, list[0])
		}
		checkNext(t, s)
	}
}

// checkNext: a new rollback is always the state and holds, a new hold holds and
// a new lift ends it, whatever was before.
func checkNext(t *testing.T, s State) {
	t.Helper()
	date, number := s.next(clock(t, noon))
	for _, a := range []Action{ActionRollback, ActionHold, ActionLift} {
		c := Claim{Environment: "prod", Date: date, Number: number, Action: a, Release: "0.1.0"}
		claims := []Claim{c}
		for _, m := range s.Moves {
			claims = append(claims, m.Claim)
		}
		n := Fold(claims)
		if top := n.Moves[len(n.Moves)-1].Claim; top != c {
			t.Fatalf("%s is not above %s", c.Tag(), top.Tag())
		}
		if n.Held != (a != ActionLift) || a == ActionRollback && n.Release != c.Release {
			t.Fatalf("%s: %+v", c.Tag(), n)
		}
	}
}

func TestNextNumber(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ newest, now, want string }{
		{"", noon, "2026-02-22.1"},
		{"prod-2026-02-21.4-1.0.0", noon, "2026-02-22.1"},
		{"prod-2026-02-22.4-1.0.0", noon, "2026-02-22.5"},
		{"prod-2026-02-22.4-1.0.0", "2026-02-23T00:30:00+01:00", "2026-02-22.5"}, // UTC
		{"prod-2027-01-01.9-1.0.0", noon, "2027-01-01.10"},                       // a wrong clock earlier
		{"prod-2026-12-31.999999999-1.0.0", noon, "2027-01-01.1"},
	} {
		claims, _ := Claims([]string{c.newest}, "prod")
		date, n := Fold(claims).next(clock(t, c.now))
		if got := (Claim{Environment: "x", Date: date, Number: n, Release: "1.0.0", Action: ActionPromotion}).Tag(); got != "x-"+c.want+"-1.0.0" {
			t.Errorf("after %q at %s: %s", c.newest, c.now, got)
		}
	}
}

func fold(t *testing.T, tags ...string) State {
	t.Helper()
	claims, odd := Claims(tags, "p")
	if len(odd) > 0 || len(claims) != len(tags) {
		t.Fatal(tags, odd)
	}
	return Fold(claims)
}

func TestFoldStories(t *testing.T) {
	t.Parallel()
	s := fold(t, "p-2026-02-22.1-1.0.0", "p-2026-02-22.2-1.1.0", "p-2026-02-22.3-1.2.0", "p-2026-02-22.4-rollback-1.1.0", "p-2026-02-22.5-1.3.0")
	if s.Release != "1.1.0" || !s.Held || s.HoldClaim.Number != 4 || s.Moves[4].Counts || s.Moves[4].By.Number != 4 {
		t.Errorf("a rollback does not hold: %+v", s)
	}
	if c, ok := s.Back(); !ok || c.Release != "1.0.0" {
		t.Errorf("back to %+v", c)
	}
	if c, _ := s.Counted("1.2.0"); !c.LeftSince {
		t.Error("1.2.0 was rolled back from")
	}
	s = fold(t, "p-2026-02-22.1-1.0.0", "p-2026-02-22.2-1.1.0", "p-2026-02-22.3-rollback-1.0.0", "p-2026-02-22.4-lift-1.0.0", "p-2026-02-22.5-1.1.0", "p-2026-02-22.6-1.2.0")
	if c, _ := s.Counted("1.1.0"); c.LeftSince || !c.Left {
		t.Errorf("1.1.0 counted again after the lift: %+v", c)
	}
	if c, ok := s.Back(); !ok || c.Release != "1.0.0" {
		t.Errorf("a rollback left 1.1.0 once, but goes to %+v", c)
	}
	s = fold(t, "p-2026-02-22.5-hold-1.1.0", "p-2026-02-22.6-lift-1.1.0")
	if s.Release != "1.1.0" || s.Held {
		t.Errorf("older claims are gone; the hold names the release: %+v", s)
	}
}
