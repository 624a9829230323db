package wizard

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/penstock-dev/penstock/internal/contract"
	"github.com/penstock-dev/penstock/internal/diag"
)

// Answers answers from a file, without a person. It never stops at a problem:
// it goes on with what it can and collects them all.
type Answers struct {
	file  string
	root  *yaml.Node // nil: nothing is answered
	used  map[*yaml.Node]bool
	ds    diag.List
	meant map[string]bool // keys that a misspelled one stands for
}

// ReadAnswers reads an answers file: the questions' keys as YAML mappings and
// lists.
func ReadAnswers(file string, data []byte) (*Answers, diag.List) {
	a := &Answers{file: file, used: map[*yaml.Node]bool{}, meant: map[string]bool{}}
	var doc yaml.Node
	if err := yaml.Unmarshal(data, &doc); err != nil {
		return nil, diag.List{a.syntax(err)}
	}
	if len(doc.Content) == 0 {
		return a, nil
	}
	if a.root = doc.Content[0]; a.root.Kind != yaml.MappingNode {
		return nil, diag.List{{Where: a.at(a.root, ""), What: "is no mapping of answers", Fix: `write "key: value" lines; the keys are in docs/commands.md`}}
	}
	a.unknown(a.root, "")
	return a, nil
}

var yamlLine = regexp.MustCompile(`line (\d+): (.*)`)

func (a *Answers) syntax(err error) diag.Diagnostic {
	d := diag.Diagnostic{Where: diag.Where{File: a.file}, What: "is no YAML: " + strings.TrimPrefix(err.Error(), "yaml: ")}
	if m := yamlLine.FindStringSubmatch(err.Error()); m != nil {
		_, _ = fmt.Sscan(m[1], &d.Where.Line)
		d.Where.Column, d.What = 1, "is no YAML: "+m[2]
	}
	return d
}

func (a *Answers) at(n *yaml.Node, key string) diag.Where {
	w := diag.Where{File: a.file, Field: key}
	if n != nil {
		w.Line, w.Column = n.Line, n.Column
	}
	return w
}

// Faults returns what is wrong with the answers that were asked for so far.
func (a *Answers) Faults() diag.List { return a.ds.Sorted() }

// Problems returns everything that is wrong with the answers after the wizard
// has asked: those that it did not ask for among them.
func (a *Answers) Problems() diag.List {
	ds := slices.Clone(a.ds)
	if len(ds) == 0 && a.root != nil {
		a.unused(a.root, "", &ds)
	}
	return ds.Sorted()
}

// unknown reports keys that no question has, and keys given twice.
func (a *Answers) unknown(n *yaml.Node, key string) {
	switch n = follow(n); n.Kind {
	case yaml.SequenceNode:
		for _, c := range n.Content {
			a.unknown(c, key+"[]")
		}
	case yaml.MappingNode:
		seen := map[string]bool{}
		for i := 0; i+1 < len(n.Content); i += 2 {
			k := n.Content[i]
			name := strings.TrimPrefix(key+"."+k.Value, ".")
			next := below(key)
			switch {
			case k.Kind != yaml.ScalarNode:
				a.ds.Add(a.at(k, key), "is no key", "keys are words")
			case !slices.Contains(next, k.Value):
				fix := "the keys here are " + strings.Join(next, ", ")
				if near := contract.Closest(k.Value, next); near != "" {
					fix = "did you mean " + quoted(near) + "?"
					a.meant[strings.TrimPrefix(key+"."+near, ".")] = true
				}
				a.ds.Add(a.at(k, name), "unknown key "+quoted(k.Value), fix)
			case seen[k.Value]:
				a.ds.Add(a.at(k, name), "is given again", "keep one of them")
			default:
				a.unknown(n.Content[i+1], name)
			}
			seen[k.Value] = true
		}
	default: // a word, which has no keys
	}
}

// unused reports answers to questions that were not asked.
func (a *Answers) unused(n *yaml.Node, key string, ds *diag.List) {
	n = follow(n)
	for i := 0; n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
		a.unused(n.Content[i+1], strings.TrimPrefix(key+"."+n.Content[i].Value, "."), ds)
	}
	for i := 0; n.Kind == yaml.SequenceNode && !a.used[n] && i < len(n.Content); i++ {
		a.unused(n.Content[i], item(key, i), ds)
	}
	if n.Kind == yaml.ScalarNode && !a.used[n] {
		ds.Add(a.at(n, key), "answers a question that is not asked with the other answers", "remove it")
	}
}

// more reports whether there are answers that nobody asked for yet.
func (a *Answers) more() bool {
	var ds diag.List
	if a.root != nil {
		a.unused(a.root, "", &ds)
	}
	return len(ds) > 0
}

func follow(n *yaml.Node) *yaml.Node {
	for n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	return n
}

// find returns the answer to a key, or nil and the nearest node around it.
func (a *Answers) find(key string) (n, around *yaml.Node) {
	n = a.root
	for key != "" && n != nil { // the first character is a part of the step
		around = n
		n = follow(n)
		var step string
		if i := strings.IndexAny(key[1:], ".["); i >= 0 {
			step, key = key[:i+1], strings.TrimPrefix(key[i+1:], ".")
		} else {
			step, key = key, ""
		}
		n = child(n, step)
	}
	return n, around
}

func child(n *yaml.Node, step string) *yaml.Node {
	var i int
	if _, err := fmt.Sscanf(step, "[%d]", &i); err == nil {
		if n.Kind == yaml.SequenceNode && i < len(n.Content) {
			return n.Content[i]
		}
		return nil
	}
	for i := 0; n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == step {
			return n.Content[i+1]
		}
	}
	return nil
}

// missing is a question that nobody answered.
type missing struct {
	q    Question
	what string
}

func (m missing) Error() string {
	how := "answer " + quoted(m.q.Key) + " in a file given with --answers"
	switch {
	case m.q.Flag != "":
		how = "give --" + m.q.Flag
	case m.q.Key == "":
		return quoted(m.q.Text) + ": " + m.what
	}
	return m.name() + ": " + m.what + "; " + how + m.q.example()
}

func (m missing) name() string {
	if m.q.Flag != "" {
		return "--" + m.q.Flag
	}
	return m.q.Key
}
