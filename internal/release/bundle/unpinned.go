package bundle

import (
	"bytes"
	"fmt"
	"maps"
	slashpath "path"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/penstock-dev/penstock/internal/diag"
)

// unpinned reports the images without a digest that need one: the app's own,
// and what is on the registry's host. Each is reported once, with the objects
// that use it.
func (s Source) unpinned(o Options, uses map[string][]use) diag.List {
	users := map[string]map[string]bool{} // image -> "Kind/name (env)"
	for env, list := range uses {
		for _, u := range list {
			if digestOf(u.image) != "" || !own(u.image, o) {
				continue
			}
			if users[u.image] == nil {
				users[u.image] = map[string]bool{}
			}
			users[u.image][u.object+" in "+env] = true
		}
	}
	var ds diag.List
	for image, objects := range users {
		what := fmt.Sprintf("image %q has no digest (%s)", image, short(slices.Sorted(maps.Keys(objects))))
		fix := fmt.Sprintf("add --image %s=REF@sha256:… with what CI built, or write the digest", withoutTag(image))
		ds.Add(s.whereImage(image), what, fix)
	}
	return ds
}

func own(image string, o Options) bool {
	return withoutTag(image) == o.App.ImageName() || strings.HasPrefix(image, o.Host+"/")
}

func digestOf(image string) string {
	_, digest, _ := strings.Cut(image, "@")
	if digestForm.MatchString(digest) {
		return digest
	}
	return ""
}

// short joins a few and counts the rest.
func short(list []string) string {
	const most = 4
	if len(list) <= most {
		return strings.Join(list, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(list[:most], ", "), len(list)-most)
}

// whereImage finds the line that names an image: in a manifest, or in a
// kustomization that sets it.
func (s Source) whereImage(image string) diag.Where {
	for _, p := range s.Files.Paths() {
		if ext := slashpath.Ext(p); ext != ".yaml" && ext != ".yml" {
			continue
		}
		dec := yaml.NewDecoder(bytes.NewReader(s.Files[p].Data))
		for {
			var doc yaml.Node
			if dec.Decode(&doc) != nil {
				break
			}
			if line := imageLine(&doc, image); line > 0 {
				return diag.Where{File: s.file(p), Line: line}
			}
		}
	}
	return diag.Where{File: s.Dir}
}

func imageLine(n *yaml.Node, image string) int {
	for i, c := range n.Content {
		if n.Kind == yaml.MappingNode && i%2 == 1 {
			key := n.Content[i-1].Value
			if (key == "image" || key == "reference") && c.Value == image || key == "newName" && c.Value == withoutTag(image) {
				return c.Line
			}
		}
		if line := imageLine(c, image); line > 0 {
			return line
		}
	}
	return 0
}
