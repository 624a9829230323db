// Package ci says what the running CI job tells of itself, as its variables
// have it. Outside of CI all is empty.
package ci

import (
	"cmp"
	"os"
	"slices"

	"github.com/penstock-dev/penstock/internal/forge"
	"github.com/penstock-dev/penstock/internal/forge/table"
)

// Runs reports whether it is a job of the forge's.
func Runs(f forge.Forge) bool { return f.Job.Is != "" && os.Getenv(f.Job.Is) == f.Job.Value }

// Running reports whether a job of a known forge runs this. Nobody else has an
// identity that counts, nor can be expected to have cosign.
func Running() bool { return slices.ContainsFunc(table.All(), Runs) }

// Actor is the person who started the pipeline.
func Actor() string {
	names := slices.Concat(table.Each(func(f forge.Forge) []string { return f.Job.Actors })...)
	names = append(names, "BUILD_REQUESTEDFOR", "BUILDKITE_BUILD_CREATOR", "CIRCLE_USERNAME") // Azure Pipelines, Buildkite, CircleCI
	for _, name := range names {
		if who := os.Getenv(name); who != "" {
			return who
		}
	}
	return ""
}

// Pipeline is the URL of the running pipeline.
func Pipeline() string {
	return cmp.Or(table.Each(func(f forge.Forge) string { return f.Job.Page(os.Getenv) })...)
}

// Commit is the commit that the pipeline runs for.
func Commit() string {
	return cmp.Or(table.Each(func(f forge.Forge) string { return os.Getenv(f.Job.Commit) })...)
}

// Revision is that commit with its branch or tag, as Flux writes it; names are
// the variables that say so.
func Revision() (revision, names string) {
	for _, f := range table.All() {
		if ref, sha := os.Getenv(f.Job.Branch), os.Getenv(f.Job.Commit); ref != "" && sha != "" {
			return ref + "@sha1:" + sha, f.Job.Branch + " and " + f.Job.Commit
		}
	}
	return "", ""
}
