package forge

import "github.com/penstock-dev/penstock/internal/generate/step"

// Login is how a CI system's jobs log in to a registry.
type Login struct {
	// By says what the job shows.
	By Pass
	// Variables are those of the job that the partial reads.
	Variables []string
	// Audience is who the token is for that the job asks for beforehand.
	Audience string
	// BySubject: of a token the registry's cloud looks at the subject alone.
	BySubject bool
	// Late: not the login is refused, but what is done with it.
	Late bool
	// Again: what the login gave is good for minutes, so that a job logs in once
	// more before it pushes an image.
	Again bool
}

// Pass is what a job shows to a registry.
type Pass int

// What a job shows: a stored password, the token that CI gives each job for its
// own services, a token about itself, or what a cloud gives for such a token.
const (
	Password Pass = iota
	JobToken
	IDToken
	CloudToken
)

// OIDC reports whether CI logs in with a token about itself, so that no secret
// is stored.
func (l Login) OIDC() bool { return l.By == IDToken || l.OnCloud() }

// OnCloud reports whether a cloud gives its own credentials for a token.
func (l Login) OnCloud() bool { return l.By == CloudToken }

// ByJobToken reports whether the job's own token is enough.
func (l Login) ByJobToken() bool { return l.By == JobToken }

// Password reports whether CI logs in with a stored password.
func (l Login) Password() bool { return l.By == Password }

// Identity is who CI is at the registry: publish, the promotion to one
// environment, or who reads the history.
type Identity struct {
	Name string // "publish", "promote-<environment>" or "history"
	Env  string // "" for those that promote nothing
	// For is what the identity is for, as parts of its name at the registry.
	For []string
	// Slug is the repository whose pipeline it is.
	Slug string
	// Subject is the sub claim of the pipeline's OIDC token, and Caller who it is
	// for those that look at other claims (CI.Caller). In both, the repository's
	// number is what a shell fills in (step.Mark).
	Subject, Caller string
	// Number is the shell variable that holds the repository's number.
	Number string
	// Workflow is the platform's pipeline that the token must come from.
	Workflow string
	// Writes and Reads are repositories without scheme.
	Writes []string
	Reads  []string
}

// Role says what an identity is for.
func (id Identity) Role() string {
	switch {
	case id.Name == "history":
		return "It checks every night whether what runs is what should run, and may only read."
	case id.Env == "":
		return "It builds: it may write releases, and no environment."
	default:
		return "It promotes to `" + id.Env + "`: it may read releases, and write what `" + id.Env + "` reads."
	}
}

// CI is the CI system as steps at a registry need it.
type CI struct {
	Provider string
	// Issuer is that of its tokens, without scheme, after a command that sets what
	// in it a shell fills in.
	IssuerCommand []string
	Issuer        string
	// Caller is who a token is of, as a CEL expression over its claims; Subject is
	// the same in less than 128 characters, as far as they go. Project is the claim
	// with the repository's name, Ours what keeps everybody else's tokens out.
	Caller, Subject, Ours func(claims string) string
	Project               string
	// AnyCaller is the Caller of what any of our repositories runs for an
	// environment; nil where that of one only can be named.
	AnyCaller func(env string) string
	// OwnerNumber is the command that sets what Ours has a shell fill in; "" for
	// nothing.
	OwnerNumber string
	// ByNumber: repositories are trusted by their number; earlier versions trusted
	// their names.
	ByNumber bool
	// Numbers has the shell ask for the numbers of identities' repositories.
	Numbers func(...Identity) []string
	// SetVariable and SetSecret store a value where the identity's pipeline sees it,
	// and ListVariables shows what is there.
	SetVariable, SetSecret func(id Identity, name, value string) string
	ListVariables          func(Identity) string
}

// Again is what takes a command's place where an earlier version trusted a
// repository by its name.
func (c CI) Again(command, instead string) step.Again {
	if !c.ByNumber {
		return step.Again{}
	}
	return step.Again{Command: command, Instead: instead}
}
