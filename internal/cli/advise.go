package cli

import (
	"fmt"
	"strings"
	"time"

	"github.com/penstock-dev/penstock/internal/contract"
	"github.com/penstock-dev/penstock/internal/generate/effect"
)

// advise says, beside the result, what a change of the contract does not do by
// itself, and what people do about it.
func (s *session) advise(io IO) {
	var b strings.Builder
	b.WriteString(overdue(s.contract))
	if len(s.jobs) > 0 && s.jobs[0].App == "" && s.jobs[0].previous != nil {
		if was, ds := contract.Parse("", s.jobs[0].previous); len(ds) == 0 {
			for _, h := range effect.Hints(was, s.contract) {
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
