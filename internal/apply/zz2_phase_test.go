package apply_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/penstock-dev/penstock/internal/apply"
	"github.com/penstock-dev/penstock/internal/plan"
)

func TestPhases(t *testing.T) {
	targets := fleet(1000)
	for range 3 {
		dir := t.TempDir()
		exec.Command("sync").Run()
		t0 := time.Now()
		var jobs []apply.Job
		for name, units := range targets {
			tg, err := apply.Open(filepath.Join(dir, name))
			if err != nil {
				t.Fatal(err)
			}
			in := plan.Input{Desired: units}
			in.Current, _ = tg.Current(in.Paths())
			jobs = append(jobs, apply.Job{Target: tg, Plan: plan.Compute(in)})
		}
		fmt.Println("plan", time.Since(t0))
		apply.Phases(t, jobs)
		fmt.Println("total", time.Since(t0))
		for _, j := range jobs {
			j.Target.Close()
		}
		exec.Command("sync").Run()
		dst := filepath.Join(dir, "copy")
		src := filepath.Join(dir)
		_ = src
		t0 = time.Now()
		os.Mkdir(dst, 0o755)
		out, err := exec.Command("cp", "-a", filepath.Join(dir, "platform"), filepath.Join(dir, "apps"), dst).CombinedOutput()
		fmt.Println("cp", time.Since(t0), err, string(out))
		t0 = time.Now()
		exec.Command("sync").Run()
		fmt.Println("sync after cp", time.Since(t0))
		os.RemoveAll(dir)
	}
}
