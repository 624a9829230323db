package contract

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// FieldChange is one difference between two contracts. Field is a path with
// names instead of positions, such as "spec.teams[payments].owners". For a
// thing that came, went or was renamed Was and Is are its names; otherwise they
// are the values on one line, empty where there is none.
type FieldChange struct {
	Field   string
	Was, Is string
	// Thing is set where a whole item of a list came, went or was renamed.
	Thing bool
}

// String is the change as a line of a commit message.
func (c FieldChange) String() string {
	switch {
	case c.Thing && c.Was == "":
		return "add " + c.Field
	case c.Thing && c.Is == "":
		return "remove " + c.Field
	case c.Thing:
		return "rename " + c.Field + " to " + c.Is
	case c.Was == "":
		return "set " + c.Field + ": " + c.Is
	case c.Is == "":
		return "remove " + c.Field + ": " + c.Was
	}
	return "change " + c.Field + ": " + c.Was + " -> " + c.Is
}

// Changes lists the fields that differ, in the order of the types. Things with
// a name are compared with the thing that had that name, or that it names with
// formerly. What follows from other fields by default is left out. Both
// contracts are such that Parse found nothing wrong with them.
func Changes(was, is Contract) []FieldChange {
	d := differ{was: was.source, is: is.source}
	d.object(shape(), reflect.ValueOf(was), reflect.ValueOf(is), place{})
	return d.list
}

type differ struct {
	was, is source
	list    []FieldChange
}

// place is a field's path: with names, and as Where wants it on both sides.
type place struct{ name, was, is string }

func (p place) field(name string) place {
	sep := "."
	if p.name == "" {
		sep = ""
	}
	return place{p.name + sep + name, p.was + sep + name, p.is + sep + name}
}

func (p place) item(name string, was, is int) place {
	return place{p.name + "[" + name + "]", p.was + "[" + strconv.Itoa(was) + "]", p.is + "[" + strconv.Itoa(is) + "]"}
}

func (d *differ) object(o *object, was, is reflect.Value, at place) {
	for i := range o.fields {
		f := &o.fields[i]
		a, b, p := was.Field(f.index), is.Field(f.index), at.field(f.name)
		_, named := f.named()
		switch {
		case f.list && named:
			d.items(f, a, b, p)
		case f.kind == mapping && !f.list:
			d.object(f.object, filled(a), filled(b), p)
		default:
			d.value(a, b, p)
		}
	}
}

// named reports whether the items of a list have names of their own.
func (f *field) named() (index int, ok bool) {
	if f.object == nil {
		return 0, false
	}
	i, ok := f.object.byName["name"]
	if !ok {
		return 0, false
	}
	return f.object.fields[i].index, true
}

// filled returns what a pointer points at, or a value without anything in it.
func filled(v reflect.Value) reflect.Value {
	switch {
	case v.Kind() != reflect.Pointer:
		return v
	case v.IsNil():
		return reflect.Zero(v.Type().Elem())
	}
	return v.Elem()
}

func (d *differ) value(was, is reflect.Value, at place) {
	a, b := flat(was), flat(is)
	if a != b && (d.was.has(at.was) || d.is.has(at.is)) {
		d.list = append(d.list, FieldChange{Field: at.name, Was: brief(a), Is: brief(b)})
	}
}

// items compares the items of a list by their names.
func (d *differ) items(f *field, was, is reflect.Value, at place) {
	index, _ := f.named()
	before, after := map[string]int{}, map[string]bool{}
	var order []string // of those that are in both, by their former names
	for i := range was.Len() {
		before[was.Index(i).Field(index).String()] = i
	}
	for i := range is.Len() {
		item := is.Index(i)
		name := item.Field(index).String()
		j, ok := before[name]
		former := name
		if j2, renamed := before[formerName(f, item)]; !ok && renamed {
			j, ok, former = j2, true, formerName(f, item)
			d.list = append(d.list, FieldChange{Field: at.name + "[" + former + "]", Was: former, Is: name, Thing: true})
		}
		after[former] = true
		if ok {
			order = append(order, former)
		}
		if !ok {
			d.list = append(d.list, FieldChange{Field: at.name + "[" + name + "]", Is: name, Thing: true})
			continue
		}
		d.object(withoutName(f.object), was.Index(j), item, at.item(name, j, i))
	}
	for i := range was.Len() {
		if name := was.Index(i).Field(index).String(); !after[name] {
			d.list = append(d.list, FieldChange{Field: at.name + "[" + name + "]", Was: name, Thing: true})
		}
	}
	inOrder := slices.IsSortedFunc(order, func(a, b string) int { return before[a] - before[b] })
	if at.name == "spec.environments" && !inOrder { // the promotion path; elsewhere order means nothing
		former := slices.SortedFunc(slices.Values(order), func(a, b string) int { return before[a] - before[b] })
		d.list = append(d.list, FieldChange{Field: at.name, Was: bracketed(former), Is: bracketed(order)})
	}
}

func bracketed(names []string) string { return "[" + strings.Join(names, ", ") + "]" }

func formerName(f *field, item reflect.Value) string {
	if i, ok := f.object.byName["formerly"]; ok {
		return item.Field(f.object.fields[i].index).String()
	}
	return ""
}

// withoutName leaves out the fields that say which thing it is.
func withoutName(o *object) *object {
	rest := &object{}
	for _, f := range o.fields {
		if f.name != "name" && f.name != "formerly" {
			rest.fields = append(rest.fields, f)
		}
	}
	return rest
}

// brief is a text for people: not too long.
func brief(text string) string {
	const most = 80
	if runes := []rune(text); len(runes) > most {
		text = string(runes[:most-1]) + "…"
	}
	return text
}

// flat is a value on one line. Lists are sorted: of those whose items have no
// name, none has an order that means anything.
func flat(v reflect.Value) string {
	if v.Kind() == reflect.Pointer && v.IsNil() {
		return ""
	}
	switch v = filled(v); v.Kind() {
	case reflect.Slice:
		parts := make([]string, v.Len())
		for i := range v.Len() {
			parts[i] = flat(v.Index(i))
		}
		if v.Len() == 0 {
			return ""
		}
		slices.Sort(parts)
		return bracketed(parts)
	case reflect.Struct:
		var parts []string
		for i := range v.NumField() {
			parts = append(parts, flat(v.Field(i)))
		}
		return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), " ")
	case reflect.Int:
		if v.Int() == 0 {
			return ""
		}
		return strconv.FormatInt(v.Int(), 10)
	}
	return strings.Join(strings.Fields(fmt.Sprint(v.Interface())), " ")
}
