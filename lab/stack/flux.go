package stack

import (
	"context"
	"fmt"
	"os"
)

// fluxControllers are the controllers of each cluster, in the order in which they start: the first one's address is given to the others.
var fluxControllers = []string{"notification-controller", "source-controller", "kustomize-controller"}

// controller is one of Flux's controllers, and what a restart needs to know.
type controller struct {
	command command
	health  string
	metrics string // host:port
	process *Process
}

// startFlux starts the controllers as an existing, locked-down installation: with the flags of templates/partials/lockdown.tmpl.
func (c *Cluster) startFlux(ctx context.Context) error {
	addrs, err := freeAddrs(9)
	if err != nil {
		return err
	}
	events, receiver, storage := addrs[6], addrs[7], addrs[8]
	c.Receiver = "http://" + receiver
	specific := map[string][]string{
		"notification-controller": {"--events-addr=" + events, "--receiverAddr=" + receiver, "--no-cross-namespace-refs=true"},
		"source-controller": {
			"--events-addr=http://" + events + "/", "--storage-path=" + c.file("artifacts"), "--storage-addr=" + storage,
			"--storage-adv-addr=" + storage, "--interval-jitter-percentage=0",
		},
		"kustomize-controller": {
			"--events-addr=http://" + events + "/", "--interval-jitter-percentage=0", "--requeue-dependency=1s",
			"--no-cross-namespace-refs=true", "--no-remote-bases=true", "--default-service-account=default",
			"--feature-gates=CancelHealthCheckOnNewRevision=true",
		},
	}
	for i, name := range fluxControllers {
		bin, err := c.stack.bin(name)
		if err != nil {
			return err
		}
		args := append([]string{
			"--watch-all-namespaces=true", "--enable-leader-election=false", "--log-encoding=json", "--log-level=info",
			"--metrics-addr=" + addrs[2*i], "--health-addr=" + addrs[2*i+1],
		}, specific[name]...)
		c.flux[name] = &controller{health: "http://" + addrs[2*i+1] + "/readyz", metrics: addrs[2*i], command: command{
			name: c.Name + "-" + name, bin: bin, args: args,
			env: []string{"KUBECONFIG=" + c.file(name+".kubeconfig"), "RUNTIME_NAMESPACE=" + fluxNamespace, "TMPDIR=" + c.tmp()},
		}}
		if err := c.Up(ctx, name); err != nil {
			return err
		}
	}
	return nil
}

// Up starts a controller of Flux.
func (c *Cluster) Up(ctx context.Context, name string) error {
	f, ok := c.flux[name]
	if !ok {
		return fmt.Errorf("%q is no controller of the lab", name)
	}
	for _, dir := range []string{c.Artifacts(), c.tmp()} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return err
		}
	}
	p, err := c.stack.start(f.command)
	if err != nil {
		return err
	}
	f.process = p
	return p.ready(ctx, answers(f.health))
}

// Down stops a controller of Flux. What it stored on disk stays, unlike in a pod with an emptyDir.
func (c *Cluster) Down(name string) error { return c.flux[name].process.Stop() }

// tmp is for Flux alone, as in a pod: kustomize-controller empties the folder of temporary files when it starts.
func (c *Cluster) tmp() string { return c.file("tmp") }

// Log is the file that a controller of Flux writes its log to.
func (c *Cluster) Log(name string) string { return c.flux[name].process.log }

// Artifacts is the folder in which source-controller keeps what it fetched.
func (c *Cluster) Artifacts() string { return c.file("artifacts") }
