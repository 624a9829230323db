package bundle_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/fluxcd/pkg/sourceignore"
	fluxtar "github.com/fluxcd/pkg/tar"

	"github.com/penstock-dev/penstock/internal/generate/tree"
	"github.com/penstock-dev/penstock/internal/release/bundle"
	"github.com/penstock-dev/penstock/internal/testkit/goldentest"
)

// TestGolden keeps the bytes of a bundle: if they change, a pipeline that runs
// again finds other content under its release.
func TestGolden(t *testing.T) {
	t.Parallel()
	b := build(t, files())
	a := artifact(t, b, "0")
	goldentest.Tree(t, "testdata/bundle", b.Files)
	goldentest.File(t, "testdata/manifest.json", append(a.Manifest, '\n'))
	goldentest.File(t, "testdata/digests.txt", fmt.Appendf(nil, "manifest %s\nconfig   %s\nlayer    %s\n", a.Digest, bundle.Sum(a.Config), a.LayerDigest))
}

// TestReproducible builds from folders whose files differ in what does not
// count: times, owners' and groups' bits, the order of being read and written.
func TestReproducible(t *testing.T) {
	t.Parallel()
	want := artifact(t, build(t, files()), "0")
	other := files()
	for p, f := range other {
		f.ModTime = time.Unix(int64(len(p))*1e6, 0)
		f.Mode = f.Mode&0o700 | 0o077
	}
	dir := t.TempDir()
	paths := make([]string, 0, len(other))
	for p := range other {
		paths = append(paths, p)
	}
	slices.Sort(paths)
	slices.Reverse(paths)
	for _, p := range paths {
		file := filepath.Join(dir, p)
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, other[p].Data, other[p].Mode&0o700); err != nil {
			t.Fatal(err)
		}
	}
	for name, got := range map[string]bundle.Artifact{
		"other modes and times": artifact(t, build(t, other), "0"),
		"from the disk":         artifact(t, build(t, os.DirFS(dir)), "0"),
	} {
		if got.Digest != want.Digest || got.LayerDigest != want.LayerDigest {
			t.Errorf("%s: %s with layer %s, want %s with %s", name, got.Digest, got.LayerDigest, want.Digest, want.LayerDigest)
		}
	}
	if again := artifact(t, build(t, files()), "1"); again.LayerDigest != want.LayerDigest || again.Digest == want.Digest {
		t.Error("another revision: want the same layer and another manifest")
	}
}

// TestFluxUnpacks extracts the layer with Flux's own code.
func TestFluxUnpacks(t *testing.T) {
	t.Parallel()
	b := build(t, files())
	dir := t.TempDir()
	if err := fluxtar.Untar(strings.NewReader(string(artifact(t, b, "0").Layer)), dir); err != nil {
		t.Fatal(err)
	}
	got := tree.Tree{}
	for p := range b.Files {
		data, err := os.ReadFile(filepath.Join(dir, p))
		if err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(filepath.Join(dir, p))
		if err != nil {
			t.Fatal(err)
		}
		got[p] = tree.File{Data: data, Mode: tree.Mode(info.Mode().Perm())}
	}
	if !got.Equal(b.Files) {
		t.Error("Flux unpacks other files than were packed")
	}
	opened, err := bundle.Open(artifact(t, b, "0").Layer)
	if err != nil {
		t.Fatal(err)
	}
	if !opened.Files.Equal(b.Files) || opened.Contents.App != "checkout" {
		t.Error("Open reads other files than were packed")
	}
}

// TestContents looks at what bundle.json says.
func TestContents(t *testing.T) {
	t.Parallel()
	b := build(t, files())
	dev := b.Contents.Environments[0]
	if got, want := fmt.Sprint(dev.Variables), "[REGION]"; got != want {
		t.Errorf("variables %s, want %s", got, want)
	}
	if got, want := fmt.Sprint(dev.Images), "[docker.io/library/nginx:1.29 registry.acme.example/images/checkout@"+digest+"]"; got != want {
		t.Errorf("images %s, want %s", got, want)
	}
	if got, want := fmt.Sprint(dev.Objects), "[{v1 ConfigMap 1} {apps/v1 Deployment 1}]"; got != want {
		t.Errorf("objects %s, want %s", got, want)
	}
}

func TestRequired(t *testing.T) {
	t.Parallel()
	text := "${A} ${B:=b} ${C:-c} ${D:0:3} $${E} $F ${G/x/y} ${H=h} ${_I} ${9} ${#J} $$${K}"
	if got, want := fmt.Sprint(bundle.Required(text)), "[A D G _I J K]"; got != want {
		t.Errorf("required %s, want %s", got, want)
	}
}

// TestLeftOut checks that a bundle holds what Flux keeps, no more and no less.
func TestLeftOut(t *testing.T) {
	t.Parallel()
	m := files()
	for _, p := range []string{"logo.png", ".gitignore", ".git/config", "base/a.tar.gz", "notes/secret.txt", "notes/kept.txt", ".hidden.yaml", "notes/.sourceignore"} {
		m[p] = &fstest.MapFile{Data: []byte("x"), Mode: 0o644}
	}
	m["notes/.sourceignore"].Data = []byte("# no notes\n*.txt\n!kept.txt\n")
	src := read(t, m)
	if got, want := strings.Join(src.LeftOut, " "), ".gitignore base/a.tar.gz logo.png notes/secret.txt"; got != want {
		t.Errorf("left out %s, want %s", got, want)
	}
	for _, p := range []string{".hidden.yaml", "notes/kept.txt", "notes/.sourceignore"} {
		if _, ok := src.Files[p]; !ok {
			t.Errorf("%s: not in the bundle", p)
		}
	}
	if _, ok := src.Files[".git/config"]; ok {
		t.Error(".git is in the bundle")
	}
	// What source-controller does with the same files.
	dir := t.TempDir()
	for p, f := range m {
		file := filepath.Join(dir, p)
		if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o755), os.WriteFile(file, f.Data, 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	domain := strings.Split(dir, string(filepath.Separator))
	patterns, err := sourceignore.LoadIgnorePatterns(dir, domain)
	if err != nil {
		t.Fatal(err)
	}
	matcher := sourceignore.NewDefaultMatcher(patterns, domain)
	for p := range m {
		_, kept := src.Files[p]
		if dropped := matcher.Match(append(slices.Clone(domain), strings.Split(p, "/")...), false); dropped == kept {
			t.Errorf("%s: in the bundle %v, dropped by Flux %v", p, kept, dropped)
		}
	}
}
