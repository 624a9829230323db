package plan

import "fmt"

// obstructed decides about a path where something else than a regular file
// stands.
func (c *computation) obstructed(r row) Change {
	b, d, o := r.Pristine, r.Desired, r.obstacle
	// The user put a file in a folder's place, or renamed it: what was there is deleted.
	deleted := o.Kind == NotFolder || o.Kind == OtherCase
	switch {
	case b != nil && d == nil && deleted:
		return r.is(Forget, "no longer generated, and already deleted")
	case b != nil && d == nil && o.Kind == Away && r.Path != contractPath && (!r.known || c.Moves[r.Path] != ""):
		return r.is(Blocked, "no longer generated; "+o.what()+"; "+o.fix())
	case b != nil && d == nil:
		return r.is(Leave, "no longer generated; "+o.what())
	case b != nil && deleted:
		return r.is(KeepDeleted, "deleted here, "+o.what()+"; stays deleted")
	case b != nil && (r.seeded || d.Equal(*b)):
		return r.is(Keep, "unchanged by the contract; "+o.what())
	case b == nil && r.seeded && o.Kind == Symlink && o.At == r.Path:
		return r.is(Keep, "exists already; it is a starting point, so yours is kept")
	case b == nil && r.seeded && o.Kind == Away:
		return r.is(Keep, "exists already; it is a starting point, so yours is kept")
	case b == nil && c.clear(o):
		return r.write(Create, *d, "new")
	}
	return r.is(Blocked, o.what()+"; "+o.fix())
}

func (o Obstacle) what() string {
	switch o.Kind {
	case Symlink:
		return fmt.Sprintf("%q is a symbolic link", o.At)
	case Folder:
		return fmt.Sprintf("%q is a folder", o.At)
	case NotFolder:
		return fmt.Sprintf("%q is a file where a folder belongs", o.At)
	case Special:
		return fmt.Sprintf("%q is not a regular file", o.At)
	case OtherCase:
		return fmt.Sprintf("%q differs only in upper and lower case", o.At)
	case Unreadable:
		return fmt.Sprintf("%q can't be read: %s", o.At, o.Detail)
	case Away:
		return "Git has it, but it is not checked out here"
	}
	return fmt.Sprintf("%q is in the way", o.At)
}

func (o Obstacle) fix() string {
	switch o.Kind {
	case Symlink:
		return "penstock writes through no link: replace it by what it points to, or remove it"
	case OtherCase:
		return "rename or remove it: on some systems both are one file"
	case Unreadable:
		return "give yourself access to it"
	case Away:
		return "check it out"
	case Folder, NotFolder, Special:
	}
	return "move it away"
}
