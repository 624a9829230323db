package plan_test

import (
	"maps"
	"testing"

	"github.com/penstock-dev/penstock/internal/generate/plan"
	"github.com/penstock-dev/penstock/internal/generate/tree"
)

// meeting is a target in which two branches met: the contract is as both left
// it, and the unit has the inputs of both.
func meeting(pristine, current, desired tree.Tree) plan.Input {
	contract := tree.File{Data: []byte("teams:\n- a\n- b\n"), Mode: tree.Regular}
	var all []tree.Tree
	for _, files := range []tree.Tree{pristine, current, desired} {
		with := tree.Tree{"penstock.yaml": contract}
		maps.Copy(with, files)
		all = append(all, with)
	}
	in := input(all[0], all[1], all[2])
	in.Pristine[0].Inputs = "0123456789ab 0123456789cd"
	return in
}

// TestMeet: where two branches met, what only both ask for, and another order of
// entries, follows from the merge; anything else is a difference.
func TestMeet(t *testing.T) {
	t.Parallel()
	const list, permuted, longer = "- a\n- b\n", "- b\n- a\n", "- a\n- b\n- c\n"
	for name, c := range map[string]struct {
		pristine, current, desired string
		action                     plan.Action
		result                     string
		follows                    bool
	}{
		"nothing left":                      {list, list, list, plan.Keep, "", true},
		"another order":                     {permuted, permuted, list, plan.Update, list, true},
		"another order, differently merged": {"- b\n- c\n- a\n", "- c\n- b\n- a\n", longer, plan.Update, longer, true},
		"an entry of both":                  {list, list, longer, plan.Update, longer, true},
		"a file that nobody had":            {"", "", list, plan.Create, list, false},
		"an edit beside an entry of both":   {"x\n" + list, "y\n" + list, "x\n" + longer, plan.Merge, "y\n" + longer, true},
		"documents in another order":        {"---\nb\n---\na\n", "---\nb\n---\na\n", "---\na\n---\nb\n", plan.Update, "---\na\n---\nb\n", true},
		"documents that Git mixed up":       {"---\nb\na\n---\n", "---\nb\na\n---\n", "---\na\n---\nb\n", plan.Update, "---\na\n---\nb\n", false},
		"a line of another version":         {"v1\n" + list, "v1\n" + list, "v2\n" + list, plan.Update, "v2\n" + list, false},
		"a line of both sides":              {"v1\nv2\n", "v1\nv2\n", "v1\n", plan.Update, "v1\n", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := plan.Compute(meeting(at("f", c.pristine), at("f", c.current), at("f", c.desired)))
			for _, ch := range p.Changes {
				if ch.Path == "f" {
					check(t, ch, c.action, c.result)
				}
			}
			if p.Empty() || p.Follows() != c.follows {
				t.Errorf("empty %v, follows %v", p.Empty(), p.Follows())
			}
		})
	}
}

// TestMeetElsewhere: a file that the unit has in another folder follows.
func TestMeetElsewhere(t *testing.T) {
	t.Parallel()
	old := at("dev/f", "1\n")
	p := plan.Compute(meeting(old, old, tree.Tree{"dev/f": old["dev/f"], "qa/f": file("2\n")}))
	if !p.Follows() {
		t.Errorf("%+v", p.Changes)
	}
}

// TestMeetThenEdit: after the merge somebody changed the contract, or there was
// no merge at all: then nothing follows.
func TestMeetThenEdit(t *testing.T) {
	t.Parallel()
	in := meeting(at("f", "- a\n"), at("f", "- a\n"), at("f", "- a\n- b\n"))
	in.Current.Files["penstock.yaml"] = tree.File{Data: []byte("teams:\n- a\n- b\n- c\n"), Mode: tree.Regular}
	if plan.Compute(in).Follows() {
		t.Error("the contract was changed after the merge")
	}
	in = meeting(at("f", "- a\n"), at("f", "- a\n"), at("f", "- a\n- b\n"))
	in.Pristine[0].Inputs = "0123456789ab"
	if plan.Compute(in).Follows() {
		t.Error("nothing was merged")
	}
}

// TestMarkersOfGit: between Git's markers stand only lines that were generated,
// or a person's too.
func TestMarkersOfGit(t *testing.T) {
	t.Parallel()
	both := "a\nb1\nb2\nc\n"
	for name, c := range map[string]struct {
		current string
		action  plan.Action
		result  string
	}{
		"generated":             {"a\n<<<<<<< HEAD\nb1\n=======\nb2\n>>>>>>> team\nc\n", plan.Merge, "a\nb1\nc\n"},
		"generated, diff3":      {"a\n<<<<<<< HEAD\nb1\n||||||| 1234567\nb0\n=======\nb2\n>>>>>>> team\nc\n", plan.Merge, "a\nb1\nc\n"},
		"and an edit elsewhere": {"a\n<<<<<<< HEAD\nb1\n=======\nb2\n>>>>>>> team\nc\nmine\n", plan.Merge, "a\nb1\nc\nmine\n"},
		"with an edit":          {"a\n<<<<<<< HEAD\nmine\n=======\nb2\n>>>>>>> team\nc\n", plan.Unresolved, ""},
		"perhaps a deletion":    {"a\n<<<<<<< HEAD\n=======\nb2\n>>>>>>> team\nc\n", plan.Unresolved, ""},
		"penstock's own":        {"a\n<<<<<<< current\nb1\n=======\nb2\n>>>>>>> desired\nc\n", plan.Unresolved, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := plan.Compute(input(at("f", both), at("f", c.current), at("f", "a\nb1\nc\n")))
			check(t, one(t, p), c.action, c.result)
			if p.Follows() {
				t.Error("markers do not pass a check")
			}
		})
	}
}
