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
	"golang.org/x/term"
)

// Terminal asks in a terminal that can move its cursor, through survey.
type Terminal struct {
	in   *keyboard
	out  monitor
	mode *terminal.RuneReader
}

// NewTerminal asks on the terminal that in and out are, until the context ends.
// It takes the terminal until Close: what is typed or pasted before its time is
// kept for the question that it answers, and shows nowhere else.
func NewTerminal(ctx context.Context, in, out *os.File, color bool) *Terminal {
	k := newKeyboard(ctx, in)
	t := &Terminal{in: k, out: monitor{out, k}}
	t.mode = terminal.NewRuneReader(terminal.Stdio{In: k, Out: t.out, Err: t.out})
	_ = t.mode.SetTermMode()
	core.DisableColor = !color
	for _, funcs := range []map[string]any{core.TemplateFuncsWithColor, core.TemplateFuncsNoColor} {
		funcs["said"] = func(message, hint string) fitted { return said(message, hint, t.width()) }
		funcs["fit"] = func(message, hint string) fitted { return fit(message, hint, t.width()) }
	}
	survey.ErrorTemplate = errorTemplate
	survey.ConfirmQuestionTemplate = confirmTemplate
	survey.SelectQuestionTemplate, survey.MultiSelectQuestionTemplate = selectTemplate, multiSelectTemplate
	_, _ = io.WriteString(out, pasteOn)
	return t
}

// Close gives the terminal back.
func (t *Terminal) Close() error {
	_, err := io.WriteString(t.out.File, pasteOff)
	return errors.Join(err, t.mode.RestoreTermMode())
}

// width leaves the last column out: what ends there may break once more.
func (t *Terminal) width() int {
	if w, _, err := term.GetSize(int(t.out.Fd())); err == nil && w > 0 {
		return w - 1
	}
	return 79
}

// monitor is where a terminal draws. It counts how often the terminal is asked
// where its cursor is.
type monitor struct {
	*os.File
	keys *keyboard
}

// Write implements io.Writer.
func (m monitor) Write(p []byte) (int, error) {
	m.keys.reports += strings.Count(string(p), askCursor)
	return m.File.Write(p)
}

// do asks one question.
func (t *Terminal) do(q Question, p survey.Prompt, answer any, check survey.Validator) error {
	if t.in.ctx.Err() != nil {
		return ErrInterrupted
	}
	t.in.between, t.in.list = " ", len(q.Options) > 0
	switch p.(type) {
	case *survey.Multiline:
		t.in.between = "\r"
	case *survey.Confirm:
		t.in.list = true
	case *input:
		if q.List {
			t.in.between = ", "
		}
	}
	if _, err := io.WriteString(t.out.File, wrap(q.Intro, t.width())); err != nil {
		return err
	}
	opts := []survey.AskOpt{
		survey.WithStdio(t.in, t.out, t.out), survey.WithPageSize(12), survey.WithShowCursor(true),
		survey.WithIcons(func(i *survey.IconSet) { i.HelpInput.Text = "?" }),
	}
	if check != nil {
		opts = append(opts, survey.WithValidator(check))
	}
	err := survey.AskOne(p, answer, opts...)
	switch {
	case err == nil:
		return nil
	case len(q.Options) > 0:
		_, _ = io.WriteString(t.out.File, belowList)
	case errors.Is(err, ErrBack):
		_, _ = io.WriteString(t.out.File, "\r\n")
	}
	if errors.Is(err, terminal.InterruptErr) || errors.Is(err, io.EOF) {
		return ErrInterrupted
	}
	return err
}

// belowList leads from an option of a list, where survey keeps the cursor, to
// the line below it.
const belowList = "\x1b8\r\x1b[J"

func failure(problem string) error {
	if problem == "" {
		return nil
	}
	return errors.New(problem)
}

// Input implements Prompter.
func (t *Terminal) Input(q Question) (string, error) {
	final := func(typed string) string { return q.typed(typed) }
	help := wrap(q.terminalHelp(), t.width()-2)
	var p survey.Prompt = &input{Message: q.prompt() + ":", Default: q.Default, Help: help}
	if q.Lines {
		p = &survey.Multiline{Message: q.Text, Default: q.Default, Help: help}
		final = lines
	}
	var s string
	err := t.do(q, p, &s, func(v any) error {
		typed, _ := v.(string)
		if isBack(typed) {
			return nil
		}
		return failure(q.Problem(final(typed)))
	})
	if err == nil && isBack(s) {
		err = ErrBack
	}
	if err != nil {
		return "", err
	}
	return final(s), nil
}

// input asks for a line. survey's own erases the line above when an answer was
// longer than what was left of its line.
type input struct {
	survey.Renderer
	Message, Default, Help string

	Answer               string
	ShowHelp, ShowAnswer bool
	Config               *survey.PromptConfig
}

// Prompt implements survey.Prompt.
func (i *input) Prompt(config *survey.PromptConfig) (any, error) {
	i.Config = config
	for {
		if err := i.Render(inputTemplate, i); err != nil {
			return "", err
		}
		typed, err := i.NewRuneReader().ReadLine(0)
		if err != nil {
			return "", err
		}
		_ = i.NewCursor().Up(1) // ReadLine goes to the next line
		switch {
		case string(typed) == config.HelpInput && i.Help != "":
			i.ShowHelp = true
			continue
		case len(typed) == 0:
			return i.Default, nil
		}
		return string(typed), nil
	}
}

// Cleanup implements survey.Prompt.
func (i *input) Cleanup(_ *survey.PromptConfig, answer any) error {
	i.Answer, _ = answer.(string)
	i.ShowAnswer, i.ShowHelp = true, false
	return i.Render(inputTemplate, i)
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
		Message: q.Text + ":", Options: q.values(), Default: q.Default, Help: wrap(q.Help, t.width()-2),
		Description: func(_ string, i int) string { return q.Options[i].About },
	}, &s, nil)
	return s, err
}

// MultiSelect implements Prompter.
func (t *Terminal) MultiSelect(q Question) ([]string, error) {
	var list []string
	err := t.do(q, &survey.MultiSelect{Message: q.Text + ":", Options: q.values(), Default: split(q.Default), Help: wrap(q.Help, t.width()-2)}, &list, nil)
	return list, err
}

// Confirm implements Prompter.
func (t *Terminal) Confirm(q Question) (bool, error) {
	var b bool
	err := t.do(q, &survey.Confirm{Message: q.Text + "?", Default: q.Default == "yes", Help: wrap(q.Help, t.width()-2)}, &b, nil)
	return b, err
}
