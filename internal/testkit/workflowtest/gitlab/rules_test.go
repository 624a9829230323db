package gitlab

import (
	"testing"

	_ "github.com/penstock-dev/penstock/internal/testkit/goldentest"
)

func TestRules(t *testing.T) {
	variables := map[string]string{"A": "promote", "EMPTY": "", "BRANCH": "main", "DEFAULT": "main"}
	for condition, want := range map[string]bool{
		`$A == "promote" && $BRANCH == $DEFAULT`:                  true,
		`$A == "x" || $A =~ /^(promote|lift)$/ && $EMPTY == ""`:   true,
		`($A == "x" || $A == "promote") && $MISSING`:              false,
		`$MISSING == null && $EMPTY != null`:                      true,
		`$A !~ /^PROMOTE$/i`:                                      false,
		`$EMPTY`:                                                  false,
		`$MISSING == ""`:                                          false,
		`$BRANCH && $A != "release" && $BRANCH != $MISSING && $A`: true,
	} {
		if got, err := evalRule(condition, variables); err != nil || got != want {
			t.Errorf("%s: %v, %v", condition, got, err)
		}
	}
	if _, err := evalRule(`$A = "x"`, nil); err == nil {
		t.Error("a single = is understood")
	}
}
