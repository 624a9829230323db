package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/penstock-dev/penstock/lab/servers"
)

// keepCRDs puts the CRDs of a line of Flux into the cache, whole or not at all.
func keepCRDs(root string, l servers.Line) error {
	dir, err := l.Dir(root)
	if err != nil {
		return err
	}
	if _, err := os.Stat(dir); err == nil {
		return nil
	}
	begin := time.Now()
	part, folder := dir+".part", l.Folder(root)
	if err := errors.Join(os.RemoveAll(part), os.MkdirAll(part, 0o755)); err != nil {
		return err
	}
	for _, c := range l.CRDs {
		fetch := copyCRDs
		if c.Types != "" {
			fetch = generateCRDs
		}
		if err := fetch(folder, c, part); err != nil {
			return fmt.Errorf("%s: %w", c.Controller, err)
		}
	}
	if err := os.Rename(part, dir); err != nil {
		return err
	}
	fmt.Printf("%-24s %-9s made in %s\n", "CRDs of Flux", l.Version, time.Since(begin).Round(time.Second))
	return nil
}

// copyCRDs takes them out of the controller's module.
func copyCRDs(folder string, c servers.CRDs, to string) error {
	module, err := download(folder, c.Module+"@"+c.Version)
	if err != nil {
		return err
	}
	found, err := filepath.Glob(filepath.Join(module, "config", "crd", "bases", "*.yaml"))
	if err != nil {
		return err
	}
	if len(found) == 0 {
		return fmt.Errorf("no CRD in %s", module)
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
	return nil
}

// generateCRDs makes them of the Go types, as the controller's own Makefile does.
func generateCRDs(folder string, c servers.CRDs, to string) error {
	cmd := exec.Command("go", "tool", "controller-gen", "crd", "paths="+c.Types, "output:dir="+to)
	cmd.Dir = folder
	var err error
	if cmd.Env, err = servers.Env(folder); err != nil {
		return err
	}
	cmd.Stdout, cmd.Stderr = os.Stderr, os.Stderr
	return cmd.Run()
}

// download fetches a module, with a version behind an "@" or as the module in the folder pins it, and returns where it lies.
func download(folder, module string) (string, error) {
	list := exec.Command("go", "mod", "download", "-json", module)
	list.Dir = folder
	var err error
	if list.Env, err = servers.Env(folder); err != nil {
		return "", err
	}
	list.Env = append(list.Env, "GOFLAGS=") // the sums of a version that no go.mod names are those of the checksum database
	out, err := list.Output()
	if err != nil {
		return "", fmt.Errorf("go mod download: %w\n%s", err, out)
	}
	var found struct{ Dir string }
	if err := json.Unmarshal(out, &found); err != nil {
		return "", err
	}
	return found.Dir, nil
}
