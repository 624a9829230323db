package repo_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/penstock-dev/penstock/internal/repo"
)

// BenchmarkCommit commits 19,000 new files, the platform repository of 1,000
// teams, as git add and git commit do it, and then 20 changed ones: one team.
func BenchmarkCommit(b *testing.B) {
	needGit(b)
	for b.Loop() {
		ours, theirs := b.TempDir(), b.TempDir()
		c := repo.Commit{Message: "all", When: time.Unix(1, 0)}
		for i := range 19000 {
			path := fmt.Sprintf("tenants/team-%04d/%s/file-%d.yaml", i/19, []string{"base", "dev", "prod"}[i%3], i%19)
			data := strings.Repeat(fmt.Sprintf("  some: \"generated line %d of %s\"\n", i*7919%1000, path), 20)
			for _, dir := range []string{ours, theirs} {
				write(b, dir, path, data)
			}
			c.Files = append(c.Files, repo.File{Path: path, Data: []byte(data)})
		}
		run(b, ours, "init", "-q")
		run(b, theirs, "init", "-q")
		measure := func(do func()) time.Duration {
			start := time.Now()
			do()
			return time.Since(start)
		}
		git := func() {
			run(b, theirs, "add", "-A")
			run(b, theirs, "commit", "-q", "-m", "all")
		}
		us := func() {
			if _, err := open(b, ours).Commit(c); err != nil {
				b.Fatal(err)
			}
		}
		all := measure(git)
		whole := measure(us)
		if out := run(b, ours, "status", "--porcelain"); out != "" {
			b.Fatal(out)
		}
		c.Files = c.Files[:20]
		for i := range c.Files {
			c.Files[i].Data = append(c.Files[i].Data, "more\n"...)
			for _, dir := range []string{ours, theirs} {
				write(b, dir, c.Files[i].Path, string(c.Files[i].Data))
			}
		}
		one := measure(us)
		oneGit := measure(git)
		b.ReportMetric(all.Seconds(), "s/git-add-commit")
		b.ReportMetric(whole.Seconds(), "s/commit")
		b.ReportMetric(whole.Seconds()/all.Seconds(), "x-of-git")
		b.ReportMetric(one.Seconds(), "s/one-team")
		b.ReportMetric(oneGit.Seconds(), "s/one-team-git")
		b.ReportMetric(one.Seconds()/oneGit.Seconds(), "x-of-git-one-team")
		run(b, ours, "fsck", "--strict")
	}
}
