package setup

import (
	"encoding/json"
	"strings"

	"github.com/penstock-dev/penstock/internal/model"
)

// mark stands in a text for the value that a shell's variable has when the
// command runs. An empty one stops the command: what it would trust is nothing.
func mark(variable string) string { return delimiter + variable + delimiter }

// delimiter is in no name, branch or URL.
const delimiter = "\x00"

// fill replaces marks, and what is between them by what literal makes of it.
func fill(s string, literal func(string) string, value func(string) string) string {
	var b strings.Builder
	for i, part := range strings.Split(s, delimiter) {
		switch {
		case i%2 == 1:
			b.WriteString(value("${" + part + ":?}"))
		case part != "":
			b.WriteString(literal(part))
		}
	}
	return b.String()
}

// quoted is a text with marks as one word of a shell's command.
func quoted(s string) string {
	return fill(s, model.ShellQuote, func(v string) string { return `"` + v + `"` })
}

// document is JSON as a here-document that fills a file.
func document(file string, v any) string {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(v); err != nil {
		panic(err) // plain data
	}
	text, end := b.String(), "'JSON'"
	if marked := strings.ReplaceAll(text, `\u0000`, delimiter); marked != text {
		escape := strings.NewReplacer(`\`, `\\`, `$`, `\$`, "`", "\\`")
		text, end = fill(marked, escape.Replace, func(v string) string { return v }), "JSON"
	}
	return "cat > " + file + " <<" + end + "\n" + text + "JSON"
}
