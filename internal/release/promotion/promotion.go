// Package promotion turns a wish (promote, roll back, hold, lift) and what a
// registry holds into the requests that make it so, safely beside other runs
// and after a crash at any point.
//
// An environment's state is a fold over its claims, which are tags; see Fold.
// Nothing is locked, no tag is deleted and none needs to be immutable. The
// package knows a registry by the few methods of Registry, is told the time,
// and prints nothing: it returns an Outcome, or an error with what is true now
// and what to run next. Environments that Git pins are in pin.go.
package promotion

import "context"

// Registry is the few things that the protocol needs of an OCI registry.
// Repositories are "host/path" without scheme.
type Registry interface {
	// Tags lists a repository's tags, sorted; one that does not exist has none.
	Tags(ctx context.Context, repository string) ([]string, error)
	// Digest resolves a tag; ok is false when repository or tag does not exist.
	Digest(ctx context.Context, repository, tag string) (digest string, ok bool, err error)
	// Tag points a tag at a digest that the repository holds, creating or moving it.
	Tag(ctx context.Context, repository, digest, tag string) error
	// Copy brings a digest, with its signatures and referrers (fallback tag scheme
	// included), from one repository into another. Same repository: nothing to do.
	Copy(ctx context.Context, from, to, digest string) error
	// PutRecord stores a record as an artifact under tag, with subject as its
	// subject. The same bytes again are the same artifact.
	PutRecord(ctx context.Context, repository, tag, subject string, record []byte) error
	// Record reads it back; ok is false when there is none.
	Record(ctx context.Context, repository, tag string) (record []byte, ok bool, err error)
}
