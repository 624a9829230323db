// Package ci says what the running CI job tells of itself, as its variables
// have it. Outside of CI all is empty.
package ci

import (
	"cmp"
	"os"
)

// Running reports whether a job of a known forge runs this. Nobody else has an
// identity that counts, nor can be expected to have cosign.
func Running() bool { return OnGitHub() || os.Getenv("GITLAB_CI") == "true" }

// OnGitHub reports whether it is a job of GitHub's.
func OnGitHub() bool { return os.Getenv("GITHUB_ACTIONS") == "true" }

// Actor is the person who started the pipeline. GitHub keeps the first one in
// GITHUB_ACTOR when somebody else runs a workflow again.
func Actor() string {
	for _, name := range []string{
		"GITHUB_TRIGGERING_ACTOR", "GITHUB_ACTOR", "GITLAB_USER_LOGIN",
		"BUILD_REQUESTEDFOR", "BUILDKITE_BUILD_CREATOR", "CIRCLE_USERNAME", // Azure Pipelines, Buildkite, CircleCI
	} {
		if who := os.Getenv(name); who != "" {
			return who
		}
	}
	return ""
}

// Pipeline is the URL of the running pipeline.
func Pipeline() string {
	if id := os.Getenv("GITHUB_RUN_ID"); id != "" {
		return os.Getenv("GITHUB_SERVER_URL") + "/" + os.Getenv("GITHUB_REPOSITORY") + "/actions/runs/" + id
	}
	return os.Getenv("CI_PIPELINE_URL")
}

// Commit is the commit that the pipeline runs for.
func Commit() string { return cmp.Or(os.Getenv("GITHUB_SHA"), os.Getenv("CI_COMMIT_SHA")) }

// Revision is that commit with its branch or tag, as Flux writes it; names are
// the variables that say so.
func Revision() (revision, names string) {
	for _, v := range [][2]string{{"GITHUB_REF_NAME", "GITHUB_SHA"}, {"CI_COMMIT_REF_NAME", "CI_COMMIT_SHA"}} {
		if ref, sha := os.Getenv(v[0]), os.Getenv(v[1]); ref != "" && sha != "" {
			return ref + "@sha1:" + sha, v[0] + " and " + v[1]
		}
	}
	return "", ""
}
