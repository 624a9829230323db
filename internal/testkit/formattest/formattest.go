// Package formattest runs the formatters that people run over their
// repositories, prettier, yamlfmt and markdownlint, for tests.
//
// The script "install" puts them, pinned, into the user's cache; "make tools"
// and .ci/run call it. A test without them skips, but fails where CI=true.
package formattest

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/penstock-dev/penstock/internal/generate/tree"
)

var (
	//go:embed install
	installScript []byte
	//go:embed package-lock.json
	lockFile []byte
)

// Programs are the installed formatters.
type Programs struct{ dir string }

// Find returns the formatters, or skips the test.
func Find(t testing.TB) Programs {
	t.Helper()
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Skip("no folder for the formatters: ", err)
	}
	sum := sha256.Sum256(append(bytes.Clone(installScript), lockFile...))
	p := Programs{filepath.Join(cache, "penstock", "formatters-"+hex.EncodeToString(sum[:6]))}
	if _, err := os.Stat(p.dir); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("the formatters are not installed: .ci/run does it")
		}
		t.Skip("the formatters are not installed; run: make tools")
	}
	return p
}

// Prettier rewrites the files below a folder, with prettier's defaults and
// args.
func (p Programs) Prettier(t testing.TB, dir string, args ...string) {
	t.Helper()
	p.run(t, dir, "prettier", append([]string{"--write", "--ignore-unknown", "--log-level=warn", "."}, args...)...)
}

// YAMLFmt rewrites the YAML files below a folder, with yamlfmt's defaults and
// args.
func (p Programs) YAMLFmt(t testing.TB, dir string, args ...string) {
	t.Helper()
	p.run(t, dir, "yamlfmt", append(args, ".")...)
}

// MarkdownLint returns what markdownlint finds below a folder, with the
// configuration that lies there, one finding a line.
func (p Programs) MarkdownLint(t testing.TB, dir string) []string {
	t.Helper()
	out, err := p.command(dir, "markdownlint-cli2", "**/*.md", "--no-globs").CombinedOutput()
	var found []string
	for line := range strings.Lines(string(out)) {
		if strings.Contains(line, " MD") {
			found = append(found, strings.TrimSpace(line))
		}
	}
	if exit := (*exec.ExitError)(nil); err != nil && (!errors.As(err, &exit) || len(found) == 0) {
		t.Fatalf("markdownlint-cli2: %v\n%s", err, out)
	}
	return found
}

// Widths returns the number of columns that prettier counts for each character,
// between two letters.
func (p Programs) Widths(t testing.TB) []byte {
	t.Helper()
	const script = `import { util } from "prettier";
const widths = Buffer.alloc(0x110000);
for (let c = 0; c < widths.length; c++) widths[c] = util.getStringWidth("a" + String.fromCodePoint(c) + "b") - 2;
process.stdout.write(widths);`
	out, err := p.command(p.dir, "node", "--input-type=module", "--eval", script).Output()
	if err != nil {
		t.Fatalf("node: %v", err)
	}
	return out
}

func (p Programs) run(t testing.TB, dir, name string, args ...string) {
	t.Helper()
	if out, err := p.command(dir, name, args...).CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", name, err, out)
	}
}

func (p Programs) command(dir, name string, args ...string) *exec.Cmd {
	own := filepath.Join(p.dir, "node_modules", ".bin")
	program := filepath.Join(own, name)
	if _, err := os.Stat(program); err != nil {
		program = name // node, where the machine's own is new enough
	}
	if name == "yamlfmt" {
		program = filepath.Join(p.dir, "bin", name)
	}
	cmd := exec.Command(program, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "PATH="+own+string(os.PathListSeparator)+os.Getenv("PATH"))
	return cmd
}

// Write puts files below a folder.
func Write(t testing.TB, dir string, files tree.Tree) {
	t.Helper()
	for path, f := range files {
		name := filepath.Join(dir, filepath.FromSlash(path))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, f.Data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// Read returns the files of a folder that Write put there.
func Read(t testing.TB, dir string, files tree.Tree) tree.Tree {
	t.Helper()
	read := tree.Tree{}
	for path, f := range files {
		data, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(path)))
		if err != nil {
			t.Fatal(err)
		}
		read[path] = tree.File{Data: data, Mode: f.Mode}
	}
	return read
}
