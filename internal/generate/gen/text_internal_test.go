package gen

import (
	"strings"
	"testing"
	"unicode/utf8"

	yamlv3 "go.yaml.in/yaml/v3"
	"sigs.k8s.io/yaml"
)

// FuzzYAMLString: a reader of YAML 1.1 and one of YAML 1.2 find the string that
// was written, alone, in a list, as a key's value and beside a comment.
func FuzzYAMLString(f *testing.F) {
	for _, s := range []string{
		"", "a", "null", "Null", "~", "true", "YES", "on", "y", "N", "0", "007", "0x1f", "0o7", "0b1", "1e3", "1_000", "1.5", ".5", ".inf", "-.INF", ".nan", "12:30:00",
		"2026-02-22", "2026-12-20T00:00:00Z", "=", "<<", "a: b", "a:b", "a:", ":a", "a #b", "a#b", "#", "- a", "-", "---", "...", "? a", "!x", "&x", "*x", "|", ">", "%x", "@x", "`x`",
		"[a]", "{a}", "a,b", "'", "\"", "\\", "\\n", "a\nb", "a\n", " a", "a ", "\ta", "\u0085", "\u00a0", "\u2028", "\ufeff", "\ufffd", "\uffff", "\x00", "\x07\x08\x1b\x7f", "😀", "\U0010ffff", "e\u0301",
		"./a", "/a", "./0", "//a", "oci://a/b", "https://a:1/b", "a/b:c", "A.b_c-d", "{{x}}", "${x}", "<% %>",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if !utf8.ValidString(s) {
			t.Skip() // the contract is UTF-8
		}
		text, err := yamlValue(s)
		if err != nil || strings.Contains(text, "\n") {
			t.Fatalf("%q: %q, %v", s, text, err)
		}
		items, err := yamlValue([]string{s, "x", s})
		if err != nil {
			t.Fatal(err)
		}
		doc := []byte("a: " + text + "\nb:\n  - " + text + " # comment\nc:\n" + items + "\n")
		for name, read := range map[string]func([]byte, any) error{
			"1.1": func(data []byte, v any) error { return yaml.UnmarshalStrict(data, v) },
			"1.2": yamlv3.Unmarshal,
		} {
			var got struct {
				A any   `json:"a" yaml:"a"`
				B []any `json:"b" yaml:"b"`
				C []any `json:"c" yaml:"c"`
			}
			if err := read(doc, &got); err != nil {
				t.Fatalf("YAML %s: %v\n%s", name, err, doc)
			}
			if got.A != any(s) || len(got.B) != 1 || got.B[0] != any(s) || len(got.C) != 3 || got.C[0] != any(s) || got.C[2] != any(s) {
				t.Errorf("YAML %s: %q became %#v in\n%s", name, s, got, doc)
			}
		}
	})
}

func TestYAMLValue(t *testing.T) {
	t.Parallel()
	for want, v := range map[string]any{"7": 7, "true": true, `- a`: []string{"a"}, "- a\n- \"0\"": []string{"a", "0"}, "a/b:c": "a/b:c", `"0"`: "0"} {
		if got, err := yamlValue(v); got != want || err != nil {
			t.Errorf("yamlValue(%#v) = %s, %v; want %s", v, got, err, want)
		}
	}
	for _, v := range []any{nil, 1.5, []int{1}, map[string]string{}, struct{}{}} {
		if got, err := yamlValue(v); err == nil {
			t.Errorf("yamlValue(%#v) = %s; want an error", v, got)
		}
	}
}
