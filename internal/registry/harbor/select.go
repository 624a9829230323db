package harbor

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
)

// How Harbor's selectors select: src/lib/selector/selectors/doublestar and
// src/pkg/retention, read 2026-11-22 and again 2026-12-01. Patterns are of the
// whole tag, or of the repository's name within the project.

// fits reports a pattern that fits; read refuses those that are none.
func fits(pattern, text string) bool {
	plain := strings.IndexAny(pattern, `*?[{\`)
	if plain < 0 {
		return text == pattern
	}
	if !strings.HasPrefix(text, pattern[:plain]) {
		return false
	}
	ok, err := doublestar.Match(pattern, text)
	return err == nil && ok
}

func (s selector) onRepository(name string) bool {
	return fits(s.Pattern, name) == (s.Decoration == "repoMatches")
}

// onRepository: of a retention rule all selectors have to select.
func (s selectors) onRepository(name string) bool {
	return !slices.ContainsFunc(s.Scope.Repository, func(one selector) bool { return !one.onRepository(name) })
}

// onFirstRepository: of an immutability rule the first counts.
func (s selectors) onFirstRepository(name string) bool {
	return len(s.Scope.Repository) > 0 && s.Scope.Repository[0].onRepository(name)
}

// selects reports an artifact with these tags: any tag fits, or, where the
// selector excludes, any tag does not. So an artifact with a tag that is excluded
// and one that is not is selected.
func (s selector) selects(tags []string) bool {
	excludes := s.Decoration == "excludes"
	if len(tags) == 0 {
		return s.untagged() != excludes
	}
	return slices.ContainsFunc(tags, func(tag string) bool { return fits(s.Pattern, tag) != excludes })
}

// untagged is what the extras say; without them, what has no tag is selected in
// both kinds of selector.
func (s selector) untagged() bool {
	extras := struct {
		Untagged bool `json:"untagged"`
	}{s.Decoration != "excludes"}
	if s.Extras != "" {
		extras.Untagged = false
		if json.Unmarshal([]byte(s.Extras), &extras) != nil {
			return s.Decoration != "excludes"
		}
	}
	return extras.Untagged
}

// selects: of a retention rule all selectors have to select.
func (s selectors) selects(tags []string) bool {
	return !slices.ContainsFunc(s.Tags, func(one selector) bool { return !one.selects(tags) })
}

// matches: of an immutability rule the first selector counts, and what has no tag
// is never immutable.
func (r immutable) matches(tags []string) bool {
	return len(tags) > 0 && len(r.Tags) > 0 && r.Tags[0].selects(tags)
}
