package contract

import (
	forges "github.com/penstock-dev/penstock/internal/forge/table"

	"crypto/x509"
	"encoding/pem"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

const (
	repositoryPattern = `^[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*$`
	daysPattern       = `^([2-9]|[1-9][0-9]{1,3})d$`
	releasesPattern   = `^(forever|[1-9][0-9]{0,5})$`
)

var repositoryRE = regexp.MustCompile(repositoryPattern)

func registryRules() []rule {
	return []rule{
		{name: "host", words: "a host or host:port in lower case, without scheme and path", check: registryHost},
		{name: "repository", words: "path segments of a registry: lower-case letters and digits with single \"._-\" inside, \"/\" between them", pattern: repositoryPattern, most: 200, check: repository},
		{name: "image", words: "an image reference in lower case without tag and digest", most: 255, check: image},
		{name: "account", words: "the 12 digits of an AWS account", pattern: `^[0-9]{12}$`, check: matches(`^[0-9]{12}$`, "no AWS account", always("write its 12 digits"))},
		{name: "word", words: "lower-case letters and digits with \"-\" between them", pattern: `^[a-z0-9]+(-[a-z0-9]+)*$`, most: 63, check: matches(`^[a-z0-9]+(-[a-z0-9]+)*$`, "not a region's name", always("write it as the provider does, such as \"eu-west-1\""))},
		{name: "guid", words: "an ID in the form 00000000-0000-0000-0000-000000000000", pattern: `^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`, check: matches(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`, "no subscription ID", always("write it in the form 00000000-0000-0000-0000-000000000000"))},
		{name: "resourcegroup", words: "1 to 90 letters, digits and \"_().-\", not ending with \".\"", pattern: `^[A-Za-z0-9_().-]*[A-Za-z0-9_()-]$`, most: 90, check: matches(`^[A-Za-z0-9_().-]{0,89}[A-Za-z0-9_()-]$`, "no Azure resource group", always("use up to 90 letters, digits and \"_().-\""))},
		{name: "flux", words: oneOf(quoteAll(FluxVersions())) + "; a newer minor version is taken with a warning", pattern: fluxPattern, known: FluxVersions(), check: fluxVersion},
		{name: "days", words: "a number of days from 2d to 9999d", pattern: daysPattern, check: days},
		{name: "releases", words: "forever or a count of at least 1", pattern: releasesPattern, accepts: "number", check: matches(releasesPattern, "no number of releases", always("write forever or a whole number of at least 1"))},
		{name: "keyref", words: "a reference that cosign signs with: " + oneOf(keySchemes()), pattern: `^(` + strings.Join(keySchemes(), "|") + `)[!-~]+$`, careful: true, check: keyRef},
		{name: "publickey", words: "a public key in PEM, one block BEGIN PUBLIC KEY", careful: true, check: publicKey},
	}
}

func registryHost(v string) (what, fix string) {
	if _, after, ok := strings.Cut(v, "://"); ok {
		return "has a scheme", "write the host only" + hint(strings.TrimSuffix(after, "/"))
	}
	if host, _, found := strings.Cut(v, "/"); found {
		return "has a path", "write the host only" + hint(host) + "; paths go into prefix or project"
	}
	host, port := v, ""
	if i := strings.LastIndexByte(v, ':'); i > strings.LastIndexByte(v, ']') {
		host, port = v[:i], v[i+1:]
		if !portNumber(port) {
			return "is " + quote(v) + " with the port " + quote(port), "write a port from 1 to 65535"
		}
	}
	switch {
	case strings.ToLower(host) != host:
		return "is " + quote(v), "write it in lower case" + hint(strings.ToLower(v))
	case strings.HasPrefix(host, "["):
		if u, err := url.Parse("https://" + v); err != nil || u.Host != v || strings.Contains(v, "%") {
			return "is " + quote(v) + ", no IPv6 address", "write it as [::1]:5000"
		}
	case !hostName(host):
		return "is " + quote(v) + ", neither a DNS name nor an IP address", "write host or host:port"
	case port == "" && host != "localhost" && !strings.Contains(host, "."):
		return "is " + quote(v) + ", which image tools read as a path on Docker Hub", "write the full DNS name or add the port"
	}
	return "", ""
}

// hint offers a value, if it is itself a good host.
func hint(v string) string {
	if strings.ContainsAny(v, "/@?#") {
		return ""
	}
	if what, _ := registryHost(v); what != "" {
		return ""
	}
	return ": " + v
}

func repository(v string) (what, fix string) {
	switch {
	case repositoryRE.MatchString(v) && len(v) <= 200:
		return "", ""
	case repositoryRE.MatchString(strings.Trim(v, "/")):
		return "is " + quote(v), "write it without \"/\" at the ends: " + quote(strings.Trim(v, "/"))
	case repositoryRE.MatchString(strings.ToLower(v)):
		return "is " + quote(v), "registries want lower case: " + quote(strings.ToLower(v))
	}
	return "is " + quote(v) + ", no path of a registry", "use lower-case letters and digits with single \"._-\" inside and \"/\" between segments"
}

func image(v string) (what, fix string) {
	if i := strings.Index(v, "://"); i >= 0 {
		return "is " + quote(v) + " with a scheme", "leave out " + quote(v[:i+3])
	}
	if name, _, found := strings.Cut(v, "@"); found {
		return "has a digest", "leave it out, bundles name it: " + quote(name)
	}
	slash := strings.LastIndexByte(v, '/')
	if i := strings.LastIndexByte(v, ':'); i > slash {
		return "has the tag " + quote(v[i+1:]), "leave the tag out, releases name it"
	}
	if strings.ToLower(v) != v {
		return "is " + quote(v), "images are lower case: " + quote(strings.ToLower(v))
	}
	host, rest, found := strings.Cut(v, "/")
	if found && (host == "localhost" || strings.ContainsAny(host, ".:[")) {
		if what, fix = registryHost(host); what != "" {
			return "names a host that " + what, fix
		}
	} else {
		rest = v
	}
	if !repositoryRE.MatchString(rest) || len(v) > 255 {
		return "is " + quote(v) + ", no image reference", "write host/path in lower case"
	}
	return "", ""
}

var daysRE = regexp.MustCompile(`^[0-9]+d$`)

func days(v string) (what, fix string) {
	n, err := strconv.Atoi(strings.TrimSuffix(v, "d"))
	switch {
	case !daysRE.MatchString(v) || err != nil || n > 9999 || v[0] == '0' && n > 0:
		return "is " + quote(v) + ", no number of days", "write days such as 30d"
	case n < 2:
		return "is " + quote(v), "write at least 2d: nothing younger than 48 hours is deleted"
	}
	return "", ""
}

func keySchemes() []string {
	list := []string{"awskms://", "gcpkms://", "azurekms://", "hashivault://", "k8s://"}
	for _, f := range forges.All() {
		if f.Keys != "" {
			list = append(list, f.Keys)
		}
	}
	return append(list, "env://")
}

// holdsPrivateKey finds the one thing that no field may hold. Such a value is
// never printed.
func holdsPrivateKey(v string) bool {
	return strings.Contains(v, "PRIVATE KEY-----")
}

const notSecret = "remove it here and from the history, and replace that key: it is no longer secret"

// keyRef checks the reference without printing it: it is where people paste
// what should not be pasted.
func keyRef(v string) (what, fix string) {
	scheme, rest, found := strings.Cut(v, "://")
	switch {
	case strings.Contains(strings.ToUpper(v), "PRIVATE KEY"):
		return "holds a private key", notSecret
	case !found || !slices.Contains(keySchemes(), scheme+"://"):
		return "is not a reference to a key", "write one that begins with " + oneOf(keySchemes())
	case rest == "" || strings.ContainsFunc(v, func(c rune) bool { return c <= ' ' || c > '~' }):
		return "has nothing usable after " + quote(scheme+"://"), "name the key"
	}
	return "", ""
}

func publicKey(v string) (what, fix string) {
	const pemFix = "paste what \"cosign public-key\" prints, from BEGIN PUBLIC KEY to END PUBLIC KEY"
	if strings.Contains(strings.ToUpper(v), "PRIVATE KEY") {
		return "holds a private key", notSecret
	}
	block, rest := pem.Decode([]byte(v))
	switch {
	case block == nil:
		return "is not a key in PEM", pemFix
	case block.Type != "PUBLIC KEY":
		return "is a PEM block " + quote(block.Type), pemFix
	case strings.TrimSpace(string(rest)) != "" || !strings.HasPrefix(strings.TrimSpace(v), "-----BEGIN"):
		return "holds more than one PEM block", pemFix
	}
	if _, err := x509.ParsePKIXPublicKey(block.Bytes); err != nil {
		return "is not a public key that can be read", pemFix
	}
	return "", ""
}
