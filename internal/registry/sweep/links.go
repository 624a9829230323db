package sweep

// Linked is what the manifests of a repository have to do with each other.
type Linked struct {
	ByDigest map[string]*Manifest
	// About are those with this digest as their subject, and those with a tag of
	// cosign or of the fallback for it.
	About map[string][]*Manifest
	// Parents are the indexes that list it.
	Parents map[string][]*Manifest
}

// Links finds them.
func Links(r *Repository) *Linked {
	l := &Linked{ByDigest: make(map[string]*Manifest, len(r.Manifests)), About: map[string][]*Manifest{}, Parents: map[string][]*Manifest{}}
	for i := range r.Manifests {
		m := &r.Manifests[i]
		l.ByDigest[m.Digest] = m
		if m.Subject != "" {
			l.About[m.Subject] = append(l.About[m.Subject], m)
		}
		for _, t := range m.Tags {
			if about := Signs(t.Name); about != "" {
				l.About[about] = append(l.About[about], m)
			}
		}
		for _, c := range m.Children {
			l.Parents[c] = append(l.Parents[c], m)
		}
	}
	return l
}

// With are a manifest's children that are here, and what is about it.
func (l *Linked) With(m *Manifest) []*Manifest {
	list := append([]*Manifest(nil), l.About[m.Digest]...)
	for _, c := range m.Children {
		if child := l.ByDigest[c]; child != nil {
			list = append(list, child)
		}
	}
	return list
}

// Follows reports a manifest that belongs to another one that is here.
func (l *Linked) Follows(m *Manifest) bool {
	if len(l.Parents[m.Digest]) > 0 || l.ByDigest[m.Subject] != nil {
		return true
	}
	for _, t := range m.Tags {
		if about := Signs(t.Name); about != "" && l.ByDigest[about] != nil {
			return true
		}
	}
	return false
}
