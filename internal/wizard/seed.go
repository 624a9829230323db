package wizard

import (
	"github.com/penstock-dev/penstock/internal/forge/table"

	"cmp"
	"regexp"
	"strings"

	"github.com/penstock-dev/penstock/internal/contract"
)

// Seed is what is known before the first question. Each part may be empty.
type Seed struct {
	Name   string // of the folder
	URL    string // of the platform repository
	Branch string // that is checked out
	// Review is a date to propose for looking at the decision again.
	Review string
}

// checked leaves out what a contract could not hold.
func (s Seed) checked() Seed {
	for field, v := range map[string]*string{
		"spec.platform.git.url": &s.URL, "spec.platform.git.branch": &s.Branch,
	} {
		if !valid(field, *v) {
			*v = ""
		}
	}
	return s
}

var notSlug = regexp.MustCompile(`[^a-z0-9]+`)

// name proposes a name for the platform: the owner of the repository, or the
// folder's name.
func (s Seed) name() string {
	var names []string
	if _, group := s.place(); s.URL != "" {
		top, _, _ := strings.Cut(group, "/")
		names = append(names, top)
	}
	for _, name := range append(names, s.Name) {
		slug := strings.Trim(notSlug.ReplaceAllString(strings.ToLower(name), "-"), "-")
		if valid("metadata.name", slug) {
			return slug
		}
	}
	return "acme"
}

var placeRE = regexp.MustCompile(`^(?:[a-z+]+://)?(?:[^/@\s]+@)?([^/:\s]+)(?::[0-9]+)?[:/](.+?)/[^/]+?(?:\.git)?/?$`)

// place is the host of the platform repository and the group that it is in.
func (s Seed) place() (host, group string) {
	if m := placeRE.FindStringSubmatch(s.URL); m != nil {
		return m[1], m[2]
	}
	return table.All()[0].Hosts[0], cmp.Or(s.Name, "acme")
}

func valid(field, value string) bool { return value != "" && contract.Check(field, value) == "" }

// places of a platform that is being described.
type places struct{ base, org, domain string }

// around proposes the neighbours of the platform repository.
func around(c contract.Contract) places {
	host, group := Seed{URL: c.Spec.Platform.Git.URL}.place()
	top, _, _ := strings.Cut(group, "/")
	org := strings.Trim(notSlug.ReplaceAllString(strings.ToLower(top), "-"), "-")
	p := places{base: "https://" + host + "/" + group, org: "@" + top, domain: cmp.Or(org, "acme") + ".example"}
	if !valid("spec.platform.owners", p.org+"/x") {
		p.org = "@acme"
	}
	return p
}

// owners proposes the handle of a team.
func (p places) owners(team string) string { return p.org + "/" + team }

// repository proposes a repository beside the platform's.
func (p places) repository(name string) string { return p.base + "/" + name }
