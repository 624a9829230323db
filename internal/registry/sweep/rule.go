package sweep

import "time"

// Policy is a product's policy files, read back.
type Policy struct {
	// Rules are those that name tags, for a check that each is about something.
	Rules []Rule
	// Sweep says what one run of the product's own retention does with a repository,
	// its garbage collection included.
	Sweep func(*Repository, time.Time) *Verdicts
}

// Rule is a rule of a policy file.
type Rule struct {
	File, Name string
	// Line of it in the file.
	Line int
	// Keeps: it protects what it is about; otherwise it deletes some of that.
	Keeps bool
	// Repository: it is about this one.
	Repository func(name string) bool
	// Tag: it is about a manifest for this tag.
	Tag func(tag string) bool
}
