package plan_test

import (
	"strings"
	"testing"

	"github.com/penstock-dev/penstock/internal/generate/plan"
	"github.com/penstock-dev/penstock/internal/generate/tree"
)

func TestObstacles(t *testing.T) {
	t.Parallel()
	link := plan.Obstacle{Kind: plan.Symlink, At: "d/f"}
	parent := plan.Obstacle{Kind: plan.Symlink, At: "d"}
	folder := plan.Obstacle{Kind: plan.Folder, At: "d/f", Holds: []string{"d/f/x"}}
	empty := plan.Obstacle{Kind: plan.Folder, At: "d/f", Holds: []string{}}
	notFolder := plan.Obstacle{Kind: plan.NotFolder, At: "d", Holds: []string{"d"}}
	otherCase := plan.Obstacle{Kind: plan.OtherCase, At: "d/F", Holds: []string{"d/F"}}
	unreadable := plan.Obstacle{Kind: plan.Unreadable, At: "d/f", Detail: "permission denied"}
	away := plan.Obstacle{Kind: plan.Away, At: "d/f"}
	for name, c := range map[string]struct {
		obstacle          plan.Obstacle
		pristine, desired string
		seeded            bool
		action            plan.Action
		reason            string
	}{
		"link, new":                  {link, "", base, false, plan.Blocked, `"d/f" is a symbolic link; penstock writes through no link`},
		"link, changed":              {link, base, other, false, plan.Blocked, `"d/f" is a symbolic link; penstock`},
		"link, unchanged":            {link, base, base, false, plan.Keep, `"d/f" is a symbolic link`},
		"link, dropped":              {link, base, "", false, plan.Leave, `"d/f" is a symbolic link`},
		"link, seeded and new":       {link, "", base, true, plan.Keep, "yours is kept"},
		"link, seeded and known":     {link, base, other, true, plan.Keep, "symbolic link"},
		"folder is a link":           {parent, "", base, false, plan.Blocked, `"d" is a symbolic link`},
		"folder is a link, seeded":   {parent, "", base, true, plan.Blocked, `"d" is a symbolic link`},
		"folder in the way":          {folder, "", base, false, plan.Blocked, `"d/f" is a folder; move it away`},
		"folder in the way, changed": {folder, base, other, false, plan.Blocked, `"d/f" is a folder; move it away`},
		"empty folder in the way":    {empty, "", base, false, plan.Create, "new"},
		"file in a folder's place":   {notFolder, "", base, false, plan.Blocked, `"d" is a file where a folder belongs; move it away`},
		"folder became a file":       {notFolder, base, other, false, plan.KeepDeleted, "stays deleted"},
		"folder became a file, drop": {notFolder, base, "", false, plan.Forget, "already deleted"},
		"other case":                 {otherCase, "", base, false, plan.Blocked, `"d/F" differs only in upper and lower case; rename or remove it`},
		"renamed in other case":      {otherCase, base, other, false, plan.KeepDeleted, "stays deleted"},
		"unreadable":                 {unreadable, base, other, false, plan.Blocked, `"d/f" can't be read: permission denied; give yourself access`},
		"not checked out, new":       {away, "", base, false, plan.Blocked, "Git has it, but it is not checked out here; check it out"},
		"not checked out, changed":   {away, base, other, false, plan.Blocked, "not checked out"},
		"not checked out, unchanged": {away, base, base, false, plan.Keep, "not checked out"},
		"not checked out, dropped":   {away, base, "", false, plan.Blocked, "no longer generated; Git has it"},
		"not checked out, a start":   {away, "", base, true, plan.Keep, "yours is kept"},
		"not checked out, known":     {away, base, other, true, plan.Keep, "not checked out"},
		"not checked out, yours":     {away, base, "", true, plan.Leave, "no longer generated"},
		"a pipe":                     {plan.Obstacle{Kind: plan.Special, At: "d/f"}, "", base, false, plan.Blocked, `"d/f" is not a regular file; move`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var seeded []string
			if c.seeded {
				seeded = []string{"d/f"}
			}
			in := input(at("d/f", c.pristine), nil, at("d/f", c.desired), seeded...)
			in.Current.Obstacles = map[string]plan.Obstacle{"d/f": c.obstacle}
			got := one(t, plan.Compute(in))
			if got.Action != c.action || !strings.Contains(got.Reason, c.reason) {
				t.Errorf("%s: %s", got.Action, got.Reason)
			}
		})
	}
}

// What is in the way does not matter when the plan itself deletes it.
func TestPlanMakesWay(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		old, path string
		obstacle  plan.Obstacle
	}{
		"file became folder":  {"d", "d/f", plan.Obstacle{Kind: plan.NotFolder, At: "d", Holds: []string{"d"}}},
		"folder became file":  {"d/f", "d", plan.Obstacle{Kind: plan.Folder, At: "d", Holds: []string{"d/f"}}},
		"only the case":       {"F", "f", plan.Obstacle{Kind: plan.OtherCase, At: "F", Holds: []string{"F"}}},
		"a folder's own case": {"D/f", "d/f", plan.Obstacle{Kind: plan.OtherCase, At: "D", Holds: []string{"D/f"}}},
	} {
		for _, edit := range []bool{false, true} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				current := at(c.old, base)
				if edit {
					current = at(c.old, edited)
				}
				in := input(at(c.old, base), current, at(c.path, other))
				in.Current.Obstacles = map[string]plan.Obstacle{c.path: c.obstacle}
				got := map[string]plan.Change{}
				for _, ch := range plan.Compute(in).Changes {
					got[ch.Path] = ch
				}
				if edit {
					check(t, got[c.old], plan.Leave, "")
					check(t, got[c.path], plan.Blocked, "")
					return
				}
				check(t, got[c.old], plan.Delete, "")
				check(t, got[c.path], plan.Create, other)
				if !got[c.old].MakesWay {
					t.Error("not deleted first")
				}
			})
		}
	}
}

func TestMoves(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		old, path, desired string // on disk at the old and the new path, and desired
		seeded             bool
		oldAction, action  plan.Action
		result             string
	}{
		"unedited":                     {base, "", other, false, plan.Delete, plan.Move, other},
		"edited":                       {edited, "", other, false, plan.Delete, plan.Move, both},
		"edited, contract unchanged":   {edited, "", base, false, plan.Delete, plan.Move, edited},
		"edited in the same place":     {edited, "", clash, false, plan.Delete, plan.Conflict, ""},
		"deleted":                      {"", "", other, false, plan.Forget, plan.KeepDeleted, ""},
		"seeded":                       {edited, "", other, true, plan.Delete, plan.Move, edited},
		"killed before the old went":   {edited, both, other, false, plan.Delete, plan.Keep, ""},
		"moved by the user":            {"", edited, other, false, plan.Forget, plan.Merge, both},
		"another file at the new path": {edited, "mine\n", other, false, plan.Leave, plan.Conflict, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			current := tree.Tree{}
			if c.old != "" {
				current["old"] = file(c.old)
			}
			if c.path != "" {
				current["new"] = file(c.path)
			}
			in := input(at("old", base), current, at("new", c.desired))
			if c.seeded {
				in.Pristine[0].Seeded, in.Desired[0].Seeded = []string{"old"}, []string{"new"}
			}
			in.Moves = map[string]string{"old": "new"}
			got := plan.Compute(in)
			check(t, got.Changes[0], c.action, c.result)
			check(t, got.Changes[1], c.oldAction, "")
		})
	}
}
