package state_test

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/penstock-dev/penstock/internal/generate/state"
	"github.com/penstock-dev/penstock/internal/generate/tree"
	_ "github.com/penstock-dev/penstock/internal/testkit/goldentest"
)

func unit() tree.Unit {
	return tree.Unit{
		Name: "team/payments",
		Files: tree.Tree{
			"tenants/payments/base/namespace.yaml": {Data: []byte("kind: Namespace\n\nname: payments\n"), Mode: tree.Regular},
			"tenants/payments/run.sh":              {Data: []byte("#!/bin/sh\r\necho \\ \x00\n"), Mode: tree.Executable},
			"tenants/payments/seed.yaml":           {Data: []byte("a: 1"), Mode: tree.Regular},
			"tenants/payments/empty":               {Mode: tree.Regular},
		},
		Seeded: []string{"tenants/payments/seed.yaml"},
	}
}

func TestEncodeIsReadable(t *testing.T) {
	t.Parallel()
	want := `penstock-state v2
# What penstock wrote last: the base of every merge. "penstock generate" keeps it; do not edit.
unit team/payments
file 644 managed NAMESP tenants/payments/base/namespace.yaml
NAMESP:kind: Namespace
NAMESP:
NAMESP:name: payments
file 644 managed EMPTYX tenants/payments/empty
file 755 managed RUNXXX tenants/payments/run.sh
RUNXXX\#!/bin/sh\r
RUNXXX\echo \\ \x00
file 644 seeded SEEDXX tenants/payments/seed.yaml
SEEDXX:a: 1
SEEDXX.
end
`
	got := string(state.Encode(unit()))
	for placeholder, path := range map[string]string{"NAMESP": "base/namespace.yaml", "EMPTYX": "empty", "RUNXXX": "run.sh", "SEEDXX": "seed.yaml"} {
		want = strings.ReplaceAll(want, placeholder, tagOf(t, got, "tenants/payments/"+path))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// tagOf finds the tag of a file in the text of a state.
func tagOf(t *testing.T, text, path string) string {
	t.Helper()
	m := regexp.MustCompile(`(?m)^file \d+ \w+ ([0-9a-v]{6}) ` + regexp.QuoteMeta(path) + "$").FindStringSubmatch(text)
	if m == nil {
		t.Fatalf("no file line of %s in\n%s", path, text)
	}
	return m[1]
}

func TestRoundTrip(t *testing.T) {
	t.Parallel()
	for name, data := range map[string]string{
		"empty": "", "newline": "\n", "two newlines": "\n\n", "no final newline": "a", "carriage return": "a\r\nb\r", "tabs": "\ta\t\n",
		"trailing space": "a \n \n", "NUL": "\x00\x00\n", "not UTF-8": "\xff\xfe\n", "byte order mark": "\xef\xbb\xbfa\n",
		"state inside": string(state.Encode(unit())), "conflict markers": "<<<<<<< a\n|||||||\n=======\n>>>>>>> b\n",
		"keywords": "end\nfile 644 managed x\nno-final-newline\n", "backslash": "\\\n\\x00\n\\\\", "separators": "a\u2028b\u0085c\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			u := tree.Unit{Name: "app", Files: tree.Tree{"f": {Data: []byte(data), Mode: tree.Regular}}}
			text := state.Encode(u)
			got, ds := state.Decode(state.Path("app"), text)
			if len(ds) > 0 || !same(u, got) {
				t.Errorf("%s\n%s\n%+v", text, ds, got)
			}
			if bytes.ContainsAny(text, "\r\x00") {
				t.Errorf("%q has bytes that Git or an editor could damage", text)
			}
		})
	}
}

func TestHostileNames(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"a b", " a", "a ", `"a"`, "null", "#a", "a\u00a0", "ü", "-", "a'b", "file 644 managed b"} {
		u := tree.Unit{Name: name, Files: tree.Tree{name: {Mode: tree.Regular}}, Seeded: []string{name}}
		got, ds := state.Decode(state.Path(name), state.Encode(u))
		if len(ds) > 0 || !same(u, got) {
			t.Errorf("%q: %s%+v", name, ds, got)
		}
	}
}

// A checkout that turned line endings into CRLF, or an editor that added a
// byte order mark, does not change what was written.
func TestSurvivesForeignLineEndings(t *testing.T) {
	t.Parallel()
	text := bytes.ReplaceAll(state.Encode(unit()), []byte("\n"), []byte("\r\n"))
	got, ds := state.Decode(state.Path("team/payments"), append([]byte("\xef\xbb\xbf"), text...))
	if len(ds) > 0 || !same(unit(), got) {
		t.Errorf("%s%+v", ds, got)
	}
}

func TestDamage(t *testing.T) {
	t.Parallel()
	good := string(state.Encode(unit()))
	edit := func(old, text string) string {
		if !strings.Contains(good, old) {
			t.Fatalf("%q is not in the state", old)
		}
		return strings.Replace(good, old, text, 1)
	}
	const file = ".penstock/state/team/payments.txt"
	for name, c := range map[string]struct{ data, want string }{
		"empty":           {"", `:1:1: starts with ""`},
		"another file":    {"kind: List\n", `:1:1: starts with "kind: List"`},
		"newer version":   {edit("v2", "v3"), `:1:1: has the state version "v3", this penstock knows v2; use the penstock`},
		"conflict at top": {"<<<<<<< HEAD\n" + good, ":1:1: has unresolved conflict markers; take one side"},
		"truncated":       {good[:len(good)-5], `: ends before its last line, "end"; restore`},
		"torn line":       {good[:120], `: ends before its last line, "end"`},
		"text after end":  {good + "file 644 managed b\n", `: has text after its last line`},
		"mode":            {edit("755", "777"), `:9:6: has the mode "777"; modes are 644 and 755`},
		"kind":            {edit("seeded", "sown"), `:12:10: has a "sown" file`},
		"path":            {edit("tenants/payments/run.sh", "../run.sh"), `:9:25: has the path "../run.sh"`},
		"git path":        {edit("tenants/payments/run.sh", ".git/config"), `:9:25: has the path ".git/config"`},
		"tag twice":       {edit(tagOf(t, good, "tenants/payments/run.sh")+" t", tagOf(t, good, "tenants/payments/empty")+" t"), `:9:25: has the file "tenants/payments/run.sh" twice`},
		"short file line": {edit("file 755 managed", "file 755\nfile 755 managed"), `:9:1: has the file line "file 755"`},
		"escape":          {edit(`\x00`, `\q`), ":11:1: has a broken escape"},
		"half an escape":  {edit(`\x00`, `\x0`), ":11:1: has a broken escape"},
		"unknown line":    {edit(":kind", "kind"), `:5:1: has the line`},
		"stray content":   {edit("unit", "abcdef:x\nunit"), `:3:1: has the line "abcdef:x"`},
		"no unit":         {edit("unit team/payments\n", ""), `: has no "unit" line`},
		"other unit":      {edit("unit team/payments", "unit team/fraud"), `holds the state of unit "team/fraud", which belongs in .penstock/state/team/fraud.txt`},
		"unit name":       {edit("unit team/payments", "unit ../x"), `:3:6: has the unit name "../x"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			u, ds := state.Decode(file, []byte(c.data))
			if len(ds) != 1 || !strings.HasPrefix(ds.String(), file) || !strings.Contains(ds.String(), c.want) || u.Files != nil {
				t.Errorf("got %q, want one with %q", ds.String(), c.want)
			}
		})
	}
}

// TestBothSides: where Git could not decide, the lines of both sides count.
func TestBothSides(t *testing.T) {
	t.Parallel()
	text := string(state.Encode(unit()))
	tag := tagOf(t, text, "tenants/payments/base/namespace.yaml")
	name := tag + ":name: payments\n"
	want := unit()
	want.Files["tenants/payments/base/namespace.yaml"] = tree.File{Data: []byte("kind: Namespace\n\nname: payments\nname: billing\n"), Mode: tree.Regular}
	for how, lines := range map[string]string{
		"union":   name + tag + ":name: billing\n",
		"markers": "<<<<<<< HEAD\n" + name + "=======\n" + tag + ":name: billing\n>>>>>>> branch\n",
		"diff3":   "<<<<<<< HEAD\n" + name + "||||||| 1234567\n" + tag + ":name: base\n=======\n" + tag + ":name: billing\n>>>>>>> branch\n",
	} {
		got, ds := state.Decode(state.Path("team/payments"), []byte(strings.Replace(text, name, lines, 1)))
		if len(ds) > 0 || !same(want, got) {
			t.Errorf("%s: %s%+v", how, ds, got)
		}
	}
}

func TestMark(t *testing.T) {
	t.Parallel()
	u := tree.Unit{Name: "team/a.b", Inputs: "0123456789ab cdef01234567"}
	marks := state.Marks(u)
	if len(marks) != 2 {
		t.Fatal(marks)
	}
	for i, inputs := range strings.Fields(u.Inputs) {
		if unit, got, ok := state.Marked(marks[i]); !ok || unit != u.Name || got != inputs {
			t.Errorf("%s: %s %s %v", marks[i], unit, got, ok)
		}
		if _, ok := state.UnitName(marks[i]); ok {
			t.Errorf("%s is taken for a state file", marks[i])
		}
	}
	for _, p := range []string{state.Path("app"), state.Path("app") + ".", state.Path("app") + ".xyz", state.Path("app") + ".bak", "app.txt.0123456789ab"} {
		if _, _, ok := state.Marked(p); ok {
			t.Errorf("%s is taken for a mark", p)
		}
	}
}

func TestPath(t *testing.T) {
	t.Parallel()
	for _, unit := range []string{"platform", "cluster/prod-eu", "team/payments", "app", "a.txt"} {
		if got, ok := state.UnitName(state.Path(unit)); !ok || got != unit {
			t.Errorf("%s: %s", unit, got)
		}
	}
	for _, p := range []string{"", "platform.txt", ".penstock/state/x.yaml", ".penstock/state/.txt", ".penstock/lock"} {
		if got, ok := state.UnitName(p); ok {
			t.Errorf("%q is the state of %q", p, got)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(state.Encode(unit()))
	f.Add([]byte("penstock-state v2\nunit a\nfile 644 managed abcdef x\nabcdef:\\\nabcdef\\\\x\nend\n"))
	f.Add([]byte("penstock-state v1\nunit a\n\nfile 644 managed x\n:\\\n\\\\x\n\nend\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		u, ds := state.Decode(state.Path("team/payments"), data)
		if len(ds) > 0 {
			return
		}
		again, ds := state.Decode(state.Path("team/payments"), state.Encode(u))
		if len(ds) > 0 || !same(u, again) {
			t.Errorf("%s", ds)
		}
	})
}

func FuzzEncode(f *testing.F) {
	f.Add("app", "path", []byte("a\r\n\x00"), true)
	f.Fuzz(func(t *testing.T, name, path string, data []byte, seeded bool) {
		if tree.CheckPath(name) != nil || tree.CheckPath(path) != nil {
			return
		}
		u := tree.Unit{Name: name, Files: tree.Tree{path: {Data: data, Mode: tree.Executable}}}
		if seeded {
			u.Seeded = []string{path}
		}
		got, ds := state.Decode(state.Path(name), state.Encode(u))
		if len(ds) > 0 || !same(u, got) {
			t.Errorf("%s%+v", ds, got)
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	text := state.Encode(unit())
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		state.Decode(state.Path("team/payments"), text)
	}
}

func same(a, b tree.Unit) bool {
	return a.Name == b.Name && slices.Equal(a.Seeded, b.Seeded) && a.Files.Equal(b.Files)
}
