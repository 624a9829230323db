package story

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/penstock-dev/penstock/lab/platform"
	"github.com/penstock-dev/penstock/lab/stack"
)

func TestATeamThatIsAddedConvergesWithoutTouchingOtherTeams(t *testing.T) {
	story(t, "teams")
	p, _ := steadyApp(t)
	dev := p.Clusters["dev"]
	before := workloads(t, dev)
	app := platform.App{Team: "newcomers", Name: "hello"}
	if err := p.EditContract("  teams:\n", "  teams:\n    - name: newcomers\n      owners: [\"@lab/newcomers\"]\n      apps:\n"+
		"        - {name: hello, environments: [dev], git: {url: "+p.Stack.Git.URL+"/hello.git}}\n"); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Generate(t.Context()); err != nil {
		t.Fatal(err)
	}
	begin := time.Now()
	commitPlatform(t, p, "Add team newcomers", func() error { return nil })
	if err := p.TeamSecrets(t.Context(), dev, app.Team); err != nil {
		t.Fatal(err)
	}
	lab.notes.time("a team added: pushed to its namespace on dev, the source asked at once", time.Since(begin))
	digest := publish(t, p, platform.Release{App: app, Version: "1.0.0"})
	move(t, p, app, digest, "dev")
	if err := stack.Until(t.Context(), soon, app.Source().ID()+" exists", func(ctx context.Context) error {
		return p.Reconcile(ctx, dev, app.Source())
	}); err != nil {
		t.Fatal(err)
	}
	runs(t, p, "dev", app, digest, soon)
	rolledOut(t, p, "dev", app, "1.0.0")
	sameWorkloads(t, before, workloads(t, dev))
}

func TestAGeneratorRunThatWouldPruneWorkloadsAsksFirst(t *testing.T) {
	story(t, "teams")
	p := fleet(t)
	out, err := p.Generate(t.Context(), "--check")
	if err != nil {
		t.Fatalf("the workspace is not what the contract says: %v\n%s", err, out)
	}
	contract, err := read(p.Contract())
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := write(p.Contract(), contract); err != nil {
			t.Error(err)
		}
	}()
	before, _, _ := strings.Cut(contract, "    - name: search\n")
	end := strings.Index(contract, "    - name: growth\n")
	if err := write(p.Contract(), before+contract[end:]); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Generate(t.Context()); err == nil || !strings.Contains(err.Error(), "--allow-prune") {
		t.Errorf("a team removed: want a refusal that names --allow-prune, got %v", err)
	}
}
