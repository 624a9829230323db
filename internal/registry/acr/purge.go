package acr

import (
	"fmt"
	"strings"
	"time"

	"github.com/penstock-dev/penstock/internal/diag"
	"github.com/penstock-dev/penstock/internal/registry"
	"github.com/penstock-dev/penstock/internal/registry/sweep"
)

// purgeFile is the task of the registry, as "az acr task create -f" takes it.
//
// [M] In the mode that setup.go asks for, a task has no rights on repositories of
// its own: it needs an identity, given with --source-acr-auth-id, with the role
// "Container Registry Repository Contributor" on those of the releases and, since
// the filters are patterns of names, "Container Registry Repository Catalog Lister". Live:
// az acr task run --registry NAME --name TASK, with --dry-run in both commands.
const purgeFile = "purge.yaml"

const header = `# Managed by Penstock: made from penstock.yaml.
# Change that and run "penstock generate"; edits made here are kept and merged.
# What a scheduled task of the registry removes: tags of candidates and of previews, of the repositories of releases alone.
# The part behind ":" matches anywhere in a tag, so it begins with "^". Without --untagged no digest is deleted.
version: v1.1.0
steps:
`

// files render the task: a step for each class, since filters of one command
// share their age. What environments read, and every other tag, is in no filter.
// A "." of the prefix is written in brackets: how the task's command line treats
// a backslash is not documented. All releases stay: a count is refused by the
// contract.
func files(r registry.Retention) []registry.File {
	root := strings.ReplaceAll(strings.TrimPrefix(r.ReleasesRoot(), r.Host+"/"), ".", "[.]")
	var b strings.Builder
	b.WriteString(header)
	for _, class := range []struct {
		name, prefix string
		days         int
	}{{"previews", registry.PreviewPrefix, r.Previews}, {"candidates", registry.CandidatePrefix, r.Candidates}} {
		fmt.Fprintf(&b, "  - id: %s\n    cmd: acr purge --filter '%s.+:^%s' --ago %dd\n", class.name, root, class.prefix, class.days)
	}
	return []registry.File{{Name: purgeFile, Data: []byte(b.String())}}
}

// read reads the task back.
func read(r registry.Retention, files map[string][]byte) (sweep.Policy, diag.List) {
	data, ok := files[purgeFile]
	if !ok {
		return sweep.Policy{}, diag.List{{Where: diag.Where{File: purgeFile}, What: "is not there", Fix: `make it with "penstock generate"`}}
	}
	steps, ds := parse(data)
	var purges []purge
	p := sweep.Policy{}
	for _, s := range steps {
		one, err := parseCommand(s.command)
		if err != nil {
			ds.Add(s.at, err.Error(), `restore it with "penstock generate"`)
			continue
		}
		one.name = s.name
		purges = append(purges, one)
		for _, f := range one.filters {
			name := s.name
			if name == "" || len(one.filters) > 1 {
				name = strings.TrimSpace(name + " " + f.text)
			}
			p.Rules = append(p.Rules, sweep.Rule{
				File: purgeFile, Name: name, Line: s.at.Line,
				Repository: func(repository string) bool {
					path, here := strings.CutPrefix(repository, r.Host+"/")
					return here && f.repository.MatchString(path)
				},
				Tag: f.tag.MatchString,
			})
		}
	}
	p.Sweep = func(repo *sweep.Repository, now time.Time) *sweep.Verdicts {
		v := sweep.Begin(repo)
		if path, here := strings.CutPrefix(repo.Name, r.Host+"/"); here {
			for _, one := range purges {
				one.sweep(repo, path, now, v)
			}
		}
		return v
	}
	return p, ds
}
