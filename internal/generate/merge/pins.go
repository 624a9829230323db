package merge

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/Masterminds/semver/v3"
)

// pinShapes find what CI uses of somebody else, as Dependabot and Renovate move
// it: a GitHub action with the version behind it as a comment, the image of a
// GitLab job, a tool that a script installs. The groups: what stands before,
// name, sign, ref, what stands behind, and the version of a ref that has none.
var pinShapes = []*regexp.Regexp{ //nolint:gochecknoglobals // compiled once
	regexp.MustCompile(`(uses:[ \t]*["']?)([\w.-]+/[\w./-]+)(@)([^\s"'#]+)(["']?)(?:[ \t]+#[ \t]*(\S+))?`),
	regexp.MustCompile(`(?m)(^[ \t]*image:[ \t]*["']?)([\w.-]+(?::\d+/)?[\w./-]*)(:)(\w[\w.-]*(?:@sha256:[0-9a-f]{64})?)(["']?)()[ \t]*$`),
	regexp.MustCompile(`(?m)(^[ \t]*)([a-z][a-z0-9_-]*)(=)(v\d+\.\d+\.\d+(?::[0-9a-f]{64})?)()()$`),
}

// pin is the version of what is used.
type pin struct{ ref, version string }

// Pins settles the actions, images and tools of others that both sides moved to
// different versions: a bot in the user's repository, and a newer Penstock. The newer
// version wins. It returns current and desired with the winner in both, so that
// they merge, and a phrase for each. What has no version to compare, or several
// in one text, is left to the merge.
func Pins(pristine, current, desired []byte) (c, d []byte, won []string) {
	p, cur, des := pins(pristine), pins(current), pins(desired)
	var names []string
	for name, now := range cur {
		was, theirs := p[name], des[name]
		if len(was) == 1 && len(now) == 1 && len(theirs) == 1 && now[0] != was[0] && theirs[0] != was[0] && now[0] != theirs[0] {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		mine, theirs := cur[name][0], des[name][0]
		a, err := semver.NewVersion(mine.version)
		b, errB := semver.NewVersion(theirs.version)
		switch {
		case err != nil || errB != nil || a.Prerelease() != b.Prerelease(): // golang:1.26.8-trixie and another Debian: a choice
		case a.LessThan(b):
			current = setPin(current, name, theirs)
			won = append(won, fmt.Sprintf("%s is %s, newer than the %s that is here", name, theirs.version, mine.version))
		case b.LessThan(a):
			desired = setPin(desired, name, mine)
			won = append(won, fmt.Sprintf("%s stays %s, newer than the %s that comes", name, mine.version, theirs.version))
		}
	}
	return current, desired, won
}

// pins are the different versions of each thing that a text uses.
func pins(text []byte) map[string][]pin {
	found := map[string][]pin{}
	for _, shape := range pinShapes {
		for _, m := range shape.FindAllSubmatch(text, -1) {
			name, p := string(m[2]), pin{string(m[4]), string(m[6])}
			if p.version == "" {
				p.version = strings.FieldsFunc(p.ref, func(r rune) bool { return r == '@' || r == ':' })[0] // the digest behind it is no part of it
			}
			if !slices.Contains(found[name], p) {
				found[name] = append(found[name], p)
			}
		}
	}
	return found
}

func setPin(text []byte, name string, p pin) []byte {
	for _, shape := range pinShapes {
		text = shape.ReplaceAllFunc(text, func(use []byte) []byte {
			m := shape.FindSubmatch(use)
			if string(m[2]) != name {
				return use
			}
			line := string(m[1]) + name + string(m[3]) + p.ref + string(m[5])
			if shape == pinShapes[0] && p.version != p.ref {
				line += " # " + p.version
			}
			return []byte(line)
		})
	}
	return text
}
