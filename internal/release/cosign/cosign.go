// Package cosign turns a digest in a registry into its signature, or into the
// news that an identity signed or attested it, through the cosign program on
// PATH.
//
// Identities are the model's; credentials are what cosign itself finds: the
// login of docker, and the token of the running CI job. What cosign prints is
// never shown as it is.
package cosign

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"time"

	"github.com/penstock-dev/penstock/internal/model"
)

// Client runs cosign 3.
type Client struct {
	// HTTP is set for a registry without TLS.
	HTTP bool
}

// provenance is the predicate type of what publish attests, by cosign's name.
const provenance = "slsaprovenance1"

// keyVariable tells cosign the public key, without a file.
const keyVariable = "PENSTOCK_PUBLIC_KEY"

// Unproven says that nobody, or somebody else, stands for a digest. Trying
// again does not help.
type Unproven struct {
	// Now is what is true, Next what to do.
	Now, Next string
	// Said is cosign's reason why what is there does not fit; "" when nothing is
	// there.
	Said string
}

func (u *Unproven) Error() string { return u.Now + "; " + u.Next }

// Sign signs "repository@digest" with the identity of the running CI job and
// stores the signature beside it.
func (c Client) Sign(ctx context.Context, ref string) error {
	_, err := c.run(ctx, nil, ref, "sign", "--yes")
	return err
}

// Verify checks that an identity signed "repository@digest"; an *Unproven
// says that it did not.
func (c Client) Verify(ctx context.Context, ref string, id model.Identity) error {
	return c.check(ctx, "signature", ref, id, "verify")
}

// VerifyAttestation checks that an identity attested the SLSA provenance of
// "repository@digest"; an *Unproven says that it did not.
func (c Client) VerifyAttestation(ctx context.Context, ref string, id model.Identity) error {
	return c.check(ctx, "provenance", ref, id, "verify-attestation", "--type="+provenance)
}

func (c Client) check(ctx context.Context, what, ref string, id model.Identity, args ...string) error {
	args = append(args, id.Flags("env://"+keyVariable)...)
	out, err := c.run(ctx, []string{keyVariable + "=" + id.PublicKey}, ref, args...)
	if err == nil {
		return nil
	}
	said, refused := verdict(out)
	switch {
	case !refused:
		return err
	case said == "":
		return &Unproven{
			fmt.Sprintf("%s has no %s: it was not pushed by the pipeline, or the job failed after the push", ref, what),
			"run the publish job of that commit again, or release it under a new version", "",
		}
	default:
		return &Unproven{
			fmt.Sprintf("%s has a %s, but not by %s (cosign: %s)", ref, what, id, said),
			"stop, and ask who pushed it and why; do not sign it by hand", said,
		}
	}
}

// run runs cosign and returns what it printed. An error says in one line what
// went wrong.
func (c Client) run(ctx context.Context, env []string, ref string, args ...string) (string, error) {
	path, err := exec.LookPath("cosign")
	if err != nil {
		return "", errors.New("cosign is not on PATH; install cosign 3 in a step before this one, on GitHub with sigstore/cosign-installer")
	}
	if c.HTTP {
		args = append(args, "--allow-http-registry")
	}
	cmd := exec.CommandContext(ctx, path, append(args, ref)...)
	cmd.Env = append(os.Environ(), env...)
	cmd.WaitDelay = 5 * time.Second // for what cosign may have started
	out, err := cmd.CombinedOutput()
	if err == nil {
		return string(out), nil
	}
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	said := excerpt(string(out))
	if said == "" {
		said = err.Error()
	}
	return string(out), fmt.Errorf("cosign %s %s: %s", args[0], ref, said)
}
