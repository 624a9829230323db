// Package images turns a kustomization and images into its new bytes: in place
// for a file that people keep, or as one new list for a file that is packed.
// What else it says stays.
package images

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/penstock-dev/penstock/internal/contract"
	"github.com/penstock-dev/penstock/internal/contract/splice"
	"github.com/penstock-dev/penstock/internal/diag"
)

// Image is an entry of a kustomization's images.
type Image struct {
	Name      string `yaml:"name"`
	NewName   string `yaml:"newName,omitempty"`
	TagSuffix string `yaml:"tagSuffix,omitempty"`
	NewTag    string `yaml:"newTag,omitempty"`
	Digest    string `yaml:"digest,omitempty"`
}

// Read returns the images of a kustomization, or what is wrong with the file,
// which is called name.
func Read(name string, data []byte) ([]Image, diag.List) {
	if ds := contract.Syntax(name, data); ds != nil {
		return nil, ds
	}
	var list diag.List
	f, err := splice.Parse(data)
	if err != nil {
		list.Add(diag.Where{File: name, Line: 1, Column: 1}, err.Error(), "restore it from Git's log")
		return nil, list
	}
	images := splice.Find(f.Root, "images").Value
	if images == nil || images.Tag == "!!null" {
		return nil, nil
	}
	var out []Image
	if err := images.Decode(&out); err != nil {
		list.Add(diag.Where{File: name, Line: images.Line, Column: images.Column, Field: "images"}, "is no list of images with name, newName, newTag and digest", "see \"kustomize edit set image\"")
		return nil, list
	}
	for i := range out {
		out[i].TagSuffix = "" // the overlay's own: no release moves it
	}
	return out, nil
}

// Set writes tags and digests of images into a kustomization; those that it
// does not have are added, and others stay. A newName of its own stays, unless
// exact is set: an environment may have its own copy of an image.
func Set(data []byte, images []Image, exact bool) ([]byte, error) {
	was, ds := Read("", data)
	if ds != nil {
		return nil, fmt.Errorf("%s", strings.TrimSpace(ds.String()))
	}
	out := data
	want := slices.Clone(was)
	for _, image := range images {
		i := slices.IndexFunc(want, func(w Image) bool { return w.Name == image.Name })
		if i >= 0 && want[i].NewName != "" && !exact {
			image.NewName = want[i].NewName
		}
		if i < 0 {
			want = append(want, image)
		} else {
			want[i] = image
		}
		var err error
		if out, err = setOne(out, image); err != nil {
			return nil, err
		}
	}
	if got, ds := Read("", out); ds != nil || !slices.Equal(got, want) || !sameRest(data, out) {
		return nil, errors.New("images are written in a way that cannot be changed in place; write each as a block: name, newTag and digest on lines of their own")
	}
	return out, nil
}

// sameRest reports whether two kustomizations agree but for their images.
func sameRest(a, b []byte) bool {
	rest := func(data []byte) []byte {
		var doc map[string]any
		if yaml.Unmarshal(data, &doc) != nil {
			return nil
		}
		delete(doc, "images")
		out, _ := yaml.Marshal(doc)
		return out
	}
	return bytes.Equal(rest(a), rest(b))
}

// setOne changes or adds one image, an edit at a time.
func setOne(data []byte, image Image) ([]byte, error) {
	for _, field := range []struct{ key, value string }{{"newName", image.NewName}, {"newTag", image.NewTag}, {"digest", image.Digest}} {
		f, err := splice.Parse(data)
		if err != nil {
			return nil, err
		}
		entry := find(f, image.Name)
		if entry == nil {
			return add(f, image), nil
		}
		p := splice.Find(entry, field.key)
		switch {
		case p.Value != nil && p.Value.Value == field.value:
		case p.Value != nil && field.value == "":
			data = f.Apply(f.Drop(entry, p))
		case p.Value != nil:
			data = f.Apply(f.Replace(p.Value, scalar(field.value)))
		case field.value != "":
			n := len(entry.Content)
			data = f.Apply(f.After(entry, splice.Pair{Key: entry.Content[n-2], Value: entry.Content[n-1]}, field.key+": "+scalar(field.value)))
		}
	}
	return data, nil
}

func find(f *splice.File, name string) *yaml.Node {
	images := splice.Find(f.Root, "images").Value
	if images == nil || images.Kind != yaml.SequenceNode {
		return nil
	}
	for _, n := range images.Content {
		if v := splice.Find(n, "name").Value; v != nil && v.Value == name {
			return n
		}
	}
	return nil
}

// add puts an image behind the others, or begins the list at the file's end.
func add(f *splice.File, image Image) []byte {
	lines := []string{"name: " + scalar(image.Name)}
	for _, field := range []struct{ key, value string }{{"newName", image.NewName}, {"newTag", image.NewTag}, {"digest", image.Digest}} {
		if field.value != "" {
			lines = append(lines, field.key+": "+scalar(field.value))
		}
	}
	nl := f.Newline()
	block := func(indent string) string { return indent + "- " + strings.Join(lines, nl+indent+"  ") }
	images := splice.Find(f.Root, "images")
	switch {
	case images.Value == nil:
		end := nl
		if bytes.HasSuffix(f.Data, []byte("\n")) {
			end = ""
		}
		return append(slices.Clip(f.Data), (end + "images:" + nl + block("  ") + nl)...)
	case images.Value.Kind == yaml.SequenceNode && len(images.Value.Content) > 0:
		last := f.End(images.Value.Content[len(images.Value.Content)-1])
		text := ", {" + strings.Join(lines, ", ") + "}"
		if images.Value.Style&yaml.FlowStyle == 0 {
			last = f.LineEnd(last)
			text = nl + block(f.Indent(images.Value))
		}
		return f.Apply(splice.Edit{From: last, To: last, Text: text})
	default: // empty
		edit := f.Replace(images.Value, "[{"+strings.Join(lines, ", ")+"}]")
		if images.Value.Tag == "!!null" {
			edit.From = f.End(images.Key) + 1
			edit.To, edit.Text = max(edit.To, edit.From), " "+edit.Text
		}
		return f.Apply(edit)
	}
}

// scalar writes a text as YAML: a tag may look like a number.
func scalar(s string) string {
	out, _ := yaml.Marshal(s)
	return strings.TrimSpace(string(out))
}
