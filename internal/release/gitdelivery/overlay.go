package gitdelivery

import (
	"fmt"
	"slices"
	"strings"

	"github.com/penstock-dev/penstock/internal/release/images"
	"github.com/penstock-dev/penstock/internal/release/promotion"
)

// Version is what an overlay ran at one time.
type Version struct {
	Images []images.Image
	promotion.Explanation
}

// Overlay is an overlay on the branch that counts.
type Overlay struct {
	Env  string
	Data []byte
	// Versions are its images over time, oldest first; the last one is of Data.
	Versions []Version
	// Image is the name of the app's own image, whose tag is the release.
	Image string
}

func (o Overlay) images() []images.Image {
	if n := len(o.Versions); n > 0 {
		return o.Versions[n-1].Images
	}
	return nil
}

// release is what people call a set of images: the tag of the app's own or,
// where it has none, its digest; "" for the tag that generate writes at first.
func (o Overlay) release(list []images.Image) (release, digest string) {
	i := max(slices.IndexFunc(list, func(m images.Image) bool { return m.Name == o.Image }), 0)
	if len(list) == 0 || list[i].NewTag == Unset && list[i].Digest == "" {
		return "", ""
	}
	if list[i].NewTag == "" {
		return list[i].Digest, list[i].Digest
	}
	return list[i].NewTag, list[i].Digest
}

// Unset is the tag of an overlay in which nothing was released yet.
const Unset = "0.0.0"

// Promote copies the images of the overlay before into this one. nil data:
// nothing is to change.
func Promote(o promotion.Options, from, to Overlay) (data []byte, out promotion.Outcome, err error) {
	out = promotion.Outcome{App: o.App, Environment: to.Env, Action: promotion.ActionPromotion}
	if err := o.CheckFreeze(); err != nil {
		return nil, out, err
	}
	release, digest := from.release(from.images())
	is, was := to.release(to.images())
	switch {
	case release == "":
		return nil, out, &promotion.Refusal{
			Kind: promotion.NothingRuns, Now: "nothing was released in " + from.Env + " yet, from which " + to.Env + " takes its releases",
			Next: "set the tag in its overlay first",
		}
	case o.Release != "" && o.Release != release:
		return nil, out, &promotion.Refusal{
			Kind: promotion.NotBefore, Now: fmt.Sprintf("%s runs %s, not %s", from.Env, release, o.Release),
			Next: "promote what runs there, or bring " + o.Release + " there first",
		}
	case older(release, is):
		return nil, out, &promotion.Refusal{
			Kind: promotion.Older, Now: fmt.Sprintf("%s is older than %s, which runs in %s", release, is, to.Env),
			Next: "run " + o.Command("rollback", "--reason", "TEXT") + " if it is meant to go back",
		}
	}
	data, err = images.Set(to.Data, from.images(), false)
	if err != nil {
		return nil, out, err
	}
	out.Release, out.Digest, out.PreviousRelease, out.PreviousDigest = release, digest, is, was
	if string(data) == string(to.Data) {
		out.Message = fmt.Sprintf("the overlay of %s holds %s already", to.Env, release)
		return nil, out, nil
	}
	out.Changed = true
	out.Message = fmt.Sprintf("merging the changed overlay makes %s run %s, %s", to.Env, release, previous(is))
	return data, out, nil
}

func previous(release string) string {
	if release == "" {
		return "the first release there"
	}
	return "before it was " + release
}

// older compares releases that are versions; of other tags nobody knows.
func older(a, b string) bool {
	return promotion.CheckRelease(a) == nil && promotion.CheckRelease(b) == nil && promotion.Newer(b, a)
}

// Rollback puts the images of an earlier version back: of o.To, a commit or a
// release, or else of what ran before what runs, leaving out what was gone back
// from. It holds nothing.
func Rollback(o promotion.Options, at Overlay) (data []byte, out promotion.Outcome, err error) {
	out = promotion.Outcome{App: o.App, Environment: at.Env, Action: promotion.ActionRollback}
	target, err := at.target(o)
	if err != nil {
		return nil, out, err
	}
	if data, err = images.Set(at.Data, target.Images, true); err != nil {
		return nil, out, err
	}
	out.Release, out.Digest = at.release(target.Images)
	out.PreviousRelease, out.PreviousDigest = at.release(at.images())
	if string(data) == string(at.Data) {
		out.Message = fmt.Sprintf("the overlay of %s holds %s already", at.Env, out.Release)
		return nil, out, nil
	}
	out.Changed = true
	out.Message = fmt.Sprintf("merging the changed overlay makes %s run %s again; nothing holds it there", at.Env, out.Release)
	return data, out, nil
}

func (o Overlay) target(opts promotion.Options) (Version, error) {
	if opts.To != "" {
		for _, v := range slices.Backward(o.Versions) {
			release, _ := o.release(v.Images)
			if release == opts.To || len(opts.To) >= 7 && strings.HasPrefix(v.Commit, opts.To) {
				return v, nil
			}
		}
		return Version{}, &promotion.Refusal{
			Kind: promotion.UnknownRelease, Now: fmt.Sprintf("%q is neither a release that ran in %s nor a commit that changed it", opts.To, o.Env),
			Next: "run " + opts.Command("history") + " to see what can be gone back to",
		}
	}
	kept := o.kept()
	if len(kept) < 2 {
		return Version{}, &promotion.Refusal{
			Kind: promotion.NoCandidate, Now: "nothing ran in " + o.Env + " before that was not gone back from",
			Next: "name what to go back to with " + opts.Command("rollback", "--to", "COMMIT"),
		}
	}
	return kept[len(kept)-2], nil
}

// kept lists the versions that led to what runs: one that came back takes away
// what was in between.
func (o Overlay) kept() []Version {
	var kept []Version
	for _, v := range o.Versions {
		if release, _ := o.release(v.Images); release == "" {
			continue
		}
		if i := slices.IndexFunc(kept, func(k Version) bool { return slices.Equal(k.Images, v.Images) }); i >= 0 {
			kept = kept[:i+1]
			continue
		}
		kept = append(kept, v)
	}
	return kept
}

// History is what the versions of an overlay tell. An entry's tag is the commit
// that "rollback --to" takes.
func History(app string, o Overlay) promotion.History {
	h := promotion.History{App: app, Environment: o.Env}
	var ran [][]images.Image
	for _, v := range o.Versions {
		release, digest := o.release(v.Images)
		if release == "" || len(ran) > 0 && slices.Equal(ran[len(ran)-1], v.Images) {
			continue
		}
		e := promotion.Entry{
			Tag: v.Commit[:min(len(v.Commit), 10)], Action: promotion.ActionPromotion, Release: release, Digest: digest, PreviousDigest: h.Shown,
			Commit: v.Commit, Actor: v.Actor, Pipeline: v.Pipeline, Time: v.Time, Reason: v.Why, Counts: true, Available: true, Recorded: true,
		}
		back := slices.ContainsFunc(ran, func(r []images.Image) bool { return slices.Equal(r, v.Images) })
		if is := h.State.Release; back || older(release, is) {
			e.Action = promotion.ActionRollback
		}
		h.Entries, h.Shown, h.State.Release = append(h.Entries, e), digest, release
		ran = append(ran, v.Images)
	}
	slices.Reverse(h.Entries)
	if len(h.Entries) > 0 {
		h.Entries[0].Current = true
	}
	return h
}

// Standing is the overlay's line of the overview.
func Standing(app string, o Overlay) promotion.Standing {
	st := promotion.Standing{App: app, Environment: o.Env, Candidates: max(0, len(o.kept())-1)}
	if h := History(app, o); len(h.Entries) > 0 {
		e := h.Entries[0]
		st.Release, st.Claim, st.Digest, st.Shown, st.Since, st.By = e.Release, e.Tag, e.Digest, e.Digest, e.Time, e.Actor
	}
	return st
}
