package contract

import (
	forges "github.com/penstock-dev/penstock/internal/forge/table"

	"reflect"
	"strconv"
	"strings"
	"sync"

	"github.com/penstock-dev/penstock/internal/registry"
	"github.com/penstock-dev/penstock/internal/registry/table"
)

// kind is what a field holds, or each item of a list.
type kind int

const (
	text kind = iota
	whole
	truth
	mapping
)

// object is a Go struct seen as a YAML mapping.
type object struct {
	name   string // of the Go type
	fields []field
	byName map[string]int
}

// field is one field of an object: its tags, read once.
type field struct {
	name     string
	goName   string
	index    int
	kind     kind
	list     bool
	pointer  bool
	need     bool
	brief    bool // YAML leaves it out when it holds nothing but defaults
	object   *object
	enum     []string
	def      string
	absent   string // the default in words, where it depends on other fields
	rule     *rule
	min, max int
	example  string
}

//nolint:gochecknoglobals // a table made from the types on first use, never written again
var shape = sync.OnceValue(func() *object {
	return shapeOf(reflect.TypeFor[Contract](), rules(), map[reflect.Type]*object{})
})

func shapeOf(t reflect.Type, rs map[string]*rule, known map[reflect.Type]*object) *object {
	if o := known[t]; o != nil {
		return o
	}
	o := &object{name: t.Name(), byName: map[string]int{}}
	known[t] = o
	for i := range t.NumField() {
		sf := t.Field(i)
		if !sf.IsExported() {
			continue
		}
		f := fieldOf(sf, rs)
		f.index = i
		if elem := element(sf.Type); elem.Kind() == reflect.Struct {
			f.kind, f.object = mapping, shapeOf(elem, rs, known)
		}
		o.byName[f.name] = len(o.fields)
		o.fields = append(o.fields, f)
	}
	return o
}

func fieldOf(sf reflect.StructField, rs map[string]*rule) field {
	name, _, _ := strings.Cut(sf.Tag.Get("yaml"), ",")
	f := field{
		name:    name,
		goName:  sf.Name,
		list:    sf.Type.Kind() == reflect.Slice,
		pointer: sf.Type.Kind() == reflect.Pointer,
		need:    sf.Tag.Get("need") == "yes",
		brief:   sf.Tag.Get("brief") == "yes",
		def:     sf.Tag.Get("default"),
		absent:  sf.Tag.Get("absent"),
		rule:    rs[sf.Tag.Get("rule")],
		example: sf.Tag.Get("example"),
	}
	switch e := sf.Tag.Get("enum"); e {
	case "":
	case registries:
		f.enum = table.Names(func(registry.Provider) bool { return true })
	case "forges":
		f.enum = forges.Names()
	case "pipelines":
		f.enum = forges.CIs()
	default:
		f.enum = strings.Split(e, ",")
	}
	if f.absent == registries {
		f.absent = defaultLayouts()
	}
	f.min, _ = strconv.Atoi(sf.Tag.Get("min"))
	f.max, _ = strconv.Atoi(sf.Tag.Get("max"))
	if k := element(sf.Type).Kind(); k == reflect.Int {
		f.kind = whole
	} else if k == reflect.Bool {
		f.kind = truth
	}
	return f
}

// registries stands in a tag for what the table of registry providers says.
const registries = "registries"

func defaultLayouts() string {
	var list []string
	for _, layout := range []string{LayoutSingle, LayoutPerEnvironment, LayoutGitDigest} {
		list = append(list, layout+" ("+listed(table.Names(func(p registry.Provider) bool { return p.Layouts[0] == layout }))+")")
	}
	return listed(list)
}

// element is the type behind a list or a pointer.
func element(t reflect.Type) reflect.Type {
	if t.Kind() == reflect.Slice || t.Kind() == reflect.Pointer {
		return t.Elem()
	}
	return t
}

// names lists the fields in the order of the types.
func (o *object) names() []string {
	ns := make([]string, len(o.fields))
	for i, f := range o.fields {
		ns[i] = f.name
	}
	return ns
}

// sample says, for a message, how the field is written.
func (f *field) sample() string {
	value := f.example
	if value == "" && len(f.enum) > 0 {
		value = f.enum[0]
	}
	switch {
	case f.list && value != "":
		return "for example " + apart(f.name+": ["+scalar(value)+"]")
	case f.list:
		return "a list of at least one"
	case f.kind == mapping:
		return "it with " + listed(f.object.needed())
	case value == "":
		return "it"
	case len(f.enum) == 1:
		return apart(f.name + ": " + scalar(value))
	}
	return "for example " + apart(f.name+": "+scalar(value))
}

// apart sets YAML apart from the words around it.
func apart(yaml string) string {
	if strings.Contains(yaml, "\"") {
		return "'" + yaml + "'"
	}
	return "\"" + yaml + "\""
}

// needed lists the fields that must be given.
func (o *object) needed() []string {
	var ns []string
	for _, f := range o.fields {
		if f.need {
			ns = append(ns, f.name)
		}
	}
	return ns
}

// fill sets the defaults that do not depend on other fields, in v and below.
func (o *object) fill(v reflect.Value) {
	for i := range o.fields {
		f, fv := &o.fields[i], v.Field(o.fields[i].index)
		switch {
		case f.kind == mapping && !f.list && !f.pointer:
			f.object.fill(fv)
		case f.def == "" || !fv.IsZero():
		case f.kind == whole:
			n, _ := strconv.Atoi(f.def)
			fv.SetInt(int64(n))
		case f.kind == text && !f.list:
			fv.SetString(f.def)
		}
	}
}
