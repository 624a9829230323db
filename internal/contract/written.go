package contract

import (
	"fmt"
	"reflect"
	"strings"
)

// Written returns the contract as a person would write it: without what is a
// default anyway, short lists on one line, and with a comment at the first
// place of each field that says what it means, in a form that formatters leave
// alone. Parse reads back the same.
func (c Contract) Written() []byte {
	p := pen{docs: comments(), said: map[string]bool{}, style: Style{Step: 2, Dash: 2}}
	p.buf.WriteString(writtenHead)
	p.object(shape(), reflect.ValueOf(c.brief()), 0, "")
	return []byte(p.buf.String())
}

const writtenHead = `# The delivery contract: Penstock makes the platform repository and the repositories of all apps from it.
# After a change run "penstock generate". What is not written here has a default; "penstock schema" tells every field.
`

// Style is how a part of a contract is laid out.
type Style struct {
	Indent int  // columns before each line but the first
	Step   int  // columns that a mapping below a field is indented by
	Dash   int  // columns that the dashes of a list below a field are indented by
	JSON   bool // all names and texts are in quotes
}

// Block writes one item of a contract, what is set in it, as the lines of a
// mapping: the first without indentation, the last without a line break.
func Block[T Team | App | Environment | Cluster](item T, s Style) string {
	p := pen{style: s}
	p.object(objectOf(reflect.TypeFor[T]()), reflect.ValueOf(item), s.Indent, "")
	return strings.TrimSuffix(p.buf.String(), "\n")
}

// Flow writes one item of a contract on one line: "{name: dev}".
func Flow[T Team | App | Environment | Cluster](item T, s Style) string {
	p := pen{style: s}
	return p.braces(objectOf(reflect.TypeFor[T]()), reflect.ValueOf(item))
}

// Scalar writes text as a value on one line, in quotes where YAML needs them.
func Scalar(text string) string { return scalar(text) }

func objectOf(t reflect.Type) *object {
	for _, at := range []string{"spec.teams", "spec.teams.apps", "spec.environments", "spec.environments.clusters"} {
		if f := lookup(at); f.object.name == t.Name() {
			return f.object
		}
	}
	return &object{}
}

// pen writes YAML as a person would.
type pen struct {
	style Style
	buf   strings.Builder
	docs  map[string]string // nil: no comments
	said  map[string]bool
}

// object writes the fields of a mapping, one a line. first stands before the
// first of them instead of the indentation.
func (p *pen) object(o *object, v reflect.Value, indent int, first string) {
	for i := range o.fields {
		f, fv := &o.fields[i], v.Field(o.fields[i].index)
		if f.leftOut(fv) {
			continue
		}
		if first == "" {
			p.comment(o, f, indent)
			if p.buf.Len() > 0 {
				first = blanks(indent)
			}
		}
		if p.said != nil {
			p.said[o.name+"."+f.goName] = true
		}
		p.field(f, fv, indent, first+p.key(f.name)+":")
		first = ""
	}
}

func (p *pen) field(f *field, v reflect.Value, indent int, start string) {
	const width = 80
	if f.pointer {
		v = v.Elem()
	}
	line := start + " " + p.inline(f, v)
	switch {
	case f.kind != mapping && (f.list && len(line) <= width || !f.list && !multiline(f, v)):
		p.buf.WriteString(line + "\n")
	case f.list:
		p.buf.WriteString(start + "\n")
		p.items(f, v, indent+p.style.Dash)
	case f.kind == mapping:
		p.buf.WriteString(start + "\n")
		p.object(f.object, v, indent+p.style.Step, "")
	default:
		e := emitter{}
		e.literal(v.String(), indent+p.style.Step)
		p.buf.WriteString(start + e.buf.String())
	}
}

func (p *pen) items(f *field, v reflect.Value, indent int) {
	for i := range v.Len() {
		start := blanks(indent) + "- "
		if f.kind == mapping {
			p.object(f.object, v.Index(i), indent+2, start)
			continue
		}
		p.buf.WriteString(start + p.item(f, v.Index(i)) + "\n")
	}
}

// multiline reports text that is written as a block, in v or below.
func multiline(f *field, v reflect.Value) bool {
	return f.kind == text && !f.list && literal(v.String())
}

// inline writes a value on one line.
func (p *pen) inline(f *field, v reflect.Value) string {
	if !f.list {
		return p.item(f, v)
	}
	parts := make([]string, v.Len())
	for i := range parts {
		parts[i] = p.item(f, v.Index(i))
	}
	return "[" + strings.Join(parts, ", ") + "]"
}

func (p *pen) item(f *field, v reflect.Value) string {
	switch {
	case f.kind == mapping:
		return p.braces(f.object, v)
	case f.kind != text:
		return fmt.Sprint(v.Interface())
	case p.style.JSON:
		return inJSON(v.String())
	}
	return scalar(v.String())
}

func (p *pen) braces(o *object, v reflect.Value) string {
	var parts []string
	for i := range o.fields {
		f, fv := &o.fields[i], v.Field(o.fields[i].index)
		if f.leftOut(fv) {
			continue
		}
		if f.pointer {
			fv = fv.Elem()
		}
		parts = append(parts, p.key(f.name)+": "+p.inline(f, fv))
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

func (p *pen) key(name string) string {
	if p.style.JSON {
		return inJSON(name)
	}
	return name
}

// comment says what a field means, the first time it is written.
func (p *pen) comment(o *object, f *field, indent int) {
	name := o.name + "." + f.goName
	doc := p.docs[name]
	if doc == "" || p.said[name] || o.name == "Contract" {
		return
	}
	if n := len(f.enum); n > 1 {
		doc += " One of " + oneOf(f.enum) + "."
	}
	const width = 100
	line := blanks(indent) + "#"
	for word := range strings.FieldsSeq(doc) {
		if len(line)+1+len(word) > width {
			p.buf.WriteString(line + "\n")
			line = blanks(indent) + "#"
		}
		line += " " + word
	}
	p.buf.WriteString(line + "\n")
}

func blanks(n int) string { return strings.Repeat(" ", n) }

// Closest returns the name that value is most likely a misspelling of, or "".
func Closest(value string, names []string) string { return closest(value, names) }
