package platform

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/penstock-dev/penstock/lab/bundle"
	"github.com/penstock-dev/penstock/lab/kube"
	"github.com/penstock-dev/penstock/lab/stack"
)

// App is one app of the contract.
type App struct{ Team, Name string }

// Path is the app's repository in the registry.
func (a App) Path() string { return "delivery/" + a.Team + "/" + a.Name }

// Kustomization is the app's Flux Kustomization.
func (a App) Kustomization() kube.Object {
	return kube.Ref("kustomize.toolkit.fluxcd.io/v1", "Kustomization", a.Team, a.Name)
}

// Source is the app's OCIRepository.
func (a App) Source() kube.Object {
	return kube.Ref("source.toolkit.fluxcd.io/v1", "OCIRepository", a.Team, a.Name)
}

// Deployment is the app's workload.
func (a App) Deployment() kube.Object { return kube.Ref("apps/v1", "Deployment", a.Team, a.Name) }

// Tree is the working tree of the app's repository.
func (p *Platform) Tree(a App) string {
	return filepath.Join(p.Dir, "workspace", "apps", a.Team, a.Name)
}

var imageLine = regexp.MustCompile(`(?m)^(\s+image: ).*$`)

// SetImage makes the Deployment below the folder of manifests run that release.
func SetImage(dir, release string) error {
	path := filepath.Join(dir, "base", "deployment.yaml")
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	return os.WriteFile(path, imageLine.ReplaceAll(data, []byte("${1}lab.example/app:"+release)), 0o644)
}

// Fail makes the pods below the folder of manifests fail in one of the ways of stack/files/stages.yaml, and Flux notice it soon.
func Fail(dir, how string) error {
	path := filepath.Join(dir, "base", "deployment.yaml")
	if err := Replace(path, "progressDeadlineSeconds: 240", "progressDeadlineSeconds: 10"); err != nil {
		return err
	}
	return Replace(path, "  template:\n    metadata:\n", "  template:\n    metadata:\n      annotations: {lab.penstock.dev/fails: "+how+"}\n")
}

// Release is a bundle to be: the app's manifests with the release as the image's tag.
type Release struct {
	App     App
	Version string
	// Edit changes the manifests in dir before they are packed; nil changes nothing.
	Edit func(dir string) error
	// Unsigned leaves the signature out.
	Unsigned bool
	// Key signs instead of the platform's own; nil is the platform's own.
	Key *bundle.Key
}

// Publish packs, pushes and signs a release, and returns its digest.
func (p *Platform) Publish(ctx context.Context, r Release) (string, error) {
	dir, err := os.MkdirTemp(p.Dir, "bundle-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	if err := os.CopyFS(dir, os.DirFS(filepath.Join(p.Tree(r.App), "deploy"))); err != nil {
		return "", err
	}
	if err := SetImage(dir, r.Version); err != nil {
		return "", err
	}
	if r.Edit != nil {
		if err := r.Edit(dir); err != nil {
			return "", err
		}
	}
	digest, err := p.Registry.Push(ctx, r.App.Path(), r.Version, dir, bundle.Source{
		URL: p.Stack.Git.URL + "/" + r.App.Name, Revision: "main@sha1:" + strings.Repeat("0", 40),
	})
	if err != nil || r.Unsigned {
		return digest, err
	}
	key := p.Key
	if r.Key != nil {
		key = *r.Key
	}
	return digest, p.Registry.Sign(ctx, r.App.Path(), digest, key)
}

// Move lets the environment's tag name a release tag or a digest: what a promotion and a rollback do in the end.
func (p *Platform) Move(ctx context.Context, a App, to, env string) error {
	return p.Registry.Tag(ctx, a.Path(), to, env)
}

// Runs waits until the app's Kustomization is Ready at a revision that ends in the digest or commit.
func (p *Platform) Runs(ctx context.Context, c *stack.Cluster, a App, revision string, limit time.Duration) error {
	return p.Wait(ctx, c, a.Kustomization(), limit, "runs "+revision, func(o kube.Object) error {
		ready := o.Condition("Ready")
		if ready.Status != "True" || !strings.HasSuffix(o.String("status", "lastAppliedRevision"), revision) {
			return fmt.Errorf("applied %q, attempted %q, Ready %+v", o.String("status", "lastAppliedRevision"),
				o.String("status", "lastAttemptedRevision"), ready)
		}
		return nil
	})
}

// Wait looks at an object until check is content.
func (p *Platform) Wait(ctx context.Context, c *stack.Cluster, ref kube.Object, limit time.Duration, what string, check func(kube.Object) error) error {
	return stack.Until(ctx, limit, c.Name+": "+ref.ID()+" "+what, func(ctx context.Context) error {
		o, err := c.Get(ctx, ref)
		if err != nil {
			return err
		}
		return check(o)
	})
}

// Reconcile asks for a look at once, as "flux reconcile" does.
func (p *Platform) Reconcile(ctx context.Context, c *stack.Cluster, ref kube.Object) error {
	_, err := c.Merge(ctx, ref, kube.Object{"metadata": map[string]any{"annotations": map[string]any{
		"reconcile.fluxcd.io/requestedAt": time.Now().Format(time.RFC3339Nano),
	}}}, kube.Write{Manager: "flux"})
	return err
}

// Refresh makes a cluster read the platform repository at once, as a Receiver or "flux reconcile source git flux-system" does.
func (p *Platform) Refresh(ctx context.Context, c *stack.Cluster) error {
	return p.Reconcile(ctx, c, kube.Ref("source.toolkit.fluxcd.io/v1", "GitRepository", "flux-system", "flux-system"))
}
