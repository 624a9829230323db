package setup

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestAppImage runs the command on a deployment as it is first written.
func TestAppImage(t *testing.T) {
	m := models(t)["zot on github"]
	app, byGit := m.Apps()[1], m.Apps()[0]
	if steps := appImage(m, byGit); steps != nil {
		t.Errorf("an app delivered by Git has no bundle to refuse: %+v", steps)
	}
	steps := appImage(m, app)
	if len(steps) != 1 || App(m, app)[0].Steps[0].What != steps[0].What {
		t.Fatalf("the first step of an app without an image: %+v", steps)
	}
	dir := t.TempDir()
	file := filepath.Join(dir, "deploy/base/deployment.yaml")
	for name, text := range map[string]string{file: "# No image is in the contract\n    - name: x\n      image: checkout\n", filepath.Join(dir, "crane"): "#!/bin/sh\necho sha256:abc\n"} {
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command("sh", "-ec", steps[0].Do)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "PATH="+dir+":"+os.Getenv("PATH"))
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if data, err := os.ReadFile(file); err != nil || !strings.HasSuffix(string(data), "\n      image: IMAGE@sha256:abc\n") {
		t.Errorf("%v: %s", err, data)
	}
	app.Image = "ghcr.io/acme/checkout"
	if steps := appImage(m, app); steps != nil {
		t.Errorf("with an image CI builds one: %+v", steps)
	}
}
