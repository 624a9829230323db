package story

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/penstock-dev/penstock/lab/bundle"
	"github.com/penstock-dev/penstock/lab/platform"
)

func TestWhatThePlatformsKeyDidNotSignDoesNotDeployWhoeverMovesTheTag(t *testing.T) {
	t.Parallel()
	story(t, "delivery")
	d, app := pipelines(t), platform.App{Team: "shop", Name: "forged"}
	release, r := d.push(t, app, nil)
	succeeds(t, r)
	good := d.arrives(t, app, "prod", release)
	stranger, err := bundle.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	other := filepath.Join(t.TempDir(), "other")
	if _, _, err := d.keys(t.Context(), filepath.Dir(other), filepath.Base(other)); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		release, refused string // and what the pipeline says of a promotion
		sign             func(t *testing.T, digest string)
	}{
		{"9.0.1", "has no provenance", func(*testing.T, string) {}},
		{"9.0.2", "has no provenance", func(t *testing.T, digest string) {
			if err := d.Registry.Sign(t.Context(), app.Path(), digest, stranger); err != nil {
				t.Fatal(err)
			}
		}},
		{"9.0.3", "has a provenance, but not by the key", func(t *testing.T, digest string) {
			d.signAndAttest(t, app, digest, other+".key", offline...)
		}},
	} {
		digest, err := d.Publish(t.Context(), platform.Release{App: app, Version: c.release, Unsigned: true})
		if err != nil {
			t.Fatal(err)
		}
		c.sign(t, digest)
		move(t, d.Platform, app, digest, "prod")
		looked(t, d, "prod", app)
		sees(t, d.Platform, d.Clusters["prod"], app.Source(), unverified(
			"failed to verify the signature using provider 'cosign': no matching signatures were found for '"+d.Registry.Host+"/"+app.Path()+"@"+digest+"'"))
		runs(t, d.Platform, "prod", app, good.Digest, soon)
		rolledOut(t, d.Platform, "prod", app, release)
		if s := d.history(t, app)["prod"]; s.Digest != good.Digest {
			t.Errorf("history says that prod runs %+v, which nobody promoted", s)
		}

		r := d.operate(t, app, map[string]string{"environment": "dev", "action": "promote", "release": c.release})
		if r.Conclusion != "failure" || !strings.Contains(r.String(), c.refused) || !strings.Contains(r.String(), "dev was not changed") {
			t.Errorf("the pipeline promotes %s: %s", c.release, r)
		}
		if s := d.history(t, app)["dev"]; s.Digest != good.Digest {
			t.Errorf("the pipeline promoted %+v", s)
		}
	}
	// The older form, which pipelines write into GitLab's registry, counts as well; and a promotion finds the provenance in it.
	digest := publish(t, d.Platform, platform.Release{App: app, Version: "9.1.0", Unsigned: true})
	d.signAndAttest(t, app, digest, filepath.Join(d.Dir, "platform.key"), older...)
	succeeds(t, d.operate(t, app, map[string]string{"environment": "dev", "action": "promote", "release": "9.1.0"}))
	d.arrives(t, app, "dev", "9.1.0")
}

// The flags of model.SignFlags: offline for a key, and older for a key in GitLab's registry.
var (
	offline = []string{"--signing-config", "signing.json"}
	older   = []string{"--new-bundle-format=false", "--use-signing-config=false", "--tlog-upload=false"}
)

// signAndAttest signs as publish.yaml does, with a key and flags.
func (d *delivery) signAndAttest(t *testing.T, app platform.App, digest, key string, flags ...string) {
	t.Helper()
	dir := t.TempDir()
	predicate := filepath.Join(dir, "predicate.json")
	if err := os.WriteFile(predicate, []byte(`{"buildDefinition": {"buildType": "x", "externalParameters": {}}, "runDetails": {"builder": {"id": "x"}}}`), 0o644); err != nil {
		t.Fatal(err)
	}
	flags = append([]string{"--yes", "--key", key, "--allow-http-registry"}, flags...)
	ref := d.Registry.Host + "/" + app.Path() + "@" + digest
	for _, args := range [][]string{
		{"signing-config", "create", "--out", "signing.json"},
		append(append([]string{"sign"}, flags...), ref),
		append(append([]string{"attest"}, flags...), "--type", "slsaprovenance1", "--predicate", predicate, ref),
	} {
		cmd := exec.CommandContext(t.Context(), d.cosign, args...)
		cmd.Dir, cmd.Env = dir, append(os.Environ(), "DOCKER_CONFIG="+d.DockerConfig(), "COSIGN_PASSWORD="+cosignPassword)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("cosign %s: %v\n%s", strings.Join(args, " "), err, out)
		}
	}
}
