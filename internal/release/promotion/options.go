package promotion

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/penstock-dev/penstock/internal/contract"
)

// Options say what is to be done where, by whom and why.
type Options struct {
	// App is "team/app", for messages and records.
	App string
	Env Env
	// Release to promote; "" for what the preceding environment runs, or in the
	// first environment for the newest release that is no pre-release.
	Release string
	// To is what Rollback goes back to, a promotion tag or a release; "" for the
	// newest release that counted, is older and that no rollback left.
	To string
	// Repair makes Promote undo a move of the environment tag by hand. Without a
	// Release nothing is promoted then.
	Repair bool

	Actor    string
	Pipeline string // URL
	Commit   string
	Reason   string
	Now      time.Time
	// Check looks at where a release comes from, before anything of it is copied
	// to where the environment reads; nil where nothing is to be looked at. Its
	// error ends the run there.
	Check func(ctx context.Context, repository, digest string) error
	// Sign signs a digest where the environment reads it; nil where bundles are
	// signed once, at publish, or not at all. Errors of both name the digest.
	Sign func(ctx context.Context, repository, digest string) error

	claims int // how often a rollback claims at most; 0 for maxClaims
}

// Env is an environment of one app.
type Env struct {
	Name string
	// Repository is where the environment reads, Releases where CI pushes to.
	Repository, Releases string
	// From is the preceding environment; nil for the first.
	From *From
	// Freeze are the contract's windows without promotions.
	Freeze []contract.Freeze
	// Pinned: Git says what runs; see PromotePin and the like.
	Pinned bool
}

// From is the preceding environment: a release has to count there first.
type From struct {
	Name, Repository string
	// Pins are all versions of the pin file, oldest first, where Git pins the
	// preceding environment; nil where its claims say what counted.
	Pins []Pin
}

// frozen returns the window that the time is in, or nil.
func (e Env) frozen(now time.Time) (*contract.Freeze, error) {
	for _, f := range e.Freeze {
		from, err := time.Parse(time.RFC3339, f.From)
		if err != nil {
			return nil, fmt.Errorf("freeze of %s: from: %w", e.Name, err)
		}
		to, err := time.Parse(time.RFC3339, f.To)
		if err != nil {
			return nil, fmt.Errorf("freeze of %s: to: %w", e.Name, err)
		}
		if !now.Before(from) && now.Before(to) {
			return &f, nil
		}
	}
	return nil, nil
}

// CheckFreeze refuses a promotion in a window without them.
func (o Options) CheckFreeze() error {
	f, err := o.Env.frozen(o.Now)
	if err != nil || f == nil {
		return err
	}
	return refuse(Frozen, fmt.Sprintf("%s is frozen from %s to %s (%s)", o.Env.Name, f.From, f.To, oneLine(f.Reason)),
		"promote after it, or change the contract; rollbacks work")
}

// fits returns an error when the tags of a release would be too long, those of
// a later rollback included.
func (e Env) fits(release string) error {
	longest := Claim{Environment: e.Name, Date: dateLayout, Number: 9999, Action: ActionRollback, Release: release}.RecordTag()
	if n := len(longest) - maxTag; n > 0 {
		return refuse(BadRelease, fmt.Sprintf("release %q makes tags of %s longer than the %d characters that a tag may have", release, e.Name, maxTag),
			fmt.Sprintf("release it under a version that is %d characters shorter", n))
	}
	return nil
}

func (o Options) who() string { return cmp.Or(o.Actor, "unknown") }
