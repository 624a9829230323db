package plan

import (
	"maps"
	"slices"

	"github.com/penstock-dev/penstock/internal/generate/tree"
)

// Input is what Compute decides about: one target. A unit whose inputs did not
// change is left out of both lists, and nothing of it is touched.
type Input struct {
	// Pristine holds the units as the last run wrote them. One that Desired
	// lacks was removed from the contract.
	Pristine []tree.Unit
	// Desired holds the units as they were rendered now.
	Desired []tree.Unit
	// Moves maps the paths of a renamed unit to its new ones: a person's edits
	// go along. Only pristine paths that are no longer desired may move.
	Moves map[string]string
	// Current is what stands on disk at Paths.
	Current Current
	// Places maps generated paths to where earlier runs found that a person had
	// moved their files.
	Places map[string]string
	// Others are files that nothing is generated at: what Lost files may have
	// become.
	Others tree.Tree
	// Markers writes conflicts into the files, between markers.
	Markers bool
}

// Paths returns the paths that Current must know about, sorted.
func (in Input) Paths() []string {
	set := map[string]bool{}
	for _, us := range [][]tree.Unit{in.Pristine, in.Desired} {
		for _, u := range us {
			for p := range u.Files {
				set[p] = true
			}
		}
	}
	for p, at := range in.Places {
		if set[p] {
			set[at] = true
		}
	}
	return slices.Sorted(maps.Keys(set))
}

// Current is the working directory as far as a plan needs it. A path that is in
// neither map does not exist, and nothing hinders its creation.
type Current struct {
	Files     tree.Tree
	Obstacles map[string]Obstacle
}

// Obstacle is what stands in the way of a regular file.
type Obstacle struct {
	Kind Kind
	// At is where it stands: the path itself or one of its parents, spelt as
	// on disk.
	At string
	// Holds lists the files that are in the way; when a plan deletes all of
	// them, nothing is. It is nil where only a person can clear the way.
	Holds []string
	// Detail is an operating system's message, for Unreadable.
	Detail string
}

// Kind is the kind of an Obstacle.
type Kind int

// The kinds of obstacles.
const (
	Symlink    Kind = iota + 1 // a symbolic link
	Folder                     // a folder where a file belongs
	NotFolder                  // a file where a folder belongs
	Special                    // a device, a pipe or a socket
	OtherCase                  // a name that differs only in upper and lower case
	Unreadable                 // a file or a folder that can't be read
	Away                       // nothing: Git has the file, and it is not checked out
)
