package model

import "github.com/penstock-dev/penstock/internal/generate/step"

// ShellQuote writes s as one word of a POSIX shell.
func ShellQuote(s string) string { return step.Quote(s) }
