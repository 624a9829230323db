package merge

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/Masterminds/semver/v3"
)

// pinLine finds what a workflow uses of somebody else: action, ref, and the
// version behind it as a comment, as Dependabot and Renovate keep it.
var pinLine = regexp.MustCompile(`(uses:[ \t]*["']?)([\w.-]+/[\w./-]+)@([^\s"'#]+)(["']?)(?:[ \t]+#[ \t]*(\S+))?`) //nolint:gochecknoglobals // compiled once

// pin is the version of an action.
type pin struct{ ref, version string }

// Pins settles the actions of others that both sides moved to different
// versions: a bot in the user's repository, and a newer Penstock. The newer
// version wins. It returns current and desired with the winner in both, so that
// they merge, and a phrase for each. What has no version to compare, or several
// in one text, is left to the merge.
func Pins(pristine, current, desired []byte) (c, d []byte, won []string) {
	p, cur, des := pins(pristine), pins(current), pins(desired)
	var actions []string
	for action, now := range cur {
		was, theirs := p[action], des[action]
		if len(was) == 1 && len(now) == 1 && len(theirs) == 1 && now[0] != was[0] && theirs[0] != was[0] && now[0] != theirs[0] {
			actions = append(actions, action)
		}
	}
	slices.Sort(actions)
	for _, action := range actions {
		mine, theirs := cur[action][0], des[action][0]
		a, err := semver.NewVersion(mine.version)
		b, errB := semver.NewVersion(theirs.version)
		switch {
		case err != nil || errB != nil:
		case a.LessThan(b):
			current = setPin(current, action, theirs)
			won = append(won, fmt.Sprintf("%s is %s, newer than the %s that is here", action, theirs.version, mine.version))
		case b.LessThan(a):
			desired = setPin(desired, action, mine)
			won = append(won, fmt.Sprintf("%s stays %s, newer than the %s that comes", action, mine.version, theirs.version))
		}
	}
	return current, desired, won
}

// pins are the different versions of each action in a text.
func pins(text []byte) map[string][]pin {
	found := map[string][]pin{}
	for _, m := range pinLine.FindAllSubmatch(text, -1) {
		action, p := string(m[2]), pin{string(m[3]), string(m[5])}
		if p.version == "" {
			p.version = p.ref
		}
		if !slices.Contains(found[action], p) {
			found[action] = append(found[action], p)
		}
	}
	return found
}

func setPin(text []byte, action string, p pin) []byte {
	return pinLine.ReplaceAllFunc(text, func(use []byte) []byte {
		m := pinLine.FindSubmatch(use)
		if string(m[2]) != action {
			return use
		}
		line := string(m[1]) + action + "@" + p.ref + string(m[4])
		if p.version != p.ref {
			line += " # " + strings.TrimSpace(p.version)
		}
		return []byte(line)
	})
}
