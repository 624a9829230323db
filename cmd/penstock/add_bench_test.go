//go:build unix

package main

import (
	"path/filepath"
	"testing"
)

// BenchmarkAddTeam adds a team to a workspace of 40 teams with 3 apps each: the
// contract, the plan for 121 repositories and the writing.
func BenchmarkAddTeam(b *testing.B) {
	bin := build(b)
	for b.Loop() {
		b.StopTimer()
		ws := b.TempDir()
		file := filepath.Join(b.TempDir(), "penstock.yaml")
		put(b, file, fleet(40))
		run(b, bin, "generate", "-c", file, "-w", ws)
		b.StartTimer()
		took := run(b, bin, "add", "team", "-c", filepath.Join(ws, "platform", "penstock.yaml"), "-w", ws, "--name", "new", "--owner", "@acme/new")
		only := run(b, bin, "add", "team", "-c", filepath.Join(ws, "platform", "penstock.yaml"), "--only", "platform", "--platform-dir", filepath.Join(ws, "platform"),
			"--name", "newer", "--owner", "@acme/newer")
		b.ReportMetric(float64(took.wall.Milliseconds()), "ms/workspace")
		b.ReportMetric(float64(only.wall.Milliseconds()), "ms/platform-checkout")
	}
}
