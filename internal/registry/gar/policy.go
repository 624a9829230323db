package gar

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

func (p *policy) keeps() bool { return strings.EqualFold(p.Action.Type, "keep") }

// faults are why Artifact Registry would refuse a policy; it also reads the
// durations.
func (p *policy) faults(seen map[string]bool) (found []string) {
	say := func(bad bool, what string) {
		if bad {
			found = append(found, fmt.Sprintf("policy %q %s", p.Name, what))
		}
	}
	say(p.Name == "" || seen[p.Name], "has no name, or another one's")
	seen[p.Name] = true
	deletes := strings.EqualFold(p.Action.Type, "delete")
	say(!p.keeps() && !deletes, "has no action that there is: Keep or Delete")
	say((p.Condition == nil) == (p.Recent == nil), "needs either a condition or mostRecentVersions")
	say(deletes && p.Recent != nil, "deletes by a count of versions, which only keeps")
	say(p.Recent != nil && p.Recent.Keep < 1, "has a keepCount below 1")
	c := p.Condition
	if c == nil {
		return found
	}
	say(c.blank(), "has a condition without a field")
	state := strings.ToLower(c.TagState)
	say(state != "" && state != "any" && state != "tagged" && state != "untagged", "has no tagState that there is: tagged, untagged or any")
	// [M] whether prefixes are taken without that state is not documented. Live:
	// gcloud artifacts repositories set-cleanup-policies REPOSITORY --policy FILE --dry-run
	say(len(c.Tags) > 0 && state != "tagged", "has tagPrefixes and is not about tagged versions")
	read := func(text *string) *time.Duration {
		if text == nil {
			return nil
		}
		d, ok := duration(*text)
		say(!ok, fmt.Sprintf("has %q where a duration such as 30d belongs", *text))
		return &d
	}
	c.older, c.newer = read(c.OlderThan), read(c.NewerThan)
	return found
}

// blank reports a condition that would be about everything.
func (c *criteria) blank() bool {
	return c.TagState == "" && len(c.Tags)+len(c.Versions)+len(c.Packages) == 0 && c.OlderThan == nil && c.NewerThan == nil
}

var durationForm = regexp.MustCompile(`^([0-9]{1,10})([smhd])$`)

// duration reads a number of seconds, minutes, hours or days.
func duration(text string) (time.Duration, bool) {
	m := durationForm.FindStringSubmatch(text)
	if m == nil {
		return 0, false
	}
	n, _ := strconv.ParseInt(m[1], 10, 64) // ten digits
	unit := map[string]time.Duration{"s": time.Second, "m": time.Minute, "h": time.Hour, "d": 24 * time.Hour}[m[2]]
	if n > int64(maxAge/unit) {
		return 0, false
	}
	return time.Duration(n) * unit, true
}

// maxAge is a hundred years.
const maxAge = 100 * 365 * 24 * time.Hour
