package promotion

import (
	"context"
	"errors"
	"slices"
	"testing"
)

// TestCheckFirst: a release is looked at where it comes from, once, before anything
// of it is copied; a check that fails ends the run there.
func TestCheckFirst(t *testing.T) {
	t.Parallel()
	o := single(t)
	o.Env.Repository, o.Env.Releases = "reg/prod", "reg/releases"
	w := releases("reg/releases", "1.0.0", "1.1.0", "1.2.0")
	var checked []string
	var fail error
	m := &memory{world: w}
	o.Check = func(_ context.Context, repository, digest string) error {
		if _, ok := m.world["reg/prod@"+digest]; ok {
			t.Errorf("%s was copied before the check", digest)
		}
		checked = append(checked, repository+"@"+digest)
		return fail
	}
	run := func(do func(context.Context, Registry, Options) (Outcome, error), o Options) error {
		_, err := do(t.Context(), m.registry(), o)
		return err
	}
	first, second, older := o, o, o
	first.Release, second.Release, older.To = "1.1.0", "1.2.0", "1.0.0"
	if err := run(Promote, first); err != nil {
		t.Fatal(err)
	}
	for _, refusal := range []error{errors.New("reg: 500"), &Refusal{Kind: Unproven, Now: "nobody attested it", Next: "ask why"}} {
		fail = refusal
		for name, step := range map[string]func() error{
			"promote":  func() error { return run(Promote, second) },
			"rollback": func() error { return run(Rollback, older) },
		} {
			before := m.world.key()
			if err := step(); !errors.Is(err, refusal) {
				t.Errorf("%s: %v", name, err)
			}
			if m.world.key() != before {
				t.Errorf("%s: a check that failed changed something", name)
			}
		}
	}
	fail, checked = nil, nil
	for _, step := range []func() error{
		func() error { return run(Promote, second) },
		func() error { return run(Rollback, o) },     // to 1.1.0, which counted here
		func() error { return run(Rollback, older) }, // copied in
	} {
		if err := step(); err != nil {
			t.Fatal(err)
		}
	}
	if want := []string{"reg/releases@" + digestFor("1.2.0"), "reg/releases@" + digestFor("1.0.0")}; !slices.Equal(checked, want) {
		t.Errorf("checked %v, not %v", checked, want)
	}
}
