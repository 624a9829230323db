package delivery

import (
	"context"
	"errors"
	"fmt"

	"github.com/penstock-dev/penstock/internal/ci"
	"github.com/penstock-dev/penstock/internal/model"
	"github.com/penstock-dev/penstock/internal/release/cosign"
	"github.com/penstock-dev/penstock/internal/release/promotion"
)

// signers makes a move look at who built what it copies in, and sign it where
// each environment has an identity of its own.
func (m *Move) signers() {
	publish := m.model.PublishIdentity(m.place.App)
	if publish == nil || !ci.Running() {
		return
	}
	client := cosign.Client{HTTP: m.model.Registry.Insecure}
	m.Check = func(ctx context.Context, repository, digest string) error {
		return m.refused(client.VerifyAttestation(ctx, repository+"@"+digest, *publish))
	}
	if !m.needsSignature() || !ci.Runs(m.model.Forge) {
		return
	}
	trusted := *m.model.PromoteIdentity(m.place)
	m.Sign = func(ctx context.Context, repository, digest string) error {
		ref := repository + "@" + digest
		if err := client.Sign(ctx, ref); err != nil {
			return err
		}
		m.signed = true
		return m.refused(m.untrusted(ref, trusted, client.Verify(ctx, ref, trusted)))
	}
	m.isSigned = func(ctx context.Context, digest string) error {
		return client.Verify(ctx, m.Env.Repository+"@"+digest, trusted)
	}
}

// needsSignature reports whether Flux asks for a signature that only this
// environment's workflow can make.
func (m *Move) needsSignature() bool {
	v := m.place.Verify
	return v != nil && v.Keyless && m.model.SignsPerEnv()
}

// untrusted says what it means that a signature made here does not count.
func (m *Move) untrusted(ref string, trusted model.Identity, err error) error {
	u, ok := errors.AsType[*cosign.Unproven](err)
	if !ok {
		return err
	}
	p := m.model.Platform.Git
	return &cosign.Unproven{
		Now: fmt.Sprintf("%s is signed now, but Flux trusts %s alone (cosign: %s)", ref, trusted, u.Said),
		Next: fmt.Sprintf("promote with %s of %s at %s; if that is what ran, write spec.platform.git.url in capitals and small letters as %s does",
			m.place.Env.PromoteWorkflow(), p.Slug, p.Branch, m.model.Forge.Title),
	}
}

// refused makes what cosign found a refusal of the protocol's.
func (m *Move) refused(err error) error {
	u, ok := errors.AsType[*cosign.Unproven](err)
	if !ok {
		return err
	}
	return &promotion.Refusal{Kind: promotion.Unproven, Now: u.Now + "; " + m.Env.Name + " was not changed", Next: u.Next}
}

// seal signs what runs already and nobody signed: a move by hand, which the
// pipeline now repeats.
func (m *Move) seal(ctx context.Context, out promotion.Outcome) error {
	if m.Sign == nil || m.signed || out.Digest == "" {
		return nil
	}
	err := m.isSigned(ctx, out.Digest)
	if _, unsigned := errors.AsType[*cosign.Unproven](err); !unsigned {
		return err
	}
	if err := m.Check(ctx, m.Env.Repository, out.Digest); err != nil {
		return err
	}
	return m.Sign(ctx, m.Env.Repository, out.Digest)
}

// unsigned says, after a move by hand that brought something in, that Flux
// refuses it, and how the pipeline signs it.
func (m *Move) unsigned(out promotion.Outcome, action, field string) string {
	if !m.needsSignature() || ci.Runs(m.model.Forge) {
		return ""
	}
	git, workflow, what := m.place.Git, "operate.yaml", [2]string{"environment", m.Env.Name}
	if m.Env.Pinned {
		git, workflow, what = m.model.Platform.Git, m.place.Env.PromoteWorkflow(), [2]string{"app", m.App}
	}
	return fmt.Sprintf("%s is not signed for %s: Flux refuses what %s did not sign, and keeps what ran before. Let it sign:\n"+
		"  %s\n",
		out.Release, m.Env.Name, m.place.Env.PromoteWorkflow(),
		m.model.Forge.Commands.Start(git, workflow, [][2]string{what, {"action", action}, {field, out.Release}}))
}
