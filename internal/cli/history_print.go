package cli

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/penstock-dev/penstock/internal/promotion"
)

func (o historyOptions) overview(list []promotion.Standing) error {
	if o.output == "json" {
		return printJSON(o.io.Out, list)
	}
	return table(o.io.Out, "APP\tENVIRONMENT\tRELEASE\tSINCE\tBY\tHELD\tCANDIDATES\tNOTE", func(w io.Writer) {
		for _, s := range list {
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%d\t%s\n", s.App, s.Environment, dash(s.Release), since(s), dash(oneLine(s.By)),
				held(s), s.Candidates, note(s))
		}
	})
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
		return oneLine(s.Error)
	case s.Off:
		return "the tag was moved by hand"
	default:
		return oneLine(s.HoldReason)
	}
}

func (o historyOptions) history(h promotion.History) error {
	if o.output == "json" {
		return printJSON(o.io.Out, h.Entries)
	}
	return table(o.io.Out, "TAG\tACTION\tRELEASE\tDIGEST\tWHEN\tWHO\tNOTE\tREASON\tPIPELINE", func(w io.Writer) {
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
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", e.Tag, e.Action, e.Release, dash(short(e.Digest)), when(e.Time), dash(oneLine(e.Actor)),
				dash(strings.Join(notes, ",")), dash(oneLine(e.Reason)), dash(oneLine(e.Pipeline)))
		}
	})
}

func table(out io.Writer, head string, rows func(io.Writer)) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, head)
	rows(w)
	return w.Flush()
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
