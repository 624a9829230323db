package contract

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/penstock-dev/penstock/internal/diag"
)

// checker applies the rules between fields to a contract that was decoded. A
// value that was missing or of the wrong type is empty here and skipped: it was
// reported already.
type checker struct {
	c  *Contract
	ds diag.List
	// environments has the index of each environment by its name.
	environments map[string]int
}

func (k *checker) run() {
	k.index()
	k.complete()
	k.checkForge()
	k.checkRegistry()
	k.checkSupplyChain()
	k.checkEnvironments()
	k.checkTeams()
	k.checkRepositories()
}

// add reports a problem of the field whose path the format makes.
func (k *checker) add(what, fix, format string, args ...any) {
	k.ds.Add(k.c.Where(fmt.Sprintf(format, args...)), what, fix)
}

// written reports whether the file has the field.
func (k *checker) written(format string, args ...any) bool {
	return k.c.source.has(fmt.Sprintf(format, args...))
}

func (k *checker) index() {
	k.environments = make(map[string]int, len(k.c.Spec.Environments))
	for i, e := range k.c.Spec.Environments {
		if _, known := k.environments[e.Name]; !known && e.Name != "" {
			k.environments[e.Name] = i
		}
	}
}

// named is something with a name, for the rules about names in one list.
type named struct {
	name, formerly string
	at             func() string
}

// unique reports names that are given twice, and former names that are still
// in use or claimed twice. noun says what the things are.
func (k *checker) unique(noun string, things []named) {
	current := make(map[string]named, len(things))
	for _, t := range things {
		if t.name == "" {
			continue
		}
		if first, taken := current[t.name]; taken {
			k.add("is "+quote(t.name)+", the name of another "+noun+k.lineOf(first.at()+".name"), "give each "+noun+" a name of its own", "%s.name", t.at())
			continue
		}
		current[t.name] = t
	}
	claimed := make(map[string]named, len(things))
	for _, t := range things {
		if t.formerly == "" {
			continue
		}
		other, inUse := current[t.formerly]
		first, twice := claimed[t.formerly]
		switch {
		case t.formerly == t.name:
			k.add("is the "+noun+"'s own name", "remove it", "%s.formerly", t.at())
		case inUse:
			k.add("is "+quote(t.formerly)+", the name of another "+noun+" today"+k.lineOf(other.at()+".name"), "remove it, or rename that one first", "%s.formerly", t.at())
		case twice:
			k.add("is "+quote(t.formerly)+", which another "+noun+" claims too"+k.lineOf(first.at()+".formerly"), "only one can be the renamed one", "%s.formerly", t.at())
		default:
			claimed[t.formerly] = t
		}
	}
}

// lineOf says where another field is, for the end of a sentence; a contract
// that is in no file has no lines that anybody could look at.
func (k *checker) lineOf(field string) string {
	w := k.c.Where(field)
	if w.File == "" {
		return ""
	}
	return " (line " + strconv.Itoa(w.Line) + ")"
}

// distinct reports repeated entries of a list of handles. Git hosts do not
// distinguish upper and lower case in them.
func (k *checker) distinct(handles []string, format string, args ...any) {
	if len(handles) < 2 {
		return
	}
	seen := make(map[string]bool, len(handles))
	for i, h := range handles {
		if low := strings.ToLower(h); h != "" && seen[low] {
			k.add("is "+quote(h)+" again", "remove one of them", format+"[%d]", append(slices.Clip(args), i)...)
		} else {
			seen[low] = true
		}
	}
}

// unknownEnvironment reports a reference to an environment that does not exist.
func (k *checker) unknownEnvironment(name, format string, args ...any) {
	names := make([]string, 0, len(k.c.Spec.Environments))
	for _, e := range k.c.Spec.Environments {
		if e.Name != "" {
			names = append(names, e.Name)
		}
	}
	fix := ""
	if near := closest(name, names); near != "" {
		fix = "did you mean " + quote(near) + "?"
	} else if len(names) > 0 && len(names) < 10 {
		fix = "write " + oneOf(names)
	}
	k.add("is "+quote(name)+", which is no environment", fix, format, args...)
}
