package repo

import (
	"io"
	"slices"
	"time"

	"github.com/go-git/go-git/v5/plumbing"
)

// Version is a file as one commit of a branch left it.
type Version struct {
	Path string
	Data []byte // nil: the commit took the file away
	// Commit is on the branch, and Time is its time: of the merge, where a merge
	// brought the version in. Both are unknown where the history is cut before it.
	Commit string
	Time   time.Time
	// Author, as Identity gives it, and Message are of the commit that wrote the
	// version.
	Author, Message string
}

// Log lists the versions of files on a branch, each list oldest first. Each
// file has its path and, behind it, the paths that it may have had before. It
// follows first parents, so that what a merge brought in counts from the merge.
// cut reports that a shallow clone lacks older commits.
//
// It costs the trees that differ from one commit to the next on the way to the
// files, whatever else the commits change.
func (r *Repo) Log(tip Head, files [][]string) (logs [][]Version, cut bool, err error) {
	w := &walk{repo: r, root: &step{}, found: map[string][]sighting{}, now: map[plumbing.Hash]entriesByName{}}
	for _, names := range files {
		for _, p := range names {
			w.root.add(p)
		}
	}
	if cut, err = w.run(plumbing.NewHash(tip.Commit)); err != nil {
		return nil, false, err
	}
	for _, names := range files {
		log, err := w.log(names)
		if err != nil {
			return nil, false, err
		}
		logs = append(logs, log)
	}
	return logs, cut, nil
}

// log puts together what a file was under its names: where one begins in the
// commit that took another away, the file was moved.
func (w *walk) log(names []string) ([]Version, error) {
	var log []Version
	left := slices.Clone(names)
	for name := names[0]; name != ""; {
		left = slices.DeleteFunc(left, func(n string) bool { return n == name })
		list := w.found[name]
		if len(log) > 0 { // from before the move
			i := slices.IndexFunc(list, func(s sighting) bool { return s.branch.Hash.String() == log[len(log)-1].Commit })
			list = list[i+1:]
		}
		for _, s := range list {
			v, err := w.version(name, s)
			if err != nil {
				return nil, err
			}
			log = append(log, v)
		}
		name = w.movedFrom(list, left)
	}
	slices.Reverse(log)
	return log, nil
}

func (w *walk) movedFrom(list []sighting, names []string) string {
	if len(list) == 0 || list[len(list)-1].wrote == nil {
		return ""
	}
	made := list[len(list)-1].branch.Hash
	for _, n := range names {
		if slices.ContainsFunc(w.found[n], func(s sighting) bool { return s.blob == plumbing.ZeroHash && s.branch.Hash == made }) {
			return n
		}
	}
	return ""
}

func (w *walk) version(p string, s sighting) (Version, error) {
	v := Version{Path: p}
	if s.wrote != nil {
		v.Commit, v.Time = s.branch.Hash.String(), s.branch.Committer.When
		v.Author, v.Message = identity(s.wrote.Author.Name, s.wrote.Author.Email), s.wrote.Message
	}
	if s.blob == plumbing.ZeroHash {
		return v, nil
	}
	var err error
	v.Data, err = w.repo.read(s.blob)
	return v, err
}

// read returns a blob's bytes, never nil.
func (r *Repo) read(blob plumbing.Hash) ([]byte, error) {
	b, err := r.git.BlobObject(blob)
	if err != nil {
		return nil, r.missing("file", blob, err)
	}
	in, err := b.Reader()
	if err != nil {
		return nil, err
	}
	defer in.Close()
	return io.ReadAll(in)
}
