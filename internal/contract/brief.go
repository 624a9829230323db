package contract

import (
	forges "github.com/penstock-dev/penstock/internal/forge/table"

	"fmt"
	"reflect"
	"slices"
)

// brief returns the contract without what Parse fills in by itself.
func (c Contract) brief() Contract {
	b := c.Clone()
	v := reflect.ValueOf(&b).Elem()
	s := &b.Spec
	briefEnvironments(s)
	git := &s.Platform.Git
	if s.CI.Provider == forges.Of(git.Provider).CI {
		s.CI.Provider = ""
	}
	if git.Provider == forges.Guess(hostOf(git.URL)) {
		git.Provider = ""
	}
	if s.Registry.Layout == defaultLayout(s.Registry.Provider) {
		s.Registry.Layout = ""
	}
	clearDefaults(shape(), v)
	return b
}

// briefEnvironments takes out what follows from the order of the path.
func briefEnvironments(s *Spec) {
	all := make([]string, len(s.Environments))
	for i, e := range s.Environments {
		all[i] = e.Name
	}
	for i := range s.Environments {
		e := &s.Environments[i]
		if i > 0 && e.Promotion.From == all[i-1] {
			e.Promotion.From = ""
		}
		if s.Registry.Layout == LayoutGitDigest {
			e.Reference = ""
		}
		if e.Formerly == "" && len(e.Clusters) == 1 && e.Clusters[0] == (Cluster{Name: e.Name}) {
			e.Clusters = nil
		}
	}
	for t := range s.Teams {
		for a := range s.Teams[t].Apps {
			if app := &s.Teams[t].Apps[a]; slices.Equal(app.Environments, all) {
				app.Environments = nil
			}
		}
	}
}

// detach gives v lists of its own, at every depth.
func detach(o *object, v reflect.Value) {
	for i := range o.fields {
		f, fv := &o.fields[i], v.Field(o.fields[i].index)
		switch {
		case f.pointer:
		case f.list && fv.Len() > 0:
			own := reflect.MakeSlice(fv.Type(), fv.Len(), fv.Len())
			reflect.Copy(own, fv)
			fv.Set(own)
			for j := 0; f.kind == mapping && j < fv.Len(); j++ {
				detach(f.object, fv.Index(j))
			}
		case f.kind == mapping && !f.list:
			detach(f.object, fv)
		}
	}
}

// clearDefaults empties each field of v that holds its type's default.
func clearDefaults(o *object, v reflect.Value) {
	for i := range o.fields {
		f, fv := &o.fields[i], v.Field(o.fields[i].index)
		switch {
		case f.kind == mapping && f.list:
			for j := range fv.Len() {
				clearDefaults(f.object, fv.Index(j))
			}
		case f.kind == mapping && !f.pointer:
			clearDefaults(f.object, fv)
		case f.def != "" && !f.list && fmt.Sprint(fv.Interface()) == f.def:
			fv.SetZero()
		}
	}
}

// Clone returns a contract that shares no list with c.
func (c Contract) Clone() Contract {
	d := c
	detach(shape(), reflect.ValueOf(&d).Elem())
	return d
}
