package workflowtest

import (
	"bytes"
	"fmt"
	"os"

	"go.yaml.in/yaml/v3"
)

// workflowFile is a workflow as it is written. A key that is not here is one
// that the executor does not know, and an error.
type workflowFile struct {
	Name        string            `yaml:"name"`
	RunName     string            `yaml:"run-name"`
	On          yaml.Node         `yaml:"on"`
	Env         map[string]string `yaml:"env"`
	Permissions *permissions      `yaml:"permissions"`
	Concurrency *group            `yaml:"concurrency"`
	Defaults    defaults          `yaml:"defaults"`
	Jobs        yaml.Node         `yaml:"jobs"`

	order []string
	jobs  map[string]jobFile
	on    triggers
}

type jobFile struct {
	Name        string            `yaml:"name"`
	Needs       words             `yaml:"needs"`
	If          string            `yaml:"if"`
	RunsOn      string            `yaml:"runs-on"`
	Environment *named            `yaml:"environment"`
	Concurrency *group            `yaml:"concurrency"`
	Permissions *permissions      `yaml:"permissions"`
	Outputs     map[string]string `yaml:"outputs"`
	Env         map[string]string `yaml:"env"`
	Defaults    defaults          `yaml:"defaults"`
	Timeout     string            `yaml:"timeout-minutes"`
	Steps       []stepFile        `yaml:"steps"`
	Uses        string            `yaml:"uses"`
	With        map[string]any    `yaml:"with"`
	Secrets     yaml.Node         `yaml:"secrets"`
}

type stepFile struct {
	ID       string            `yaml:"id"`
	Name     string            `yaml:"name"`
	If       string            `yaml:"if"`
	Uses     string            `yaml:"uses"`
	With     map[string]string `yaml:"with"`
	Run      string            `yaml:"run"`
	Shell    string            `yaml:"shell"`
	Dir      string            `yaml:"working-directory"`
	Env      map[string]string `yaml:"env"`
	Continue string            `yaml:"continue-on-error"`
	Timeout  string            `yaml:"timeout-minutes"`
}

type defaults struct {
	Run struct {
		Shell string `yaml:"shell"`
		Dir   string `yaml:"working-directory"`
	} `yaml:"run"`
}

// group is a concurrency, whose short form is the name alone.
type group struct {
	Group  string `yaml:"group"`
	Cancel string `yaml:"cancel-in-progress"`
}

// UnmarshalYAML implements yaml.Unmarshaler.
func (g *group) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode {
		g.Group = n.Value
		return nil
	}
	type plain group
	return n.Decode((*plain)(g))
}

// named is an environment, whose short form is the name alone.
type named struct {
	Name       string `yaml:"name"`
	URL        string `yaml:"url"`
	Deployment string `yaml:"deployment"`
}

// UnmarshalYAML implements yaml.Unmarshaler.
func (e *named) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode {
		e.Name = n.Value
		return nil
	}
	type plain named
	return n.Decode((*plain)(e))
}

// words is a list, whose short form is its only element.
type words []string

// UnmarshalYAML implements yaml.Unmarshaler.
func (w *words) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode {
		*w = words{n.Value}
		return nil
	}
	return n.Decode((*[]string)(w))
}

// load reads a YAML file strictly.
func load(file string, into any) error {
	data, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	d := yaml.NewDecoder(bytes.NewReader(data))
	d.KnownFields(true)
	if err := d.Decode(into); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	return nil
}

// loadWorkflow reads a workflow and checks that its jobs fit together.
func loadWorkflow(file string) (workflowFile, error) {
	var w workflowFile
	if err := load(file, &w); err != nil {
		return w, err
	}
	w.jobs = map[string]jobFile{}
	for i := 0; i+1 < len(w.Jobs.Content); i += 2 {
		id := w.Jobs.Content[i].Value
		var j jobFile
		if err := strict(w.Jobs.Content[i+1], &j); err != nil {
			return w, fmt.Errorf("%s: job %s: %w", file, id, err)
		}
		w.order, w.jobs[id] = append(w.order, id), j
	}
	for id, j := range w.jobs {
		for _, n := range j.Needs {
			if _, ok := w.jobs[n]; !ok {
				return w, fmt.Errorf("%s: job %s needs %s, which is not there", file, id, n)
			}
		}
	}
	var err error
	if w.on, err = readTriggers(&w.On); err != nil {
		err = fmt.Errorf("%s: on: %w", file, err)
	}
	return w, err
}

// strict decodes a node and refuses keys that are not known, which Node.Decode
// does not.
func strict(n *yaml.Node, into any) error {
	data, err := yaml.Marshal(n)
	if err != nil {
		return err
	}
	d := yaml.NewDecoder(bytes.NewReader(data))
	d.KnownFields(true)
	return d.Decode(into)
}
