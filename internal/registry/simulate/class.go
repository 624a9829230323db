package simulate

import (
	"slices"
	"strings"

	"github.com/penstock-dev/penstock/internal/registry"
	"github.com/penstock-dev/penstock/internal/release/promotion"
)

// Class is what a tag says of itself by its name.
type Class string

// The classes, as a sentence names them.
const (
	Release     Class = "a release"
	Environment Class = "an environment's tag"
	Claim       Class = "a promotion tag"
	Record      Class = "a record"
	Candidate   Class = "a candidate"
	Preview     Class = "a preview"
	Signature   Class = "a signature"
	Unknown     Class = "a tag of nobody's class"
)

// ClassOf tells a tag's class on a platform with these environments.
func ClassOf(tag string, environments []string) Class {
	switch {
	case slices.Contains(environments, tag):
		return Environment
	case strings.HasPrefix(tag, registry.CandidatePrefix):
		return Candidate
	case strings.HasPrefix(tag, registry.PreviewPrefix):
		return Preview
	case strings.HasPrefix(tag, registry.SignaturePrefix):
		return Signature
	case promotion.CheckRelease(tag) == nil:
		return Release
	}
	claim, record := strings.CutPrefix(tag, registry.RecordPrefix)
	for _, e := range environments {
		if _, ok := promotion.ParseClaim(claim, e); ok && record {
			return Record
		} else if ok {
			return Claim
		}
	}
	return Unknown
}
