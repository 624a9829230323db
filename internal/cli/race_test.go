package cli

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// rounds is how often runs are set against each other; PENSTOCK_ROUNDS sets it.
func rounds(t *testing.T) int {
	t.Helper()
	n, err := strconv.Atoi(os.Getenv("PENSTOCK_ROUNDS"))
	if err != nil {
		return 5
	}
	return n
}

// TestRunsAtOnce sets real processes against each other over a live registry
// that overwrites any tag. When all have ended the tag is what the claims add
// up to, and a rollback that reported success still holds.
func TestRunsAtOnce(t *testing.T) {
	s := newShop(t)
	bin := filepath.Join(t.TempDir(), "penstock")
	if out, err := exec.Command("go", "build", "-o", bin, "../../cmd/penstock").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	s.push("1.0.0")
	s.run(exitFine, "promote", "--to", "dev")
	beaten := 0
	for i := range rounds(t) {
		before, next := fmt.Sprintf("1.%d.1", i), fmt.Sprintf("1.%d.2", i)
		s.push(before)
		s.push(next)
		s.run(exitFine, "promote", "--to", "dev", "--release", before)
		codes := s.together(bin, [][]string{
			{"promote", "--to", "dev", "--release", next},
			{"rollback", "--env", "dev", "--to", before, "--reason", "round"},
			{"promote", "--to", "dev"},
		})
		if codes[1] != exitFine {
			t.Fatalf("round %d: the rollback ended with %d", i, codes[1])
		}
		if release, held := s.running("dev"); release != before || !held {
			t.Fatalf("round %d: dev runs %s, held %v, after a rollback to %s that succeeded", i, release, held, before)
		}
		if codes[0] != exitFine {
			beaten++
		}
		if out := s.run(exitFine, "history", "--env", "dev", "--check"); out != "" {
			t.Fatalf("round %d: %s", i, out)
		}
		s.run(exitFine, "hold", "--env", "dev", "--lift")
	}
	t.Logf("%d rounds, %d promotions that were refused or beaten", rounds(t), beaten)
}

// together starts all commands at once and returns their exit codes.
func (s shop) together(bin string, commands [][]string) []int {
	s.t.Helper()
	codes := make([]int, len(commands))
	var wg sync.WaitGroup
	for i, args := range commands {
		wg.Go(func() {
			cmd := exec.Command(bin, append(args, "-c", filepath.Join(s.dir, "penstock.yaml"))...)
			out, err := cmd.CombinedOutput()
			if codes[i] = cmd.ProcessState.ExitCode(); err != nil && strings.Contains(string(out), "panic") {
				s.t.Errorf("%v: %s", args, out)
			}
		})
	}
	wg.Wait()
	return codes
}
