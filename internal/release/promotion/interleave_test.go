package promotion

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
)

// invariant is the one of the design, of an exploration of the environment prod
// in reg/app; see check and always.
type invariant struct {
	env   Env
	first string // what the tag shows at the start, when nothing was claimed
	signs bool
	busy  bool // rollbacks to different releases may beat each other too often
	slept bool // a run may sleep through two others; see State.unfinished
}

// check holds at the end of every schedule.
func (v invariant) check(e *explorer, c config) (wrong []string) {
	w := e.worlds[c.world]
	claims, odd := Claims(w.tags(v.env.Repository), v.env.Name)
	s := Fold(claims)
	crashes := false
	for i := range e.steps {
		if c.nodes[i] == crashed {
			crashes = true
			continue
		}
		n := e.nodes[c.nodes[i]]
		if !n.ended {
			continue // the last run, which is needed after a crash only
		}
		wrong = append(wrong, v.ended(w, s, e.steps[i], n)...)
		if e.steps[i].last && KindOf(n.err) == MovedByHand {
			e.stopped++
			w = v.repair(w)
		}
	}
	if len(odd) > 0 {
		wrong = append(wrong, fmt.Sprint("odd tags ", odd))
	}
	if crashes && !e.steps[len(e.steps)-1].last || s.Release == "" {
		return wrong
	}
	e.ends++
	shown := w[v.env.Repository+":"+v.env.Name]
	if want := w[v.env.Repository+":"+s.Claim.Tag()]; shown != want {
		wrong = append(wrong, fmt.Sprintf("the tag shows %s, the fold is %s", shown, want))
	}
	return wrong
}

// repair is what the message of a stopped run says.
func (v invariant) repair(w world) world {
	m := &memory{world: w}
	if _, err := Promote(context.Background(), m.registry(), Options{Env: v.env, Repair: true}); err != nil {
		panic(err)
	}
	return m.world
}

// ended checks what a run says of itself.
func (v invariant) ended(w world, s State, step step, n *node) (wrong []string) {
	name := step.name
	if k := KindOf(n.err); n.err != nil && k == "" || k == MovedByHand && !v.slept || k == Busy && !v.busy {
		wrong = append(wrong, fmt.Sprintf("%s ended with %v", name, n.err))
	}
	if n.err != nil {
		return wrong
	}
	if _, ok := w[v.env.Repository+":"+n.out.Claim]; !ok || n.out.Digest != digestFor(n.out.Release) {
		wrong = append(wrong, fmt.Sprintf("%s: success without the claim %q", name, n.out.Claim))
	}
	claim, _ := ParseClaim(n.out.Claim, v.env.Name)
	if step.o.Release != "" && n.out.Release != step.o.Release || n.out.Action == ActionRollback && n.out.Release != claim.Release {
		wrong = append(wrong, fmt.Sprintf("%s: success, but %s runs", name, n.out.Release))
	}
	if n.out.Action == ActionRollback && n.out.Changed {
		wrong = append(wrong, v.undone(s, name, n.out)...)
	}
	return wrong
}

// undone looks for a promotion that undid a rollback without a lift between.
func (v invariant) undone(s State, name string, out Outcome) (wrong []string) {
	after := false
	for _, m := range s.Moves {
		switch {
		case m.Tag() == out.Claim:
			after = true
		case after && m.Action == ActionLift:
			return nil
		case after && m.Action == ActionPromotion && m.Counts:
			wrong = append(wrong, fmt.Sprintf("%s rolled back with %s, and %s undid it", name, out.Claim, m.Tag()))
		}
	}
	return wrong
}

// always holds after every request.
func (v invariant) always(_ *explorer, w world) (wrong []string) {
	shown := w[v.env.Repository+":"+v.env.Name]
	claims, _ := Claims(w.tags(v.env.Repository), v.env.Name)
	claimed := map[string]bool{}
	for _, c := range claims {
		d := w[v.env.Repository+":"+c.Tag()]
		claimed[d] = true
		if d != digestFor(c.Release) {
			wrong = append(wrong, fmt.Sprintf("%s is %s", c.Tag(), d))
		}
		if _, ok := w[v.env.Repository+":"+c.RecordTag()]; !ok {
			wrong = append(wrong, c.Tag()+" has no record")
		}
	}
	if shown != v.first && !claimed[shown] {
		wrong = append(wrong, "runs without a claim: "+shown)
	}
	if v.first != "" && shown != v.first && !claimed[v.first] {
		wrong = append(wrong, "ran and has no claim: "+v.first)
	}
	if _, ok := w[v.env.Repository+"!"+shown]; v.signs && !ok && shown != "" {
		wrong = append(wrong, "runs without a signature: "+shown)
	}
	return wrong
}

// setup makes a world by runs one after the other.
func setup(t testing.TB, w world, steps ...step) world {
	t.Helper()
	for _, s := range steps {
		m := &memory{world: w}
		o := s.o
		if s.sign {
			o.Sign = server(m.serve).sign
		}
		if _, err := s.do(t.Context(), m.registry(), o); err != nil {
			t.Fatalf("%s: %v", s.name, err)
		}
		w = m.world
	}
	return w
}

func promote(o Options, release string) step {
	o.Release, o.Actor = release, "promotes "+release
	return step{name: "promote " + release, do: Promote, o: o}
}

func rollback(o Options, to string) step {
	o.To, o.Actor, o.Reason = to, "rolls back", "broken"
	return step{name: "rollback " + to, do: Rollback, o: o}
}

func hold(o Options) step { return step{name: "hold", do: Hold, o: o} }

func lift(o Options) step { return step{name: "lift", do: Lift, o: o} }

func last(s step) step {
	s.last = true
	s.name = "last: " + s.name
	return s
}

type scenario struct {
	name    string
	world   world
	first   string
	steps   []step
	reduced bool
}

// runs counts the runs that go on side by side.
func (s scenario) runs() (n int) {
	for _, step := range s.steps {
		if !step.last {
			n++
		}
	}
	return n
}

// fights reports whether two runs may roll back to different releases, so that
// one gives up after some claims. Without a release each goes one further back
// than the one before.
func (s scenario) fights() bool {
	n := 0
	for _, step := range s.steps {
		if strings.HasPrefix(step.name, "rollback") {
			n++
		}
	}
	return n > 1
}

func (s scenario) explore(t *testing.T, crashes int) *explorer {
	t.Helper()
	if s.fights() {
		s.reduced = true
		for i := range s.steps {
			s.steps[i].o.claims = 2
		}
	}
	e := newExplorer(s.world, s.steps)
	if s.reduced {
		e.reduced = s.steps[0].o.Env.Name
	}
	v := invariant{env: s.steps[0].o.Env, first: s.first, signs: s.steps[0].sign, busy: s.fights(), slept: s.runs() > 2}
	e.check, e.always = v.check, v.always
	e.run(t, s.name, crashes)
	if e.cut && !everything() {
		t.Errorf("%s: more than %d states", s.name, e.limit)
	}
	if testing.Verbose() {
		t.Logf("%-50s %10.3g schedules, %8d states, %6d nodes, %6d worlds, %d of %d ends stopped, cut off: %v", s.name, e.schedules, len(e.seen), len(e.nodes), len(e.worlds), e.stopped, e.ends, e.cut)
	}
	return e
}

// tally sums up explorations.
type tally struct {
	schedules             float64
	states, ends, stopped int
}

func (t *tally) add(e *explorer) {
	t.schedules += e.schedules
	t.states += len(e.seen)
	t.ends += e.ends
	t.stopped += e.stopped
}

func (t *tally) log(tb testing.TB) {
	tb.Helper()
	tb.Logf("%.4g schedules, %d states; %d ends, %d of them with a stop for a person", t.schedules, t.states, t.ends, t.stopped)
}

// pool is the runs that scenarios combine, on an environment that ran 1.0.0
// and 1.1.0 and runs 1.2.0.
func pool(o Options) []step {
	return []step{promote(o, "1.3.0"), promote(o, "1.4.0"), rollback(o, ""), rollback(o, "1.0.0"), hold(o), lift(o)}
}

// starts are worlds that the runs of pool start from.
func starts(t *testing.T, o Options) map[string]world {
	t.Helper()
	w := releases("reg/app", "1.0.0", "1.1.0", "1.2.0", "1.3.0", "1.4.0")
	w = setup(t, w, promote(o, "1.0.0"), promote(o, "1.1.0"), promote(o, "1.2.0"))
	return map[string]world{"open": w, "held": setup(t, w, hold(o))}
}

// everything asks for the explorations that take minutes.
func everything() bool { return os.Getenv("PENSTOCK_EXPLORE") != "" }

// TestTwoRuns explores all schedules of all pairs, and after crashes one more run.
func TestTwoRuns(t *testing.T) {
	t.Parallel()
	o := single(t)
	total := tally{}
	for name, w := range starts(t, o) {
		all := pool(o)
		for i, a := range all {
			for _, b := range all[i:] {
				for crashes, tail := range []step{hold(o), promote(o, "1.2.0"), rollback(o, "")} {
					s := scenario{name: fmt.Sprintf("%s: %s | %s, %d crashes", name, a.name, b.name, crashes), world: w, steps: []step{a, b, last(tail)}}
					total.add(s.explore(t, crashes))
				}
			}
		}
	}
	total.log(t)
}

// TestMidnight has the second run's clock in the next day, so that its claims
// stand above those of the first, however late the first makes them.
func TestMidnight(t *testing.T) {
	t.Parallel()
	o := single(t)
	total := tally{}
	for name, w := range starts(t, o) {
		for _, a := range pool(o) {
			for _, b := range pool(o) {
				b.o.Now = clock(t, "2026-02-23T00:00:01Z")
				s := scenario{name: fmt.Sprintf("%s: %s | %s after midnight", name, a.name, b.name), world: w, steps: []step{a, b, last(hold(o))}}
				if !s.fights() {
					total.add(s.explore(t, 1))
				}
			}
		}
	}
	total.log(t)
}

// TestAdoption starts where a tag runs that was never claimed.
func TestAdoption(t *testing.T) {
	t.Parallel()
	o := single(t)
	w := releases("reg/app", "1.0.0", "1.1.0", "1.2.0", "1.3.0", "1.4.0")
	w = w.put("reg/app:prod", digestFor("1.2.0"))
	total := tally{}
	all := []step{promote(o, "1.3.0"), promote(o, "1.4.0"), rollback(o, "1.0.0"), hold(o)}
	for i, a := range all {
		for _, b := range all[i:] {
			s := scenario{name: fmt.Sprintf("unclaimed: %s | %s", a.name, b.name), world: w, first: digestFor("1.2.0"), steps: []step{a, b, last(promote(o, "1.4.0"))}}
			s.reduced = s.fights()
			total.add(s.explore(t, 1))
		}
	}
	total.log(t)
}

// TestCopies explores a layout in which each environment has a repository, and
// every environment signs what it runs.
func TestCopies(t *testing.T) {
	t.Parallel()
	dev := Options{App: "shop/checkout", Actor: "ci", Now: clock(t, noon), Env: Env{Name: "dev", Repository: "reg/dev", Releases: "reg/releases"}}
	prod := dev
	prod.Env = Env{Name: "prod", Repository: "reg/prod", Releases: "reg/releases", From: &From{Name: "dev", Repository: "reg/dev"}}
	w := releases("reg/releases", "1.0.0", "1.1.0", "1.2.0", "1.3.0")
	signed := func(s step) step { s.sign = true; return s }
	for _, r := range []string{"1.0.0", "1.1.0"} {
		w = setup(t, w, signed(promote(dev, r)), signed(promote(prod, r)))
	}
	w = setup(t, w, signed(promote(dev, "1.2.0")), signed(promote(dev, "1.3.0")))
	total := tally{}
	all := []step{signed(promote(prod, "1.2.0")), signed(promote(prod, "")), signed(rollback(prod, "")), signed(rollback(prod, "1.0.0"))}
	for i, a := range all {
		for _, b := range all[i:] {
			s := scenario{name: fmt.Sprintf("copies: %s | %s", a.name, b.name), world: w, steps: []step{a, b, last(signed(promote(prod, "")))}}
			total.add(s.explore(t, 1))
		}
	}
	total.log(t)
}

// TestThreeRuns explores three runs and a crash. Schedules that no run can tell
// from another are left out.
func TestThreeRuns(t *testing.T) {
	t.Parallel()
	o := single(t)
	total := tally{}
	for name, w := range starts(t, o) {
		all := pool(o)
		for i, a := range all {
			for j := i; j < len(all); j++ {
				for k := j; k < len(all); k++ {
					s := scenario{name: fmt.Sprintf("%s: %s | %s | %s", name, a.name, all[j].name, all[k].name), world: w, reduced: true}
					s.steps = []step{a, all[j], all[k], last(hold(o))}
					if everything() || i < j && j < k && !s.fights() && (i != 1 || j <= 1) && (k != 2 && i != 2) {
						total.add(s.explore(t, 1))
					}
				}
			}
		}
	}
	total.log(t)
}
