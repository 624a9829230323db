package plan

// Action is what happens to one file, or what keeps it from happening.
type Action int

// The actions of a Plan. Create, Update, Merge, Move and Mark write the file; Delete
// removes it; NotOurs, Conflict, Unresolved and Blocked wait for a person.
const (
	Keep        Action = iota + 1 // nothing to do
	Create                        // a new file
	Update                        // unedited, replaced
	Merge                         // edited, both changes in one file
	Move                          // its unit was renamed: written at the new path, edits included
	Mark                          // edited, written with conflict markers
	Delete                        // unedited, no longer generated
	Forget                        // no longer generated, and the user deleted it
	KeepDeleted                   // the user deleted it; it stays deleted
	Leave                         // the user's: no longer generated, but edited or seeded; or newer than what is generated
	Follow                        // a person moved it, and it goes on from its new place
	NotOurs                       // the file exists and Penstock did not write it
	Conflict                      // edited and changed in the same place
	Unresolved                    // still has the markers of an earlier conflict
	Blocked                       // something else stands in the way
)

// describe has one row an action: its name in output and its one-letter sign.
func (a Action) describe() (name, symbol string) {
	switch a {
	case Keep:
		return "keep", "="
	case Create:
		return "create", "+"
	case Update:
		return "update", "~"
	case Merge:
		return "merge", "M"
	case Move:
		return "move", ">"
	case Mark:
		return "mark", "C"
	case Delete:
		return "delete", "-"
	case Forget:
		return "forget", "."
	case KeepDeleted:
		return "keep-deleted", "D"
	case Leave:
		return "leave", "L"
	case Follow:
		return "follow", ">"
	case NotOurs:
		return "not-ours", "!"
	case Conflict:
		return "conflict", "!"
	case Unresolved:
		return "unresolved", "!"
	case Blocked:
		return "blocked", "!"
	}
	return "unknown", "?"
}

// String returns the action's name, as in JSON output.
func (a Action) String() string { name, _ := a.describe(); return name }

// Symbol returns one character for lists in a terminal.
func (a Action) Symbol() string { _, symbol := a.describe(); return symbol }

// Writes reports whether the file gets new content or a new mode.
func (a Action) Writes() bool {
	return a == Create || a == Update || a == Merge || a == Move || a == Mark
}

// NeedsPerson reports whether the action stops the run before the first write.
func (a Action) NeedsPerson() bool {
	return a == NotOurs || a == Conflict || a == Unresolved || a == Blocked
}

// MarshalText returns the action's name.
func (a Action) MarshalText() ([]byte, error) { return []byte(a.String()), nil }
