package promotion

import (
	"go.yaml.in/yaml/v3"

	"github.com/penstock-dev/penstock/internal/contract"
	"github.com/penstock-dev/penstock/internal/contract/splice"
	"github.com/penstock-dev/penstock/internal/diag"
)

// CheckPin says why a pin file cannot be read; nil when it can. Conflict
// markers are left to merge.Unresolved.
func CheckPin(name string, data []byte) diag.List {
	if ds := contract.Syntax(name, data); ds != nil {
		return ds
	}
	var list diag.List
	bad := func(line, column int, field, what, fix string) {
		list.Add(diag.Where{File: name, Line: line, Column: column, Field: field}, what, fix)
	}
	const restore = "restore it from Git's log"
	f, err := splice.Parse(data)
	if err != nil {
		bad(1, 1, "", "the file is empty", restore)
		return list
	}
	spec := splice.Find(f.Root, "spec").Value
	if spec == nil || spec.Kind != yaml.MappingNode {
		at := f.Root
		if spec != nil {
			at = spec
		}
		bad(at.Line, at.Column, "spec", "is no mapping with suspend and ref", restore)
		return list
	}
	ref := splice.Find(spec, "ref").Value
	if ref == nil {
		return list
	}
	if ref.Kind != yaml.MappingNode {
		bad(ref.Line, ref.Column, "spec.ref", "is no mapping with tag and digest", restore)
		return list
	}
	for _, key := range []string{"tag", "digest"} {
		if v := splice.Find(ref, key).Value; v != nil && v.Kind != yaml.ScalarNode {
			bad(v.Line, v.Column, "spec.ref."+key, "is no text", restore)
		}
	}
	return list
}
