package workflowtest

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
)

// Pull is a pull request that a stand-in opened.
type Pull struct {
	Number                  int
	Base, Head, Title, Body string
	State                   string // open, merged or closed
	Comment                 string // of who closed it
	Fork                    bool   // its branch is in another repository
}

// Comment is one below a pull request or an issue.
type Comment struct {
	ID, Number  int // ID from 1 on
	Login, Body string
	Edits       int
}

// Pulls keeps pull requests in a file, so that they outlive a run.
type Pulls struct{ file string }

// PullsOf are those of the stand-ins that note their calls in that file.
func PullsOf(calls string) Pulls { return Pulls{calls + ".pulls"} }

// Pulls are the pull requests so far.
func (s *StandIns) Pulls() Pulls { return PullsOf(s.calls()) }

// List returns all of them, oldest first.
func (p Pulls) List() ([]Pull, error) {
	data, err := os.ReadFile(p.file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var list []Pull
	return list, errors.Join(err, json.Unmarshal(data, &list))
}

// Open returns the open one of a branch.
func (p Pulls) Open(head string) (Pull, error) {
	list, err := p.List()
	for _, pr := range list {
		if pr.Head == head && pr.State == "open" {
			return pr, err
		}
	}
	return Pull{}, errors.Join(err, fmt.Errorf("no open pull requests found for branch %q", head))
}

// Save adds a pull request whose Number is 0, or replaces one.
func (p Pulls) Save(pr Pull) error {
	list, err := p.List()
	if err != nil {
		return err
	}
	if pr.Number == 0 {
		pr.Number = len(list) + 1
		list = append(list, pr)
	}
	list[pr.Number-1] = pr
	data, err := json.Marshal(list)
	if err != nil {
		return err
	}
	return os.WriteFile(p.file, data, 0o600)
}

// Hosted reports whether StandIns.Host was called.
func (p Pulls) Hosted() bool {
	_, err := os.Stat(strings.TrimSuffix(p.file, ".pulls") + ".repositories")
	return err == nil
}

// Comments returns all of them, oldest first.
func (p Pulls) Comments() ([]Comment, error) {
	data, err := os.ReadFile(p.file + ".comments")
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var list []Comment
	return list, errors.Join(err, json.Unmarshal(data, &list))
}

// Write adds a comment whose ID is 0, or gives another its text.
func (p Pulls) Write(c Comment) error {
	list, err := p.Comments()
	if err != nil {
		return err
	}
	if c.ID == 0 {
		c.ID = len(list) + 1
		list = append(list, c)
	} else {
		list[c.ID-1].Body = c.Body
		list[c.ID-1].Edits++
	}
	data, err := json.Marshal(list)
	if err != nil {
		return err
	}
	return os.WriteFile(p.file+".comments", data, 0o600)
}
