package promotion

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/Masterminds/semver/v3"
)

// Action is what a claim does.
type Action string

// The actions, as they stand in records and in "history -o json".
const (
	ActionPromotion Action = "promotion"
	ActionLift      Action = "lift"
	ActionHold      Action = "hold"
	ActionRollback  Action = "rollback"
)

// Limits of a tag's name.
const (
	maxTag    = 128 // of the OCI distribution specification
	maxNumber = 999_999_999
)

const (
	dateLayout   = "2006-01-02"
	recordPrefix = "record-"
)

// Claim is what the name of a promotion tag says. The same Claim is the same
// tag, so Claims may be compared with ==.
type Claim struct {
	Environment string
	Date        string // YYYY-MM-DD, UTC
	Number      int    // within the date, from 1
	Action      Action
	Release     string
}

// rest is what follows "<environment>-". The action is a word and a release
// starts with a digit, so no release can pass for an action, whatever it holds.
var rest = regexp.MustCompile(`^([0-9]{4}-[0-9]{2}-[0-9]{2})\.([1-9][0-9]{0,8})-(rollback-|hold-|lift-|)([0-9].*)$`)

// ParseClaim reads a promotion tag of one environment. ok is false for every
// other tag: of another environment, of another class, or of no such date,
// number or release.
func ParseClaim(tag, environment string) (c Claim, ok bool) {
	after, ok := strings.CutPrefix(tag, environment+"-")
	if !ok || len(tag) > maxTag {
		return Claim{}, false
	}
	m := rest.FindStringSubmatch(after)
	if m == nil {
		return Claim{}, false
	}
	if _, err := time.Parse(dateLayout, m[1]); err != nil {
		return Claim{}, false
	}
	number, err := strconv.Atoi(m[2])
	if err != nil || CheckRelease(m[4]) != nil {
		return Claim{}, false
	}
	action := Action(strings.TrimSuffix(m[3], "-"))
	if action == "" {
		action = ActionPromotion
	}
	return Claim{Environment: environment, Date: m[1], Number: number, Action: action, Release: m[4]}, true
}

// Tag is the name of the promotion tag.
func (c Claim) Tag() string {
	action := ""
	if c.Action != ActionPromotion {
		action = string(c.Action) + "-"
	}
	return fmt.Sprintf("%s-%s.%d-%s%s", c.Environment, c.Date, c.Number, action, c.Release)
}

// RecordTag is the name of the tag of the claim's record.
func (c Claim) RecordTag() string { return recordPrefix + c.Tag() }

// Compare orders claims of one environment: by date, number, then promotion,
// lift, hold, rollback, then release.
func Compare(a, b Claim) int {
	return cmp.Or(
		cmp.Compare(a.Date, b.Date),
		cmp.Compare(a.Number, b.Number),
		cmp.Compare(a.Action.rank(), b.Action.rank()),
		compareReleases(a.Release, b.Release),
	)
}

func (a Action) rank() int {
	return slices.Index([]Action{ActionPromotion, ActionLift, ActionHold, ActionRollback}, a)
}

// Claims picks the claims of an environment from a list of tags, in order and
// each once. odd are the tags that look like its claims and are none, in the
// order of tags.
func Claims(tags []string, environment string) (claims []Claim, odd []string) {
	for _, tag := range tags {
		if c, ok := ParseClaim(tag, environment); ok {
			claims = append(claims, c)
		} else if looksLikeClaim(tag, environment) {
			odd = append(odd, tag)
		}
	}
	slices.SortFunc(claims, Compare)
	return slices.Compact(claims), odd
}

// looksLikeClaim tells a claim gone wrong from a tag of an environment whose
// name is longer: after the name comes a year.
func looksLikeClaim(tag, environment string) bool {
	after, ok := strings.CutPrefix(tag, environment+"-")
	return ok && len(after) > 4 && after[4] == '-' && strings.Trim(after[:4], "0123456789") == ""
}

// CheckRelease returns an error unless release is a SemVer without "v" and
// without build metadata: what can be a release tag and part of a claim.
func CheckRelease(release string) error {
	if strings.Contains(release, "+") {
		return fmt.Errorf("release %q has build metadata, which a tag cannot hold; leave out what follows the plus sign", release)
	}
	if _, err := semver.StrictNewVersion(release); err != nil {
		return fmt.Errorf("release %q is no version; write it like 1.4.2 or 1.4.2-rc.1, without a v", release)
	}
	return nil
}

// Newer reports whether release a is newer than b. Every release is newer than
// none.
func Newer(a, b string) bool { return b == "" || compareReleases(a, b) > 0 }

// compareReleases is SemVer's order. Both have passed CheckRelease, so that
// only equal strings are equal.
func compareReleases(a, b string) int {
	if a == b {
		return 0
	}
	return version(a).Compare(version(b))
}

func version(release string) *semver.Version {
	v, err := semver.StrictNewVersion(release)
	if err != nil {
		return &semver.Version{} // not reached: releases are checked where they come in
	}
	return v
}
