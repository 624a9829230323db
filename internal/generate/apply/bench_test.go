package apply_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/penstock-dev/penstock/internal/generate/apply"
	"github.com/penstock-dev/penstock/internal/generate/plan"
	"github.com/penstock-dev/penstock/internal/generate/tree"
)

// fleet makes the units of a platform with so many teams, and of one app
// repository for each of three apps a team.
func fleet(teams int) map[string][]tree.Unit {
	targets := map[string][]tree.Unit{}
	text := func(seed string) tree.File {
		line := []byte("  some: \"generated line of " + seed + "\"\n")
		return tree.File{Data: bytes.Repeat(line, 20), Mode: tree.Regular}
	}
	core := tree.Unit{Name: "platform", Inputs: "00000000", Files: tree.Tree{}}
	for i := range 40 {
		core.Files[fmt.Sprintf("docs/part-%d/page-%d.md", i%5, i)] = text("docs")
	}
	platform := []tree.Unit{core}
	for t := range teams {
		team := fmt.Sprintf("team-%04d", t)
		u := tree.Unit{Name: "team/" + team, Inputs: fmt.Sprintf("%08d", t), Files: tree.Tree{}}
		for i := range 7 {
			u.Files[fmt.Sprintf("tenants/%s/base/file-%d.yaml", team, i)] = text(team)
		}
		for _, env := range []string{"dev", "preprod", "prod"} {
			for a := range 4 {
				u.Files[fmt.Sprintf("tenants/%s/%s/app-%d.yaml", team, env, a)] = text(team)
			}
		}
		platform = append(platform, u)
		for a := range 3 {
			app := tree.Unit{Name: "app", Inputs: "0000000a", Files: tree.Tree{}}
			for i := range 4 {
				app.Files[fmt.Sprintf("deploy/base/file-%d.yaml", i)] = text("app")
			}
			for _, env := range []string{"dev", "preprod", "prod"} {
				for i := range 3 {
					app.Files[fmt.Sprintf("deploy/overlays/%s/file-%d.yaml", env, i)] = text("app")
				}
			}
			app.Files["docs/delivery.md"] = text("app")
			app.Files[".github/workflows/delivery.yaml"] = text("app")
			targets[fmt.Sprintf("apps/%s/app-%d", team, a)] = []tree.Unit{app}
		}
	}
	targets["platform"] = platform
	return targets
}

func generate(tb testing.TB, dir string, targets map[string][]tree.Unit) {
	tb.Helper()
	var jobs []apply.Job
	for name, units := range targets {
		t, err := apply.Open(filepath.Join(dir, name))
		if err != nil {
			tb.Fatal(err)
		}
		defer t.Close()
		in := plan.Input{Desired: units}
		if in.Current, err = t.Current(in.Paths()); err != nil {
			tb.Fatal(err)
		}
		jobs = append(jobs, apply.Job{Target: t, Plan: plan.Compute(in)})
	}
	if err := apply.Run(context.Background(), jobs, apply.Options{}); err != nil {
		tb.Fatal(err)
	}
}

// BenchmarkFleet writes 12,840 files in 601 targets, and copies the same tree
// with cp -a on the same disk, in turns. The metric "cp-ratio" is what counts:
// how many times as long as the copy the run took.
func BenchmarkFleet(b *testing.B) {
	targets := fleet(200)
	var ran, copied time.Duration
	for b.Loop() {
		dir := b.TempDir()
		src := filepath.Join(dir, "workspace")
		ran += timed(func() { generate(b, src, targets) })
		b.StopTimer()
		copied += timed(func() {
			if out, err := exec.Command("cp", "-a", src, filepath.Join(dir, "copy")).CombinedOutput(); err != nil {
				b.Fatalf("%v: %s", err, out)
			}
		})
		os.RemoveAll(dir)
		b.StartTimer()
	}
	b.ReportMetric(ran.Seconds()/copied.Seconds(), "cp-ratio")
}

// BenchmarkUnchanged opens a platform of 1,001 units and reads their inputs:
// all that a run does there which finds nothing changed.
func BenchmarkUnchanged(b *testing.B) {
	dir := b.TempDir()
	generate(b, dir, map[string][]tree.Unit{"platform": fleet(1000)["platform"]})
	for b.Loop() {
		target, err := apply.Open(filepath.Join(dir, "platform"))
		if err != nil {
			b.Fatal(err)
		}
		inputs, err := target.Inputs()
		if err != nil || len(inputs) != 1001 {
			b.Fatal(err, len(inputs))
		}
		target.Close()
	}
}

// BenchmarkCurrent reads the 19,040 files of that platform, and their state.
func BenchmarkCurrent(b *testing.B) {
	dir := b.TempDir()
	units := fleet(1000)["platform"]
	generate(b, dir, map[string][]tree.Unit{"platform": units})
	paths := plan.Input{Desired: units}.Paths()
	target, err := apply.Open(filepath.Join(dir, "platform"))
	if err != nil {
		b.Fatal(err)
	}
	defer target.Close()
	b.Run("files", func(b *testing.B) {
		for b.Loop() {
			if c, err := target.Current(paths); err != nil || len(c.Files) != len(paths) {
				b.Fatal(err, len(c.Files))
			}
		}
	})
	b.Run("state", func(b *testing.B) {
		for b.Loop() {
			if m, ds, err := target.State(); err != nil || len(ds) > 0 || len(m) != len(units) {
				b.Fatal(err, ds, len(m))
			}
		}
	})
}

func timed(do func()) time.Duration {
	start := time.Now()
	do()
	return time.Since(start)
}
