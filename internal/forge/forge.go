// Package forge says what may differ between the hosts of Git repositories and
// the CI that each runs, as plain values and functions. Each is a Forge in a
// folder of its own below this one; package table lists them.
//
// It knows no contract and no model, which read it: what a function has to know
// of the platform it is given as a Site.
package forge

import "github.com/penstock-dev/penstock/internal/generate/step"

// Forge is a Git host and its CI: all that others do not have in common with
// it. Functions may be nil where they say so.
type Forge struct {
	// Name and CI are its values of spec.platform.git.provider and
	// spec.ci.provider; Title and CITitle are for people.
	Name, Title string
	CI, CITitle string
	// Hosts are those of the public service; the first is its web site, and public
	// Sigstore trusts its issuer.
	Hosts []string
	// SelfHosted: a host whose name says nothing likely runs it.
	SelfHosted bool
	// Tokens are regular expressions of its access tokens: of the first characters,
	// and of the whole.
	Tokens struct{ Start, Whole string }
	// Keys begins references to signing keys that it keeps; "" where it keeps none.
	Keys string
	// Variables begins names of a job's variables that nobody else may set.
	Variables string
	// Places are files and folders of a repository that are its own.
	Places []string
	// Owners is where it looks for who must review what.
	Owners string
	// Lists are generated files with a line an app or a cluster, Unread folders of the platform
	// repository, without a dot, that no cluster reads.
	Lists, Unread []string
	// Files leads to a file of a repository's branch, below its web address.
	Files string
	// SignsPerEnv: each environment's job has an identity of its own that signs
	// what it runs. Otherwise each app signs its bundles once.
	SignsPerEnv bool
	Words       Words
	Commands    Commands
	Job         Job
	Tokened     Tokened
	Setup       Setup
	Pipelines   Pipelines
}

// Words are what documents say of it, as Markdown.
type Words struct {
	Request string // how a change is proposed
	// Number is the last part of a release, Version where the first two stand.
	Number, Version string
	// Promotion and Pipelines are what pages about promotions and about the topology
	// add, Folders where pipelines are; all may be empty.
	Promotion, Pipelines, Folders string
}

// Commands are for a POSIX shell.
type Commands struct {
	// Create makes an empty private repository.
	Create func(Git) string
	// Propose asks for the branch that is checked out to be merged into another.
	Propose func(branch string) string
	// Operate starts, in a clone of an app's repository, what people run by hand.
	// More inputs are pairs of name and value.
	Operate func(branch, env, action string, more [][2]string) string
	// Start does so from anywhere for a pipeline that signs; nil where none does.
	Start func(g Git, pipeline string, inputs [][2]string) string
}

// Job says which variables tell a program about the CI job that runs it.
type Job struct {
	// Is and Value say that it is one.
	Is, Value string
	// Actors name who started it, the first that is set.
	Actors []string
	// Branch and Commit are what it runs for.
	Branch, Commit string
	// Page is the web address of the pipeline; "" without one.
	Page func(get func(string) string) string
}

// Tokened is what the tokens of its jobs say, and the certificates made of them.
type Tokened struct {
	// Issuer issues them, for a host's address.
	Issuer func(root string) string
	// Publisher is who publishes an app's releases, Promoter who promotes to an
	// environment; nil without SignsPerEnv.
	Publisher func(Site, Git) Signer
	Promoter  func(Site, *Env) Signer
	// Caller are what a Receiver asks of the job that calls it: one that promotes to
	// an environment for a repository, or, where that is nil, the platform's own.
	Caller func(Site, Git, *Env) []Validation
}

// Setup is what is set up there, once and for each app.
type Setup struct {
	Platform func(Site) []step.Step
	App      func(Site, *App) []step.Step
	// CI is the CI system as steps at a registry need it.
	CI func(Site) CI
	// Trusted adds to an identity who it is in the tokens of its pipeline.
	Trusted func(Site, Identity, Git) Identity
	// Again says what to do at the registry where an earlier version was set up; nil
	// where nothing is to do.
	Again func(s Site, ofApp bool) string
}

// Pipelines are the generated files of its own.
type Pipelines struct {
	// Outputs says which are made for a platform, or for an app, which is nil for
	// the platform's. Keys are output paths with placeholders.
	Outputs map[string]func(Site, *App) bool
	// Platform, Env and App are what the templates of each scope see of it, as
	// .Pipeline.
	Platform func(Site) any
	Env      func(Site, *Env) any
	App      func(Site, *App) any
	// Checks are its lines of the readiness list.
	Checks func(Site) []Check
	// Approval and Signing say what an approval and a signature lack there; nil or
	// "" for nothing.
	Approval, Signing func(Site) string
}

// Check is a line of the readiness list: what production asks for, the file
// that answers it, and what is missing, if anything.
type Check struct {
	Item     string
	Evidence []string // output paths with placeholders; all must be generated
	Open     string   // what the contract lacks, as Markdown; empty when nothing
	Lacks    []Lack
}

// Lack is what some teams, apps or clusters lack. A page names each on a line
// of its own, so that it is only the line of the one that changes.
type Lack struct {
	What  string // as Markdown, and a heading
	Why   string // what follows from it, as Markdown
	Names []string
}
