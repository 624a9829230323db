package bundle

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"github.com/penstock-dev/penstock/internal/generate/tree"
)

// ContentsFile is the path of the Contents in a bundle.
const ContentsFile = "bundle.json"

// Contents is bundle.json: what a bundle holds, for who must not build it to
// know. It does not name the release, so that the same files stay one layer.
type Contents struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	Team       string `json:"team"`
	App        string `json:"app"`
	// Flux is the oldest minor version of Flux that the bundle is made for.
	Flux         string        `json:"flux"`
	Environments []Environment `json:"environments"` // in the order of the promotion path
}

// Environment is one overlay of a bundle.
type Environment struct {
	Name    string `json:"name"`
	Path    string `json:"path"`
	Objects []Kind `json:"objects"`
	// Variables are those that the cluster must provide through postBuild.
	Variables []string `json:"variables"`
	Images    []string `json:"images"`
}

// Kind counts the objects of one kind.
type Kind struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	Count      int    `json:"count"`
}

func (c Contents) encode() ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	err := enc.Encode(c)
	return b.Bytes(), err
}

// readContents reads bundle.json. A bundle that another program made has none:
// then the folders tell the environments, and nothing more is known.
func readContents(files tree.Tree) Contents {
	var c Contents
	if f, ok := files[ContentsFile]; ok && json.Unmarshal(f.Data, &c) == nil && len(c.Environments) > 0 {
		return c
	}
	var names []string
	for p := range files {
		if rest, ok := strings.CutPrefix(p, "overlays/"); ok {
			if env, file, ok := strings.Cut(rest, "/"); ok && slices.Contains(kustomizationNames(), file) {
				names = append(names, env)
			}
		}
	}
	slices.Sort(names)
	for _, name := range names {
		c.Environments = append(c.Environments, Environment{Name: name, Path: overlayOf(name)})
	}
	return c
}
