package workspace

import (
	"strings"

	"github.com/penstock-dev/penstock/internal/contract"
	"github.com/penstock-dev/penstock/internal/generate/effect"
	"github.com/penstock-dev/penstock/internal/generate/gen"
	"github.com/penstock-dev/penstock/internal/generate/tree"
)

// message is the message for what happens in the given targets.
func (s *Session) message(jobs []*Job, subject string) string {
	j := jobs[0]
	m := effect.Message{Subject: subject, Name: "the platform repository of " + s.Contract.Metadata.Name, First: j.first || j.left.all(len(j.units))}
	is := s.Contract
	if j.App != "" {
		m.Name = "app " + j.Team + "/" + j.App
		slice, _ := s.Contract.Slice(j.Team, j.App)
		is, _ = contract.Parse("", slice.YAML()) // as the last one was read: it knows what is written in it
		m.Environments = []string{j.reaches(slice.Spec.Teams[0].Apps[0])}
	} else {
		e := s.Effect
		if len(j.left.units) > 0 {
			e = effect.Compute(s.Contract, j.sinceHead)
		}
		m.Environments = e.Environments(s.Contract)
	}
	if len(jobs) > 1 {
		m.Name += ", and " + Count(len(jobs)-1, "app", "apps")
	}
	if j.Previous != nil {
		if was, ds := contract.Parse("", j.Previous); len(ds) == 0 {
			m.Fields = contract.Changes(was, is)
		}
	}
	return m.String()
}

// reaches says what a commit in an app's repository does to the environments.
func (j *Job) reaches(app contract.App) string {
	if app.Delivery != "git" {
		return "none changes by this commit: releases reach them by promotion"
	}
	for _, w := range j.Plan.Committed() {
		if strings.HasPrefix(w.Path, app.Path+"/") {
			return "Flux applies what changes below " + app.Path + "/ once this is on " + app.Git.Branch
		}
	}
	return "none changes by this commit: Flux applies " + app.Path + "/, where nothing changes"
}

// previousContract is the contract of the last run, or nil.
func previousContract(units []tree.Unit) []byte {
	for _, u := range units {
		for _, p := range []string{gen.ContractFile, gen.SliceFile} {
			if f, ok := u.Files[p]; ok {
				return f.Data
			}
		}
	}
	return nil
}
