package images

import (
	"bytes"
	"errors"
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/penstock-dev/penstock/internal/contract/splice"
)

// ErrNoYAML is the error for what is no YAML.
var ErrNoYAML = errors.New("is no YAML")

// Put replaces images of a kustomization, and adds those that it does not have,
// by writing its whole list anew.
func Put(data []byte, images []Image) ([]byte, error) {
	if len(images) == 0 {
		return data, nil
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(data, &doc); err != nil {
		return nil, ErrNoYAML
	}
	if len(doc.Content) == 0 || doc.Content[0].Kind != yaml.MappingNode || doc.Content[0].Style&yaml.FlowStyle != 0 {
		return nil, errors.New("is not a mapping in block style")
	}
	wanted, err := merged(doc.Content[0], images)
	if err != nil {
		return nil, err
	}
	list, err := yaml.Marshal(map[string][]Image{"images": wanted})
	if err != nil {
		return nil, err
	}
	eol := (&splice.File{Data: data}).Newline()
	block := strings.ReplaceAll(string(list), "\n", eol)
	start, end := region(doc.Content[0], data)
	if start > 0 && data[start-1] != '\n' {
		block = eol + block
	}
	out := slices.Concat(data[:start], []byte(block), data[end:])
	var got struct {
		Images []Image `yaml:"images"`
	}
	if yaml.Unmarshal(data, &map[string]any{}) != nil || yaml.Unmarshal(out, &got) != nil || !slices.Equal(got.Images, wanted) || !sameRest(data, out) {
		return nil, errors.New("the images cannot be replaced without changing the rest")
	}
	return out, nil
}

// merged is the new list of images: those that were there in their order, then
// the others by name. The last one of a name counts.
func merged(root *yaml.Node, images []Image) ([]Image, error) {
	var list []Image
	if n := splice.Find(root, "images").Value; n != nil {
		if err := n.Decode(&list); err != nil {
			return nil, err
		}
	}
	byName := map[string]Image{}
	for _, image := range images {
		byName[image.Name] = image
	}
	for i, was := range list {
		if image, ok := byName[was.Name]; ok {
			list[i] = image
		}
	}
	for _, name := range slices.Sorted(maps.Keys(byName)) {
		if !slices.ContainsFunc(list, func(i Image) bool { return i.Name == name }) {
			list = append(list, byName[name])
		}
	}
	return list, nil
}

// region is where the images stand in data: from their key to the next one,
// without the comments before that. Without images it is the end of the
// mapping, empty.
func region(root *yaml.Node, data []byte) (start, end int) {
	lines := bytes.SplitAfter(data, []byte("\n"))
	first, next := -1, len(lines)
	for i, l := range lines {
		if bytes.HasPrefix(l, []byte("...")) { // the end of the document
			next = min(next, i)
		}
	}
	for i := 0; i < len(root.Content); i += 2 {
		switch line := root.Content[i].Line - 1; {
		case root.Content[i].Value == "images":
			first = line
		case first >= 0 && line < next:
			next = line
		}
	}
	if first < 0 {
		first = next
	}
	for next > first && silent(lines[next-1]) {
		next--
	}
	return len(bytes.Join(lines[:first], nil)), len(bytes.Join(lines[:next], nil))
}

func silent(line []byte) bool {
	text := bytes.TrimSpace(line)
	return len(text) == 0 || text[0] == '#'
}
