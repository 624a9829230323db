package wizard

import (
	"regexp"
	"strings"

	"golang.org/x/text/width"
)

// How survey draws its questions: as it does by itself, but broken between
// words. The functions fit and said do that.
const (
	errorTemplate = `{{color .Icon.Format }}{{with said "" (print "the answer " .Error.Error)}}{{$.Icon.Text}}{{.Hint}}{{end}}{{color "reset"}}` + "\n"

	helpTemplate = `{{- if .ShowHelp }}{{- color .Config.Icons.Help.Format }}{{ .Config.Icons.Help.Text }} {{ .Help }}{{color "reset"}}{{"\n"}}{{end}}
{{- color .Config.Icons.Question.Format }}{{ .Config.Icons.Question.Text }} {{color "reset"}}`

	inputTemplate = helpTemplate + `
{{- if .ShowAnswer}}
  {{- with said .Message .Answer}}{{color "default+hb"}}{{.Message}}{{color "cyan"}}{{.Hint}}{{color "reset"}}{{"\n"}}{{end}}
{{- else}}
  {{- $hint := ""}}
  {{- if and .Help (not .ShowHelp)}}{{$hint = "[? for help] "}}{{end}}
  {{- if .Default}}{{$hint = print $hint "(" .Default ")"}}{{end}}
  {{- with fit .Message $hint}}{{color "default+hb"}}{{.Message}}{{color "cyan"}}{{.Hint}} {{color "reset"}}{{end}}
{{- end}}`

	confirmTemplate = helpTemplate + `
{{- if .Answer}}
  {{- with said .Message .Answer}}{{color "default+hb"}}{{.Message}}{{color "cyan"}}{{.Hint}}{{color "reset"}}{{"\n"}}{{end}}
{{- else}}
  {{- $hint := "(y/N)"}}{{if .Default}}{{$hint = "(Y/n)"}}{{end}}
  {{- if and .Help (not .ShowHelp)}}{{$hint = print "[? for help] " $hint}}{{end}}
  {{- with fit .Message $hint}}{{color "default+hb"}}{{.Message}}{{color "cyan"}}{{.Hint}} {{color "reset"}}{{end}}
{{- end}}`

	listTemplate = helpTemplate + `
{{- if .ShowAnswer}}
  {{- with said .Message .Answer}}{{color "default+hb"}}{{.Message}}{{color "cyan"}}{{.Hint}}{{color "reset"}}{{"\n"}}{{end}}
{{- else}}
  {{- if and .Help (not .ShowHelp)}}{{$hint = print $hint ", ? for help"}}{{end}}
  {{- with fit .Message (print $hint "]")}}{{color "default+hb"}}{{.Message}}{{color "cyan"}}{{.Hint}}{{color "reset"}}{{end}}
  {{- .FilterMessage}}{{"\n"}}
  {{- range $ix, $option := .PageEntries}}
    {{- template "option" $.IterateOption $ix $option}}
  {{- end}}
{{- end}}`

	selectTemplate = `
{{- define "option"}}
    {{- if eq .SelectedIndex .CurrentIndex }}{{color .Config.Icons.SelectFocus.Format }}{{ .Config.Icons.SelectFocus.Text }} {{else}}{{color "default"}}  {{end}}
    {{- .CurrentOpt.Value}}{{ if ne ($.GetDescription .CurrentOpt) "" }} - {{color "cyan"}}{{ $.GetDescription .CurrentOpt }}{{end}}
    {{- color "reset"}}
{{end}}
{{- $hint := "[arrows move, letters filter"}}
` + listTemplate

	multiSelectTemplate = `
{{- define "option"}}
    {{- if eq .SelectedIndex .CurrentIndex }}{{color .Config.Icons.SelectFocus.Format }}{{ .Config.Icons.SelectFocus.Text }}{{color "reset"}}{{else}} {{end}}
    {{- if index .Checked .CurrentOpt.Index }}{{color .Config.Icons.MarkedOption.Format }} {{ .Config.Icons.MarkedOption.Text }} {{else}}{{color .Config.Icons.UnmarkedOption.Format }} {{ .Config.Icons.UnmarkedOption.Text }} {{end}}
    {{- color "reset"}}
    {{- " "}}{{- .CurrentOpt.Value}}{{ if ne ($.GetDescription .CurrentOpt) "" }} - {{color "cyan"}}{{ $.GetDescription .CurrentOpt }}{{color "reset"}}{{end}}
{{end}}
{{- $hint := "[arrows move, space ticks, right all, left none, letters filter"}}
` + listTemplate
)

// fitted is a question and what stands behind it, each broken into lines.
type fitted struct{ Message, Hint string }

// room is left for an answer on the last line of a question, in columns.
const room = 16

// said breaks a question that begins in the third column, and what follows.
func said(message, hint string, columns int) fitted {
	made, _ := flowed(message, hint, columns)
	return made
}

func flowed(message, hint string, columns int) (fitted, flow) {
	f := flow{columns: columns, at: 2, indent: "  "}
	made := fitted{Message: f.add(message)}
	if hint != "" {
		made.Hint = f.add(" " + hint)
	}
	return made, f
}

// fit does the same where an answer is to be typed behind it.
func fit(message, hint string, columns int) fitted {
	made, f := flowed(message, hint, columns)
	if f.at > columns-room && f.at > room {
		if hint == "" {
			made.Message += "\n "
		} else {
			made.Hint += "\n "
		}
	}
	return made
}

// headRE is what further lines of a line stand behind: its indentation, and a
// word of a table's first column.
var headRE = regexp.MustCompile(`^ *(\S+( \S+)* {2,})?`)

// wrap breaks the lines of a text between words. Further lines of one are
// indented as it is.
func wrap(text string, columns int) string {
	list := strings.Split(text, "\n")
	for i, l := range list {
		head := headRE.FindString(l)
		if len(head) > columns/2 {
			head = l[:len(l)-len(strings.TrimLeft(l, " "))]
		}
		f := flow{columns: columns, at: cells(head), indent: strings.Repeat(" ", cells(head))}
		if cells(l) > columns {
			list[i] = head + f.add(l[len(head):])
		}
	}
	return strings.Join(list, "\n")
}

// flow puts words one after the other into lines.
type flow struct {
	columns, at int
	indent      string
}

// add adds text; what is longer than a line stays whole.
func (f *flow) add(text string) string {
	var b strings.Builder
	for i, word := range strings.Split(text, " ") {
		n := cells(word)
		switch {
		case i == 0:
		case f.at+1+n > f.columns && f.at > len(f.indent):
			b.WriteString("\n" + f.indent)
			f.at = len(f.indent)
		default:
			b.WriteByte(' ')
			f.at++
		}
		b.WriteString(word)
		f.at += n
	}
	return b.String()
}

// cells is how many columns a text takes.
func cells(text string) int {
	n := 0
	for _, c := range text {
		n++
		if k := width.LookupRune(c).Kind(); k == width.EastAsianWide || k == width.EastAsianFullwidth {
			n++
		}
	}
	return n
}
