package wizard

import (
	"strings"
	"testing"

	"github.com/penstock-dev/penstock/internal/contract"
)

// TestReviewInThePast: a date that is over is no answer; today and no date are.
func TestReviewInThePast(t *testing.T) {
	t.Parallel()
	for date, want := range map[string]string{
		"2026-11-27": `is "2026-11-27", which is over; write a date from today, 2026-11-28, on`,
		"2026-11-28": "", "2027-01-01": "", `""`: "", "1999-13-01": "is \"1999-13-01\"",
	} {
		a, ds := ReadAnswers("a.yaml", []byte(good+"decision: {gitNativeAudit: yes, reviewBy: "+date+"}"))
		if len(ds) > 0 {
			t.Fatal(ds)
		}
		_, err := Ask(a, contract.Contract{}, Options{Today: "2026-11-28"})
		got := a.Problems().String()
		if err != nil {
			got += err.Error()
		}
		if want == "" && got != "" || !strings.Contains(got, want) {
			t.Errorf("%s: got %q, want %q", date, got, want)
		}
	}
}
