package promotion

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"
)

// Record explains a claim: who moved what, from which pipeline, when and why.
// It decides nothing; a claim without one counts all the same.
type Record struct {
	Tag             string `json:"tag"`
	App             string `json:"app"`
	Environment     string `json:"environment"`
	Action          Action `json:"action"`
	Release         string `json:"release"`
	Digest          string `json:"digest"`
	PreviousRelease string `json:"previousRelease,omitempty"`
	PreviousDigest  string `json:"previousDigest,omitempty"`
	Commit          string `json:"commit,omitempty"`
	Actor           string `json:"actor"`
	Pipeline        string `json:"pipeline,omitempty"`
	Time            string `json:"time"` // RFC 3339, UTC
	Reason          string `json:"reason,omitempty"`
	// CopiedFrom is the release tag that a rollback copied in again.
	CopiedFrom string `json:"copiedFrom,omitempty"`
	// Adopted: the release ran before without a claim; the actor only found it.
	Adopted bool `json:"adopted,omitempty"`
}

// Encode returns the record's bytes: indented JSON, the same for the same
// record.
func (r Record) Encode() ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false) // people read it, and an actor has an address in angle brackets
	err := enc.Encode(r)
	return b.Bytes(), err
}

// DecodeRecord reads what Encode wrote. Fields of later versions are ignored.
func DecodeRecord(data []byte) (Record, error) {
	var r Record
	if err := json.Unmarshal(data, &r); err != nil {
		return Record{}, fmt.Errorf("record: %w", err)
	}
	return r, nil
}

// time returns when it was recorded; ok is false when it does not say.
func (r Record) time() (t time.Time, ok bool) {
	t, err := time.Parse(time.RFC3339, r.Time)
	return t, err == nil
}
