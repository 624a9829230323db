package model

import (
	"net/url"
	"path"
	"strings"
)

// Git is one repository and the branch that counts.
type Git struct {
	URL      string // as the contract has it
	Branch   string
	Provider string // github or gitlab
	SSH      bool   // reached over SSH
	// Flux is the URL in the form that Flux accepts: https:// or ssh://.
	Flux string
	// Web is the address for a browser, without ".git".
	Web string
	// Host and Slug name the repository at its host: "github.com" and
	// "acme/platform".
	Host string
	Slug string
}

func newGit(raw, branch, provider string) Git {
	g := Git{URL: raw, Branch: branch, Provider: provider, Flux: raw}
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
