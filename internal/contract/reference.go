package contract

import (
	"bytes"
	_ "embed"
	"fmt"
	"strings"

	"github.com/penstock-dev/penstock/internal/registry/table"
)

//go:embed reference.md
var referenceText string

// Reference returns docs/contract.md: every field with its meaning, values and
// default, in tables made from the types, around the text of reference.md.
func Reference() []byte {
	r := referencer{docs: comments()}
	r.object("", shape())
	text := strings.Replace(referenceText, "<!-- registries -->\n", registryRows(), 1)
	return []byte(strings.Replace(text, "<!-- fields -->\n", r.buf.String(), 1))
}

// registryRows is the table of what each registry provider can do and needs.
func registryRows() string {
	var b strings.Builder
	for _, p := range table.All() {
		var needs []string
		for _, f := range p.Fields {
			needs = append(needs, "`"+f.Name+"`")
		}
		releases := "`forever`"
		if p.Counts {
			releases += " or a count"
		}
		fmt.Fprintf(&b, "| `%s` | `%s` | %s | %s |\n", p.Name, strings.Join(p.Layouts, "`, `"), strings.Trim(listed(needs)+"; "+p.Note, "; "), releases)
	}
	return strings.ReplaceAll(b.String(), "|  |", "| |")
}

type referencer struct {
	buf  bytes.Buffer
	docs map[string]string
}

// object writes the section of the mapping at a path, then those below it.
func (r *referencer) object(at string, o *object) {
	if at != "" {
		fmt.Fprintf(&r.buf, "\n### `%s`\n\n%s\n", at, r.docs[o.name])
	}
	r.buf.WriteString("\n| field | meaning | values | default |\n|---|---|---|---|\n")
	prefix := at + "."
	if at == "" {
		prefix = ""
	}
	for i := range o.fields {
		f := &o.fields[i]
		fmt.Fprintf(&r.buf, "| `%s%s` | %s | %s | %s |\n", prefix, f.name, cell(r.docs[o.name+"."+f.goName]), cell(f.values()), cell(f.otherwise()))
	}
	for i := range o.fields {
		f := &o.fields[i]
		switch {
		case f.kind != mapping:
		case f.list:
			r.object(prefix+f.name+"[]", f.object)
		default:
			r.object(prefix+f.name, f.object)
		}
	}
}

// cell makes text fit into a table.
func cell(s string) string { return strings.NewReplacer("|", "\\|", "<", "\\<").Replace(s) }

// values says what may be written.
func (f *field) values() string {
	s := ""
	switch {
	case f.kind == mapping && f.list:
		return "list of mappings, see below"
	case f.kind == mapping:
		return "mapping, see below"
	case f.kind == truth:
		return "`true` or `false`"
	case f.kind == whole:
		s = fmt.Sprintf("whole number from %d to %d", f.min, f.max)
	case len(f.enum) > 0:
		s = "`" + strings.Join(f.enum, "`, `") + "`"
	case f.rule != nil:
		s = f.rule.words
	}
	if f.list {
		s = "list, each " + s
	}
	if f.example != "" {
		s += "; for example `" + f.example + "`"
	}
	return s
}

// otherwise says what holds when the field is left out.
func (f *field) otherwise() string {
	switch {
	case f.need:
		return "**required**"
	case f.def != "":
		return "`" + f.def + "`"
	case f.absent != "":
		return f.absent
	case f.kind == mapping && !f.list && !f.pointer:
		return "the defaults of its fields"
	}
	return "none"
}
