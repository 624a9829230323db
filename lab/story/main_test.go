// Package story holds the stories of the lab: each test is a sentence about what the generated repositories do on real servers,
// one file a topic. The stack is shared and started by the first story that needs it. A story that changes something uses an app or
// a team of its own, so that stories may run at the same time.
package story

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/penstock-dev/penstock/lab/platform"
	"github.com/penstock-dev/penstock/lab/servers"
	"github.com/penstock-dev/penstock/lab/stack"
)

var (
	record = flag.String("record", "", "file to write the summary table to")
	keep   = flag.Bool("keep", false, "keep data and logs of a run that passed, too")
)

// lab is what the stories share. Each part is started once, by the first story that asks for it.
var lab struct {
	root  string // lab/
	dir   string // data and logs of this run
	begun time.Time
	stack *stack.Stack

	admission map[string]*once[*stack.APIServer] // by the line of Flux
	sources   once[struct{}]
	penstock  once[string]
	fleet     once[*platform.Platform]
	delivery  once[*delivery]
	metrics   once[*stack.Prometheus]
	notes     notes
}

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	flag.Parse()
	lab.begun = time.Now()
	var err error
	if lab.root, err = servers.Root(); err == nil {
		lab.dir, err = os.MkdirTemp("", "penstock-lab-")
	}
	if err == nil {
		lab.stack, err = stack.Start(context.Background(), lab.dir)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	lab.admission = map[string]*once[*stack.APIServer]{}
	for _, l := range servers.Lines() {
		lab.admission[l.Version] = &once[*stack.APIServer]{}
	}
	code := m.Run()
	lab.notes.memory(lab.stack.Memory())
	if err := lab.stack.Stop(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	fmt.Print(lab.notes.table())
	if *record != "" {
		if err := lab.notes.write(*record); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
	}
	if code != 0 || *keep {
		fmt.Fprintf(os.Stderr, "data, repositories and the log of every server are kept in %s\n", lab.dir)
		return code
	}
	if err := os.RemoveAll(lab.dir); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// once makes a value at the first call; later calls get the same value or error.
type once[T any] struct {
	sync.Once
	value T
	err   error
}

func (o *once[T]) get(t *testing.T, start func(context.Context) (T, error)) T {
	t.Helper()
	// Not the context of the test: what it starts outlives the test.
	value, err := o.make(context.Background(), start)
	if err != nil {
		t.Fatalf("%v\nlogs: %s", err, filepath.Join(lab.dir, "logs"))
	}
	return value
}

func (o *once[T]) make(ctx context.Context, start func(context.Context) (T, error)) (T, error) {
	o.Do(func() { o.value, o.err = start(ctx) })
	return o.value, o.err
}

// admissionServer is an API server alone, with a line of Flux, for requests that are checked and not reconciled.
func admissionServer(t *testing.T, flux string) *stack.APIServer {
	t.Helper()
	return lab.admission[flux].get(t, func(ctx context.Context) (*stack.APIServer, error) {
		return lab.stack.APIServer(ctx, "admission-"+flux, flux)
	})
}

// clusters are the clusters of the platform, each named after its environment.
var clusters = []string{"dev", "prod", "dr"}

// fleet is the platform, bootstrapped on all clusters.
func fleet(t *testing.T) *platform.Platform {
	t.Helper()
	return lab.fleet.get(t, startFleet)
}

func startFleet(ctx context.Context) (*platform.Platform, error) {
	begin := time.Now()
	tool, err := sourcesAndPenstock(ctx)
	if err != nil {
		return nil, err
	}
	contract, err := os.ReadFile(filepath.Join(lab.root, "story", "testdata", "penstock.yaml"))
	if err != nil {
		return nil, err
	}
	p, err := platform.New(ctx, lab.stack, filepath.Join(lab.dir, "platform"), tool, "platform", contract)
	if err != nil {
		return nil, err
	}
	p.Forgotten = []string{"strangers"}
	errs := make([]error, len(clusters)+1)
	started := make([]*stack.Cluster, len(clusters))
	parallel(len(errs), func(i int) {
		if i == len(clusters) {
			errs[i] = commitApps(ctx, p)
			return
		}
		started[i], errs[i] = lab.stack.Cluster(ctx, clusters[i])
	})
	lab.notes.time("stack up: three clusters, registry, Git", time.Since(begin))
	begin = time.Now()
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	for i, name := range clusters {
		p.Clusters[name] = started[i]
	}
	parallel(len(clusters), func(i int) { errs[i] = p.Bootstrap(ctx, started[i]) })
	lab.notes.time("bootstrap: all three clusters have the Secrets and namespaces of every team", time.Since(begin))
	return p, errors.Join(errs...)
}

// commitApps commits and pushes the repository of every app as it is generated.
func commitApps(ctx context.Context, p *platform.Platform) error {
	trees, err := filepath.Glob(filepath.Join(p.Dir, "workspace", "apps", "*", "*"))
	errs := []error{err}
	for _, dir := range trees {
		_, err := p.Commit(ctx, dir, filepath.Base(dir), "The app as generated")
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

func parallel(n int, do func(int)) {
	var group sync.WaitGroup
	for i := range n {
		group.Go(func() { do(i) })
	}
	group.Wait()
}

// sourcesAndPenstock starts what every platform needs and builds the command that is tested.
func sourcesAndPenstock(ctx context.Context) (string, error) {
	if _, err := lab.sources.make(ctx, func(ctx context.Context) (struct{}, error) {
		return struct{}{}, lab.stack.Sources(ctx)
	}); err != nil {
		return "", err
	}
	return lab.penstock.make(ctx, buildPenstock)
}

// buildPenstock builds the command that is tested from the tree around the lab.
func buildPenstock(ctx context.Context) (string, error) {
	bin := filepath.Join(lab.dir, "penstock")
	cmd := exec.CommandContext(ctx, "go", "build", "-o", bin, "./cmd/penstock")
	cmd.Dir = filepath.Dir(lab.root)
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build ./cmd/penstock: %w\n%s", err, out)
	}
	return bin, nil
}
