package model_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/penstock-dev/penstock/internal/contract"
	"github.com/penstock-dev/penstock/internal/model"
	"github.com/penstock-dev/penstock/internal/testkit/goldentest"
)

// TestTasks keeps what "penstock add" tells people to do under review.
func TestTasks(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../../examples/*/penstock.yaml")
	if err != nil || len(files) < 4 {
		t.Fatal(len(files), err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		c, ds := contract.Parse(file, data)
		if len(ds) > 0 {
			t.Fatal(ds)
		}
		m := model.Build(c)
		team, env := m.Teams[0], m.LastEnv()
		var b strings.Builder
		for _, list := range [][]model.Task{m.TeamTasks(team.Name), m.EnvironmentTasks(env.Name), m.ClusterTasks(m.Clusters[0].Name)} {
			if len(list) == 0 {
				t.Errorf("%s: nothing to do", file)
			}
			for _, task := range list {
				b.WriteString("- " + task.Text + "\n")
				if task.Command != "" {
					b.WriteString("  " + strings.ReplaceAll(task.Command, "\n", "\n  ") + "\n")
				}
			}
			b.WriteString("\n")
		}
		goldentest.File(t, "testdata/tasks-"+filepath.Base(filepath.Dir(file))+".txt", []byte(b.String()))
	}
	if m := (&model.Model{}); m.TeamTasks("x") != nil || m.AppTasks("x", "y") != nil || m.EnvironmentTasks("x") != nil {
		t.Error("tasks of nothing")
	}
}

func TestAdvise(t *testing.T) {
	t.Parallel()
	yes, no := true, false
	for _, c := range []struct {
		d                   contract.Decision
		layout              string
		delivery, reference string
	}{
		{contract.Decision{}, "single", "oci", "floating"},
		{contract.Decision{}, "git-digest", "oci", "pinned"},
		{contract.Decision{GitNativeAudit: &no, RegistryMaturity: "high", BoundariesWritten: &yes}, "per-environment", "oci", "floating"},
		{contract.Decision{GitNativeAudit: &yes, RegistryMaturity: "high", BoundariesWritten: &yes}, "per-environment", "oci", "pinned"},
		{contract.Decision{GitNativeAudit: &yes, RegistryMaturity: "medium"}, "single", "oci", "pinned"},
		{contract.Decision{GitNativeAudit: &yes, RegistryMaturity: "low"}, "single", "git", "floating"},
		{contract.Decision{RegistryMaturity: "low"}, "git-digest", "git", "floating"},
		{contract.Decision{RegistryMaturity: "high", BoundariesWritten: &no}, "single", "git", "floating"},
	} {
		if got := model.Advise(c.d, c.layout); got.Delivery != c.delivery || got.Reference != c.reference || got.Why == "" {
			t.Errorf("%+v in layout %s: %+v", c.d, c.layout, got)
		}
	}
}
