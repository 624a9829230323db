package promotion

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// step is a run of the protocol in an exploration.
type step struct {
	name string
	do   func(context.Context, Registry, Options) (Outcome, error)
	o    Options
	sign bool
	last bool // starts only when all runs before it have ended or crashed
}

// node is a run after some answers: it waits for a request or has ended. What a
// run does next depends on its answers alone, so each node is executed once,
// however many schedules lead to it.
type node struct {
	step    int
	answers []answer
	asked   []request // that the answers are to
	next    request   // when not ended
	ended   bool
	out     Outcome
	err     error
	after   map[int32]int32 // answer id -> node id
}

// config is a point of a schedule: the registry and where each run is.
// Runs that crashed have the node -1.
type config struct {
	world   int32
	nodes   [4]int32
	crashes int8
}

// explorer walks all schedules of some runs. Equal configs are walked once.
//
// Reduced, it leaves out schedules that no run can tell from another: what
// touches neither claims nor the environment tag happens at once with the
// request before it, and a run that has claimed is where its last look puts it,
// whatever it saw before.
type explorer struct {
	reduced string // the environment's name; "" explores everything
	merged  map[string]int32
	steps   []step
	nodes   []*node
	worlds  []world
	ids     map[string]int32
	served  map[servedKey]servedValue
	asks    map[request]int32
	got     map[answer]int32
	looked  map[int32]bool     // worlds
	seen    map[config]float64 // number of schedules from there
	start   config
	limit   int                                  // of configs
	check   func(e *explorer, c config) []string // at the end of schedules
	always  func(e *explorer, w world) []string  // of each state of the registry
	wrong   map[string]string                    // what is wrong: an example
	path    []event

	cut           bool // the limit was reached
	schedules     float64
	ends, stopped int // ends, and those at which a run stopped for a person
}

type (
	servedKey   struct{ world, request int32 }
	servedValue struct{ world, answer int32 }
)

// event is one step of a schedule.
type event struct {
	step int
	q    request
}

const crashed = -1

func newExplorer(w world, steps []step) *explorer {
	e := &explorer{
		steps: steps, ids: map[string]int32{}, served: map[servedKey]servedValue{},
		asks: map[request]int32{}, got: map[answer]int32{}, merged: map[string]int32{}, looked: map[int32]bool{}, seen: map[config]float64{}, wrong: map[string]string{}, limit: 6_000_000,
	}
	e.start.world = e.intern(w)
	for i := range steps {
		e.start.nodes[i] = e.execute(i, nil, nil)
	}
	return e
}

// visible reports whether the order of a request and other runs' matters.
func (e *explorer) visible(q request) bool {
	switch q.method {
	case "Tags":
		return true
	case "Digest":
		return e.reduced == "" || q.a == e.reduced
	case "Tag":
		return true
	default:
		return e.reduced == ""
	}
}

// place is what a run's future depends on; "" when that is all its answers.
func (e *explorer) place(i int, asked []request, answers []answer, next request) string {
	claim, look := -1, -1
	for k, q := range asked {
		switch {
		case q.method == "Tag" && q.b != e.reduced:
			claim, look = k, -1
		case q.method == "Tags":
			look = k
		}
	}
	if e.reduced == "" || claim < 0 || look < claim {
		return ""
	}
	return fmt.Sprint(i, answers[:claim], answers[look:], next)
}

func (e *explorer) intern(w world) int32 {
	key := w.key()
	if id, ok := e.ids[key]; ok {
		return id
	}
	id := int32(len(e.worlds))
	e.ids[key] = id
	e.worlds = append(e.worlds, w)
	return id
}

type pause struct{ q request }

// execute runs a step from its start with the answers so far.
func (e *explorer) execute(i int, asked []request, answers []answer) (id int32) {
	n := &node{step: i, asked: asked, answers: answers, after: map[int32]int32{}}
	id = int32(len(e.nodes))
	e.nodes = append(e.nodes, n)
	used := 0
	reg := server(func(q request) answer {
		if used == len(answers) {
			panic(pause{q})
		}
		used++
		return answers[used-1]
	})
	defer func() {
		if p := recover(); p != nil {
			q, ok := p.(pause)
			if !ok {
				panic(p)
			}
			n.next = q.q
		}
	}()
	o := e.steps[i].o
	if e.steps[i].sign {
		o.Sign = reg.sign
	}
	n.out, n.err = e.steps[i].do(context.Background(), reg, o)
	n.ended = true
	return id
}

// advance lets a run make its next request, and those that nobody sees.
func (e *explorer) advance(c config, i int) config {
	c = e.request(c, i)
	for !e.over(c.nodes[i]) && !e.visible(e.nodes[c.nodes[i]].next) {
		c = e.request(c, i)
	}
	return c
}

func (e *explorer) request(c config, i int) config {
	n := e.nodes[c.nodes[i]]
	ask, ok := e.asks[n.next]
	if !ok {
		ask = int32(len(e.asks))
		e.asks[n.next] = ask
	}
	v, ok := e.served[servedKey{c.world, ask}]
	if !ok {
		w, a := e.answer(c.world, n.next)
		if _, known := e.got[a]; !known {
			e.got[a] = int32(len(e.got))
		}
		v = servedValue{e.intern(w), e.got[a]}
		e.served[servedKey{c.world, ask}] = v
	}
	next, ok := n.after[v.answer]
	if !ok {
		_, a := e.answer(c.world, n.next)
		next = e.merge(e.execute(n.step, append(slices.Clip(n.asked), n.next), append(slices.Clip(n.answers), a)))
		n.after[v.answer] = next
	}
	c.world, c.nodes[i] = v.world, next
	return c
}

// answer leaves records out of listings when reduced: no run looks for them.
func (e *explorer) answer(w int32, q request) (world, answer) {
	next, a := e.worlds[w].serve(q)
	if e.reduced != "" && q.method == "Tags" {
		tags := slices.DeleteFunc(strings.Fields(a.tags), func(tag string) bool { return strings.HasPrefix(tag, recordPrefix) })
		a.tags = strings.Join(tags, " ")
	}
	return next, a
}

func (e *explorer) merge(id int32) int32 {
	n := e.nodes[id]
	if n.ended {
		return id
	}
	place := e.place(n.step, n.asked, n.answers, n.next)
	if place == "" {
		return id
	}
	if same, ok := e.merged[place]; ok {
		return same
	}
	e.merged[place] = id
	return id
}

func (e *explorer) over(id int32) bool { return id == crashed || e.nodes[id].ended }

// walk returns the number of schedules that start at c.
func (e *explorer) walk(c config) float64 {
	if n, ok := e.seen[c]; ok {
		if n < 0 {
			e.note("runs go round in a circle")
			return 0
		}
		return n
	}
	if len(e.seen) >= e.limit {
		e.cut = true
		return 0
	}
	if e.always != nil && !e.looked[c.world] {
		e.looked[c.world] = true
		for _, what := range e.always(e, e.worlds[c.world]) {
			e.note(what)
		}
	}
	total, moved := 0.0, false
	e.seen[c] = -1
	before := true // all earlier runs are over
	for i := range e.steps {
		if e.over(c.nodes[i]) || e.steps[i].last && (!before || c.crashes == e.start.crashes) {
			before = before && e.over(c.nodes[i])
			continue
		}
		moved = true
		q := e.nodes[c.nodes[i]].next
		total += e.visit(e.advance(c, i), event{i, q})
		if c.crashes > 0 && !e.steps[i].last {
			d := c
			d.crashes--
			d.nodes[i] = crashed
			total += e.visit(d, event{i, request{method: "crash"}})
		}
		before = false
	}
	if !moved {
		total = 1
		for _, what := range e.check(e, c) {
			e.note(what)
		}
	}
	e.seen[c] = total
	return total
}

func (e *explorer) visit(c config, what event) float64 {
	e.path = append(e.path, what)
	n := e.walk(c)
	e.path = e.path[:len(e.path)-1]
	return n
}

func (e *explorer) note(what string) {
	if _, ok := e.wrong[what]; !ok {
		var b strings.Builder
		for _, v := range e.path {
			fmt.Fprintf(&b, "\n    %s: %s %s %s %s", e.steps[v.step].name, v.q.method, v.q.repository, v.q.a, v.q.b)
		}
		e.wrong[what] = b.String()
	}
}

// run explores and reports what is wrong, with a schedule for each.
func (e *explorer) run(t *testing.T, name string, crashes int) {
	t.Helper()
	e.start.crashes = int8(crashes)
	e.schedules = e.walk(e.start)
	shown := 0
	for what, path := range e.wrong {
		if shown++; shown > 3 {
			t.Errorf("%s: and %d more", name, len(e.wrong)-3)
			break
		}
		t.Errorf("%s: %s%s", name, what, path)
	}
}
