//go:build unix

package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// fleet writes a contract of so many teams, with three apps each in three
// environments.
func fleet(teams int) []byte {
	var b strings.Builder
	b.WriteString(`apiVersion: penstock.dev/v1alpha1
kind: DeliveryContract
metadata: {name: fleet}
spec:
  platform:
    git: {url: https://github.com/acme/platform}
    owners: ["@acme/platform"]
  registry: {provider: zot, host: registry.acme.example}
  environments:
    - {name: dev}
    - {name: preprod}
    - {name: prod, promotion: {mode: approval, approvers: ["@acme/release-managers"]}}
  teams:
`)
	for t := range teams {
		fmt.Fprintf(&b, "    - name: team-%04d\n      owners: [\"@acme/team-%04d\"]\n      apps:\n", t, t)
		for a := range 3 {
			fmt.Fprintf(&b, "        - name: app-%d\n          git: {url: https://github.com/acme/team-%04d-app-%d}\n", a, t, a)
		}
	}
	return []byte(b.String())
}

// BenchmarkFleet writes 1,000 teams with 3 apps in 3 environments, then copies
// the tree with cp -a on the same disk. It reports the ratio of both times, the
// peak memory of the process, and what a run costs that changes nothing, or
// one team, in percent of the first: by the clock, and by the processors' time,
// which other work on the machine disturbs less.
func BenchmarkFleet(b *testing.B) {
	bin := build(b)
	for b.Loop() {
		dir := b.TempDir()
		file := filepath.Join(dir, "penstock.yaml")
		data := fleet(1000)
		put(b, file, data)
		ws := filepath.Join(dir, "ws")
		generate := []string{bin, "generate", "-c", file, "-w", ws}
		first := run(b, generate...)
		run(b, "sync")
		copied := run(b, "cp", "-a", ws, filepath.Join(dir, "copy"))
		run(b, "sync") // a run brings the disk up to date: that must not be the copy
		again := least(func() cost { return run(b, generate...) })
		n := 0
		one := least(func() cost {
			n++
			put(b, file, []byte(strings.Replace(string(data), `"@acme/team-0500"`, fmt.Sprintf(`"@acme/team-0500-%d"`, n), 1)))
			return run(b, generate...)
		})
		b.ReportMetric(first.wall.Seconds(), "s/generate")
		b.ReportMetric(first.wall.Seconds()/copied.wall.Seconds(), "x-of-cp-a")
		b.ReportMetric(float64(first.peak)/1024, "MiB-peak")
		b.ReportMetric(100*again.wall.Seconds()/first.wall.Seconds(), "%-unchanged")
		b.ReportMetric(100*again.cpu.Seconds()/first.cpu.Seconds(), "%-unchanged-cpu")
		b.ReportMetric(100*one.wall.Seconds()/first.wall.Seconds(), "%-one-team")
		b.ReportMetric(100*one.cpu.Seconds()/first.cpu.Seconds(), "%-one-team-cpu")
	}
}

// BenchmarkVersion is the start of the program.
func BenchmarkVersion(b *testing.B) {
	bin := build(b)
	for b.Loop() {
		run(b, bin, "version")
	}
}

func build(b *testing.B) string {
	b.Helper()
	bin := filepath.Join(b.TempDir(), "penstock")
	run(b, "go", "build", "-o", bin, ".")
	return bin
}

// cost is what a program took: time, the processors' time, peak memory in KiB.
type cost struct {
	wall, cpu time.Duration
	peak      int64
}

// least measures three times and takes the least of each.
func least(measure func() cost) cost {
	c := measure()
	for range 2 {
		d := measure()
		c = cost{min(c.wall, d.wall), min(c.cpu, d.cpu), min(c.peak, d.peak)}
	}
	return c
}

// run runs a program.
func run(b *testing.B, args ...string) cost {
	b.Helper()
	cmd := exec.Command(args[0], args[1:]...)
	start := time.Now()
	out, err := cmd.CombinedOutput()
	took := time.Since(start)
	if err != nil {
		b.Fatalf("%s: %v\n%s", strings.Join(args, " "), err, out)
	}
	s := cmd.ProcessState
	return cost{took, s.UserTime() + s.SystemTime(), s.SysUsage().(*syscall.Rusage).Maxrss}
}

func put(b *testing.B, file string, data []byte) {
	b.Helper()
	if err := os.WriteFile(file, data, 0o644); err != nil {
		b.Fatal(err)
	}
}
