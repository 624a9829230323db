package gen_test

import (
	"path"
	"strings"
	"testing"
)

// TestReadinessPage: a ticked line of the list names files that are there, an
// open line names what is not.
func TestReadinessPage(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d delivery) {
		const file = "platform/docs/readiness.md"
		var ticks, crosses int
		for _, l := range readPage(file, d.files[file].Data).lines {
			for _, m := range codeSpan.FindAllString(l.text, -1) {
				name := strings.Trim(m, "`")
				if l.kind != "item" || !strings.Contains(name, "/") {
					continue
				}
				missing := strings.Contains(l.text, m+" is not generated")
				if there := d.has("platform/" + name); there == missing {
					t.Errorf("%s: is there: %v, and the list says: %s", name, there, l.text)
				}
			}
			ticks += strings.Count(l.text, "- [x] ")
			crosses += strings.Count(l.text, "- [ ] ")
		}
		if ticks < 5 || ticks+crosses < 15 {
			t.Errorf("%d ticks, %d crosses", ticks, crosses)
		}
	})
}

// has reports whether a file is there; <team> and the like stand for any name.
func (d delivery) has(pattern string) bool {
	parts := strings.Split(pattern, "/")
	for i, p := range parts {
		if before, rest, found := strings.Cut(p, "<"); found {
			_, after, _ := strings.Cut(rest, ">")
			parts[i] = before + "*" + after
		}
	}
	for p := range d.files {
		if name := path.Base(p); strings.HasSuffix(pattern, "/<app>.yaml") && (name == "kustomization.yaml" || strings.HasSuffix(name, ".pin.yaml") || strings.HasSuffix(name, ".receiver.yaml") || strings.Contains(p, "/base/")) {
			continue // beside the apps' files
		}
		if ok, _ := path.Match(strings.Join(parts, "/"), p); ok {
			return true
		}
	}
	return false
}
