package oci

import (
	"context"
	"encoding/json"
	"errors"
)

// The media types of a record: a JSON document about a bundle.
const (
	recordType = "application/vnd.penstock.record.v1+json"
	emptyType  = "application/vnd.oci.empty.v1+json"
)

// maxRecord is far more than a record has.
const maxRecord = 1 << 20

// PutRecord writes a JSON document under a tag, as an artifact whose subject is
// the manifest of that digest in the same repository. The same record makes the
// same manifest.
//
// It leaves the fallback tag of the referrers alone: two writers would lose one
// another's entries there, and a lost signature stops a rollout, while a record
// is found by its tag.
func (c *Client) PutRecord(ctx context.Context, repository, tag, subject string, record []byte) error {
	return explain(repository, tag, c.putRecord(ctx, repository, tag, subject, record))
}

func (c *Client) putRecord(ctx context.Context, repository, tag, subject string, record []byte) error {
	d, ok, err := c.head(ctx, repository, subject)
	if err != nil {
		return err
	}
	if !ok {
		return errors.New("the bundle " + subject + " is not in the repository")
	}
	empty := []byte("{}")
	data, err := json.Marshal(manifest{
		SchemaVersion: 2, MediaType: imageType, ArtifactType: recordType,
		Config:  &descriptor{MediaType: emptyType, Digest: sum(empty), Size: int64(len(empty))},
		Layers:  []descriptor{{MediaType: recordType, Digest: sum(record), Size: int64(len(record))}},
		Subject: &descriptor{MediaType: d.MediaType, Digest: d.Digest, Size: d.Size},
	})
	if err != nil {
		return err
	}
	return c.Push(ctx, repository, tag, data, empty, record)
}

// Record returns the JSON document under a tag; ok is false when there is no
// such tag. A tag that holds something else is an error.
func (c *Client) Record(ctx context.Context, repository, tag string) (record []byte, ok bool, err error) {
	m, ok, err := c.get(ctx, repository, tag)
	if err != nil || !ok {
		return nil, false, explain(repository, tag, err)
	}
	var parsed manifest
	if json.Unmarshal(m.data, &parsed) != nil || len(parsed.Layers) != 1 || parsed.Layers[0].MediaType != recordType {
		return nil, false, explain(repository, tag, errors.New("is not a record of Penstock"))
	}
	record, err = c.blob(ctx, repository, parsed.Layers[0].Digest, maxRecord)
	if err != nil {
		return nil, false, explain(repository, tag, err)
	}
	return record, true, nil
}
