package contract

import (
	"bytes"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// YAML writes the contract: each value that is set, in the order of the types,
// so that Parse reads back the same. What is no UTF-8 becomes U+FFFD; YAML has
// no way to say it.
func (c Contract) YAML() []byte {
	var e emitter
	e.object(shape(), reflect.ValueOf(c), 0)
	return e.buf.Bytes()
}

type emitter struct {
	buf bytes.Buffer
}

// object writes the fields of a struct, one a line, and reports whether there
// were any. The caller has written the indentation of the first line.
func (e *emitter) object(o *object, v reflect.Value, indent int) (wrote bool) {
	for i := range o.fields {
		f, fv := &o.fields[i], v.Field(o.fields[i].index)
		if f.leftOut(fv) {
			continue
		}
		if wrote {
			e.indent(indent)
		}
		wrote = true
		e.buf.WriteString(f.name + ":")
		if f.pointer {
			fv = fv.Elem()
		}
		if f.list {
			e.list(f, fv, indent)
		} else {
			e.value(f, fv, indent)
		}
	}
	return wrote
}

// leftOut reports whether a field goes unmentioned: nothing is set in it.
func (f *field) leftOut(v reflect.Value) bool {
	switch {
	case f.list:
		return v.Len() == 0
	case f.pointer:
		return v.IsNil()
	case f.brief && isDefault(f.object, v):
		return true
	case f.kind == mapping:
		return isEmpty(f.object, v)
	}
	return v.IsZero()
}

// isDefault reports whether v holds nothing but the defaults of its type.
func isDefault(o *object, v reflect.Value) bool {
	d := reflect.New(v.Type()).Elem()
	o.fill(d)
	return reflect.DeepEqual(d.Interface(), v.Interface())
}

func (e *emitter) list(f *field, v reflect.Value, indent int) {
	e.buf.WriteByte('\n')
	for i := range v.Len() {
		e.indent(indent + 2)
		if f.kind == mapping {
			e.buf.WriteString("- ")
			if !e.object(f.object, v.Index(i), indent+4) {
				e.buf.WriteString("{}\n")
			}
			continue
		}
		e.buf.WriteString("-")
		e.value(f, v.Index(i), indent+2)
	}
}

// value writes what follows "name:" or "-".
func (e *emitter) value(f *field, v reflect.Value, indent int) {
	if f.kind == mapping {
		if isEmpty(f.object, v) {
			e.buf.WriteString(" {}\n")
			return
		}
		e.buf.WriteByte('\n')
		e.indent(indent + 2)
		e.object(f.object, v, indent+2)
		return
	}
	s := fmt.Sprint(v.Interface())
	if v.Kind() == reflect.String && literal(s) {
		e.literal(s, indent+2)
		return
	}
	if v.Kind() == reflect.String {
		s = scalar(s)
	}
	e.buf.WriteString(" " + s + "\n")
}

func isEmpty(o *object, v reflect.Value) bool {
	return !slices.ContainsFunc(o.fields, func(g field) bool { return !g.leftOut(v.Field(g.index)) })
}

func (e *emitter) indent(n int) {
	for range n {
		e.buf.WriteByte(' ')
	}
}

// literal reports whether text is best written as a block: several lines, none
// of which a reader of YAML could take for something else.
func literal(s string) bool {
	body, found := strings.CutSuffix(s, "\n")
	if !found || !strings.Contains(body, "\n") {
		return false
	}
	for line := range strings.SplitSeq(body, "\n") {
		if line == "" || strings.TrimSpace(line) != line || !clean(line) {
			return false
		}
	}
	return true
}

func (e *emitter) literal(s string, indent int) {
	e.buf.WriteString(" |\n")
	for line := range strings.Lines(s) {
		e.indent(indent)
		e.buf.WriteString(line)
	}
}

var (
	plainRE    = regexp.MustCompile(`^[A-Za-z/][A-Za-z0-9_./+-]*(( |://|:|@|=)[A-Za-z0-9_./+-]+)*$`)
	durationRE = regexp.MustCompile(`^[0-9]+(ms|s|m|h|d)$`)
	wordRE     = regexp.MustCompile(`(?i)^(null|true|false|yes|no|on|off|y|n)$`)
)

// scalar writes text on one line: plain where no reader of YAML 1.1 or 1.2 can
// take it for a number, a boolean, a date or syntax, in quotes otherwise.
func scalar(s string) string {
	if (plainRE.MatchString(s) || durationRE.MatchString(s)) && !wordRE.MatchString(s) {
		return s
	}
	return Quoted(s)
}

func clean(s string) bool {
	return !strings.ContainsFunc(s, func(c rune) bool { return !unicode.IsPrint(c) || c == unicode.ReplacementChar })
}
