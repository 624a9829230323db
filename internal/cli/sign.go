package cli

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/penstock-dev/penstock/internal/model"
	"github.com/penstock-dev/penstock/internal/release/cosign"
	"github.com/penstock-dev/penstock/internal/release/promotion"
)

func onGitHub() bool { return os.Getenv("GITHUB_ACTIONS") == "true" }

// inPipeline reports whether a CI job runs this. Nobody else has an identity
// that counts, nor can be expected to have cosign.
func inPipeline() bool { return onGitHub() || os.Getenv("GITLAB_CI") == "true" }

// signers makes a move look at who built what it copies in, and sign it where
// each environment has an identity of its own.
func (mv *moving) signers() {
	publish := mv.model.PublishIdentity(mv.place.App)
	if publish == nil || !inPipeline() {
		return
	}
	client := cosign.Client{HTTP: mv.model.Registry.Insecure}
	mv.Check = func(ctx context.Context, repository, digest string) error {
		return mv.refused(client.VerifyAttestation(ctx, repository+"@"+digest, *publish))
	}
	if !mv.needsSignature() || !onGitHub() {
		return
	}
	trusted := *mv.model.PromoteIdentity(mv.place)
	mv.Sign = func(ctx context.Context, repository, digest string) error {
		ref := repository + "@" + digest
		if err := client.Sign(ctx, ref); err != nil {
			return err
		}
		mv.signed = true
		return mv.refused(mv.untrusted(ref, trusted, client.Verify(ctx, ref, trusted)))
	}
	mv.isSigned = func(ctx context.Context, digest string) error {
		return client.Verify(ctx, mv.Env.Repository+"@"+digest, trusted)
	}
}

// needsSignature reports whether Flux asks for a signature that only this
// environment's workflow can make.
func (mv *moving) needsSignature() bool {
	v := mv.place.Verify
	return v != nil && v.Keyless && mv.model.SignsPerEnv()
}

// untrusted says what it means that a signature made here does not count.
func (mv *moving) untrusted(ref string, trusted model.Identity, err error) error {
	u, ok := errors.AsType[*cosign.Unproven](err)
	if !ok {
		return err
	}
	p := mv.model.Platform.Git
	return &cosign.Unproven{
		Now: fmt.Sprintf("%s is signed now, but Flux trusts %s alone (cosign: %s)", ref, trusted, u.Said),
		Next: fmt.Sprintf("promote with %s of %s at %s; if that is what ran, write spec.platform.git.url in capitals and small letters as GitHub does",
			mv.place.Env.PromoteWorkflow(), p.Slug, p.Branch),
	}
}

// refused makes what cosign found a refusal of the protocol's.
func (mv *moving) refused(err error) error {
	u, ok := errors.AsType[*cosign.Unproven](err)
	if !ok {
		return err
	}
	return &promotion.Refusal{Kind: promotion.Unproven, Now: u.Now + "; " + mv.Env.Name + " was not changed", Next: u.Next}
}

// seal signs what runs already and nobody signed: a move by hand, which the
// pipeline now repeats.
func (mv *moving) seal(ctx context.Context, out promotion.Outcome) error {
	if mv.Sign == nil || mv.signed || out.Digest == "" {
		return nil
	}
	err := mv.isSigned(ctx, out.Digest)
	if _, unsigned := errors.AsType[*cosign.Unproven](err); !unsigned {
		return err
	}
	if err := mv.Check(ctx, mv.Env.Repository, out.Digest); err != nil {
		return err
	}
	return mv.Sign(ctx, mv.Env.Repository, out.Digest)
}

// unsigned says, after a move by hand that brought something in, that Flux
// refuses it, and how the pipeline signs it.
func (mv *moving) unsigned(io IO, out promotion.Outcome, action, field string) {
	if !mv.needsSignature() || onGitHub() {
		return
	}
	git, workflow, what := mv.place.Git, "operate.yaml", "environment="+mv.Env.Name
	if mv.Env.Pinned {
		git, workflow, what = mv.model.Platform.Git, mv.place.Env.PromoteWorkflow(), "app="+mv.App
	}
	fmt.Fprintf(io.Err, "%s is not signed for %s: Flux refuses what %s did not sign, and keeps what ran before. Let it sign:\n"+
		"  gh workflow run %s --repo %s --ref %s --field %s --field action=%s --field %s=%s\n",
		out.Release, mv.Env.Name, mv.place.Env.PromoteWorkflow(),
		workflow, model.ShellQuote(git.Slug), model.ShellQuote(git.Branch), what, action, field, model.ShellQuote(out.Release))
}
