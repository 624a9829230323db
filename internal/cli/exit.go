package cli

import (
	"errors"

	"github.com/penstock-dev/penstock/internal/diag"
	"github.com/penstock-dev/penstock/internal/generate/site"
)

// The exit codes of every command; design page, section 3.
const (
	exitFine        = 0
	exitFailed      = 1
	exitInvalid     = 2 // usage or contract
	exitDifferences = 3 // --check, diff --exit-code, findings
	exitPerson      = 4 // a person must decide
)

func exitCode(err error) int {
	if err == nil {
		return exitFine
	}
	return map[diag.Kind]int{
		diag.Failed: exitFailed, diag.Invalid: exitInvalid, diag.Differs: exitDifferences, diag.Person: exitPerson,
	}[kindOf(err)]
}

// kindOf is who an error waits for.
func kindOf(err error) diag.Kind {
	var stops diag.Refusal
	switch {
	case errors.As(err, &stops):
		return stops.Kind
	case errors.As(err, &diag.Faults{}), errors.As(err, &site.NoContract{}), errors.As(err, &usageError{}):
		return diag.Invalid
	}
	return diag.Failed
}
