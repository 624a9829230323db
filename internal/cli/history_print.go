package cli

import (
	"strconv"
	"strings"
	"time"

	"github.com/penstock-dev/penstock/internal/release/promotion"
)

func (o historyOptions) overview(list []promotion.Standing) error {
	if o.output == "json" {
		return printJSON(o.io.Out, list)
	}
	t := table{head: []string{"APP", "ENVIRONMENT", "RELEASE", "SINCE", "BY", "HELD", "CANDIDATES", "NOTE"}}
	for _, s := range list {
		t.row(s.App, s.Environment, s.Release, since(s), s.By, held(s), strconv.Itoa(s.Candidates), note(s))
	}
	return t.print(o.io)
}

func held(s promotion.Standing) string {
	if !s.Held {
		return "-"
	}
	if s.HeldSince == nil {
		return "yes"
	}
	return "since " + when(s.HeldSince)
}

func since(s promotion.Standing) string {
	switch {
	case s.Error != "":
		return "-"
	case s.Release == "":
		return "never"
	}
	return when(s.Since)
}

func note(s promotion.Standing) string {
	switch {
	case s.Error != "":
		return s.Error
	case s.Off:
		return "the tag was moved by hand"
	default:
		return s.HoldReason
	}
}

func (o historyOptions) history(h promotion.History) error {
	if o.output == "json" {
		return printJSON(o.io.Out, h.Entries)
	}
	t := table{head: []string{"TAG", "ACTION", "RELEASE", "DIGEST", "WHEN", "WHO", "NOTE", "REASON", "PIPELINE"}}
	for _, e := range h.Entries {
		var notes []string
		for _, n := range []struct {
			is   bool
			text string
		}{{e.Current, "current"}, {!e.Counts, "void"}, {!e.Available, "gone"}} {
			if n.is {
				notes = append(notes, n.text)
			}
		}
		t.row(e.Tag, string(e.Action), e.Release, short(e.Digest), when(e.Time), e.Actor, strings.Join(notes, ","), e.Reason, e.Pipeline)
	}
	return t.print(o.io)
}

func when(t *time.Time) string {
	if t == nil {
		return "unknown"
	}
	return t.UTC().Format("2006-01-02 15:04Z")
}

func dash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

// short is a digest that is short enough for a table and still to be found.
func short(digest string) string { return digest[:min(len(digest), len("sha256:")+12)] }
