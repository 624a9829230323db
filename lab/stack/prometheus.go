package stack

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// ScrapeInterval is how often Prometheus reads every target and evaluates every rule.
const ScrapeInterval = 2 * time.Second

// Prometheus reads the metrics of clusters. Its labels are those that a PodMonitor gives: namespace, pod, container; and cluster.
type Prometheus struct {
	URL string

	dir     string
	stack   *Stack
	process *Process
}

// Sample is one series of an answer and its value.
type Sample struct {
	Labels map[string]string
	Value  float64
}

// Prometheus starts one that reads the controllers of Flux and kube-state-metrics in each of the clusters. State maps the name of a
// cluster to the address that StateMetrics returned. Several may run, each under a name of its own.
func (s *Stack) Prometheus(ctx context.Context, name string, clusters []*Cluster, state map[string]string) (*Prometheus, error) {
	begin := time.Now()
	bin, err := s.bin("prometheus")
	if err != nil {
		return nil, err
	}
	addrs, err := freeAddrs(1)
	if err != nil {
		return nil, err
	}
	p := &Prometheus{URL: "http://" + addrs[0], dir: filepath.Join(s.Dir, name), stack: s}
	if err := os.MkdirAll(filepath.Join(p.dir, "rules"), 0o755); err != nil {
		return nil, err
	}
	config, err := json.MarshalIndent(p.config(clusters, state), "", "  ") // JSON is YAML.
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(filepath.Join(p.dir, "prometheus.yaml"), config, 0o644); err != nil {
		return nil, err
	}
	p.process, err = s.start(command{name: name, bin: bin, args: []string{
		"--config.file=" + filepath.Join(p.dir, "prometheus.yaml"), "--storage.tsdb.path=" + filepath.Join(p.dir, "data"),
		"--web.listen-address=" + addrs[0], "--web.enable-lifecycle", "--log.level=warn",
	}})
	if err != nil {
		return nil, err
	}
	if err := p.process.ready(ctx, answers(p.URL+"/-/ready")); err != nil {
		return nil, err
	}
	s.lap(name, begin)
	return p, nil
}

func (p *Prometheus) config(clusters []*Cluster, state map[string]string) map[string]any {
	target := func(addr string, labels map[string]string) map[string]any {
		return map[string]any{"targets": []string{addr}, "labels": labels}
	}
	var controllers, states []any
	for _, c := range clusters {
		for _, name := range fluxControllers {
			controllers = append(controllers, target(c.flux[name].metrics, map[string]string{
				"cluster": c.Name, "namespace": fluxNamespace, "pod": name + "-0", "container": "manager",
			}))
		}
		if addr, ok := state[c.Name]; ok {
			states = append(states, target(addr, map[string]string{"cluster": c.Name, "namespace": "monitoring"}))
		}
	}
	interval := ScrapeInterval.String()
	return map[string]any{
		"global":     map[string]any{"scrape_interval": interval, "scrape_timeout": interval, "evaluation_interval": interval},
		"rule_files": []string{filepath.Join(p.dir, "rules", "*.yaml")},
		"scrape_configs": []any{
			map[string]any{"job_name": "flux", "static_configs": controllers},
			map[string]any{"job_name": kubeStateMetrics, "static_configs": states},
		},
	}
}

// LoadRules gives Prometheus a file of rules beside those that it has, or a new version of it; the file has the key groups at its top,
// as spec of a PrometheusRule. Rules that promtool refuses are an error with what it says.
func (p *Prometheus) LoadRules(ctx context.Context, name string, rules []byte) error {
	path := filepath.Join(p.dir, "rules", name+".yaml")
	if err := os.WriteFile(path, rules, 0o644); err != nil {
		return err
	}
	if out, err := p.stack.Promtool(ctx, "check", "rules", path); err != nil {
		return errors.Join(fmt.Errorf("%s: %w\n%s", name, err, out), os.Remove(path))
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, p.URL+"/-/reload", nil)
	if err != nil {
		return err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("reload: %s; %s", res.Status, p.process.log)
	}
	return nil
}

// Query is the answer to an instant query that gives a vector.
func (p *Prometheus) Query(ctx context.Context, promql string) ([]Sample, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, p.URL+"/api/v1/query?query="+url.QueryEscape(promql), nil)
	if err != nil {
		return nil, err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	var answer struct {
		Error string
		Data  struct {
			Result []struct {
				Metric map[string]string
				Value  []any // time, and the value as text
			}
		}
	}
	if err := json.NewDecoder(res.Body).Decode(&answer); err != nil {
		return nil, fmt.Errorf("%s: %s: %w", promql, res.Status, err)
	}
	if answer.Error != "" {
		return nil, fmt.Errorf("%s: %s", promql, answer.Error)
	}
	var samples []Sample
	for _, r := range answer.Data.Result {
		value, err := strconv.ParseFloat(fmt.Sprint(r.Value[len(r.Value)-1]), 64)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", promql, err)
		}
		samples = append(samples, Sample{Labels: r.Metric, Value: value})
	}
	return samples, nil
}

// Promtool runs promtool and returns what it printed.
func (s *Stack) Promtool(ctx context.Context, args ...string) (string, error) {
	bin, err := s.bin("promtool")
	if err != nil {
		return "", err
	}
	out, err := exec.CommandContext(ctx, bin, args...).CombinedOutput()
	return strings.TrimSpace(string(out)), err
}
