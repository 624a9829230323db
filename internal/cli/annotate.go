package cli

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/penstock-dev/penstock/internal/diag"
	"github.com/penstock-dev/penstock/internal/generate/plan"
	"github.com/penstock-dev/penstock/internal/generate/site"
	"github.com/penstock-dev/penstock/internal/generate/workspace"
)

// annotation is one thing to see at a line of a file, on a forge.
type annotation struct {
	file    string // from the root of the work tree; empty for none
	line    int
	column  int
	check   string // what kind of thing it is, for machines
	title   string
	message string
}

const (
	checkContract    = "contract"
	checkDifference  = "difference"
	checkDecision    = "decision"
	checkFailure     = "failure"
	mostOfDifference = 9 // GitHub shows ten annotations of a step
)

// annotations says what a check found. err is what the run ended with, s what it
// planned; either may be nil.
func annotations(s *workspace.Session, err error) []annotation {
	var list []annotation
	var bad diag.Faults
	switch {
	case err == nil:
		return nil
	case errors.As(err, &bad):
		for _, d := range diag.List(bad).Sorted() {
			list = append(list, annotation{fromRoot(d.Where.File), d.Where.Line, d.Where.Column, checkContract, "The contract is not valid", d.Text()})
		}
		return list
	case exitCode(err) == exitPerson && s != nil:
		list = decisions(s)
	case exitCode(err) == exitDifferences && s != nil:
		list = differences(s)
	}
	if list == nil {
		title := "Penstock failed"
		if exitCode(err) == exitInvalid {
			title = "Penstock was not called rightly"
		}
		list = append(list, annotation{check: checkFailure, title: title, message: strings.TrimSpace(err.Error())})
	}
	return list
}

func decisions(s *workspace.Session) []annotation {
	const title = "A person must decide"
	var list []annotation
	for _, j := range s.Jobs {
		for _, c := range j.Plan.Changes {
			if c.Action.NeedsPerson() || c.Action == plan.Mark {
				file, _ := j.Edited(c)
				list = append(list, annotation{fromRoot(file), max(1, c.Line()), 0, checkDecision, title, c.Reason})
			}
		}
	}
	if s.AllowPrune {
		return list
	}
	for _, p := range s.Effect.Prunes {
		list = append(list, annotation{fromRoot(s.Platform().File(p.File)), 1, 0, checkDecision, title,
			p.String() + "; when that is meant, run \"penstock generate --allow-prune\" and commit"})
	}
	return list
}

func differences(s *workspace.Session) []annotation {
	const fix = `; run "penstock generate" and commit`
	var list []annotation
	for _, j := range s.Jobs {
		if j.To != "" {
			list = append(list, annotation{fromRoot(j.File("")), 1, 0, checkDifference, notAsGenerated, "its repository moves to " + filepath.ToSlash(j.To) + fix})
		}
		for _, c := range append(j.Plan.Writes(), j.OnlyState()...) {
			list = append(list, annotation{fromRoot(j.File(c.Path)), firstDifference(content(c.Current), content(c.Result)), 0,
				checkDifference, notAsGenerated, c.Reason + fix})
		}
	}
	return list
}

const notAsGenerated = "Not what the contract says"

// firstDifference is the line of a where b differs first.
func firstDifference(a, b string) int {
	line := 1
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			break
		}
		if a[i] == '\n' {
			line++
		}
	}
	return line
}

// fromRoot is a file as a forge names it: from the root of the work tree.
func fromRoot(file string) string {
	if file == "" {
		return ""
	}
	abs, err := filepath.Abs(filepath.FromSlash(file))
	if err != nil {
		return file
	}
	for dir := filepath.Dir(abs); ; dir = filepath.Dir(dir) {
		if site.Exists(filepath.Join(dir, ".git")) {
			if rel, err := filepath.Rel(dir, abs); err == nil {
				return filepath.ToSlash(rel)
			}
		}
		if filepath.Dir(dir) == dir {
			return filepath.ToSlash(filepath.Clean(file))
		}
	}
}

// printGitHub writes workflow commands, which GitHub shows at the lines they
// name. GitHub Docs, "Workflow commands", read 2026-11.
func printGitHub(w io.Writer, list []annotation) error {
	data := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	property := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
	var b strings.Builder
	for i, a := range list {
		if n := len(list) - i; i == mostOfDifference && n > 1 && a.check == checkDifference {
			fmt.Fprintf(&b, "::error title=%s::and %d more files; \"penstock diff\" shows all\n", property.Replace(a.title), n)
			break
		}
		b.WriteString("::error ")
		if a.file != "" {
			fmt.Fprintf(&b, "file=%s,", property.Replace(a.file))
		}
		for _, at := range []struct {
			name string
			n    int
		}{{"line", a.line}, {"col", a.column}} {
			if at.n > 0 {
				b.WriteString(at.name + "=" + strconv.Itoa(at.n) + ",")
			}
		}
		fmt.Fprintf(&b, "title=%s::%s\n", property.Replace(a.title), data.Replace(a.message))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// printCodeQuality writes GitLab's code quality report, which merge requests
// show at the lines it names. GitLab Docs, "Code Quality", read 2026-11.
func printCodeQuality(w io.Writer, list []annotation) error {
	type lines struct {
		Begin int `json:"begin"`
	}
	type location struct {
		Path  string `json:"path"`
		Lines lines  `json:"lines"`
	}
	type issue struct {
		Description string   `json:"description"`
		CheckName   string   `json:"check_name"`
		Fingerprint string   `json:"fingerprint"`
		Severity    string   `json:"severity"`
		Location    location `json:"location"`
	}
	out := []issue{}
	for _, a := range list {
		file := a.file
		if file == "" {
			file = "penstock.yaml" // a report has no finding without a file
		}
		sum := sha256.Sum256([]byte(a.check + "\n" + file + "\n" + strconv.Itoa(a.line) + "\n" + a.message))
		out = append(out, issue{a.title + ": " + a.message, "penstock-" + a.check, hex.EncodeToString(sum[:]), "major", location{file, lines{max(1, a.line)}}})
	}
	return printJSON(w, out)
}
