package simulate_test

import (
	"strings"
	"testing"

	"github.com/penstock-dev/penstock/internal/registry"
	"github.com/penstock-dev/penstock/internal/registry/simulate"
	"github.com/penstock-dev/penstock/internal/registry/table"
)

// TestSeededMistakes breaks rendered policies as people do, and looks whether the
// simulator tells.
func TestSeededMistakes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, provider, layout, file, old, new string
		says                                   string // of a breach
	}{
		{"a pattern that no pipeline makes", "ecr", registry.GitDigest, "lifecycle-releases.json", `"*.*.*"`, `"v*.*.*"`, "protects no tag"},
		{"patterns that are ANDed", "ecr", registry.GitDigest, "lifecycle-releases.json", `["prod"]`, `["prod", "dev"]`, "protects no tag"},
		{"a rule for any image", "ecr", registry.GitDigest, "lifecycle-releases.json", "\"tagStatus\": \"tagged\",\n        \"tagPatternList\": [\"ci-*\"],", `"tagStatus": "any",`, "deletes by a pattern that is also about"},
		{"a pattern without an anchor", "acr", registry.GitDigest, "purge.yaml", ":^ci-", ":ci-", "eu-ci-1"},
		{"a pattern without an anchor", "zot", registry.Single, "retention.json", `"^ci-"`, `"ci-"`, "keep-ci-me"},
		{"a prefix of too much", "gar", registry.GitDigest, "cleanup-releases.json", `["ci-"]`, `["c", "p"]`, "prod-old"},
		{"a rule that keeps behind one that deletes", "zot", registry.Single, "retention.json", "\"keepTags\": [\n", "\"keepTags\": [\n{\"patterns\": [\"^prod\"], \"pushedWithin\": \"72h\"},\n", "prod"},
		{"a class is forgotten", "harbor", registry.GitDigest, "retention-releases.json", `{ci-*,pr-*}`, `{ci-*,pr-*,keep-*}`, "keep-ci-me"},
		{"cleanup by everything", "gitlab", registry.Single, "cleanup-policy.json", `"name_regex": "`, `"name_regex": ".*|`, "deletes by a pattern that is also about"},
	} {
		t.Run(c.name+" "+c.provider, func(t *testing.T) {
			t.Parallel()
			p := table.Of(c.provider)
			r := retention(p, c.layout, 0)
			r.Environments, r.Releases, r.Candidates = []string{"dev", "canary", "eu-ci-1", "prod-old", "prod"}, 0, 30
			files := rendered(r, p)
			if !strings.Contains(string(files[c.file]), c.old) {
				t.Fatalf("%s has no %q:\n%s", c.file, c.old, files[c.file])
			}
			files[c.file] = []byte(strings.Replace(string(files[c.file]), c.old, c.new, 1))
			policy, ds := p.Sweep.Read(r, files)
			if len(ds) > 0 {
				return // refused: told as well
			}
			var told []string
			for seed := range uint64(20) {
				w := newWorld(seed, r, p.OldSignatures)
				w.now = w.now.AddDate(1, 0, 0)
				for _, b := range simulate.Run(r, policy, w.history(), w.now).Breaches {
					if strings.Contains(b.Tag+" "+b.What, c.says) {
						return
					}
					told = append(told, b.What)
				}
			}
			t.Errorf("nothing says %q; told was %q", c.says, told[:min(5, len(told))])
		})
	}
}
