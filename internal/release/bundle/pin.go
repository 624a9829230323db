package bundle

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/penstock-dev/penstock/internal/release/images"
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

// entry is what a kustomization says of the image.
func (p Pin) entry() images.Image {
	return images.Image{Name: p.Name, NewName: p.Image, Digest: p.Digest}
}
