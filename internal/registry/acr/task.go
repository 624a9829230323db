package acr

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/penstock-dev/penstock/internal/diag"
)

// taskStep is a command of a task: "ACR Tasks reference: YAML", read 2026-11-22.
type taskStep struct {
	at            diag.Where
	name, command string
}

var (
	yamlLine  = regexp.MustCompile(`line ([0-9]+): `)
	stepID    = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)
	wholeTime = regexp.MustCompile(`^[0-9]{1,6}$`)
)

const restore = `restore it with "penstock generate"`

// parse reads the steps of a task, strictly: whatever may change what they do is
// a problem.
func parse(data []byte) ([]taskStep, diag.List) {
	var ds diag.List
	var task struct {
		Version     string      `yaml:"version"`
		StepTimeout int         `yaml:"stepTimeout"`
		Steps       []yaml.Node `yaml:"steps"`
	}
	d := yaml.NewDecoder(bytes.NewReader(data))
	d.KnownFields(true)
	err := d.Decode(&task)
	if err == nil {
		if err = d.Decode(new(yaml.Node)); errors.Is(err, io.EOF) {
			err = nil
		} else if err == nil {
			err = errors.New("a second document follows")
		}
	}
	if errors.Is(err, io.EOF) {
		err = errors.New("it is empty")
	}
	if err != nil {
		return nil, unreadable(err)
	}
	if task.Version != "v1.1.0" {
		ds.Add(diag.Where{File: purgeFile}, fmt.Sprintf("has version %q, and \"acr\" is a command of v1.1.0", task.Version), restore)
	}
	if len(task.Steps) == 0 {
		ds.Add(diag.Where{File: purgeFile}, "has no steps", restore)
	}
	var steps []taskStep
	seen := map[string]bool{}
	for i := range task.Steps {
		s, problem := readStep(&task.Steps[i])
		if problem == "" && s.name != "" && seen[s.name] {
			problem = fmt.Sprintf("has the id %q of another step", s.name)
		}
		seen[s.name] = true
		if problem != "" {
			ds.Add(s.at, problem, restore)
			continue
		}
		steps = append(steps, s)
	}
	return steps, ds
}

// readStep reads one step. A list of steps has no fields that KnownFields would
// know: they are looked at here.
func readStep(n *yaml.Node) (s taskStep, problem string) {
	s.at = diag.Where{File: purgeFile, Line: n.Line, Column: n.Column}
	if n.Kind != yaml.MappingNode {
		return s, "has a step that is no mapping"
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		if key.Value != "id" && key.Value != "cmd" && key.Value != "timeout" {
			return s, fmt.Sprintf("has a step with %q, which is not known here: it may change what the step does", key.Value)
		}
		if seen[key.Value] || value.Kind != yaml.ScalarNode || value.Anchor != "" {
			return s, fmt.Sprintf("has %q twice, or not as a plain value", key.Value)
		}
		seen[key.Value] = true
		switch key.Value {
		case "id":
			s.name = value.Value
			if !stepID.MatchString(s.name) {
				return s, fmt.Sprintf("has the id %q", s.name)
			}
		case "cmd":
			s.command = value.Value
			s.at = diag.Where{File: purgeFile, Line: value.Line, Column: value.Column}
		default:
			if !wholeTime.MatchString(value.Value) {
				return s, fmt.Sprintf("has the timeout %q, no number of seconds", value.Value)
			}
		}
	}
	if !seen["cmd"] {
		return s, "has a step without cmd"
	}
	return s, ""
}

// unreadable places the messages of the YAML library.
func unreadable(err error) (ds diag.List) {
	messages := []string{err.Error()}
	var types *yaml.TypeError
	if errors.As(err, &types) {
		messages = types.Errors
	}
	for _, text := range messages {
		at := diag.Where{File: purgeFile}
		if m := yamlLine.FindStringSubmatch(text); m != nil {
			at.Line, _ = strconv.Atoi(m[1])
			text = strings.Replace(text, m[0], "", 1)
		}
		ds.Add(at, "cannot be read: "+strings.TrimPrefix(text, "yaml: "), restore)
	}
	return ds
}
