package cli

import (
	"errors"
	"fmt"

	"github.com/penstock-dev/penstock/internal/diag"
)

// The exit codes of every command; design page, section 3.
const (
	exitFine        = 0
	exitFailed      = 1
	exitInvalid     = 2 // usage or contract
	exitDifferences = 3 // --check, diff --exit-code, findings
	exitPerson      = 4 // a person must decide
)

// exitError is an error with an exit code of its own. With an empty text the
// command has said everything already.
type exitError struct {
	code int
	text string
	list []problem // what the text tells, for JSON; nil: as it can be read from the text
}

func (e exitError) Error() string { return e.text }

func invalid(format string, args ...any) error {
	return exitError{code: exitInvalid, text: fmt.Sprintf(format, args...)}
}

// problems makes an error of what is wrong with a user's file.
type problems diag.List

func (p problems) Error() string { return diag.List(p).String() }

func exitCode(err error) int {
	var e exitError
	var p problems
	switch {
	case err == nil:
		return exitFine
	case errors.As(err, &e):
		return e.code
	case errors.As(err, &p), errors.As(err, &errNoContract{}), errors.As(err, &usageError{}):
		return exitInvalid
	default:
		return exitFailed
	}
}
