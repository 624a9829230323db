package cli

import (
	"io"
	"os"

	"golang.org/x/term"
)

// IO is the streams of a command. Out is for results, Err for progress, advice
// and errors.
type IO struct {
	In  io.Reader
	Out io.Writer
	Err io.Writer
	// Color is set when Out is a terminal and NO_COLOR is not set.
	Color bool
	// Progress is set when Err is a terminal.
	Progress bool
	// Columns is how wide Out is, as a terminal; 0 when it is none.
	Columns int
}

// toErr is the same for a list that is not the result.
func (o IO) toErr() IO {
	o.Out = o.Err
	return o
}

// OS returns the process's own streams.
func OS() IO {
	columns, _, err := term.GetSize(int(os.Stdout.Fd()))
	if err != nil {
		columns = 0
	}
	return IO{
		In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Columns: columns,
		Color:    os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb" && term.IsTerminal(int(os.Stdout.Fd())),
		Progress: os.Getenv("TERM") != "dumb" && term.IsTerminal(int(os.Stderr.Fd())),
	}
}
