package model

import (
	"slices"
	"strings"
)

// Area is what a line of CODEOWNERS is about.
type Area struct {
	Owners  []string // CODEOWNERS handles
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

// CodeOwners lists the areas, the most particular place of the platform
// repository last. Teams own nothing there: it is the boundary around them.
// Where Git pins, merging the pin is the promotion, so that those who approve
// promotions own the pin; where none is asked for, the team does, and no review
// holds the merge up.
func (m *Model) CodeOwners() []Area {
	areas := []Area{{Owners: m.Platform.Owners, Pattern: "*"}}
	for _, e := range m.Envs {
		areas = append(areas, m.pinAreas(e)...)
	}
	return areas
}

func (m *Model) pinAreas(e *Env) []Area {
	if !e.Pinned {
		return nil
	}
	if e.NeedsPerson {
		return []Area{{Owners: e.Approvers, Pattern: "/tenants/*/" + e.Name + "/*.pin.yaml"}}
	}
	var areas []Area
	for _, t := range m.Teams {
		if t.pinned(e) {
			areas = append(areas, Area{Owners: t.Owners, Pattern: "/tenants/" + t.Name + "/" + e.Name + "/*.pin.yaml", Unguarded: true})
		}
	}
	return areas
}

func (t *Team) pinned(e *Env) bool {
	return slices.ContainsFunc(t.Apps, func(a *App) bool {
		return slices.ContainsFunc(a.Envs, func(ae *AppEnv) bool { return ae.Env == e && ae.Pinned })
	})
}

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
