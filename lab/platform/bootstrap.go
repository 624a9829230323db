package platform

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"

	"github.com/penstock-dev/penstock/lab/kube"
	"github.com/penstock-dev/penstock/lab/stack"
)

// Bootstrap does by hand what a person does once per cluster: the Secrets of Flux, and the sync objects.
func (p *Platform) Bootstrap(ctx context.Context, c *stack.Cluster) error {
	if err := p.gitSecret(ctx, c, "flux-system", "flux-system"); err != nil {
		return err
	}
	objects, err := Build(filepath.Join(p.Repository(), "clusters", c.Name, "flux-system"))
	if err != nil {
		return err
	}
	for _, o := range objects {
		if _, err := c.Apply(ctx, o, kube.Write{}); err != nil {
			return fmt.Errorf("%s: %w", o.ID(), err)
		}
	}
	return p.teamSecrets(ctx, c)
}

// teamSecrets makes the Secrets that readiness asks for, as soon as Flux has made the namespace of each team.
func (p *Platform) teamSecrets(ctx context.Context, c *stack.Cluster) error {
	teams, err := os.ReadDir(filepath.Join(p.Repository(), "tenants"))
	if err != nil {
		return err
	}
	for _, team := range teams {
		if slices.Contains(p.Forgotten, team.Name()) {
			continue
		}
		if err := p.TeamSecrets(ctx, c, team.Name()); err != nil {
			return err
		}
	}
	return nil
}

// TeamSecrets waits for the namespace of a team and puts the Secrets for the registry and its Git apps there.
func (p *Platform) TeamSecrets(ctx context.Context, c *stack.Cluster, team string) error {
	namespace := kube.Ref("v1", "Namespace", "", team)
	if err := stack.Until(ctx, 5*time.Minute, c.Name+": "+namespace.ID()+" exists", func(ctx context.Context) error {
		_, err := c.Get(ctx, namespace)
		return err
	}); err != nil {
		return err
	}
	if err := p.PullSecret(ctx, c, team, p.Registry.Password); err != nil {
		return err
	}
	objects, err := Build(filepath.Join(p.Repository(), "tenants", team, p.Env(c)))
	if err != nil {
		return err
	}
	for _, o := range objects {
		if o.Kind() != "GitRepository" {
			continue
		}
		if err := p.gitSecret(ctx, c, team, o.String("spec", "secretRef", "name")); err != nil {
			return err
		}
	}
	return nil
}

// Env is the environment of a cluster, which has its name unless Envs says otherwise.
func (p *Platform) Env(c *stack.Cluster) string {
	if env, ok := p.Envs[c.Name]; ok {
		return env
	}
	return c.Name
}

// login is a configuration of docker with that password for the registry.
func (p *Platform) login(password string) ([]byte, error) {
	return json.Marshal(map[string]any{"auths": map[string]any{p.Registry.Host: map[string]string{
		"auth": base64.StdEncoding.EncodeToString([]byte(p.Registry.User + ":" + password)),
	}}})
}

// PullSecret writes the Secret registry-pull of a team with that password.
func (p *Platform) PullSecret(ctx context.Context, c *stack.Cluster, team, password string) error {
	config, err := p.login(password)
	if err != nil {
		return err
	}
	secret := kube.Ref("v1", "Secret", team, "registry-pull")
	secret["type"] = "kubernetes.io/dockerconfigjson"
	secret["stringData"] = map[string]any{".dockerconfigjson": string(config)}
	_, err = c.Apply(ctx, secret, kube.Write{})
	return err
}

func (p *Platform) gitSecret(ctx context.Context, c *stack.Cluster, namespace, name string) error {
	secret := kube.Ref("v1", "Secret", namespace, name)
	secret["stringData"] = map[string]any{"username": stack.GitUser, "password": stack.GitPassword}
	_, err := c.Apply(ctx, secret, kube.Write{})
	return err
}

// Build is what kustomize makes of a folder.
func Build(dir string) ([]kube.Object, error) {
	result, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(filesys.MakeFsOnDisk(), dir)
	if err != nil {
		return nil, err
	}
	data, err := result.AsYaml()
	if err != nil {
		return nil, err
	}
	return kube.Parse(data)
}
