package step

import (
	"strings"
	"testing"

	_ "github.com/penstock-dev/penstock/internal/testkit/goldentest"
)

func TestShortNamesStayApart(t *testing.T) {
	long := strings.Repeat("a", 60)
	one, two := Short(64, "penstock", long, "one"), Short(64, "penstock", long, "two")
	if one == two || len(one) > 64 || len(two) > 64 {
		t.Errorf("%q and %q", one, two)
	}
	if got := Short(64, "a", "b"); got != "a-b" {
		t.Errorf("got %q", got)
	}
}
