package bundle

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Pin says which digest an image of the manifests has in this bundle.
type Pin struct {
	Name   string // as the manifests name it, without tag
	Image  string // registry and repository to use instead
	Digest string // sha256:…
}

var digestForm = regexp.MustCompile(`^sha256:[0-9a-f]{64}$`)

// ParsePin reads NAME=REF@sha256:…; a tag in REF is dropped, since a digest
// says more.
func ParsePin(s string) (Pin, error) {
	name, ref, ok := strings.Cut(s, "=")
	image, digest, pinned := strings.Cut(ref, "@")
	switch {
	case !ok || name == "" || image == "":
		return Pin{}, fmt.Errorf("%q: is not NAME=REF@sha256:…", s)
	case !pinned || !digestForm.MatchString(digest):
		return Pin{}, fmt.Errorf("%q: has no digest; add @sha256: and the 64 hex digits that the image's push printed", s)
	case strings.Contains(name, "@") || withoutTag(name) != name:
		return Pin{}, fmt.Errorf("%q: the name has a tag or digest; leave it out, it stands for all", s)
	}
	return Pin{Name: name, Image: withoutTag(image), Digest: digest}, nil
}

// withoutTag drops tag and digest of an image reference.
func withoutTag(ref string) string {
	ref, _, _ = strings.Cut(ref, "@")
	if i := strings.LastIndexByte(ref, ':'); i > strings.LastIndexByte(ref, '/') {
		return ref[:i]
	}
	return ref
}

// image is an entry of a kustomization's images.
type image struct {
	Name      string `yaml:"name"`
	NewName   string `yaml:"newName,omitempty"`
	TagSuffix string `yaml:"tagSuffix,omitempty"`
	NewTag    string `yaml:"newTag,omitempty"`
	Digest    string `yaml:"digest,omitempty"`
}

var errNoYAML = errors.New("is no YAML")

// splice puts the pins into the images of a kustomization and leaves every
// other byte as it is.
func splice(data []byte, pins []Pin) ([]byte, error) {
	if len(pins) == 0 {
		return data, nil
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(data, &doc); err != nil {
		return nil, errNoYAML
	}
	if len(doc.Content) == 0 || doc.Content[0].Kind != yaml.MappingNode || doc.Content[0].Style&yaml.FlowStyle != 0 {
		return nil, errors.New("is not a mapping in block style")
	}
	wanted, err := pinned(doc.Content[0], pins)
	if err != nil {
		return nil, err
	}
	images, err := yaml.Marshal(map[string][]image{"images": wanted})
	if err != nil {
		return nil, err
	}
	eol := "\n"
	if bytes.Contains(data, []byte("\r\n")) {
		eol = "\r\n"
	}
	block := strings.ReplaceAll(string(images), "\n", eol)
	start, end := region(doc.Content[0], data)
	if start > 0 && data[start-1] != '\n' {
		block = eol + block
	}
	out := slices.Concat(data[:start], []byte(block), data[end:])
	return out, check(data, out, wanted)
}

// pinned is the new list of images.
func pinned(root *yaml.Node, pins []Pin) ([]image, error) {
	var images []image
	if _, n := entryOf(root, "images"); n != nil {
		if err := n.Decode(&images); err != nil {
			return nil, err
		}
	}
	byName := map[string]Pin{}
	for _, p := range pins {
		byName[p.Name] = p
	}
	for i, img := range images {
		if p, ok := byName[img.Name]; ok {
			images[i] = image{Name: p.Name, NewName: p.Image, Digest: p.Digest}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(byName)) {
		if !slices.ContainsFunc(images, func(i image) bool { return i.Name == name }) {
			p := byName[name]
			images = append(images, image{Name: p.Name, NewName: p.Image, Digest: p.Digest})
		}
	}
	return images, nil
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

// check makes sure that the new text has the wanted images and says the same as
// the old one in everything else.
func check(before, after []byte, wanted []image) error {
	var a, b map[string]any
	var got struct {
		Images []image `yaml:"images"`
	}
	if errors.Join(yaml.Unmarshal(before, &a), yaml.Unmarshal(after, &b), yaml.Unmarshal(after, &got)) == nil {
		delete(a, "images")
		delete(b, "images")
		if reflect.DeepEqual(a, b) && slices.Equal(got.Images, wanted) {
			return nil
		}
	}
	return errors.New("the images cannot be replaced without changing the rest")
}
