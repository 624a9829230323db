package gen_test

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"

	"github.com/penstock-dev/penstock/internal/generate/gen"
	"github.com/penstock-dev/penstock/internal/generate/tree"
	"github.com/penstock-dev/penstock/templates"
)

// TestInstall runs what pipelines install Penstock with, beside a release page
// and a cosign that answers as told: the released archive is taken by checksum
// and signature, a commit is compiled, and nothing that does not fit is put on
// the PATH.
func TestInstall(t *testing.T) {
	t.Parallel()
	bash, err := exec.LookPath("bash")
	if err != nil || runtime.GOOS != "linux" {
		t.Skip("no bash, or no Linux")
	}
	const release, commit = "v1.2.3", "v1.2.4-0.20261201120000-0123456789ab"
	for _, c := range []struct {
		name, version, spoilt, cosign string
		want, says                    string // want is what "penstock" is then; empty for a failure
	}{
		{"release", release, "", "exit 0", "released", "verify-blob"},
		{"pre-release", "v1.3.0-rc.1", "", "exit 0", "released", "refs/tags/v1.3.0-rc.1"},
		{"another signature", release, "", "echo 'no signature of release.yaml' >&2; exit 1", "", "no signature of release.yaml"},
		{"another archive", release, "archive", "exit 0", "", "FAILED"},
		{"an archive that no checksum is for", release, "checksums", "exit 0", "", ""},
		{"no release", release, "all", "exit 0", "", "404"},
		{"commit", commit, "", "exit 1", "compiled", "@" + commit},
	} {
		for _, example := range []string{"quickstart", "bank-gitlab"} {
			t.Run(c.name+" "+example, func(t *testing.T) {
				t.Parallel()
				p := newReleasePage(t, c.version, c.spoilt, c.cosign)
				cmd := exec.Command(bash, "-eo", "pipefail", "-c", installs(t, example, c.version)+"\npenstock\n")
				cmd.Env = []string{
					"PATH=" + p.bin + ":" + os.Getenv("PATH"), "PAGE=" + p.dir, "HOME=" + p.home, "GOPATH=" + filepath.Join(p.home, "go"),
					"RUNNER_TEMP=" + filepath.Join(p.home, "temp"), "GITHUB_OUTPUT=" + filepath.Join(p.home, "output"), "GITHUB_PATH=" + filepath.Join(p.home, "path"), "TMPDIR=" + p.home,
				}
				out, err := cmd.CombinedOutput()
				if (err == nil) != (c.want != "") || !bytes.Contains(out, []byte(c.want)) || !bytes.Contains(out, []byte(c.says)) {
					t.Errorf("%v, want %q and %q:\n%s", err, c.want, c.says, out)
				}
			})
		}
	}
}

// installs returns the script of one forge that installs this version.
func installs(t *testing.T, example, version string) string {
	t.Helper()
	data := examples(t)[example]
	g, err := gen.New(gen.Input{Contract: parse(t, example, data), Source: data, Version: version}, templates.FS)
	if err != nil {
		t.Fatal(err)
	}
	files := target1(t, g, gen.Target{})
	if f, ok := files["ci/penstock.yml"]; ok {
		var jobs map[string]struct {
			Before []string `json:"before_script"`
		}
		decodeYAML(t, f, &jobs)
		return strings.ReplaceAll(jobs[".penstock"].Before[0], "need jq\n", "")
	}
	var action struct {
		Runs struct {
			Steps []struct{ ID, Run string }
		}
	}
	decodeYAML(t, files[".github/actions/penstock/action.yaml"], &action)
	var b strings.Builder
	b.WriteString("export INSTALL= WANTED=" + version + "\n")
	for _, s := range action.Runs.Steps {
		if s.Run == "" {
			continue
		}
		if s.ID == "" { // what the step before said
			b.WriteString("RELEASE=$(sed -n 's/^version=//p' \"$GITHUB_OUTPUT\") WITH=$(sed -n 's/^with=//p' \"$GITHUB_OUTPUT\")\n")
		}
		b.WriteString(s.Run + "\n")
	}
	return b.String() + "PATH=\"$PATH:$(cat \"$GITHUB_PATH\")\"\n"
}

func decodeYAML(t *testing.T, f tree.File, to any) {
	t.Helper()
	if err := yaml.Unmarshal(f.Data, to); err != nil {
		t.Fatal(err)
	}
}

// releasePage is a folder with the files of a release, and programs that answer
// for curl, cosign and go.
type releasePage struct{ dir, bin, home string }

func newReleasePage(t *testing.T, version, spoilt, cosign string) releasePage {
	t.Helper()
	root := t.TempDir()
	p := releasePage{filepath.Join(root, "page"), filepath.Join(root, "bin"), filepath.Join(root, "home")}
	for _, dir := range []string{p.dir, p.bin, filepath.Join(p.home, "go", "bin")} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	write := func(file, text string) {
		if err := os.WriteFile(file, []byte(text), 0o755); err != nil { //nolint:gosec // programs
			t.Fatal(err)
		}
	}
	write(filepath.Join(p.home, "penstock"), "#!/bin/sh\necho released\n")
	archive := "penstock_" + strings.TrimPrefix(version, "v") + "_linux_" + runtime.GOARCH + ".tar.gz"
	if out, err := exec.Command("tar", "-czf", filepath.Join(p.dir, archive), "-C", p.home, "penstock").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	data, err := os.ReadFile(filepath.Join(p.dir, archive))
	if err != nil {
		t.Fatal(err)
	}
	sums := fmt.Sprintf("%x  %s\n", sha256.Sum256(data), archive)
	switch spoilt {
	case "archive":
		write(filepath.Join(p.dir, archive), string(data)+"more")
	case "checksums":
		sums = strings.Replace(sums, "_linux_", "_darwin_", 1)
	}
	write(filepath.Join(p.dir, "checksums.txt"), sums)
	write(filepath.Join(p.dir, "checksums.txt.sigstore.json"), "{}")
	if spoilt == "all" {
		if err := os.RemoveAll(p.dir); err != nil {
			t.Fatal(err)
		}
	}
	write(filepath.Join(p.bin, "curl"), `#!/bin/bash
for a; do
  [[ "$a" == https://* ]] || continue
  [[ "$a" == https://github.com/penstock-dev/penstock/releases/download/`+version+`/* ]] || { echo "curl: $a" >&2; exit 22; }
  cp "$PAGE/${a##*/}" . 2>/dev/null || { echo "curl: 404: $a" >&2; exit 22; }
done
`)
	write(filepath.Join(p.bin, "cosign"), "#!/bin/sh\necho cosign \"$@\"\n"+cosign+"\n")
	write(filepath.Join(p.bin, "go"), `#!/bin/sh
echo go "$@"
mkdir -p "${GOBIN:-$GOPATH/bin}"
printf '#!/bin/sh\necho compiled\n' > "${GOBIN:-$GOPATH/bin}/penstock"
chmod +x "${GOBIN:-$GOPATH/bin}/penstock"
`)
	return p
}
