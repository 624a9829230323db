package story

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/penstock-dev/penstock/lab/kube"
	"github.com/penstock-dev/penstock/lab/platform"
	"github.com/penstock-dev/penstock/lab/stack"
)

// unpromoted is an app that no story ever promotes.
var unpromoted = platform.App{Team: "payments", Name: "unpromoted"}

// noArtifact is what a Kustomization shows whose source has nothing yet. A Kustomization that was looked at before its source was
// applied says that the source is not found, until its next retry.
var noArtifact = kube.Condition{Status: "False", Reason: "ArtifactFailed", Message: "not found"}

func TestEachClusterBootstrapsToAllReadyButForAppsThatWereNeverPromoted(t *testing.T) {
	story(t, "bootstrap")
	p := fleet(t)
	begin := time.Now()
	for _, name := range clusters {
		t.Run(name, func(t *testing.T) {
			c := p.Clusters[name]
			platformIsReady(t, p, c)
			packsWhatItReads(t, c)
			_, err := c.Get(t.Context(), unpromoted.Deployment())
			if !kube.NotFound(err) {
				t.Errorf("the Deployment of an app that was never promoted: %v", err)
			}
			if name == "dr" {
				pinnedAndSuspended(t, p, c)
				return
			}
			neverPromoted(t, p, c)
		})
	}
	lab.notes.time("bootstrap: after that, everything of the platform Ready on all three", time.Since(begin))
}

// packsWhatItReads checks what source-controller put into the artifact of the platform repository.
func packsWhatItReads(t *testing.T, c *stack.Cluster) {
	t.Helper()
	packs, err := filepath.Glob(filepath.Join(c.Artifacts(), "gitrepository", "flux-system", "flux-system", "*.tar.gz"))
	if err != nil || len(packs) == 0 {
		t.Fatalf("%d artifacts: %v", len(packs), err)
	}
	out, err := exec.CommandContext(t.Context(), "tar", "--list", "--file", packs[0]).Output()
	if err != nil {
		t.Fatal(err)
	}
	top := map[string]int{}
	for path := range strings.Lines(string(out)) {
		name, below, _ := strings.Cut(strings.TrimPrefix(path, "./"), "/")
		if strings.TrimSpace(below) != "" {
			top[name]++
		}
	}
	if top["clusters"] == 0 || top["platform"] == 0 || top["tenants"] == 0 || len(top) != 3 {
		t.Errorf("%s: files in the artifact by folder: %v", c.Name, top)
	}
}

// platformIsReady waits until every Kustomization of the platform itself is Ready.
func platformIsReady(t *testing.T, p *platform.Platform, c *stack.Cluster) {
	t.Helper()
	want := []string{"flux-system", "platform-policies"}
	teams, err := os.ReadDir(filepath.Join(p.Repository(), "tenants"))
	if err != nil || len(teams) == 0 {
		t.Fatalf("%d teams: %v", len(teams), err)
	}
	for _, team := range teams {
		want = append(want, "tenant-"+team.Name())
	}
	for _, name := range want {
		ref := kube.Ref("kustomize.toolkit.fluxcd.io/v1", "Kustomization", "flux-system", name)
		if err := p.Wait(t.Context(), c, ref, soon, "is Ready", func(o kube.Object) error {
			if ready := o.Condition("Ready"); ready.Status != "True" {
				return fmt.Errorf("%+v", ready)
			}
			return nil
		}); err != nil {
			t.Error(err)
		}
	}
}

// neverPromoted checks what an app shows whose environment tag does not exist yet.
func neverPromoted(t *testing.T, p *platform.Platform, c *stack.Cluster) {
	t.Helper()
	has(t, p, c, unpromoted.Source(), kube.Condition{Status: "False", Reason: "OCIArtifactPullFailed", Message: "MANIFEST_UNKNOWN|NAME_UNKNOWN"})
	has(t, p, c, unpromoted.Kustomization(), noArtifact)
}

// pinnedAndSuspended checks what an app shows whose pin in Git was never written.
func pinnedAndSuspended(t *testing.T, p *platform.Platform, c *stack.Cluster) {
	t.Helper()
	if err := p.Wait(t.Context(), c, unpromoted.Source(), soon, "is suspended", func(o kube.Object) error {
		if suspended, _ := o.Get("spec", "suspend").(bool); !suspended {
			return fmt.Errorf("spec.suspend is %v", o.Get("spec", "suspend"))
		}
		return nil
	}); err != nil {
		t.Error(err)
	}
	has(t, p, c, unpromoted.Kustomization(), noArtifact)
}

// has waits until an object's Ready condition has this status and reason, and one of the texts, between bars, in its message.
func has(t *testing.T, p *platform.Platform, c *stack.Cluster, ref kube.Object, want kube.Condition) {
	t.Helper()
	if err := p.Wait(t.Context(), c, ref, soon, "is "+want.Reason, func(o kube.Object) error {
		got := o.Condition("Ready")
		if got.Status != want.Status || got.Reason != want.Reason || !containsOne(got.Message, strings.Split(want.Message, "|")) {
			return fmt.Errorf("Ready is %+v, want %+v", got, want)
		}
		return nil
	}); err != nil {
		t.Error(err)
	}
}

func containsOne(text string, of []string) bool {
	for _, s := range of {
		if strings.Contains(text, s) {
			return true
		}
	}
	return false
}
