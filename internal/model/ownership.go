package model

import (
	"slices"
	"strings"
)

// Area is something that has one owner. The list of areas is the one source of
// OWNERSHIP.md, of CODEOWNERS and of whom to call.
type Area struct {
	Where   string   // the place, as Markdown
	What    string   // what is there
	Owners  []string // CODEOWNERS handles
	Contact string   // free text; may be empty
	// Pattern is the CODEOWNERS line of a place in the platform repository;
	// empty where no line of its own is needed.
	Pattern string
	// Unguarded: nobody has to review a change there, so that the line names
	// nobody: a workflow merges its own.
	Unguarded bool
}

// CodeOwnersLine is the area's line in CODEOWNERS.
func (a Area) CodeOwnersLine() string {
	if a.Unguarded {
		return a.Pattern
	}
	return a.Pattern + " " + strings.Join(a.Owners, " ")
}

// Areas lists who owns what, the most particular place of the platform
// repository last. Teams own nothing there: it is the boundary around them.
// Where Git pins, merging the pin is the promotion, so that those who approve
// promotions own the pin; where none is asked for, the team does, and no review
// holds the merge up.
func (m *Model) Areas() []Area {
	own := func(where, what, pattern string) Area {
		return Area{Where: where, What: what, Owners: m.Platform.Owners, Contact: m.Platform.Contact, Pattern: pattern}
	}
	areas := []Area{
		own("`penstock.yaml` and everything else here", "the contract and what is made from it", "*"),
		own("`clusters/`, `platform/`", "what each cluster reconciles, and the policies it enforces", ""),
		own("`tenants/*/base/`", "namespaces, rights, quotas and network rules of the teams", ""),
		own("`tenants/*/*/`", "where each app's releases come from, and whose signature they need", ""),
	}
	for _, e := range m.Envs {
		areas = append(areas, m.pinAreas(e)...)
	}
	return areas
}

func (m *Model) pinAreas(e *Env) []Area {
	what := "what runs in " + e.Name + ": merging a change of a pin is the promotion"
	if !e.Pinned {
		return nil
	}
	if e.NeedsPerson {
		place := "tenants/*/" + e.Name + "/*.pin.yaml"
		return []Area{{Where: "`" + place + "`", What: what, Owners: e.Approvers, Contact: m.Platform.Contact, Pattern: "/" + place}}
	}
	var areas []Area
	for _, t := range m.Teams {
		if t.pinned(e) {
			place := "tenants/" + t.Name + "/" + e.Name + "/*.pin.yaml"
			areas = append(areas, Area{Where: "`" + place + "`", What: what, Owners: t.Owners, Contact: t.Contact, Pattern: "/" + place, Unguarded: true})
		}
	}
	return areas
}

func (t *Team) pinned(e *Env) bool {
	return slices.ContainsFunc(t.Apps, func(a *App) bool {
		return slices.ContainsFunc(a.Envs, func(ae *AppEnv) bool { return ae.Env == e && ae.Pinned })
	})
}

// CodeOwners lists the areas that have a line in CODEOWNERS.
func (m *Model) CodeOwners() []Area {
	return slices.DeleteFunc(m.Areas(), func(a Area) bool { return a.Pattern == "" })
}

// ContactOr is the contact, or who to ask for one.
func (a Area) ContactOr() string { return contactOr(a.Contact, a.Owners) }

// ContactOr is whom to call about the platform.
func (p Platform) ContactOr() string { return contactOr(p.Contact, p.Owners) }

// ContactOr is whom to call about the team's apps.
func (t *Team) ContactOr() string { return contactOr(t.Contact, t.Owners) }

func contactOr(contact string, owners []string) string {
	if contact != "" {
		return contact
	}
	return strings.Join(owners, ", ")
}
