// Command build builds the servers of the lab that the cache does not hold yet, and says which and why.
// Arguments name servers; without any it is all of them. Each build is kept apart by its versions: an old one stays until you delete it.
package main

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/penstock-dev/penstock/lab/servers"
)

func main() {
	parallel := flag.Int("p", 2, "compilers at once")
	flag.Parse()
	if err := run(flag.Args(), *parallel); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(names []string, parallel int) error {
	root, err := servers.Root()
	if err != nil {
		return err
	}
	// The files of all, and the CRDs of every line of Flux: an API server needs no other binary than its own.
	for _, s := range servers.All() {
		if err := keepFiles(root, s); err != nil {
			return fmt.Errorf("%s: %w", s.Name, err)
		}
	}
	for _, l := range servers.Lines() {
		if err := keepCRDs(root, l); err != nil {
			return fmt.Errorf("the CRDs of Flux %s: %w", l.Version, err)
		}
	}
	for _, s := range servers.All() {
		if len(names) > 0 && !slices.Contains(names, s.Name) {
			continue
		}
		if err := build(root, s, parallel); err != nil {
			return fmt.Errorf("%s: %w", s.Name, err)
		}
	}
	return nil
}

// build builds s unless the cache has it. A build that is cut short leaves only a file that ends in ".part".
func build(root string, s servers.Server, parallel int) error {
	dir, err := s.Dir(root)
	if err != nil {
		return err
	}
	version, err := s.Version(root)
	if err != nil {
		return err
	}
	bin := filepath.Join(dir, s.Name)
	if _, err := os.Stat(bin); err == nil {
		fmt.Printf("%-24s %-9s in the cache\n", s.Name, version)
		return nil
	}
	fmt.Printf("%-24s %-9s building: %s\n", s.Name, version, why(dir, s.Name))
	start := time.Now()
	cmd := exec.Command("go", "build", "-trimpath", "-p", strconv.Itoa(parallel),
		"-ldflags", strings.TrimSpace("-s -w "+s.LDFlags), "-tags="+s.Tags, "-o", bin+".part", s.Package)
	cmd.Dir = filepath.Join(root, "servers", s.Folder)
	if cmd.Env, err = servers.Env(cmd.Dir); err != nil {
		return err
	}
	cmd.Env = append(cmd.Env, "CGO_ENABLED=0")
	cmd.Stdout, cmd.Stderr = os.Stderr, os.Stderr
	if err := cmd.Run(); err != nil {
		return err
	}
	if err := os.Rename(bin+".part", bin); err != nil {
		return err
	}
	fmt.Printf("%-24s %-9s built in %s\n", s.Name, version, time.Since(start).Round(time.Second))
	return nil
}

// why says what the cache holds of this server instead of what is wanted.
func why(dir, name string) string {
	found, _ := filepath.Glob(filepath.Join(filepath.Dir(dir), "*", name)) // The pattern is well formed.
	if len(found) == 0 {
		return "missing"
	}
	var have []string
	for _, path := range found {
		have = append(have, filepath.Base(filepath.Dir(path)))
	}
	return "the cache has other builds only: " + strings.Join(have, ", ")
}

// keepFiles copies what the stack needs of the server's module: the cache is then enough to start it.
func keepFiles(root string, s servers.Server) error {
	dir, err := s.Dir(root)
	if err != nil {
		return err
	}
	to := filepath.Join(dir, "files")
	if err := os.MkdirAll(to, 0o755); err != nil || len(s.Files) == 0 {
		return err
	}
	if have, err := os.ReadDir(to); err != nil || len(have) > 0 {
		return err
	}
	module, err := download(filepath.Join(root, "servers", s.Folder), s.Module)
	if err != nil {
		return err
	}
	for _, pattern := range s.Files {
		found, err := filepath.Glob(filepath.Join(module, pattern))
		if err != nil {
			return err
		}
		if len(found) == 0 {
			return fmt.Errorf("%s: no such file in %s", pattern, s.Module)
		}
		for _, name := range found {
			data, err := os.ReadFile(name)
			if err != nil {
				return err
			}
			if err := os.WriteFile(filepath.Join(to, filepath.Base(name)), data, 0o644); err != nil {
				return err
			}
		}
	}
	return nil
}
