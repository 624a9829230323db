package gen_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/fluxcd/pkg/sourceignore"
)

// TestSourceIgnore: Flux packs all that clusters read of a platform repository, and neither documents nor Penstock's own folder, which
// holds every file once more.
func TestSourceIgnore(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d delivery) {
		f, ok := d.files["platform/"+sourceignore.IgnoreFile]
		if !ok {
			t.Fatalf("there is no %s", sourceignore.IgnoreFile)
		}
		ignores := sourceignore.NewDefaultMatcher(sourceignore.ReadPatterns(bytes.NewReader(f.Data), nil), nil)
		paths := []string{".penstock/state/platform"}
		for p := range d.files {
			if p, ok := strings.CutPrefix(p, "platform/"); ok {
				paths = append(paths, p)
			}
		}
		for _, p := range paths {
			parts := strings.Split(p, "/")
			read := slices.Contains([]string{"clusters", "platform", "tenants"}, parts[0])
			if packed := !ignores.Match(parts, false); packed != read && len(parts) > 1 {
				t.Errorf("%s: packed %v, read by a cluster %v", p, packed, read)
			}
		}
	})
}
