package wizard

import (
	"context"
	"errors"
	"io"
	"os"
	"strings"

	"github.com/AlecAivazis/survey/v2"
	"github.com/AlecAivazis/survey/v2/core"
	"github.com/AlecAivazis/survey/v2/terminal"
)

// Terminal asks in a terminal that can move its cursor, through survey.
type Terminal struct {
	in  *keyboard
	out *os.File
}

// NewTerminal asks on the terminal that in and out are, until the context ends.
func NewTerminal(ctx context.Context, in, out *os.File, color bool) *Terminal {
	core.DisableColor = !color
	survey.ErrorTemplate = `{{color .Icon.Format }}{{ .Icon.Text }} the answer {{ .Error.Error }}{{color "reset"}}` + "\n"
	return &Terminal{in: newKeyboard(ctx, in), out: out}
}

// do asks one question. While it does, the terminal marks what is pasted, so
// that line breaks in it do not answer the questions that follow.
func (t *Terminal) do(q Question, p survey.Prompt, answer any, check survey.Validator) error {
	if t.in.ctx.Err() != nil {
		return ErrInterrupted
	}
	t.in.between = " "
	switch {
	case q.Lines:
		t.in.between = "\r"
	case q.List:
		t.in.between = ", "
	}
	if _, err := io.WriteString(t.out, q.Intro+pasteOn); err != nil {
		return err
	}
	defer io.WriteString(t.out, pasteOff) //nolint:errcheck // nothing can be done about it
	opts := []survey.AskOpt{
		survey.WithStdio(t.in, t.out, t.out), survey.WithPageSize(12), survey.WithShowCursor(true),
		survey.WithIcons(func(i *survey.IconSet) { i.HelpInput.Text = "?" }),
	}
	if check != nil {
		opts = append(opts, survey.WithValidator(check))
	}
	err := survey.AskOne(p, answer, opts...)
	if errors.Is(err, terminal.InterruptErr) || errors.Is(err, io.EOF) {
		return ErrInterrupted
	}
	return err
}

func failure(problem string) error {
	if problem == "" {
		return nil
	}
	return errors.New(problem)
}

// Input implements Prompter.
func (t *Terminal) Input(q Question) (string, error) {
	check := func(v any) error {
		s, _ := v.(string)
		return failure(q.Problem(q.typed(s)))
	}
	var s string
	var p survey.Prompt = &survey.Input{Message: q.Text + ":", Default: q.Default, Help: q.terminalHelp()}
	if q.Lines {
		p = &survey.Multiline{Message: q.Text, Default: q.Default, Help: q.terminalHelp()}
		check = func(v any) error {
			s, _ := v.(string)
			return failure(q.Problem(lines(s)))
		}
	}
	if err := t.do(q, p, &s, check); err != nil {
		return "", err
	}
	if q.Lines {
		return lines(s), nil
	}
	return q.typed(s), nil
}

// lines ends a text of several lines; survey takes the last line break away.
func lines(s string) string {
	if strings.Contains(s, "\n") && !strings.HasSuffix(s, "\n") {
		return s + "\n"
	}
	return s
}

func (q Question) terminalHelp() string {
	if q.Default != "" && !q.Need && q.Help != "" {
		return q.Help + "\n" + Nothing + " leaves it out."
	}
	return q.Help
}

// Select implements Prompter.
func (t *Terminal) Select(q Question) (string, error) {
	var s string
	err := t.do(q, &survey.Select{
		Message: q.Text + ":", Options: q.values(), Default: q.Default, Help: q.Help,
		Description: func(_ string, i int) string { return q.Options[i].About },
	}, &s, nil)
	return s, err
}

// MultiSelect implements Prompter.
func (t *Terminal) MultiSelect(q Question) ([]string, error) {
	var list []string
	err := t.do(q, &survey.MultiSelect{Message: q.Text + ":", Options: q.values(), Default: split(q.Default), Help: q.Help}, &list, nil)
	return list, err
}

// Confirm implements Prompter.
func (t *Terminal) Confirm(q Question) (bool, error) {
	var b bool
	err := t.do(q, &survey.Confirm{Message: q.Text + "?", Default: q.Default == "yes", Help: q.Help}, &b, nil)
	return b, err
}
