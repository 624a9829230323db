package registry

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
)

// exact finds what encoding/json lets pass: a field twice in one object, of which
// products take either, and one in other letters' case, which they do not know.
// what is "" where there is none.
func exact(data []byte, into any) (at int, what string) {
	known := map[string]bool{}
	all := names(reflect.TypeOf(into), known, map[reflect.Type]bool{})
	d := json.NewDecoder(bytes.NewReader(data))
	var open []map[string]bool // of each object around: its fields so far; of a list nil
	key := false               // the next is a field's name
	for {
		t, err := d.Token()
		if err != nil {
			return 0, ""
		}
		name, text := t.(string)
		if key && text {
			at, seen := int(d.InputOffset())-len(name)-2, open[len(open)-1]
			switch {
			case seen[name]:
				return at, fmt.Sprintf("has %q twice", name)
			case all && !known[name]:
				return at, fmt.Sprintf("has %q, which is not written so", name)
			}
			seen[name], key = true, false
			continue
		}
		switch t {
		case json.Delim('{'):
			open = append(open, map[string]bool{})
		case json.Delim('['):
			open = append(open, nil)
		case json.Delim('}'), json.Delim(']'):
			open = open[:len(open)-1]
		}
		key = len(open) > 0 && open[len(open)-1] != nil
	}
}

// names adds the names of a type's fields; false where others may be in it.
func names(t reflect.Type, known map[string]bool, seen map[reflect.Type]bool) bool {
	if seen[t] {
		return true
	}
	seen[t] = true
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Array:
		return names(t.Elem(), known, seen)
	case reflect.Map, reflect.Interface:
		return false
	case reflect.Struct:
		all := true
		for i := range t.NumField() {
			f := t.Field(i)
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			if name == "-" || !f.IsExported() && !f.Anonymous {
				continue
			}
			if name == "" {
				name = f.Name
			}
			known[name] = true
			all = names(f.Type, known, seen) && all
		}
		return all
	default:
		return true
	}
}
