package forge

import (
	"net/url"
	"path"
	"strings"
)

// Git is one repository and the branch that counts.
type Git struct {
	URL      string // as the contract has it
	Branch   string
	Provider string // the forge's name
	SSH      bool   // reached over SSH
	// Flux is the URL in the form that Flux accepts: https:// or ssh://.
	Flux string
	// Web is the address for a browser, without ".git".
	Web string
	// Host and Slug name the repository at its host: "code.example" and
	// "acme/platform".
	Host string
	Slug string

	files string
}

// Git takes the URL of a repository apart.
func (f Forge) Git(raw, branch string) Git {
	g := Git{URL: raw, Branch: branch, Provider: f.Name, Flux: raw, files: f.Files}
	if !strings.Contains(raw, "://") { // git@host:path
		user, repo, _ := strings.Cut(raw, ":")
		g.Flux = "ssh://" + user + "/" + strings.TrimPrefix(repo, "/")
	}
	u, err := url.Parse(g.Flux)
	if err != nil { // the contract refuses such a URL
		u = &url.URL{}
	}
	g.SSH = u.Scheme == "ssh"
	g.Host = strings.ToLower(u.Host) // as the host itself writes it, in certificates for one
	if u.Scheme == "https" {
		g.Host = strings.TrimSuffix(g.Host, ":443")
	}
	g.Slug = strings.TrimSuffix(strings.Trim(u.Path, "/"), ".git")
	scheme := "https"
	if u.Scheme == "http" {
		scheme = "http"
	}
	host := g.Host
	if g.SSH {
		host = strings.ToLower(u.Hostname())
		if strings.Contains(host, ":") {
			host = "[" + host + "]"
		}
	}
	g.Web = scheme + "://" + host + "/" + g.Slug
	return g
}

// Name is the repository's last path segment: the folder that a clone makes.
func (g Git) Name() string { return path.Base(g.Slug) }

// Owner is the first.
func (g Git) Owner() string {
	owner, _, _ := strings.Cut(g.Slug, "/")
	return owner
}

// Root is scheme and host of the web address, without a slash.
func (g Git) Root() string { return strings.TrimSuffix(g.Web, "/"+g.Slug) }

// WebHost is the host of the web address.
func (g Git) WebHost() string {
	_, host, _ := strings.Cut(g.Root(), "://")
	return host
}

// Ref is the full name of the branch that counts.
func (g Git) Ref() string { return "refs/heads/" + g.Branch }

// Blob is the web address of a file on the branch that counts; the parts of
// its path are joined as they are.
func (g Git) Blob(parts ...string) string {
	return g.Web + g.files + (&url.URL{Path: g.Branch + "/" + strings.Join(parts, "")}).EscapedPath()
}
