package gen_test

import (
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"

	"github.com/penstock-dev/penstock/internal/contract"
	"github.com/penstock-dev/penstock/internal/generate/gen"
	"github.com/penstock-dev/penstock/internal/generate/markdown"
)

// TestFreeTextIsNoSyntax: whatever the free text is, each page has the same
// headings, lists, tables, code and paragraphs.
func TestFreeTextIsNoSyntax(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d delivery) {
		plain := tame(d.c)
		other := delivery{files: workspace(t, plain, plain.YAML())}
		want := other.pages()
		for i, p := range d.pages() {
			if got := p.skeleton(); p.path != want[i].path || got != want[i].skeleton() {
				t.Errorf("%s: free text changes the page:\n%s", p.path, firstDifference([]byte(want[i].skeleton()), []byte(got)))
			}
		}
	})
}

// TestFreeTextIsEscaped finds free text that reached a file in another form
// than the file's format needs: as Markdown text in pages, as a whole value in
// YAML, nowhere else.
func TestFreeTextIsEscaped(t *testing.T) {
	t.Parallel()
	// In the picture, package graph escapes text in a way of its own.
	drawn := regexp.MustCompile("(?s)\n```mermaid\n.*?\n```\n")
	each(t, func(t *testing.T, d delivery) {
		texts := slices.DeleteFunc(freeTexts(d.c), func(s string) bool { return !strings.HasPrefix(s, textStart) })
		for p, f := range d.files {
			text := string(f.Data)
			switch {
			case path.Base(p) == gen.ContractFile || strings.HasSuffix(p, "/"+gen.SliceFile):
				continue // read back by other tests
			case path.Ext(p) == ".md":
				text = drawn.ReplaceAllString(text, "")
				for _, s := range texts {
					text = strings.ReplaceAll(text, markdown.Text(s), "")
				}
			case path.Ext(p) == ".yaml":
				text = strings.Repeat(textStart, strings.Count(text, textStart)-inValues(t, p, f.Data))
			}
			if i := strings.Index(text, textStart); i >= 0 {
				t.Errorf("%s: raw text of the contract: %q", p, text[i:min(i+60, len(text))])
			}
		}
	})
}

// TestFreeTextIsThere: each contact and each reason stands where people look.
func TestFreeTextIsThere(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d delivery) {
		want := func(file, text string) {
			t.Helper()
			if s := markdown.Text(text); s != "" && !strings.Contains(string(d.files[file].Data), s) {
				t.Errorf("%s: has no %s", file, s)
			}
		}
		s := d.c.Spec
		want("platform/README.md", s.Platform.Contact)
		want("platform/OWNERSHIP.md", s.Platform.Contact)
		want("platform/docs/decisions/0001-delivery-model.md", s.Platform.Contact)
		for _, team := range s.Teams {
			call := markdown.Text(team.Contact)
			if call == "" {
				call = markdown.Text(strings.Join(slices.Sorted(slices.Values(team.Owners)), ", "))
			}
			if block := section(string(d.files["platform/OWNERSHIP.md"].Data), "Teams"); !strings.Contains(block, "- **"+team.Name+"**\n") || !strings.Contains(block, "  - call: "+call+"\n") {
				t.Errorf("OWNERSHIP.md: nothing to call about %s: %s", team.Name, call)
			}
		}
		for _, e := range s.Environments {
			for _, f := range e.Promotion.Freeze {
				want("platform/docs/promotion.md", f.Reason)
			}
		}
	})
}

// TestHandles: handles may begin with "_", which must not become emphasis.
func TestHandles(t *testing.T) {
	t.Parallel()
	emphasis := regexp.MustCompile(`(^|[^\\A-Za-z0-9])_[^_\s]`)
	address := regexp.MustCompile(`https?://[^\s|)]*`)
	each(t, func(t *testing.T, d delivery) {
		for _, p := range d.pages() {
			for _, l := range p.lines {
				text := address.ReplaceAllString(codeSpan.ReplaceAllString(l.text, ""), "")
				if !strings.HasPrefix(l.kind, "fence") && l.kind != "code" && emphasis.MatchString(text) {
					t.Errorf("%s: emphasis: %s", p.path, l.text)
				}
			}
		}
	})
}

// freeTexts are the free texts of a contract.
func freeTexts(c contract.Contract) []string {
	texts := []string{c.Spec.Platform.Contact}
	for _, n := range c.Spec.Observability.Notifications {
		texts = append(texts, n.Channel)
	}
	for _, e := range c.Spec.Environments {
		for _, f := range e.Promotion.Freeze {
			texts = append(texts, f.Reason)
		}
	}
	for _, t := range c.Spec.Teams {
		texts = append(texts, t.Contact)
		for _, n := range t.Notifications {
			texts = append(texts, n.Channel)
		}
	}
	return texts
}

// inValues counts the free texts in the values of a YAML file.
func inValues(t *testing.T, p string, data []byte) int {
	t.Helper()
	n := 0
	for doc := range strings.SplitSeq(string(data), "\n---\n") {
		var v any
		if err := yaml.Unmarshal([]byte(doc), &v); err != nil {
			t.Fatalf("%s: %v", p, err)
		}
		n += countIn(v)
	}
	return n
}

func countIn(v any) int {
	n := 0
	switch v := v.(type) {
	case string:
		n = strings.Count(v, textStart)
	case []any:
		for _, x := range v {
			n += countIn(x)
		}
	case map[string]any:
		for k, x := range v {
			n += countIn(k) + countIn(x)
		}
	}
	return n
}
