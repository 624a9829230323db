package cli

import (
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"

	"github.com/penstock-dev/penstock/internal/contract"
	"github.com/penstock-dev/penstock/internal/generate/effect"
	"github.com/penstock-dev/penstock/internal/generate/site"
	"github.com/penstock-dev/penstock/internal/generate/workspace"
)

// advise says, beside the result, what a change of the contract does not do by
// itself, and what people do about it.
func advise(s *workspace.Session, io IO) {
	var b strings.Builder
	b.WriteString(overdue(s.Contract))
	if p := s.Platform(); p != nil && p.Previous != nil {
		if was, ds := contract.Parse("", p.Previous); len(ds) == 0 {
			for _, h := range effect.Hints(was, s.Contract) {
				b.WriteString("\n" + h.Text + "\n\n")
				b.WriteString(checklist(h.Tasks))
			}
		}
	}
	fmt.Fprint(io.Err, b.String())
}

// overdue tells of a review date that is over. It refuses nothing: a contract
// that was good yesterday must not fail a pipeline today.
func overdue(c contract.Contract) string {
	const field = "spec.decision.reviewBy"
	date := c.Spec.Decision.ReviewBy
	if date == "" || date >= now().Format(time.DateOnly) {
		return ""
	}
	return fmt.Sprintf("%s: warning: was %s; review docs/decisions/0001-delivery-model.md and set the next date\n", c.Where(field), date)
}

// sayWhere names the repository that is meant when a command was called in a
// folder of it.
func sayWhere(s *workspace.Session, w io.Writer) {
	if s.Site.Kind == site.None || filepath.Clean(s.Site.Dir) == "." || len(s.Jobs) == 0 {
		return
	}
	what := "the platform repository of " + s.Contract.Metadata.Name
	if s.Site.Kind == site.App {
		what = "the repository of " + s.Jobs[0].Name()
	}
	fmt.Fprintf(w, "In %s, %s:\n", site.Shown(s.Site.Dir), what)
}

// warn says on standard error what a contract asks for that is allowed and
// worth knowing. It changes no exit code.
func warn(io IO, c contract.Contract) { fmt.Fprint(io.Err, c.Warnings()) }
