package effect

import (
	"fmt"
	"slices"
	"strings"

	"github.com/penstock-dev/penstock/internal/contract"
)

// Message is what a commit message is made of.
type Message struct {
	// Subject replaces the first line; empty for one that says what changed.
	Subject string
	// Name is the repository as people call it.
	Name string
	// First is set when the repository was never generated before.
	First bool
	// Fields is what changed in the contract.
	Fields []contract.FieldChange
	// Environments are the lines of Environments, or those of an app.
	Environments []string
}

const (
	subjectWidth = 72
	mostFields   = 30
)

// String returns the message: a subject, the fields of the contract that
// changed, and what that does to each environment.
func (m Message) String() string {
	var b strings.Builder
	b.WriteString(m.subject() + "\n")
	if len(m.Fields) > 0 {
		b.WriteString("\nContract:\n")
		for _, f := range m.Fields[:min(len(m.Fields), mostFields)] {
			b.WriteString("- " + f.String() + "\n")
		}
		if n := len(m.Fields) - mostFields; n > 0 {
			fmt.Fprintf(&b, "- and %d more\n", n)
		}
	}
	if len(m.Environments) > 0 {
		b.WriteString("\nEnvironments:\n")
		for _, e := range m.Environments {
			b.WriteString("- " + e + "\n")
		}
	}
	return b.String()
}

func (m Message) subject() string {
	switch {
	case m.Subject != "":
		return m.Subject
	case m.First:
		return "penstock: set up " + m.Name
	case len(m.Fields) == 0:
		return "penstock: regenerate " + m.Name
	}
	first := strings.ReplaceAll(m.Fields[0].String(), "spec.", "")
	more := ""
	if n := len(m.Fields) - 1; n > 0 {
		more = fmt.Sprintf(", and %d more", n)
	}
	for _, text := range []string{first, strings.SplitN(first, ": ", 2)[0]} {
		if s := "penstock: " + text + more; len(s) <= subjectWidth {
			return s
		}
	}
	return fmt.Sprintf("penstock: %d changes of the contract", len(m.Fields))
}

// Environments tells, line by line, what happens in each environment of the
// contract, in the order of the path, and on clusters that left it.
func (e Effect) Environments(c contract.Contract) []string {
	var lines []string
	names := make([]string, 0, len(c.Spec.Environments)+1)
	for _, env := range c.Spec.Environments {
		names = append(names, env.Name)
	}
	for _, name := range append(names, "") {
		var texts []string
		clusters := map[string][]string{}
		for _, cl := range e.Clusters {
			if cl.Env != name {
				continue
			}
			text := cl.text()
			if !slices.Contains(texts, text) {
				texts = append(texts, text)
			}
			clusters[text] = append(clusters[text], cl.Name)
		}
		for _, text := range texts {
			on := strings.Join(clusters[text], ", ")
			switch {
			case name == "":
				lines = append(lines, "cluster "+on+": no longer described")
			case on == name || len(texts) == 1:
				lines = append(lines, name+": "+text)
			default:
				lines = append(lines, name+" on "+on+": "+text)
			}
		}
	}
	return lines
}

// text is what happens on one cluster.
func (c Cluster) text() string {
	if c.New {
		return "new"
	}
	var parts []string
	for _, p := range []struct {
		verb string
		list []Object
	}{{"adds", c.Added}, {"changes", c.Changed}, {"removes", c.Removed}, {"no longer describes, and Flux leaves there,", c.Released}} {
		if len(p.list) == 0 {
			continue
		}
		names := make([]string, len(p.list))
		for i, o := range p.list {
			names[i] = o.String()
		}
		parts = append(parts, p.verb+" "+enumerate(capped(names)))
	}
	if parts == nil {
		return "nothing changes"
	}
	return strings.Join(parts, "; ")
}
