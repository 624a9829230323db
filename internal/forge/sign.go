package forge

import (
	"regexp"
	"slices"
	"strings"
)

// ImagePassword is the variable with the password for an image's own host.
const ImagePassword = "IMAGE_REGISTRY_PASSWORD"

// Signs reports whether bundles are signed at all.
func (s Site) Signs() bool { return s.Signing != "none" }

// SignsWithKey reports whether bundles are signed with a key pair.
func (s Site) SignsWithKey() bool { return s.Signing == "key" }

// Keyless reports whether they are signed as the job that does it.
func (s Site) Keyless() bool { return s.Signing == "keyless" }

// KeyScheme is how the reference of the signing key begins; "" without a key.
func (s Site) KeyScheme() string {
	if !s.SignsWithKey() {
		return ""
	}
	scheme, _, _ := strings.Cut(s.KeyRef, "://")
	return scheme
}

// KeySecret is the secret of the repository with the private key that cosign
// reads from the environment; empty where the key is somewhere else.
func (s Site) KeySecret() string {
	taken := []string{ImagePassword, "REGISTRY_PASSWORD", "COSIGN_PASSWORD", "PATH", "HOME"}
	name, found := strings.CutPrefix(s.KeyRef, "env://")
	switch {
	case !found || !s.SignsWithKey():
		return ""
	case secretName.MatchString(name) && !slices.Contains(taken, strings.ToUpper(name)) && !s.taken(strings.ToUpper(name)):
		return name
	default:
		return "COSIGN_PRIVATE_KEY"
	}
}

var secretName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// Key is what cosign signs with in the job that publishes.
func (s Site) Key() string {
	if name := s.KeySecret(); name != "" {
		return "env://" + name
	}
	return s.KeyRef
}

// SignsOffline reports whether signing needs a configuration without public
// services.
func (s Site) SignsOffline() bool { return s.SignsWithKey() && !s.Registry.OldSignatures }

// SignFlags are the flags of cosign's sign and attest, for a shell; key and
// folder are words of it.
func (s Site) SignFlags(key, folder string) string {
	flags := []string{"--yes"}
	if s.SignsWithKey() {
		flags = append(flags, "--key "+key)
	}
	if s.SignsOffline() {
		flags = append(flags, `--signing-config "`+folder+`/signing.json"`)
	}
	if s.Registry.OldSignatures {
		flags = append(flags, "--new-bundle-format=false", "--use-signing-config=false")
		if s.SignsWithKey() {
			flags = append(flags, "--tlog-upload=false")
		}
	}
	if s.Registry.Insecure {
		flags = append(flags, "--allow-http-registry")
	}
	return strings.Join(flags, " ")
}

func (s Site) taken(name string) bool {
	return s.Variables != "" && strings.HasPrefix(name, s.Variables)
}
