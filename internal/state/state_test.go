package state_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	_ "github.com/penstock-dev/penstock/internal/goldentest"
	"github.com/penstock-dev/penstock/internal/state"
	"github.com/penstock-dev/penstock/internal/tree"
)

func unit() tree.Unit {
	return tree.Unit{
		Name:   "team/payments",
		Inputs: "sha256:0123",
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
	want := `penstock-state v1
# What penstock wrote last: the base of every merge. "penstock generate" keeps it; do not edit.
unit team/payments
inputs sha256:0123

file 644 managed tenants/payments/base/namespace.yaml
:kind: Namespace
:
:name: payments

file 644 managed tenants/payments/empty

file 755 managed tenants/payments/run.sh
:#!/bin/sh\r
\echo \\ \x00

file 644 seeded tenants/payments/seed.yaml
:a: 1
no-final-newline

end
`
	want = strings.Replace(want, ":#!/bin/sh", `\#!/bin/sh`, 1)
	if diff := cmp.Diff(want, string(state.Encode(unit()))); diff != "" {
		t.Error(diff)
	}
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
		u := tree.Unit{Name: name, Inputs: " x\n", Files: tree.Tree{name: {Mode: tree.Regular}}, Seeded: []string{name}}
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
		"empty":             {"", `:1:1: starts with ""`},
		"another file":      {"kind: List\n", `:1:1: starts with "kind: List"`},
		"newer version":     {edit("v1", "v2"), `:1:1: has the state version "v2", this penstock knows v1; use the penstock`},
		"conflict at top":   {"<<<<<<< HEAD\n" + good, ":1:1: has unresolved conflict markers; take one side"},
		"conflict in file":  {edit(":name", "<<<<<<< HEAD\n:name"), ":9:1: has unresolved conflict markers; take one side"},
		"conflict base":     {edit(":name", "||||||| 1234567\n:name"), ":9:1: has unresolved conflict markers"},
		"conflict of files": {edit("inputs", "<<<<<<< HEAD\ninputs"), ":4:1: has unresolved conflict markers"},
		"truncated":         {good[:len(good)-5], `: ends before its last line, "end"; restore`},
		"torn line":         {good[:120], `: ends before its last line, "end"`},
		"text after end":    {good + "file 644 managed b\n", `: has text after its last line`},
		"mode":              {edit("755", "777"), `:13:6: has the mode "777"; modes are 644 and 755`},
		"kind":              {edit("seeded", "sown"), `:17:10: has a "sown" file`},
		"path":              {edit("tenants/payments/run.sh", "../run.sh"), `:13:18: has the path "../run.sh"`},
		"git path":          {edit("tenants/payments/run.sh", ".git/config"), `:13:18: has the path ".git/config"`},
		"file twice":        {edit("tenants/payments/run.sh", "tenants/payments/empty"), `:13:18: has the file "tenants/payments/empty" twice`},
		"short file line":   {edit("file 755 managed tenants/payments/run.sh", "file 755"), `:13:1: has the file line "file 755"`},
		"escape":            {edit(`\x00`, `\q`), ":15:1: has a broken escape"},
		"half an escape":    {edit(`\x00`, `\x0`), ":15:1: has a broken escape"},
		"unknown line":      {edit(":kind", "kind"), `:7:1: has the line "kind: Namespace"`},
		"stray content":     {edit("unit", ":x\nunit"), ":3:1: has a content line that belongs to no file"},
		"no unit":           {edit("unit team/payments\n", ""), `: has no "unit" line`},
		"other unit":        {edit("unit team/payments", "unit team/fraud"), `holds the state of unit "team/fraud", which belongs in .penstock/state/team/fraud.txt`},
		"unit name":         {edit("unit team/payments", "unit ../x"), `:3:6: has the unit name "../x"`},
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

// Two branches that changed the same unit always disagree on its inputs. Git's
// markers around that line mean only: unknown, render again.
func TestConflictOnInputs(t *testing.T) {
	t.Parallel()
	for _, base := range []string{"", "||||||| 1234567\ninputs sha256:0\n"} {
		text := strings.Replace(string(state.Encode(unit())), "inputs sha256:0123\n",
			"<<<<<<< HEAD\ninputs sha256:0123\n"+base+"=======\ninputs sha256:4567\n>>>>>>> branch\n", 1)
		got, ds := state.Decode(state.Path("team/payments"), []byte(text))
		want := unit()
		want.Inputs = ""
		if len(ds) > 0 || !same(want, got) {
			t.Errorf("%s%+v", ds, got)
		}
		if _, in, ok := state.Header([]byte(text)); !ok || in != "" {
			t.Errorf("header: %q, %v", in, ok)
		}
	}
}

func TestHeader(t *testing.T) {
	t.Parallel()
	text := state.Encode(unit())
	for n := 0; n <= len(text); n++ {
		name, inputs, ok := state.Header(text[:n])
		if ok && name != "team/payments" {
			t.Fatalf("%d bytes: %q", n, name)
		}
		if n > 200 && (!ok || inputs != "sha256:0123") {
			t.Fatalf("%d bytes: %q %v", n, inputs, ok)
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
		if name, in, ok := state.Header(data); ok && (name != u.Name || in != u.Inputs) {
			t.Errorf("header %q %q, file %q %q", name, in, u.Name, u.Inputs)
		}
	})
}

func FuzzEncode(f *testing.F) {
	f.Add("app", "in", "path", []byte("a\r\n\x00"), true)
	f.Fuzz(func(t *testing.T, name, inputs, path string, data []byte, seeded bool) {
		if tree.CheckPath(name) != nil || tree.CheckPath(path) != nil {
			return
		}
		u := tree.Unit{Name: name, Inputs: inputs, Files: tree.Tree{path: {Data: data, Mode: tree.Executable}}}
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
	return a.Name == b.Name && a.Inputs == b.Inputs && slices.Equal(a.Seeded, b.Seeded) && a.Files.Equal(b.Files)
}
