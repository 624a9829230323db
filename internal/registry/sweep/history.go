// Package sweep has what a registry holds of bundles, as "penstock history
// --export" writes it, and what the sweeps of products have in common: verdicts
// over tags and manifests. What a product's own sweep does stands in its folder.
package sweep

import (
	"strings"
	"time"
)

// Repository is what one repository of bundles holds.
type Repository struct {
	Name      string     `json:"repository"` // with the host
	Manifests []Manifest `json:"manifests"`  // by digest
	// Pins are what Git pinned of it, by app and environment, newest first.
	Pins []Pin `json:"pins,omitempty"`
}

// Manifest is a digest with its tags. Times that a registry does not tell are
// nil: the worst is assumed.
type Manifest struct {
	Digest       string     `json:"digest"`
	MediaType    string     `json:"mediaType,omitempty"`
	PushedAt     *time.Time `json:"pushedAt"`
	CreatedAt    *time.Time `json:"createdAt"`
	LastPulledAt *time.Time `json:"lastPulledAt"`
	Subject      string     `json:"subject,omitempty"`  // the digest that it is about
	Children     []string   `json:"children,omitempty"` // of an index
	Tags         []Tag      `json:"tags"`               // by name
}

// Tag is a tag and when it was made or last moved.
type Tag struct {
	Name     string     `json:"name"`
	TaggedAt *time.Time `json:"taggedAt"`
}

// Pin is a version of a pin file. Current: it is what Git pins now.
type Pin struct {
	App         string     `json:"app"`
	Environment string     `json:"environment"`
	Tag         string     `json:"tag"`
	Digest      string     `json:"digest"`
	PinnedAt    *time.Time `json:"pinnedAt"`
	Current     bool       `json:"current"`
}

// Age is how long ago a time was; of one that nobody knows it is the longest.
func Age(at *time.Time, now time.Time) time.Duration {
	if at == nil {
		return 1<<63 - 1
	}
	return now.Sub(*at)
}

// Moved is when a tag was made or moved; where nobody knows, its manifest's push.
func (m *Manifest) Moved(t Tag) *time.Time {
	if t.TaggedAt != nil {
		return t.TaggedAt
	}
	return m.PushedAt
}

// Signs is the digest that a tag of cosign, or the fallback tag of what is about
// a digest, belongs to; "" for other tags. "sha256-<hex>" with an ending or none:
// OCI distribution specification 1.1, "Referrers Tag Schema".
func Signs(tag string) string {
	hex, ok := strings.CutPrefix(tag, "sha256-")
	hex, _, _ = strings.Cut(hex, ".")
	if !ok || len(hex) != 64 || strings.Trim(hex, "0123456789abcdef") != "" {
		return ""
	}
	return "sha256:" + hex
}
