package plan_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/penstock-dev/penstock/internal/generate/plan"
	"github.com/penstock-dev/penstock/internal/generate/tree"
	_ "github.com/penstock-dev/penstock/internal/testkit/goldentest"
)

// The texts of a row's three columns; "" is the table's "-".
const (
	base   = "a\nb\nc\nd\n"
	edited = "A\nb\nc\nd\n" // by the user, in the first line
	other  = "a\nb\nc\nD\n" // by the contract, in the last line
	both   = "A\nb\nc\nD\n"
	clash  = "X\nb\nc\nd\n" // by the contract, in the first line
)

func file(s string) tree.File { return tree.File{Data: []byte(s), Mode: tree.Regular} }

func exec(s string) tree.File { return tree.File{Data: []byte(s), Mode: tree.Executable} }

// at puts one file, or none for "", at a path.
func at(path, s string) tree.Tree {
	if s == "" {
		return nil
	}
	return tree.Tree{path: file(s)}
}

// input is the input with one unit, named "u".
func input(pristine, current, desired tree.Tree, seeded ...string) plan.Input {
	in := plan.Input{Current: plan.Current{Files: current}}
	if pristine != nil {
		in.Pristine = []tree.Unit{{Name: "u", Inputs: "1", Files: pristine, Seeded: keep(pristine, seeded)}}
	}
	if desired != nil {
		in.Desired = []tree.Unit{{Name: "u", Inputs: "2", Files: desired, Seeded: keep(desired, seeded)}}
	}
	return in
}

func keep(t tree.Tree, paths []string) []string {
	var in []string
	for _, p := range paths {
		if _, ok := t[p]; ok {
			in = append(in, p)
		}
	}
	return in
}

// one returns the only change of a plan.
func one(t *testing.T, p plan.Plan) plan.Change {
	t.Helper()
	if len(p.Changes) != 1 {
		t.Fatalf("%d changes: %+v", len(p.Changes), p.Changes)
	}
	return p.Changes[0]
}

func TestDecisionTable(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		path                       string
		pristine, current, desired string
		action                     plan.Action
		result                     string
	}{
		"B C D pin, theirs is newer":      {"f.yaml", "uses: a/b@1 # v1\n", "uses: a/b@2 # v2\n", "uses: a/b@3 # v3\n", plan.Merge, "uses: a/b@3 # v3\n"},
		"B C D pin, the user's is newer":  {"f.yaml", "uses: a/b@1 # v1\n", "uses: a/b@3 # v3\n", "uses: a/b@2 # v2\n", plan.Leave, ""},
		"- - D create":                    {"f", "", "", base, plan.Create, base},
		"- C D keep, C = D":               {"f", "", base, base, plan.Keep, ""},
		"- C D not ours":                  {"f", "", edited, base, plan.NotOurs, ""},
		"- C D both, attributes":          {".gitattributes", "", edited, base, plan.Merge, base + "\n" + edited},
		"- C D keep, attributes":          {".gitattributes", "", base + "\n" + edited, base, plan.Keep, ""},
		"B - - forget":                    {"f", base, "", "", plan.Forget, ""},
		"B - D keep deleted":              {"f", base, "", base, plan.KeepDeleted, ""},
		"B - D keep deleted, D changed":   {"f", base, "", other, plan.KeepDeleted, ""},
		"B C - delete, C = B":             {"f", base, base, "", plan.Delete, ""},
		"B C - leave":                     {"f", base, edited, "", plan.Leave, ""},
		"B C - leave, the contract":       {"penstock.yaml", base, base, "", plan.Leave, ""},
		"B C D keep, nothing changed":     {"f", base, base, base, plan.Keep, ""},
		"B C D keep, D = B":               {"f", base, edited, base, plan.Keep, ""},
		"B C D keep, C = D":               {"f", base, other, other, plan.Keep, ""},
		"B C D update, C = B":             {"f", base, base, other, plan.Update, other},
		"B C D merge":                     {"f", base, edited, other, plan.Merge, both},
		"B C D keep, merged before":       {"f", base, both, other, plan.Keep, ""},
		"B C D conflict":                  {"f", base, edited, clash, plan.Conflict, ""},
		"B C D merge, final newline":      {"f", base, strings.TrimSuffix(base, "\n"), other, plan.Merge, strings.TrimSuffix(other, "\n")},
		"B C D merge, CRLF":               {"f", base, strings.ReplaceAll(base, "\n", "\r\n"), other, plan.Merge, strings.ReplaceAll(other, "\n", "\r\n")},
		"B C D unresolved":                {"f", base, "<<<<<<< x\na\n=======\n>>>>>>> y\n", other, plan.Unresolved, ""},
		"B C D unresolved, D = B":         {"f", base, "a\n>>>>>>> y\n", base, plan.Unresolved, ""},
		"B C D update, B is about it":     {"f", "<<<<<<< x\n", "<<<<<<< x\n", other, plan.Update, other},
		"B C D keep, markers in B and C":  {"f", "<<<<<<< x\n", "<<<<<<< x\nmine\n", "<<<<<<< x\n", plan.Keep, ""},
		"B C - leave, markers":            {"f", base, "<<<<<<< x\n", "", plan.Leave, ""},
		"B C D merge, YAML":               {"f.yaml", "a: 1\nb: 2\nc: 3\n", "a: 9\nb: 2\nc: 3\n", "a: 1\nb: 2\nc: 8\n", plan.Merge, "a: 9\nb: 2\nc: 8\n"},
		"B C D conflict, broken YAML":     {"f.yaml", "a: 1\nb: 2\nc: 3\n", "x: 9\na: 1\nb: 2\nc: 3\n", "a: 1\nb: 2\nc: 3\nx: 8\n", plan.Conflict, ""},
		"B C D conflict, broken JSON":     {"f.json", "[\n1,\n2,\n3\n]\n", "[\n0,\n1,\n2\n]\n", "[\n1,\n2,\n3,\n4\n]\n", plan.Conflict, ""},
		"B C D merge, was broken already": {"f.yaml", "a: 1\nb: 2\nc: 3\n", "a: [\nb: 2\nc: 3\n", "a: 1\nb: 2\nc: 8\n", plan.Merge, "a: [\nb: 2\nc: 8\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := plan.Compute(input(at(c.path, c.pristine), at(c.path, c.current), at(c.path, c.desired)))
			got := one(t, p)
			check(t, got, c.action, c.result)
			if (len(p.Blocked()) > 0) != c.action.NeedsPerson() || (len(p.Writes()) > 0) != (c.action.Writes() || c.action == plan.Delete) {
				t.Errorf("%d blocked, %d writes", len(p.Blocked()), len(p.Writes()))
			}
		})
	}
}

// B - D where a person moved the file: the row B C D at its new place.
func TestDecisionTableMoved(t *testing.T) {
	t.Parallel()
	const text = base + "e\nf\n"
	const moved, unlike = "x/g", "one\ntwo\n"
	for name, c := range map[string]struct {
		there, desired string
		places         map[string]string
		action         plan.Action
		path, result   string
	}{
		"B C D follow":                       {text, text, nil, plan.Follow, moved, ""},
		"B C D follow, edited":               {edited + "e\nf\n", text, nil, plan.Follow, moved, ""},
		"B C D follow, known place":          {unlike, text, map[string]string{"f": moved}, plan.Follow, moved, ""},
		"B C D update, C = B":                {text, other + "e\nf\n", nil, plan.Update, moved, other + "e\nf\n"},
		"B C D merge":                        {edited + "e\nf\n", other + "e\nf\n", nil, plan.Merge, moved, both + "e\nf\n"},
		"B C D conflict":                     {edited + "e\nf\n", clash + "e\nf\n", nil, plan.Conflict, moved, ""},
		"B - D keep deleted, another file":   {unlike, text, nil, plan.KeepDeleted, "f", ""},
		"B C - leave, it is the user's":      {text, "", map[string]string{"f": moved}, plan.Leave, "f", ""},
		"B - - forget, not in a known place": {text, "", nil, plan.Forget, "f", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			in := input(at("f", text), nil, at("f", c.desired))
			in.Others, in.Places = at(moved, c.there), c.places
			if c.places != nil {
				in.Current.Files = in.Others // it is among in.Paths
			}
			p := plan.Compute(in)
			got := one(t, p)
			check(t, got, c.action, c.result)
			if got.Path != c.path || (got.Of == "f") != (c.path == moved) || (p.Places["f"] == moved) != (c.path == moved) {
				t.Errorf("%s of %q, places %v", got.Path, got.Of, p.Places)
			}
		})
	}
}

func check(t *testing.T, got plan.Change, action plan.Action, result string) {
	t.Helper()
	text := ""
	if got.Result != nil {
		text = string(got.Result.Data)
	}
	if got.Action != action || text != result || got.Action.Writes() != (got.Result != nil) {
		t.Errorf("got %s %q (%s), want %s %q", got.Action, text, got.Reason, action, result)
	}
	if got.Reason == "" {
		t.Error("no reason")
	}
}

func TestSeeded(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		pristine, current, desired string
		action                     plan.Action
		result, state              string
	}{
		"- - D create":                {"", "", base, plan.Create, base, base},
		"- C D keep the user's":       {"", edited, base, plan.Keep, "", base},
		"B C D never changed":         {base, base, other, plan.Keep, "", base},
		"B C D never changed, edited": {base, edited, other, plan.Keep, "", base},
		"B C D never looked into":     {base, "<<<<<<< x\n", other, plan.Keep, "", base},
		"B - D keep deleted":          {base, "", other, plan.KeepDeleted, "", base},
		"B C - never deleted":         {base, base, "", plan.Leave, "", ""},
		"B - - forget":                {base, "", "", plan.Forget, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := plan.Compute(input(at("f", c.pristine), at("f", c.current), at("f", c.desired), "f"))
			check(t, one(t, p), c.action, c.result)
			if len(p.States) != 1 {
				t.Fatalf("%d states", len(p.States))
			}
			switch s := p.States[0]; {
			case c.state == "" && s.Unit != nil:
				t.Errorf("state kept: %+v", s.Unit)
			case c.state != "" && (s.Unit == nil || string(s.Unit.Files["f"].Data) != c.state || !s.Unit.IsSeeded("f")):
				t.Errorf("state %+v, want %q", s.Unit, c.state)
			}
		})
	}
}

func TestMode(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		pristine, current, desired tree.File
		action                     plan.Action
		result                     *tree.File
	}{
		"user made it executable":          {file(base), exec(base), file(base), plan.Keep, nil},
		"contract made it executable":      {file(base), file(base), exec(base), plan.Update, new(exec(base))},
		"both made it executable":          {file(base), exec(base), exec(base), plan.Keep, nil},
		"user's mode, contract's text":     {file(base), exec(base), file(other), plan.Merge, new(exec(other))},
		"user's text, contract's mode":     {file(base), file(edited), exec(base), plan.Merge, new(exec(edited))},
		"user's mode and text, and merged": {exec(base), file(edited), exec(other), plan.Merge, new(file(both))},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := one(t, plan.Compute(input(tree.Tree{"f": c.pristine}, tree.Tree{"f": c.current}, tree.Tree{"f": c.desired})))
			if diff := cmp.Diff(c.result, got.Result); got.Action != c.action || diff != "" {
				t.Errorf("%s %s", got.Action, diff)
			}
		})
	}
	t.Run("taken up with another mode", func(t *testing.T) {
		t.Parallel()
		check(t, one(t, plan.Compute(input(nil, tree.Tree{"f": file(base)}, tree.Tree{"f": exec(base)}))), plan.Keep, "")
	})
	t.Run("unedited but for the mode is edited", func(t *testing.T) {
		t.Parallel()
		check(t, one(t, plan.Compute(input(tree.Tree{"f": file(base)}, tree.Tree{"f": exec(base)}, nil))), plan.Leave, "")
	})
}

func TestMarkers(t *testing.T) {
	t.Parallel()
	in := input(at("f", base), at("f", edited), at("f", clash))
	in.Markers = true
	p := plan.Compute(in)
	want := "<<<<<<< current\nA\n||||||| pristine\na\n=======\nX\n>>>>>>> desired\nb\nc\nd\n"
	check(t, one(t, p), plan.Mark, want)
	if len(p.Blocked()) > 0 || p.Changes[0].Line() != 1 {
		t.Errorf("blocked %d, line %d", len(p.Blocked()), p.Changes[0].Line())
	}
	// Pristine advances, but the inputs stay unknown, so that the next run
	// sees whether the markers are gone.
	if u := p.States[0].Unit; u.Inputs != "" || !u.Files.Equal(at("f", clash)) {
		t.Errorf("state %+v", u)
	}
	next := input(p.States[0].Unit.Files, at("f", want), at("f", clash))
	next.Markers = true
	check(t, one(t, plan.Compute(next)), plan.Unresolved, "")
	next.Current.Files = at("f", "resolved\nb\nc\nd\n")
	check(t, one(t, plan.Compute(next)), plan.Keep, "")
}

func TestBrokenYAMLWithMarkers(t *testing.T) {
	t.Parallel()
	in := input(at("f.yaml", "a: 1\nb: 2\nc: 3\n"), at("f.yaml", "x: 9\na: 1\nb: 2\nc: 3\n"), at("f.yaml", "a: 1\nb: 2\nc: 3\nx: 8\n"))
	in.Markers = true
	got := one(t, plan.Compute(in))
	if got.Action != plan.Mark || !strings.HasPrefix(string(got.Result.Data), "<<<<<<< current\nx: 9\na: 1\n") {
		t.Errorf("%s %q", got.Action, got.Result.Data)
	}
}

func TestStates(t *testing.T) {
	t.Parallel()
	unit := func(name, inputs, text string) tree.Unit {
		return tree.Unit{Name: name, Inputs: inputs, Files: at(name, text)}
	}
	p := plan.Compute(plan.Input{
		Pristine: []tree.Unit{unit("same", "1", base), unit("removed", "1", base), unit("inputs", "1", base), unit("files", "1", base)},
		Desired:  []tree.Unit{unit("same", "1", base), unit("added", "1", base), unit("inputs", "2", base), unit("files", "1", other)},
		Current:  plan.Current{Files: tree.Tree{"same": file(base), "removed": file(base), "inputs": file(base), "files": file(base)}},
	})
	var got []string
	for _, s := range p.States {
		line := s.Name
		if s.Was != nil {
			line += " was"
		}
		if s.Unit != nil {
			line += " is"
		}
		got = append(got, line)
	}
	if diff := cmp.Diff([]string{"added is", "files was is", "inputs was is", "removed was"}, got); diff != "" {
		t.Error(diff)
	}
}

// A file that another unit takes over is the same file.
func TestFileChangesUnit(t *testing.T) {
	t.Parallel()
	p := plan.Compute(plan.Input{
		Pristine: []tree.Unit{{Name: "one", Files: at("f", base)}},
		Desired:  []tree.Unit{{Name: "one", Files: tree.Tree{}}, {Name: "two", Files: at("f", other)}},
		Current:  plan.Current{Files: at("f", edited)},
	})
	got := one(t, p)
	check(t, got, plan.Merge, both)
	if got.Unit != "two" || len(p.States) != 2 {
		t.Errorf("%s, %d states", got.Unit, len(p.States))
	}
}

func TestEmpty(t *testing.T) {
	t.Parallel()
	u := tree.Unit{Name: "u", Files: at("f", base)}
	p := plan.Compute(plan.Input{Pristine: []tree.Unit{u}, Desired: []tree.Unit{u}, Current: plan.Current{Files: at("f", edited)}})
	if !p.Empty() || !(plan.Plan{}).Empty() {
		t.Errorf("%+v", p)
	}
	if plan.Compute(input(nil, nil, at("f", base))).Empty() {
		t.Error("a new file is nothing")
	}
}

func TestPathsAndOrder(t *testing.T) {
	t.Parallel()
	in := input(tree.Tree{"b": file(base), "a-b": file(base)}, nil, tree.Tree{"a/c": file(base), "b": file(base)})
	want := []string{"a-b", "a/c", "b"}
	if diff := cmp.Diff(want, in.Paths()); diff != "" {
		t.Error(diff)
	}
	var got []string
	for _, c := range plan.Compute(in).Changes {
		got = append(got, c.Path)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestActionNames(t *testing.T) {
	t.Parallel()
	names := map[string]bool{}
	for a := plan.Keep; a <= plan.Blocked; a++ {
		names[a.String()] = true
		if text, err := a.MarshalText(); err != nil || string(text) != a.String() || len(a.Symbol()) != 1 || a.Symbol() == "?" {
			t.Errorf("%s %q %v", text, a.Symbol(), err)
		}
	}
	if len(names) != int(plan.Blocked) || names["unknown"] || plan.Action(0).String() != "unknown" {
		t.Errorf("%v", slices.Sorted(maps.Keys(names)))
	}
}
