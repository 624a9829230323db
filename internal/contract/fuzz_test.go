package contract

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// FuzzParse: whatever the bytes are, there is no panic, each diagnostic has a
// position and no raw control characters, and what parses reads back the same.
func FuzzParse(f *testing.F) {
	for _, data := range goodFiles(f) {
		f.Add(data)
	}
	bad, err := filepath.Glob("testdata/bad/*.yaml")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range bad {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(checkParse)
}

// FuzzYAML: free text comes back from YAML() as it went in, for our reader and
// for any other that goes by the YAML library's rules.
func FuzzYAML(f *testing.F) {
	for _, s := range []string{
		"", " ", "a", "null", "~", "1e3", "yes", "No", "# x", "a # b", "a: b", "- a", "? a", "'", "\"", "\\", "a\nb\n", "\na", "a\n\n", " a\nb\n",
		"a\n b\n", "a\tb\n\tc\n", "a \nb\n", "\t", "\u2028", "\ufeff", "\u0085", "{{ x }}", "%", "@a", "`", "2026-01-01", "0x1f", "1_000", "12:30:00",
		"!!str", "&a", "*a", "|", ">", "---", "...", "--- a\n...\n", ".inf", "=", "<<", "a,b", "[a]", "{a}", "\x00\x01\x7f", "😀", "e\u0301", "a\r\nb",
	} {
		f.Add(s, s)
	}
	f.Fuzz(func(t *testing.T, contact, reason string) {
		if !utf8.ValidString(contact) || !utf8.ValidString(reason) {
			t.Skip()
		}
		var c Contract
		c.Spec.Platform.Contact = contact
		c.Spec.Teams = []Team{{Name: reason, Owners: []string{contact, reason}}}
		var back struct {
			Spec struct {
				Platform struct{ Contact any }
				Teams    []struct {
					Name   any
					Owners []any
				}
			}
		}
		out := c.YAML()
		if err := yaml.Unmarshal(out, &back); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		want := func(got any, want string) {
			if got == nil {
				got = ""
			}
			if got != want {
				t.Errorf("%q became %#v in\n%s", want, got, out)
			}
		}
		want(back.Spec.Platform.Contact, contact)
		want(back.Spec.Teams[0].Name, reason)
		want(back.Spec.Teams[0].Owners[0], contact)
		want(back.Spec.Teams[0].Owners[1], reason)
		if strings.ContainsFunc(string(out), func(r rune) bool { return r != '\n' && isControl(r) && r != utf8.RuneError }) {
			t.Errorf("raw control characters in\n%q", out)
		}
	})
}
