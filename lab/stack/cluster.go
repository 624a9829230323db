package stack

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/penstock-dev/penstock/lab/kube"
	"github.com/penstock-dev/penstock/lab/servers"
)

// files are objects that every cluster of the lab starts with, and stages that tell kwok how pods fail.
//
//go:embed files
var files embed.FS

// Cluster is an API server with what makes Deployments ready, and Flux.
type Cluster struct {
	*APIServer
	// Receiver is the base URL of Flux's webhook receiver.
	Receiver string

	stack   *Stack
	flux    map[string]*controller
	servers []*Process // that make Deployments ready
}

// Cluster starts a whole cluster. Its name is a prefix of the names of its processes.
func (s *Stack) Cluster(ctx context.Context, name string) (*Cluster, error) {
	begin := time.Now()
	api, err := s.APIServer(ctx, name, servers.FluxLine)
	if err != nil {
		return nil, err
	}
	c := &Cluster{APIServer: api, stack: s, flux: map[string]*controller{}}
	if err := c.startWorkloads(ctx); err != nil {
		return nil, err
	}
	if err := c.startFlux(ctx); err != nil {
		return nil, err
	}
	s.lap(name+" cluster", begin)
	return c, nil
}

// Stop ends all of a cluster.
func (c *Cluster) Stop() error {
	var errs []error
	for name := range c.flux {
		errs = append(errs, c.Down(name))
	}
	for _, p := range append(c.servers, c.process) {
		errs = append(errs, p.Stop())
	}
	return errors.Join(errs...)
}

// startWorkloads starts the controller manager, the scheduler and kwok, and gives them one node.
func (c *Cluster) startWorkloads(ctx context.Context) error {
	addrs, err := freeAddrs(3)
	if err != nil {
		return err
	}
	stages, err := c.writeStages()
	if err != nil {
		return err
	}
	config := c.Kubeconfig()
	kubernetes := func(addr string, more ...string) []string {
		return append([]string{
			"--kubeconfig=" + config, "--authentication-kubeconfig=" + config, "--authorization-kubeconfig=" + config,
			"--leader-elect=false", "--bind-address=127.0.0.1", "--secure-port=" + addr[len("127.0.0.1:"):],
		}, more...)
	}
	for _, server := range []struct {
		name, health string
		args         []string
	}{
		{"kube-controller-manager", "https://" + addrs[0] + "/healthz", kubernetes(addrs[0],
			"--cert-dir="+c.file("kcm"), "--service-account-private-key-file="+c.file("sa.key"), "--root-ca-file="+c.file("apiserver.crt"),
			"--allocate-node-cidrs=false",
			"--controllers=*,-node-ipam-controller,-cloud-node-lifecycle-controller,-service-lb-controller,-node-route-controller")},
		{"kube-scheduler", "https://" + addrs[1] + "/healthz", kubernetes(addrs[1], "--cert-dir="+c.file("scheduler"))},
		{"kwok", "http://" + addrs[2] + "/healthz", []string{
			"--kubeconfig=" + config, "--manage-all-nodes=true", "--node-lease-duration-seconds=40", "--server-address=" + addrs[2],
			"--node-ip=127.0.0.1", "--cidr=10.244.0.0/16", "--config=" + stages,
		}},
	} {
		bin, err := c.stack.bin(server.name)
		if err != nil {
			return err
		}
		p, err := c.stack.start(command{name: c.Name + "-" + server.name, bin: bin, args: server.args})
		if err != nil {
			return err
		}
		c.servers = append(c.servers, p)
		if err := p.ready(ctx, answers(server.health)); err != nil {
			return err
		}
	}
	if err := c.applyFile(ctx, "node.yaml"); err != nil {
		return err
	}
	return c.nodeReady(ctx)
}

func (c *Cluster) nodeReady(ctx context.Context) error {
	// kcm makes the account of pods that name none; without it their creation is refused.
	account := kube.Ref("v1", "ServiceAccount", "default", "default")
	if err := Until(ctx, startLimit, account.ID()+" exists", func(ctx context.Context) error {
		_, err := c.Get(ctx, account)
		return err
	}); err != nil {
		return err
	}
	node := kube.Ref("v1", "Node", "", "node-0")
	return Until(ctx, startLimit, "node-0 is Ready", func(ctx context.Context) error {
		now, err := c.Get(ctx, node)
		if err == nil && now.Condition("Ready").Status != "True" {
			err = fmt.Errorf("node-0 is not Ready: %+v", now.Condition("Ready"))
		}
		return err
	})
}

// writeStages puts kwok's own stages and those of the lab into one file.
func (c *Cluster) writeStages() (string, error) {
	dir, err := c.stack.cached("kwok")
	if err != nil {
		return "", err
	}
	all, err := files.ReadFile("files/stages.yaml")
	if err != nil {
		return "", err
	}
	for _, name := range []string{"node-initialize.yaml", "node-heartbeat-with-lease.yaml", "pod-ready.yaml", "pod-complete.yaml", "pod-delete.yaml"} {
		data, err := os.ReadFile(filepath.Join(dir, "files", name))
		if err != nil {
			return "", err
		}
		all = append(append(all, "---\n"...), data...)
	}
	path := c.file("stages.yaml")
	return path, os.WriteFile(path, all, 0o644)
}

// applyFile applies one of the embedded files.
func (a *APIServer) applyFile(ctx context.Context, name string) error {
	data, err := files.ReadFile("files/" + name)
	if err != nil {
		return err
	}
	objects, err := kube.Parse(data)
	if err != nil {
		return err
	}
	for _, o := range objects {
		if _, err := a.Apply(ctx, o, kube.Write{}); err != nil {
			return fmt.Errorf("%s: %w", o.ID(), err)
		}
	}
	return nil
}
