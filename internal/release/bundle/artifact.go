package bundle

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"time"
)

// The media types of a Flux artifact.
const (
	manifestType = "application/vnd.oci.image.manifest.v1+json"
	configType   = "application/vnd.cncf.flux.config.v1+json"
	layerType    = "application/vnd.cncf.flux.content.v1.tar+gzip"
)

// The annotations of a bundle's manifest.
const (
	annotationSource   = "org.opencontainers.image.source"
	annotationRevision = "org.opencontainers.image.revision"
	annotationVersion  = "org.opencontainers.image.version"
	annotationCreated  = "org.opencontainers.image.created"
)

// Meta is where a bundle comes from.
type Meta struct {
	Source   string `json:"source"`   // the app's repository
	Revision string `json:"revision"` // as Flux writes it: <ref>@sha1:<40 hex>
	Version  string `json:"version"`  // the release, or the tag of a candidate
	Created  string `json:"created"`  // RFC 3339, UTC
}

var (
	revisionForm  = regexp.MustCompile(`^[^@\s[:cntrl:]]+@sha1:[0-9a-f]{40}$`)
	candidateForm = regexp.MustCompile(`^(ci|pr)-[A-Za-z0-9_.-]{1,120}$`)
)

// CheckRevision checks a revision as Flux writes it.
func CheckRevision(s string) error {
	if !revisionForm.MatchString(s) {
		return fmt.Errorf("%q: is not REF@sha1: and 40 hex digits, such as main@sha1:%s", s, strings.Repeat("0123456789", 4))
	}
	return nil
}

// CheckCandidate checks the tag of a bundle that is no release.
func CheckCandidate(s string) error {
	if !candidateForm.MatchString(s) {
		return fmt.Errorf("%q: does not begin with ci- or pr-, followed by letters, digits, dots, dashes or underscores; releases take --release", s)
	}
	return nil
}

// CheckSource checks that a source's address gives nothing away.
func CheckSource(s string) error {
	u, err := url.Parse(s)
	if err != nil {
		return errors.New("is no URL")
	}
	if _, has := u.User.Password(); has {
		return fmt.Errorf("%q: has a password in it; leave user and password out", mask(s))
	}
	return nil
}

// Artifact is a bundle as a registry keeps it.
type Artifact struct {
	Manifest []byte
	Digest   string // of the manifest
	Config   []byte
	Layer    []byte
	// LayerDigest is the same for the same files.
	LayerDigest string
	Meta        Meta
}

type descriptor struct {
	MediaType string `json:"mediaType"`
	Digest    string `json:"digest"`
	Size      int    `json:"size"`
}

type manifest struct {
	SchemaVersion int               `json:"schemaVersion"`
	MediaType     string            `json:"mediaType"`
	Config        descriptor        `json:"config"`
	Layers        []descriptor      `json:"layers"`
	Annotations   map[string]string `json:"annotations,omitempty"`
}

// config is what "flux push artifact" writes.
type config struct {
	Created      string   `json:"created"`
	Architecture string   `json:"architecture"`
	OS           string   `json:"os"`
	Config       struct{} `json:"config"`
	RootFS       struct {
		Type    string   `json:"type"`
		DiffIDs []string `json:"diff_ids"`
	} `json:"rootfs"`
}

// Artifact makes the manifest and the blobs. The same bundle with the same Meta
// gives the same bytes.
func (b Bundle) Artifact(m Meta) (Artifact, error) {
	layer, archive, err := pack(b.Files)
	if err != nil {
		return Artifact{}, err
	}
	c := config{Created: m.Created}
	c.RootFS.Type = "layers"
	c.RootFS.DiffIDs = []string{sum(archive)}
	conf, err := json.Marshal(c)
	if err != nil {
		return Artifact{}, err
	}
	data, err := json.Marshal(manifest{
		SchemaVersion: 2, MediaType: manifestType,
		Config: descriptor{configType, sum(conf), len(conf)},
		Layers: []descriptor{{layerType, sum(layer), len(layer)}},
		Annotations: map[string]string{
			annotationSource: m.Source, annotationRevision: m.Revision, annotationVersion: m.Version, annotationCreated: m.Created,
		},
	})
	if err != nil {
		return Artifact{}, err
	}
	return Artifact{Manifest: data, Digest: sum(data), Config: conf, Layer: layer, LayerDigest: sum(layer), Meta: m}, nil
}

// Created is a time as annotations have it; the zero time stands for unknown
// and becomes 1970.
func Created(t time.Time) string {
	if t.IsZero() {
		t = time.Unix(0, 0)
	}
	return t.UTC().Format(time.RFC3339)
}

func sum(data []byte) string {
	s := sha256.Sum256(data)
	return "sha256:" + hex.EncodeToString(s[:])
}
