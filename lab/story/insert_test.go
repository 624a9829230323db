package story

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/penstock-dev/penstock/lab/kube"
	"github.com/penstock-dev/penstock/lab/platform"
	"github.com/penstock-dev/penstock/lab/stack"
)

func TestAnEnvironmentThatIsInsertedTakesItsPlaceInThePathAndProdRunsOn(t *testing.T) {
	story(t, "the path")
	p, app := fleet(t), platform.App{Team: "harbour", Name: "lock"}
	ship(t, p, app, "1.0.0", "dev", "prod")
	unguard := guard(t, p.Clusters["prod"], app)
	before := belongings(t, p)
	contract, err := read(p.Contract())
	if err != nil {
		t.Fatal(err)
	}

	begin := time.Now()
	out := penstock(t, p, 0, "add", "environment", "--name", "canal", "--from", "dev", "-w", workspace(p), "--commit")
	if !strings.Contains(out, "prod is now promoted from canal, before from dev.") {
		t.Errorf("add environment says\n%s", out)
	}
	if err := commitApps(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	canal, err := lab.stack.Cluster(t.Context(), "canal")
	if err != nil {
		t.Fatal(err)
	}
	merged(t, p)
	if err := p.Bootstrap(t.Context(), canal); err != nil {
		t.Fatal(err)
	}
	platformIsReady(t, p, canal)
	onlyFirstPromotionsAreOpen(t, p, canal)
	lab.notes.time("an environment inserted: from the command to its own new cluster with everything of the platform Ready", time.Since(begin))
	same(t, before, belongings(t, p), func(kube.Object) bool { return false })

	p.Clusters["canal"] = canal
	digest := bundled(t, p, app, "1.1.0")
	promote(t, p, 0, app, "1.1.0", "dev")
	if out := promote(t, p, 1, app, "1.1.0", "prod"); !strings.Contains(out, "canal") {
		t.Errorf("the refusal to go past canal says\n%s", out)
	}
	for _, env := range []string{"dev", "canal", "prod"} {
		promote(t, p, 0, app, "1.1.0", env)
		call(t, p, env, app)
		runs(t, p, env, app, digest, soon)
		rolledOut(t, p, env, app, "1.1.0")
	}

	// Taken out again, prod follows dev as before.
	delete(p.Clusters, "canal")
	if err := canal.Stop(); err != nil {
		t.Error(err)
	}
	if err := write(p.Contract(), contract); err != nil {
		t.Fatal(err)
	}
	if out := penstock(t, p, 4, "generate", "-w", workspace(p)); !strings.Contains(out, "cluster canal is no longer in the contract") {
		t.Errorf("the refusal to remove an environment says\n%s", out)
	}
	regenerate(t, p, "--allow-prune")
	if err := commitApps(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	ship(t, p, app, "1.2.0", "dev", "prod")
	unguard()
	same(t, before, belongings(t, p), of(app.Team, app.Name))
}

// onlyFirstPromotionsAreOpen checks that what is not Ready on a cluster has nothing to run yet.
func onlyFirstPromotionsAreOpen(t *testing.T, p *platform.Platform, c *stack.Cluster) {
	t.Helper()
	list, err := c.List(t.Context(), kube.Ref("kustomize.toolkit.fluxcd.io/v1", "Kustomization", "", ""))
	if err != nil {
		t.Fatal(err)
	}
	ready := 0
	for _, k := range list {
		ref := kube.Ref("kustomize.toolkit.fluxcd.io/v1", "Kustomization", k.Namespace(), k.Name())
		if err := p.Wait(t.Context(), c, ref, soon, "is Ready or waits for a first promotion", func(o kube.Object) error {
			got := o.Condition("Ready")
			if got.Status == "True" {
				ready++
			} else if k.Namespace() == "flux-system" || got.Status != noArtifact.Status || got.Reason != noArtifact.Reason {
				return fmt.Errorf("%+v", got)
			}
			return nil
		}); err != nil {
			t.Error(err)
		}
	}
	t.Logf("%s: %d of %d Kustomizations are Ready", c.Name, ready, len(list))
}

// teamSecrets makes the Secrets of a team on every cluster.
func teamSecrets(t *testing.T, p *platform.Platform, team string) {
	t.Helper()
	for _, name := range clusters {
		if err := p.TeamSecrets(t.Context(), p.Clusters[name], team); err != nil {
			t.Fatal(err)
		}
	}
}

func workspace(p *platform.Platform) string { return filepath.Join(p.Dir, "workspace") }

// regenerate lets penstock write and commit what the contract says, and merges that commit.
func regenerate(t *testing.T, p *platform.Platform, flags ...string) {
	t.Helper()
	penstock(t, p, 0, append([]string{"generate", "-w", workspace(p), "--commit"}, flags...)...)
	if left := git(t, p.Repository(), "status", "--porcelain"); left != "" {
		t.Errorf("not committed:\n%s", left)
	}
	merged(t, p)
}

// merged pushes the platform repository as it is committed, and waits until each cluster has applied it.
func merged(t *testing.T, p *platform.Platform) {
	t.Helper()
	begin := time.Now()
	id := git(t, p.Repository(), "rev-parse", "HEAD")
	remote := strings.Replace(p.Stack.Git.URL, "://", "://"+stack.GitUser+":"+stack.GitPassword+"@", 1) + "/platform.git"
	git(t, p.Repository(), "push", "--quiet", remote, "HEAD:main")
	for _, name := range clusters {
		if err := p.Refresh(t.Context(), p.Clusters[name]); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range clusters {
		if err := stack.Until(t.Context(), soon, name+" has applied "+id, func(ctx context.Context) error {
			return applied(ctx, p.Clusters[name], id)
		}); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("merged, and applied on all clusters after %.1f s", time.Since(begin).Seconds())
}

// applied reports which Kustomizations of the platform are not at a commit yet. Those that are suspended need not be.
func applied(ctx context.Context, c *stack.Cluster, id string) error {
	list, err := c.List(ctx, kube.Ref("kustomize.toolkit.fluxcd.io/v1", "Kustomization", "flux-system", ""))
	errs := []error{err}
	for _, k := range list {
		at, ready := k.String("status", "lastAppliedRevision"), k.Condition("Ready")
		if k.Get("spec", "suspend") != true && (!strings.HasSuffix(at, id) || ready.Status != "True") {
			errs = append(errs, fmt.Errorf("%s is at %q, %+v", k.Name(), at, ready))
		}
	}
	return errors.Join(errs...)
}

// penstock runs the command with the contract of the platform, which must end with that code, and returns all that it printed.
func penstock(t *testing.T, p *platform.Platform, want int, args ...string) string {
	t.Helper()
	if !slices.Contains(args, "-c") {
		args = append(args, "-c", p.Contract())
	}
	cmd := command(t, workspace(p), filepath.Join(lab.dir, "penstock"), args...)
	cmd.Env = append(cmd.Env, "DOCKER_CONFIG="+p.DockerConfig())
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if code := cmd.ProcessState.ExitCode(); err != nil && !errors.As(err, &exit) || code != want {
		t.Fatalf("%s: exit code %d, want %d\n%s", cmd, code, want, out)
	}
	return string(out)
}

func git(t *testing.T, dir string, args ...string) string {
	t.Helper()
	out, err := command(t, dir, "git", args...).CombinedOutput()
	if err != nil {
		t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(bytes.TrimSpace(out))
}

func command(t *testing.T, dir, name string, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1", "NO_COLOR=1",
		"GIT_AUTHOR_NAME=lab", "GIT_AUTHOR_EMAIL=lab@example.com", "GIT_COMMITTER_NAME=lab", "GIT_COMMITTER_EMAIL=lab@example.com")
	return cmd
}
