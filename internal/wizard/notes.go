package wizard

import (
	"bytes"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/penstock-dev/penstock/internal/contract"
)

// Notes are what a person answered so far, for a file that ReadAnswers reads.
type Notes struct {
	asker    *asker
	recorder *recorder
}

// MadeUp lists the values that nobody gave.
func (n *Notes) MadeUp() []string {
	if n.asker == nil {
		return nil
	}
	return n.asker.madeUp()
}

// Given counts the answers of a person.
func (n *Notes) Given() int {
	count := 0
	if n.recorder != nil && !n.asker.alone {
		for _, a := range n.recorder.log {
			if !a.silent {
				count++
			}
		}
	}
	return count
}

// Reached reports whether the question that a flag answers had its turn.
func (n *Notes) Reached(flag string) bool {
	return n.recorder != nil && slices.ContainsFunc(n.recorder.log, func(a record) bool { return a.q.Flag == flag })
}

// YAML writes the answers, one key a question, in the order of the questions.
// What was refused is not in there, so no secret is.
func (n *Notes) YAML() []byte {
	root := mapping()
	if n.asker != nil {
		for _, key := range Keys() {
			list := strings.HasSuffix(key, "[]")
			key = strings.TrimSuffix(key, "[]")
			first, _, deep := strings.Cut(key, "[]")
			switch {
			case deep && first == "environments":
				n.environments(root)
			case deep && first == "teams":
				n.teams(root)
			case !deep:
				n.plain(root, key, list)
			}
		}
	}
	var b bytes.Buffer
	e := yaml.NewEncoder(&b)
	e.SetIndent(2)
	if len(root.Content) > 0 {
		_ = e.Encode(root) // a buffer takes everything, and the nodes are plain
	}
	return b.Bytes()
}

func mapping() *yaml.Node { return &yaml.Node{Kind: yaml.MappingNode} }

func scalarNode(text string) *yaml.Node {
	n := &yaml.Node{}
	n.SetString(text)
	return n
}

func listNode(values []string) *yaml.Node {
	n := &yaml.Node{Kind: yaml.SequenceNode, Style: yaml.FlowStyle}
	for _, v := range values {
		n.Content = append(n.Content, scalarNode(v))
	}
	return n
}

// put sets a key, and makes the mappings around it.
func putNode(root *yaml.Node, key string, value *yaml.Node) {
	head, rest, deep := strings.Cut(key, ".")
	next := child(root, head)
	if next == nil {
		next = value
		if deep {
			next = mapping()
		}
		root.Content = append(root.Content, scalarNode(head), next)
	}
	if deep {
		putNode(next, rest, value)
	}
}

func (n *Notes) plain(root *yaml.Node, key string, list bool) {
	a, ok := n.recorder.last(key)
	switch {
	case !ok:
	case list:
		putNode(root, key, listNode(split(a.answer)))
	default:
		putNode(root, key, scalarNode(a.answer))
	}
}

// value sets a text of an item that has it, or where nothing was answered.
func (n *Notes) value(in *yaml.Node, at, key, text string) {
	if _, ok := n.recorder.last(at + "." + key); ok || text != "" {
		putNode(in, key, scalarNode(text))
	}
}

func (n *Notes) environments(root *yaml.Node) {
	if child(root, "environments") != nil || len(n.asker.c.Spec.Environments) == 0 {
		return
	}
	list := &yaml.Node{Kind: yaml.SequenceNode}
	for i, e := range n.asker.c.Spec.Environments {
		m, at := mapping(), item("environments", i)
		putNode(m, "name", scalarNode(e.Name))
		if i > 0 {
			n.value(m, at, "promotion.mode", e.Promotion.Mode)
		}
		if len(e.Promotion.Approvers) > 0 {
			putNode(m, "promotion.approvers", listNode(e.Promotion.Approvers))
		}
		if len(e.Clusters) > 0 {
			putNode(m, "clusters", listNode(clusterNames(e)))
		}
		list.Content = append(list.Content, m)
	}
	putNode(root, "environments", list)
}

func clusterNames(e contract.Environment) []string {
	names := make([]string, len(e.Clusters))
	for i, c := range e.Clusters {
		names[i] = c.Name
	}
	return names
}

func (n *Notes) teams(root *yaml.Node) {
	teams := slices.Clone(n.asker.c.Spec.Teams)
	if child(root, "teams") != nil || len(teams) == 0 {
		return
	}
	list := &yaml.Node{Kind: yaml.SequenceNode}
	for i, t := range teams {
		m, at := mapping(), item("teams", i)
		n.value(m, at, "name", t.Name)
		if len(t.Owners) > 0 {
			putNode(m, "owners", listNode(t.Owners))
		}
		n.value(m, at, "contact", t.Contact)
		apps := &yaml.Node{Kind: yaml.SequenceNode}
		for j, a := range t.Apps {
			app, at := mapping(), item(at+".apps", j)
			n.value(app, at, "name", a.Name)
			n.value(app, at, "git.url", a.Git.URL)
			n.value(app, at, "image", a.Image)
			apps.Content = append(apps.Content, app)
		}
		if len(t.Apps) > 0 {
			putNode(m, "apps", apps)
		}
		list.Content = append(list.Content, m)
	}
	putNode(root, "teams", list)
}
