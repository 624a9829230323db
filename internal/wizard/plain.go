package wizard

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/term"
)

// Plain asks in plain lines, for screen readers, pipes, and terminals that
// cannot do more: it never moves the cursor.
type Plain struct {
	ctx   context.Context //nolint:containedctx // a read cannot be stopped otherwise
	lines chan line
	out   io.Writer
	// silent: nothing shows what is typed, so that the line has to be ended.
	silent bool
}

type line struct {
	text string
	err  error
}

// NewPlain reads lines from in until the context ends.
func NewPlain(ctx context.Context, in io.Reader, out io.Writer) *Plain {
	f, ok := in.(*os.File)
	p := &Plain{ctx: ctx, lines: make(chan line), out: out, silent: !ok || !term.IsTerminal(int(f.Fd()))}
	go func() {
		r := bufio.NewReader(in)
		for {
			text, err := r.ReadString('\n')
			if text != "" {
				err = nil
			}
			select {
			case p.lines <- line{strings.TrimRight(text, "\r\n"), err}:
			case <-ctx.Done():
				return
			}
			if err != nil {
				return
			}
		}
	}()
	return p
}

// wrap breaks text between words, where the lines go to a terminal.
func (p *Plain) wrap(text string) string {
	if f, ok := p.out.(*os.File); ok {
		if w, _, err := term.GetSize(int(f.Fd())); err == nil && w > 0 {
			return wrap(text, w-1)
		}
	}
	return text
}

func (p *Plain) read(q Question) (string, error) {
	select {
	case <-p.ctx.Done():
		return "", ErrInterrupted
	case l, ok := <-p.lines:
		if !ok || errors.Is(l.err, io.EOF) {
			return "", Refusal{missing{q, "the input ended before this was answered"}.Error()}
		}
		if p.silent {
			fmt.Fprintln(p.out)
		}
		return strings.Map(printable, l.text), l.err
	}
}

// printable drops what a paste or a key may bring in that is no text.
func printable(c rune) rune {
	if c < ' ' && c != '\t' || c == 0x7f {
		return -1
	}
	return c
}

// ask shows a question and reads until parse takes the answer.
func (p *Plain) ask(q Question, hint string, parse func(typed string) string) error {
	fmt.Fprint(p.out, p.wrap(q.Intro))
	for i, o := range q.Options {
		fmt.Fprintf(p.out, "  %d. %s\n", i+1, strings.TrimSuffix(o.Value+": "+o.About, ": "))
	}
	for {
		fmt.Fprintf(p.out, "%s%s: ", q.prompt(), hint)
		typed, err := p.read(q)
		if err != nil {
			fmt.Fprintln(p.out)
			return err
		}
		if isBack(typed) {
			return ErrBack
		}
		if strings.TrimSpace(typed) == "?" && q.Help != "" {
			fmt.Fprintln(p.out, p.wrap(q.Help))
			continue
		}
		problem := parse(typed)
		if problem == "" {
			return nil
		}
		fmt.Fprintln(p.out, p.wrap("The answer "+problem+"."))
	}
}

// Input implements Prompter.
func (p *Plain) Input(q Question) (answer string, err error) {
	hint := ""
	switch {
	case q.Lines:
		hint = " (end with an empty line)"
	case q.Default != "" && !q.Need:
		hint = " [" + q.Default + ", " + Nothing + " for none]"
	case q.Default != "":
		hint = " [" + q.Default + "]"
	}
	err = p.ask(q, hint, func(typed string) string {
		for q.Lines && typed != "" {
			next, err := p.read(q)
			if err != nil || strings.TrimSpace(next) == "" {
				break
			}
			typed += "\n" + next
		}
		if q.Lines && typed != "" {
			typed += "\n"
		}
		answer = q.typed(typed)
		return q.Problem(answer)
	})
	return answer, err
}

// Select implements Prompter.
func (p *Plain) Select(q Question) (answer string, err error) {
	err = p.ask(q, " ["+q.Default+"]", func(typed string) string {
		answer = q.option(q.typed(typed))
		return q.Problem(answer)
	})
	return answer, err
}

// MultiSelect implements Prompter.
func (p *Plain) MultiSelect(q Question) (answer []string, err error) {
	def := q.Default
	if def == "" {
		def = Nothing
	}
	err = p.ask(q, " (several with commas, "+Nothing+" for none) ["+def+"]", func(typed string) string {
		answer = nil
		for _, s := range split(q.typed(typed)) {
			s = q.option(s)
			if problem := q.Problem(s); problem != "" {
				return problem
			}
			if !slices.Contains(answer, s) {
				answer = append(answer, s)
			}
		}
		return ""
	})
	return answer, err
}

// Confirm implements Prompter.
func (p *Plain) Confirm(q Question) (answer bool, err error) {
	err = p.ask(q, " (yes or no) ["+q.Default+"]", func(typed string) string {
		switch strings.ToLower(q.typed(typed)) {
		case "y", "yes":
			answer = true
		case "n", "no":
			answer = false
		default:
			return "is " + quoted(typed) + "; write yes or no"
		}
		return ""
	})
	return answer, err
}

// option finds the option that a number, a name or the beginning of one means.
func (q Question) option(typed string) string {
	if n, err := strconv.Atoi(typed); err == nil && n >= 1 && n <= len(q.Options) {
		return q.Options[n-1].Value
	}
	var found []string
	for _, v := range q.values() {
		if strings.EqualFold(v, typed) {
			return v
		}
		if strings.HasPrefix(strings.ToLower(v), strings.ToLower(typed)) {
			found = append(found, v)
		}
	}
	if len(found) == 1 && typed != "" {
		return found[0]
	}
	return typed
}
