// Package step holds a step that a person does outside of files, and turns words
// and data into the text of its commands.
//
// Commands are for a POSIX shell. Secrets come from environment variables that
// the reader sets, never from the text.
package step

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
)

// Step is one thing to set up.
type Step struct {
	What string // imperative, as Markdown
	Why  string // Markdown; may be empty
	Do   string // commands; empty where only a web page can do it
	Page string // where on which page, as Markdown; empty where Do does it all
	// Again is what takes the place of a command of Do where an earlier version's
	// steps were done; its zero value where Do does for both.
	Again Again
	// Proofs show that the step was done, Denials that what must not be possible
	// is refused.
	Proofs, Denials []Proof
}

// Again is a command in the place of another one, of which the first words are
// enough.
type Again struct{ Command, Instead string }

// Proof is a command and what it must show, or be refused with.
type Proof struct {
	Command string
	Shows   string // Markdown
}

// Show is a proof.
func Show(command, shows string) Proof { return Proof{command, shows} }

// Lines joins commands.
func Lines(commands ...string) string { return strings.Join(commands, "\n") }

// Without drops repeated words, and one more.
func Without(list []string, but string) []string {
	var kept []string
	for _, r := range list {
		if r != but && !slices.Contains(kept, r) {
			kept = append(kept, r)
		}
	}
	return kept
}

// Short joins parts to a name of at most limit characters: where it would be
// longer, its end is a digest of the whole.
func Short(limit int, parts ...string) string {
	name := strings.Join(parts, "-")
	if len(name) <= limit {
		return name
	}
	sum := sha256.Sum256([]byte(name))
	digest := hex.EncodeToString(sum[:])[:8]
	return strings.TrimRight(name[:limit-len(digest)-1], "-") + "-" + digest
}
