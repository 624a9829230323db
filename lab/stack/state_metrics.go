package stack

import (
	"context"
	"fmt"
	"os"
)

// kubeStateMetrics is the name of the program and of its account.
const kubeStateMetrics = "kube-state-metrics"

// StateMetrics starts kube-state-metrics for the cluster, with an account that may read Flux's objects only, and returns the address,
// host:port, of its metrics. Config says which series it makes of custom resources; nil is the lab's own.
func (c *Cluster) StateMetrics(ctx context.Context, config []byte) (string, error) {
	if config == nil {
		own, err := files.ReadFile("files/custom-resource-state.yaml")
		if err != nil {
			return "", err
		}
		config = own
	}
	bin, err := c.stack.bin(kubeStateMetrics)
	if err != nil {
		return "", err
	}
	if err := c.applyFile(ctx, kubeStateMetrics+".yaml"); err != nil {
		return "", err
	}
	addrs, err := freeAddrs(2)
	if err != nil {
		return "", err
	}
	path := c.file("custom-resource-state-" + addrs[0][len("127.0.0.1:"):] + ".yaml") // More than one may run.
	if err := os.WriteFile(path, config, 0o644); err != nil {
		return "", err
	}
	p, err := c.stack.start(command{name: c.Name + "-" + kubeStateMetrics, bin: bin, args: []string{
		"--kubeconfig=" + c.file(kubeStateMetrics+".kubeconfig"), "--host=127.0.0.1", "--port=" + addrs[0][len("127.0.0.1:"):],
		"--telemetry-host=127.0.0.1", "--telemetry-port=" + addrs[1][len("127.0.0.1:"):],
		"--custom-resource-state-only=true", "--custom-resource-state-config-file=" + path,
	}})
	if err != nil {
		return "", err
	}
	if err := p.ready(ctx, answers("http://"+addrs[0]+"/healthz")); err != nil {
		return "", fmt.Errorf("%s: %w", c.Name, err)
	}
	return addrs[0], nil
}
