package wizard

import (
	"bytes"
	"context"
	"os"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// What a terminal is told, and what it puts around what is pasted.
const (
	pasteOn    = "\x1b[?2004h"
	pasteOff   = "\x1b[?2004l"
	pasteBegin = "\x1b[200~"
	pasteEnd   = "\x1b[201~"
	askCursor  = "\x1b[6n"
	shiftTab   = "\x1b[Z"
	ctrlC      = 0x03
)

// keyboard reads keys from a terminal, one a call: survey throws away what it
// read too much. A paste becomes text without line breaks: between takes their
// place.
type keyboard struct {
	ctx     context.Context //nolint:containedctx // a read cannot be stopped otherwise
	file    *os.File
	between string
	// list: the question is a list, in which Back is a key.
	list   bool
	chunks chan chunk
	ready  []byte // typed, and not yet returned
	// reports counts the cursor's places that the terminal was asked for. They
	// overtake what was typed before: survey loses what it reads on its way to
	// one.
	reports int
}

type chunk struct {
	data []byte
	err  error
}

func newKeyboard(ctx context.Context, file *os.File) *keyboard {
	k := &keyboard{ctx: ctx, file: file, chunks: make(chan chunk)}
	go func() {
		for {
			buf := make([]byte, 4096)
			n, err := file.Read(buf)
			select {
			case k.chunks <- chunk{buf[:n], err}:
			case <-ctx.Done():
				return
			}
			if err != nil {
				return
			}
		}
	}()
	return k
}

// Fd implements survey's terminal.FileReader.
func (k *keyboard) Fd() uintptr { return k.file.Fd() }

// more waits for what is typed.
func (k *keyboard) more() error {
	select {
	case <-k.ctx.Done():
		return ErrInterrupted
	case c := <-k.chunks:
		k.ready = append(k.ready, c.data...)
		return c.err
	}
}

// Read implements io.Reader: it returns one key.
func (k *keyboard) Read(to []byte) (int, error) {
	for {
		if k.reports > 0 {
			if at := reportRE.FindIndex(k.ready); at != nil {
				k.reports--
				n := copy(to, k.ready[at[0]:at[1]])
				k.ready = slices.Delete(k.ready, at[0], at[1])
				return n, nil
			}
			if bytes.IndexByte(k.ready, ctrlC) >= 0 {
				return 0, ErrInterrupted
			}
			if err := k.more(); err != nil {
				return 0, err
			}
			continue
		}
		n := key(k.ready)
		if bytes.HasPrefix(k.ready, []byte(pasteBegin)) {
			end := bytes.Index(k.ready, []byte(pasteEnd))
			if end >= 0 {
				text := k.flat(string(k.ready[len(pasteBegin):end]))
				k.ready = append([]byte(text), k.ready[end+len(pasteEnd):]...)
				continue
			}
			n = 0
		}
		if n > 0 {
			pressed := string(k.ready[:n])
			k.ready = k.ready[n:]
			if pressed == shiftTab || k.list && pressed == Back {
				return 0, ErrBack
			}
			return copy(to, pressed), nil
		}
		if err := k.more(); err != nil {
			return 0, err
		}
	}
}

// reportRE is a terminal's answer to where its cursor is.
var reportRE = regexp.MustCompile(`\x1b\[[0-9]+;[0-9]+R`)

var sequenceRE = regexp.MustCompile(`^\x1b(\[[0-9;?]*[ -/]*[@-~]|O.)`)

// key is the length of the first key; 0 when it has not come in whole. A
// single escape is a key of its own.
func key(typed []byte) int {
	switch {
	case len(typed) == 0:
		return 0
	case typed[0] == 0x1b && len(typed) > 1 && (typed[1] == '[' || typed[1] == 'O'):
		return len(sequenceRE.Find(typed))
	case !utf8.FullRune(typed):
		return 0
	}
	_, n := utf8.DecodeRune(typed)
	return n
}

// flat takes line breaks out of a paste, and what is no text.
func (k *keyboard) flat(text string) string {
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\t", " ").Replace(text)
	parts := strings.Split(strings.Trim(text, "\n"), "\n")
	for i := range parts {
		if k.between != "\r" {
			parts[i] = strings.TrimSpace(parts[i])
		}
		parts[i] = strings.Map(printable, parts[i])
	}
	return strings.Join(parts, k.between)
}
