package step

import (
	"encoding/json"
	"regexp"
	"strings"
)

var safe = regexp.MustCompile(`^[A-Za-z0-9@%+=:,./_-]+$`)

// Quote writes s as one word of a shell.
func Quote(s string) string {
	if safe.MatchString(s) {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// Mark stands in a text for the value that a shell's variable has when the
// command runs. An empty one stops the command: what it would trust is nothing.
func Mark(variable string) string { return delimiter + variable + delimiter }

// delimiter is in no name, branch or URL.
const delimiter = "\x00"

// Fill replaces marks, and what is between them by what literal makes of it.
func Fill(s string, literal func(string) string, value func(string) string) string {
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

// Quoted is a text with marks as one word of a shell's command.
func Quoted(s string) string {
	return Fill(s, Quote, func(v string) string { return `"` + v + `"` })
}

// Document is JSON as a here-document that fills a file.
func Document(file string, v any) string {
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
		text, end = Fill(marked, escape.Replace, func(v string) string { return v }), "JSON"
	}
	return "cat > " + file + " <<" + end + "\n" + text + "JSON"
}

// Compact is JSON in one line.
func Compact(v any) string {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		panic(err) // plain data
	}
	return strings.TrimSpace(b.String())
}
