package cli

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/penstock-dev/penstock/internal/diag"
	"github.com/penstock-dev/penstock/internal/generate/site"
	"github.com/penstock-dev/penstock/internal/generate/workspace"
	"github.com/penstock-dev/penstock/internal/model"
	"github.com/penstock-dev/penstock/internal/wizard"
)

// keeper keeps the answers of an init that did not end well, for --resume. They
// are kept where programs keep their state, so that the workspace stays as it
// was, and by the workspace, so that two do not meet.
type keeper struct {
	workspace, file string
	// flags are those that answer questions, with their values.
	flags map[string]string
	notes wizard.Notes
}

func newKeeper(workspace string, flags map[string]string) *keeper {
	k := &keeper{workspace: workspace, flags: flags}
	abs, err := filepath.Abs(workspace)
	dir, err2 := stateHome()
	if err == nil && err2 == nil {
		sum := sha256.Sum256([]byte(abs))
		k.file = filepath.Join(dir, "penstock", "init", filepath.Base(abs)+"-"+hex.EncodeToString(sum[:4])+".yaml")
	}
	return k
}

// stateHome is the folder for state of the XDG base directories, or what comes
// nearest to it.
func stateHome() (string, error) {
	if dir := os.Getenv("XDG_STATE_HOME"); filepath.IsAbs(dir) {
		return dir, nil
	}
	if runtime.GOOS == "windows" {
		return os.UserCacheDir()
	}
	home, err := os.UserHomeDir()
	return filepath.Join(home, ".local", "state"), err
}

// command is how to go on.
func (k *keeper) command() string {
	command := "penstock init"
	if k.workspace != "." {
		command += " -w " + model.ShellQuote(filepath.ToSlash(k.workspace))
	}
	command += " --resume"
	for _, flag := range slices.Sorted(maps.Keys(k.flags)) {
		if !k.notes.Reached(flag) {
			for v := range strings.SplitSeq(k.flags[flag], ", ") {
				command += " --" + flag + " " + model.ShellQuote(v)
			}
		}
	}
	return command
}

// waiting reports whether there are answers to go on with.
func (k *keeper) waiting() bool { return k.file != "" && site.Exists(k.file) }

// read returns the answers that were kept.
func (k *keeper) read() (string, []byte, error) {
	if !k.waiting() {
		return "", nil, diag.Invalidf("--resume: no answers are kept for this workspace; leave it out, or name a file with --answers")
	}
	data, err := site.ReadUpTo(k.file)
	return k.file, data, err
}

// keep saves what a person answered, and adds to an error how to go on.
func (k *keeper) keep(err error) error {
	n := k.notes.Given()
	if err == nil || n == 0 {
		return err
	}
	data := "# Answers to \"penstock init\", kept when it stopped. Go on with: " + k.command() + "\n" + string(k.notes.YAML())
	if failed := k.save([]byte(data)); failed != nil {
		return stoppedError{err, fmt.Sprintf("Your answers could not be kept (%v); save them and go on with penstock init --resume --answers FILE:\n%s", failed, data)}
	}
	return stoppedError{err, fmt.Sprintf("%s kept; go on with\n  %s", workspace.Count(n, "answer is", "answers are"), k.command())}
}

func (k *keeper) save(data []byte) error {
	if k.file == "" {
		return errors.New("there is no folder for state")
	}
	if err := os.MkdirAll(filepath.Dir(k.file), 0o700); err != nil {
		return err
	}
	old, _ := os.ReadFile(k.file)
	if len(old) > len(data) { // begun anew and stopped early
		_ = os.Rename(k.file, k.file+".previous")
	}
	temporary := k.file + ".new"
	if err := os.WriteFile(temporary, data, 0o600); err != nil {
		return err
	}
	return os.Rename(temporary, k.file)
}

// done forgets answers that became a contract.
func (k *keeper) done() {
	if k.file != "" {
		_ = os.Remove(k.file)
	}
}

// stoppedError is an error of init with what became of the answers.
type stoppedError struct {
	error
	then string
}

func (e stoppedError) Error() string { return e.error.Error() + "\n" + e.then }
func (e stoppedError) Unwrap() error { return e.error }
