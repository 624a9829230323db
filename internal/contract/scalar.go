package contract

import (
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// text reads a string and reports what is wrong with it. The string is
// returned even when it breaks a rule, so that references to it still resolve.
func (d *decoder) text(use *yaml.Node, f *field, at *path) (string, bool) {
	n := target(use)
	if ok, fix := f.isText(n); !ok {
		d.add(use, at, describe(n), fix)
		return "", false
	}
	if what, fix := f.check(n.Value); what != "" {
		d.add(use, at, what, fix)
	}
	return n.Value, true
}

// isText reports whether a node can stand for a string of this field and, if
// not, how to write one.
func (f *field) isText(n *yaml.Node) (ok bool, fix string) {
	if n.Kind != yaml.ScalarNode {
		return false, "write text"
	}
	accepts := ""
	if f.rule != nil {
		accepts = f.rule.accepts
	}
	switch tag := n.ShortTag(); {
	case tag == "!!str", tag == "!!merge":
		return true, ""
	case accepts == "number" && (tag == "!!int" || tag == "!!float"), accepts == "timestamp" && tag == "!!timestamp":
		return true, ""
	case tag == "!!null":
		return false, "write text"
	case tag == "!!int", tag == "!!float", tag == "!!bool", tag == "!!timestamp":
		if what, fix := f.check(n.Value); what != "" {
			return false, fix
		}
		return false, "write it in quotes: " + quote(n.Value)
	}
	return false, "remove the tag and write text"
}

// check applies the rules for a single value.
func (f *field) check(value string) (what, fix string) {
	switch {
	case holdsPrivateKey(value):
		return "holds a private key", notSecret
	case len(f.enum) > 0:
		return f.checkEnum(value)
	case f.rule == nil:
		return "", ""
	case value == "" && f.rule.name == "text" && !f.need:
		return "", ""
	case value == "":
		fix = "leave it out"
		if f.list {
			fix = "remove it or write " + f.rule.words
		} else if f.need {
			fix = "write " + f.sample()
		} else if f.def != "" {
			fix += ", then it is " + quote(f.def)
		}
		return "is empty", fix
	}
	if what, fix = f.rule.check(value); what != "" && !f.rule.careful && redact(value) != value {
		return "is " + quote(value), "write " + f.rule.words
	}
	return what, fix
}

func (f *field) checkEnum(value string) (what, fix string) {
	if slices.Contains(f.enum, value) {
		return "", ""
	}
	what = "is " + quote(value)
	if name := closest(value, f.enum); name != "" {
		return what, "did you mean " + quote(name) + "?"
	}
	if len(f.enum) == 1 {
		return what, "write " + quote(f.enum[0])
	}
	return what, "write " + oneOf(f.enum)
}

func (d *decoder) whole(use *yaml.Node, f *field, at *path) int {
	n := target(use)
	fix := "write a whole number from " + strconv.Itoa(f.min) + " to " + strconv.Itoa(f.max)
	if n.Kind != yaml.ScalarNode || n.ShortTag() != "!!int" {
		if _, err := strconv.Atoi(n.Value); err == nil && n.ShortTag() == "!!str" {
			fix = "write the number without quotes: " + n.Value
		}
		d.add(use, at, describe(n), fix)
		return 0
	}
	v, err := strconv.Atoi(n.Value)
	if err != nil || v < f.min || v > f.max || strconv.Itoa(v) != n.Value {
		d.add(use, at, "is "+shorten(n.Value), fix)
	}
	return v
}

func (d *decoder) truth(use *yaml.Node, at *path) bool {
	n := target(use)
	if n.Kind != yaml.ScalarNode || n.ShortTag() != "!!bool" {
		d.add(use, at, describe(n), "write true or false")
	}
	return strings.EqualFold(n.Value, "true")
}

// describe says what a node is when something else was wanted.
func describe(n *yaml.Node) string {
	if n.Kind == yaml.MappingNode {
		return "is a mapping"
	}
	if n.Kind == yaml.SequenceNode {
		return "is a list"
	}
	switch tag := n.ShortTag(); tag {
	case "!!null":
		return "has no value"
	case "!!str", "!!merge":
		return "is the text " + quote(n.Value)
	case "!!int", "!!float":
		return "is the number " + shorten(n.Value)
	case "!!bool":
		return "is the boolean " + shorten(n.Value)
	case "!!timestamp":
		return "is the date " + shorten(n.Value)
	default:
		return "has the YAML tag " + quote(tag)
	}
}
