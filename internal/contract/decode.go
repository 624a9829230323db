package contract

import (
	"reflect"
	"strconv"

	"go.yaml.in/yaml/v3"

	"github.com/penstock-dev/penstock/internal/diag"
)

// decoder copies a YAML tree into the types and collects what does not fit.
type decoder struct {
	src  source
	ds   diag.List
	mute int
	seen map[visit]bool
}

// visit is an anchored node read as a certain thing.
type visit struct {
	node *yaml.Node
	as   any
}

func (d *decoder) add(n *yaml.Node, at *path, what, fix string) {
	if d.mute == 0 {
		d.ds.Add(diag.Where{File: d.src.file, Line: n.Line, Column: n.Column, Field: at.String()}, what, fix)
	}
}

// once mutes the decoder while an anchored node is read again as the same
// thing: what is wrong in it was reported the first time.
func (d *decoder) once(n *yaml.Node, as any) (done func()) {
	if n.Anchor == "" {
		return func() {}
	}
	v := visit{n, as}
	if !d.seen[v] {
		if d.seen == nil {
			d.seen = map[visit]bool{}
		}
		d.seen[v] = true
		return func() {}
	}
	d.mute++
	return func() { d.mute-- }
}

// object fills the struct v from a mapping, then its defaults.
func (d *decoder) object(n *yaml.Node, o *object, v reflect.Value, at *path) {
	defer o.fill(v)
	use := n
	n = target(n)
	if n.Kind != yaml.MappingNode {
		d.add(use, at, describe(n), "write a mapping with the fields "+listed(o.names()))
		return
	}
	defer d.once(n, o)()
	values, excused := d.match(n, o, at)
	for i := range o.fields {
		f := &o.fields[i]
		switch {
		case values[i] != nil:
			d.value(values[i], f, v.Field(f.index), at.field(f.name))
		case f.need && !excused[i]:
			d.add(use, at.field(f.name), "is missing", "add "+f.sample())
		}
	}
}

// match finds the value of each field in a mapping and reports keys that are
// repeated, no text or unknown. A missing field is excused when an unknown key
// looks like it.
func (d *decoder) match(n *yaml.Node, o *object, at *path) (values []*yaml.Node, excused map[int]bool) {
	values = make([]*yaml.Node, len(o.fields))
	first := make(map[string]*yaml.Node, len(n.Content)/2)
	var unknown []entry
	d.merges(n, at)
	for _, e := range entries(n) {
		if e.key.Kind != yaml.ScalarNode || e.key.ShortTag() != "!!str" {
			d.add(e.key, at, "a field's name "+describe(e.key), "names are text")
			continue
		}
		if was := first[e.key.Value]; was != nil {
			d.add(e.key, at.field(printable(e.key.Value)), "is given again, first in line "+strconv.Itoa(was.Line), "keep one of them")
			continue
		}
		first[e.key.Value] = e.key
		if i, ok := o.byName[e.key.Value]; ok {
			values[i] = e.value
		} else {
			unknown = append(unknown, e)
		}
	}
	return values, d.unknown(unknown, o, values, at)
}

func (d *decoder) unknown(es []entry, o *object, values []*yaml.Node, at *path) map[int]bool {
	excused := map[int]bool{}
	var open []string
	for i, f := range o.fields {
		if values[i] == nil {
			open = append(open, f.name)
		}
	}
	for _, e := range es {
		fix := "the fields here are " + listed(o.names())
		if name := closest(e.key.Value, open); name != "" {
			fix = "did you mean " + quote(name) + "?"
			excused[o.byName[name]] = true
		} else if name := closest(e.key.Value, o.names()); name != "" {
			fix = quote(name) + " is there already, remove this one"
		}
		d.add(e.key, at.field(printable(e.key.Value)), "unknown field "+quote(e.key.Value), fix)
	}
	return excused
}

// merges reports values of "<<" that cannot be merged.
func (d *decoder) merges(n *yaml.Node, at *path) {
	var first *yaml.Node
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := target(n.Content[i]), n.Content[i+1]
		if !isMerge(key) {
			continue
		}
		if first != nil {
			d.add(n.Content[i], at.field("<<"), "is given again, first in line "+strconv.Itoa(first.Line), "merge a list: <<: [*a, *b]")
			continue
		}
		first = n.Content[i]
		parts := []*yaml.Node{value}
		if t := target(value); t.Kind == yaml.SequenceNode {
			parts = t.Content
		}
		for _, p := range parts {
			if t := target(p); t.Kind != yaml.MappingNode {
				d.add(p, at.field("<<"), describe(t), "merge a mapping, as in <<: *anchor")
			}
		}
	}
}

// value fills one field from its node.
func (d *decoder) value(n *yaml.Node, f *field, v reflect.Value, at *path) {
	t := target(n)
	if t.ShortTag() == "!!null" {
		fix := "remove the line or give it a value"
		if f.need {
			fix = "write " + f.sample()
		}
		d.add(n, at, "has no value", fix)
		return
	}
	defer d.once(t, f)()
	if f.list {
		d.list(n, f, v, at)
		return
	}
	if f.pointer {
		p := reflect.New(v.Type().Elem())
		if d.single(n, f, p.Elem(), at); !p.Elem().IsZero() || f.kind == truth {
			v.Set(p)
		}
		return
	}
	d.single(n, f, v, at)
}

func (d *decoder) list(n *yaml.Node, f *field, v reflect.Value, at *path) {
	t := target(n)
	if t.Kind != yaml.SequenceNode {
		fix := "write a list, each item on a line that begins with \"- \""
		if t.Kind == yaml.ScalarNode && t.ShortTag() == "!!str" {
			fix = "write a list: [" + quote(t.Value) + "]"
		}
		d.add(n, at, describe(t), fix)
		return
	}
	if len(t.Content) < f.min {
		fix := "leave it out or name at least one"
		if f.need {
			fix = "name at least one"
		}
		d.add(n, at, "is an empty list", fix)
	}
	if len(t.Content) == 0 {
		return
	}
	v.Set(reflect.MakeSlice(v.Type(), len(t.Content), len(t.Content)))
	for i, item := range t.Content {
		d.single(item, f, v.Index(i), at.item(i))
	}
}

func (d *decoder) single(n *yaml.Node, f *field, v reflect.Value, at *path) {
	switch f.kind {
	case mapping:
		d.object(n, f.object, v, at)
	case text:
		if s, ok := d.text(n, f, at); ok {
			v.SetString(s)
		}
	case whole:
		v.SetInt(int64(d.whole(n, f, at)))
	case truth:
		v.SetBool(d.truth(n, at))
	}
}
