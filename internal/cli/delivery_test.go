package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/registry"

	"github.com/penstock-dev/penstock/internal/release/promotion"
)

// shop is a generated workspace with a live registry.
type shop struct {
	t      *testing.T
	dir    string
	host   string    // of the registry
	writes *requests // that it got
}

// newShop makes a shop on a person's own machine; changes are pairs of texts
// to replace in the contract.
func newShop(t *testing.T, changes ...string) shop {
	t.Helper()
	t.Setenv("GITHUB_ACTIONS", "")
	t.Setenv("GITLAB_CI", "")
	writes := &requests{}
	server := httptest.NewServer(writes.of(registry.New(registry.Logger(log.New(io.Discard, "", 0)))))
	t.Cleanup(server.Close)
	data, err := os.ReadFile("../../examples/quickstart/penstock.yaml")
	if err != nil {
		t.Fatal(err)
	}
	s := shop{t, t.TempDir(), strings.TrimPrefix(server.URL, "http://"), writes}
	text := strings.NewReplacer(append(changes, "registry.acme.example", s.host)...).Replace(string(data))
	if err := os.WriteFile(filepath.Join(s.dir, "penstock.yaml"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	s.run(exitFine, "generate", "-w", s.dir)
	return s
}

// run runs penstock and returns what it prints, results and errors.
func (s shop) run(want int, args ...string) string {
	s.t.Helper()
	var out bytes.Buffer
	args = append(args, "-c", filepath.Join(s.dir, "penstock.yaml"))
	if got := Main(context.Background(), args, IO{Out: &out, Err: &out}); got != want {
		s.t.Fatalf("penstock %s: exit code %d, want %d\n%s", strings.Join(args, " "), got, want, &out)
	}
	return out.String()
}

func (s shop) push(release string) {
	s.t.Helper()
	deploy := filepath.Join(s.dir, "apps/payments/checkout/deploy")
	note := filepath.Join(deploy, "base", "release.txt")
	if err := os.WriteFile(note, []byte(release), 0o644); err != nil {
		s.t.Fatal(err)
	}
	image := "checkout=registry.example/checkout@sha256:" + strings.Repeat("c", 64)
	s.run(exitFine, "bundle", "push", "--release", release, "--path", deploy, "--image", image, "--revision", "main@sha1:"+strings.Repeat("a", 40))
}

// running is the release that should run in an environment, and whether it is held.
func (s shop) running(env string) (release string, held bool) {
	s.t.Helper()
	var list []promotion.Standing
	if err := json.Unmarshal([]byte(s.run(exitFine, "history", "-o", "json")), &list); err != nil {
		s.t.Fatal(err)
	}
	for _, st := range list {
		if st.Environment == env {
			return st.Release, st.Held
		}
	}
	s.t.Fatalf("%s is not in the overview: %v", env, list)
	return "", false
}

// TestFromPushToRollback is a day of an app: two releases walk to production,
// the second is rolled back, and nothing undoes that but a lift.
func TestFromPushToRollback(t *testing.T) {
	s := newShop(t)
	if out := s.run(exitFailed, "promote", "--to", "dev"); !strings.Contains(out, "release") {
		t.Errorf("a promotion of nothing says %q", out)
	}
	for _, release := range []string{"1.4.1", "1.4.2"} {
		s.push(release)
		for _, env := range []string{"dev", "preprod", "prod"} {
			s.run(exitFine, "promote", "--to", env, "--actor", "ada")
		}
	}
	if out := s.run(exitFailed, "promote", "--to", "prod", "--release", "1.4.1"); !strings.Contains(out, "older") {
		t.Errorf("going back by a promotion says %q", out)
	}
	s.run(exitFine, "promote", "--to", "prod") // the same again is a quiet success
	s.run(exitFine, "rollback", "--env", "prod", "--reason", "errors", "--actor", "grace")
	if release, held := s.running("prod"); release != "1.4.1" || !held {
		t.Errorf("after the rollback prod runs %s, held %v", release, held)
	}
	if out := s.run(exitFailed, "promote", "--to", "prod"); !strings.Contains(out, "hold --app payments/checkout --env prod --lift") {
		t.Errorf("a promotion on hold says %q", out)
	}
	s.run(exitFine, "hold", "--env", "prod", "--lift", "--actor", "grace")
	s.push("1.4.3")
	for _, env := range []string{"dev", "preprod", "prod"} {
		s.run(exitFine, "promote", "--to", env)
	}
	if release, held := s.running("prod"); release != "1.4.3" || held {
		t.Errorf("after the lift prod runs %s, held %v", release, held)
	}
	out := s.run(exitFine, "history", "--env", "prod")
	for _, want := range []string{"rollback-1.4.1", "grace", "errors", "current", "-lift-1.4.1"} {
		if !strings.Contains(out, want) {
			t.Errorf("the history lacks %q:\n%s", want, out)
		}
	}
	if out := s.run(exitFine, "history", "--check"); out != "" {
		t.Errorf("promises are broken: %s", out)
	}
	if out := s.run(exitFine, "history", "--export"); !strings.Contains(out, `"pushedAt": null`) {
		t.Errorf("the export has times that nobody knows: %s", out)
	}
	if out := s.run(exitInvalid, "promote", "--to", "nowhere"); !strings.Contains(out, "dev preprod prod") {
		t.Errorf("an unknown environment says %q", out)
	}
	if out := s.run(exitFine, "bundle", "diff", "--env", "prod", "1.4.1", "1.4.3"); !strings.Contains(out, "release.txt") {
		t.Errorf("the difference lacks the file that differs: %s", out)
	}
}
