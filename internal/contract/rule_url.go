package contract

import (
	"github.com/penstock-dev/penstock/internal/forge"
	forges "github.com/penstock-dev/penstock/internal/forge/table"

	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

var (
	scpRE    = regexp.MustCompile(`^([A-Za-z0-9_][A-Za-z0-9._~-]*)@([A-Za-z0-9][A-Za-z0-9.-]*):([^:].*)$`)
	userRE   = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9._~-]*$`)
	tokenRE  = regexp.MustCompile(`(?i)^(` + strings.Join(forges.Each(func(f forge.Forge) string { return f.Tokens.Start }), "|") + `|x-token-auth$)`)
	branchRE = regexp.MustCompile(`(^|/)\.|\.\.|[ ~^:?*\[\\]|@\{|//|^/|/$|\.lock(/|$)|\.$|^-|^@$`)
)

func urlRules() []rule {
	return []rule{
		{name: "giturl", words: "an https:// or ssh:// URL, or git@host:path, without password, query and fragment", careful: true, check: gitURL},
		{name: "weburl", words: "an https:// URL without user, query and fragment", careful: true, check: webURL},
		{name: "branch", words: "the name of a Git branch", most: 200, check: branch},
		{name: "path", words: "a folder inside the repository: names of letters, digits and \"._+@-\" with \"/\" between them, outside " + oneOf(generatedFolders()), pattern: `^[A-Za-z0-9._+@][A-Za-z0-9._+@-]*(/[A-Za-z0-9._+@][A-Za-z0-9._+@-]*)*$`, most: 200, check: folder},
	}
}

// address is a Git or web URL taken apart. It never holds a password.
type address struct {
	scheme, user, host, port, path string
	password, query                bool
}

// plain is the address without password and query, fit for a message. Of users
// only "git" stays, which every SSH URL needs.
func (a address) plain() string {
	host := a.host
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	if a.user == "git" {
		host = "git@" + host
	}
	if a.port != "" {
		host += ":" + a.port
	}
	return a.scheme + "://" + host + a.path
}

func (a address) loopback() bool {
	return a.host == "localhost" || a.host == "::1" || strings.HasPrefix(a.host, "127.") && hostName(a.host)
}

// parseAddress takes a URL, or the short form git@host:path, apart.
func parseAddress(v string) (address, bool) {
	if !strings.Contains(v, "://") {
		if m := scpRE.FindStringSubmatch(v); m != nil {
			return address{scheme: "ssh", user: m[1], host: strings.ToLower(m[2]), path: "/" + strings.TrimPrefix(m[3], "/")}, true
		}
	}
	u, err := url.Parse(v)
	if err != nil || u.Scheme == "" || u.Opaque != "" {
		return address{}, false
	}
	_, password := u.User.Password()
	return address{
		scheme: u.Scheme, user: u.User.Username(), host: strings.ToLower(u.Hostname()), port: u.Port(), path: u.Path,
		password: password, query: u.RawQuery != "" || u.ForceQuery || u.Fragment != "" || strings.Contains(v, "#"),
	}, true
}

func gitURL(v string) (what, fix string) {
	if strings.ContainsFunc(v, isBlankOrControl) {
		return "is a URL with a blank or a control character", "remove it"
	}
	a, ok := parseAddress(v)
	if !ok {
		return "is not a URL" + showable(v), "write https://host/path, ssh://git@host/path or git@host:path"
	}
	return a.repository()
}

// repository checks an address as that of a Git repository.
func (a address) repository() (what, fix string) {
	switch {
	case a.password:
		return "has a password in the URL", "write " + quote(a.plain()) + " and replace that password: it is no longer secret"
	case a.user != "" && tokenRE.MatchString(a.user):
		return "has a token in the URL", "write " + quote(a.plain()) + " and revoke that token: it is no longer secret"
	case a.scheme == "http" && a.host != "" && !a.loopback():
		a.scheme = "https"
		return "is not encrypted (http)", "write " + quote(a.plain())
	case a.scheme != "https" && a.scheme != "ssh" && a.scheme != "http":
		return "has the scheme " + quote(a.scheme), "write an https:// or ssh:// URL"
	case a.user != "" && !userRE.MatchString(a.user):
		return "has a user with characters that are not allowed", "write letters, digits and \"._~-\" before the @"
	case a.query:
		return "has a query or a fragment", "leave it out"
	}
	return a.place()
}

// place checks host, port and path, which web and Git URLs have in common.
func (a address) place() (what, fix string) {
	switch {
	case a.host == "":
		return "is a URL without a host", "write https://host/path"
	case !hostName(a.host) && !strings.Contains(a.host, ":"):
		return "has the host " + quote(a.host) + ", which is no DNS name", "correct it"
	case a.port != "" && !portNumber(a.port):
		return "has the port " + quote(a.port), "write a port from 1 to 65535"
	case strings.Trim(a.path, "/") == "":
		return "is a URL without a path", "add the path of the repository"
	}
	if strings.Contains(a.path, "@") {
		return "has an \"@\" in the path", "write the path as the Git host shows it, and no password"
	}
	for segment := range strings.SplitSeq(strings.Trim(a.path, "/"), "/") {
		if segment == "" || segment == "." || segment == ".." || strings.HasPrefix(segment, "-") || strings.ContainsFunc(segment, isBlankOrControl) || strings.ContainsAny(segment, "\\?#*\"'`$;|&<>(){}[]!^") {
			return "has the path segment " + quote(segment), "write the path as the Git host shows it"
		}
	}
	return "", ""
}

func webURL(v string) (what, fix string) {
	if strings.ContainsFunc(v, isBlankOrControl) {
		return "is a URL with a blank or a control character", "remove it"
	}
	a, ok := parseAddress(v)
	switch {
	case !ok || strings.Contains(v, "@") && !strings.Contains(v, "://"):
		return "is not a URL" + showable(v), "write https://host"
	case a.password || a.user != "":
		return "has a user or password in the URL", "write " + quote(a.plain()) + "; the Receiver checks CI's own identity"
	case a.query:
		return "has a query or a fragment", "leave it out"
	case a.scheme == "http" && a.host != "" && !a.loopback():
		a.scheme = "https"
		return "is not encrypted (http)", "write " + quote(a.plain())
	case a.scheme != "https" && a.scheme != "http":
		return "has the scheme " + quote(a.scheme), "write https://host"
	}
	if a.path == "" || a.path == "/" {
		a.path = "/hook"
	}
	return a.place()
}

// showable is the value for a message, unless something in it may be secret.
func showable(v string) string {
	if strings.ContainsAny(v, "@?#") {
		return ""
	}
	return ": " + quote(v)
}

// sameRepository is a key that is equal for all spellings of a good
// repository URL: https or ssh, with or without user, ".git" and a slash at the end.
// No forge distinguishes upper and lower case in paths.
func sameRepository(v string) string {
	a, ok := goodRepository(v)
	if !ok {
		return ""
	}
	if a.scheme == "ssh" || a.scheme == "https" && a.port == "443" {
		a.port = ""
	}
	path := strings.TrimSuffix(strings.Trim(a.path, "/"), ".git")
	return a.host + ":" + a.port + "/" + strings.ToLower(strings.Trim(path, "/"))
}

// hostOf is the host of a good Git URL, or "".
func hostOf(v string) string {
	a, _ := goodRepository(v)
	return a.host
}

// goodRepository takes apart a Git URL that nothing is wrong with.
func goodRepository(v string) (address, bool) {
	if strings.ContainsFunc(v, isBlankOrControl) {
		return address{}, false
	}
	a, ok := parseAddress(v)
	if !ok {
		return address{}, false
	}
	if what, _ := a.repository(); what != "" {
		return address{}, false
	}
	return a, true
}

// hostName reports whether v is a lower-case DNS name or an IPv4 address.
func hostName(v string) bool {
	labels := strings.Split(v, ".")
	if len(v) > 253 || slices.ContainsFunc(labels, func(l string) bool { return !dnsLabel(l) }) {
		return false
	}
	if _, err := strconv.Atoi(labels[len(labels)-1]); err != nil {
		return true
	}
	return len(labels) == 4 && !slices.ContainsFunc(labels, func(l string) bool {
		n, err := strconv.Atoi(l)
		return err != nil || n > 255 || strconv.Itoa(n) != l
	})
}

// dnsLabel does without an expression: it is asked three times for each app.
func dnsLabel(s string) bool {
	return s != "" && len(s) <= 63 && s[0] != '-' && s[len(s)-1] != '-' && !strings.ContainsFunc(s, func(c rune) bool {
		return (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-'
	})
}

func portNumber(v string) bool {
	n, err := strconv.Atoi(v)
	return err == nil && n >= 1 && n <= 65535 && strconv.Itoa(n) == v
}

// branch follows git check-ref-format.
func branch(v string) (what, fix string) {
	switch {
	case strings.HasPrefix(v, "refs/heads/"):
		return "is " + quote(v), "write " + quote(strings.TrimPrefix(v, "refs/heads/"))
	case v == "HEAD" || len(v) > 200 || strings.ContainsFunc(v, isBlankOrControl) || branchRE.MatchString(v):
		return "is " + quote(v) + ", which Git refuses as the name of a branch", "see git help check-ref-format"
	}
	return "", ""
}

// generatedFolders are places in an app's repository that others own.
func generatedFolders() []string {
	list := []string{"docs"}
	for _, f := range forges.All() {
		list = append(list, f.Places...)
	}
	return append(list, ".penstock", ".git")
}

var segmentRE = regexp.MustCompile(`^[A-Za-z0-9._+@][A-Za-z0-9._+@-]*$`)

func folder(v string) (what, fix string) {
	const example = "write a folder such as \"deploy\""
	segments := strings.Split(v, "/")
	switch {
	case strings.HasPrefix(v, "/"):
		return "is " + quote(v) + ", an absolute path", "write it without the leading \"/\""
	case len(v) > 200:
		return "is " + quote(v) + " with " + strconv.Itoa(len(v)) + " characters", "at most 200 are allowed"
	case slices.Contains(generatedFolders(), strings.ToLower(segments[0])):
		return "is " + quote(v) + ", but " + quote(segments[0]) + " is written by others", example
	}
	for _, s := range segments {
		low := strings.ToLower(s)
		switch {
		case s == "" || s == "." || s == "..":
			return "is " + quote(v) + " with the segment " + quote(s), "write the plain path from the repository's root"
		case low == ".git" || low == ".penstock":
			return "is " + quote(v) + ", but " + quote(s) + " is written by others", example
		case !segmentRE.MatchString(s):
			return "is " + quote(v) + " with the segment " + quote(s), "use letters, digits and \"._+@-\""
		}
	}
	return "", ""
}
