package workflowtest

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"strings"
)

var commandForm = regexp.MustCompile(`^::([a-z-]+)(?: (.*?))?::(.*)$`)

// commands reads the "::error::" and the like in what a step said, and keeps
// the text without secrets.
func (f *frame) commands(said string, step *Step) {
	stopped := ""
	var kept strings.Builder
	for line := range strings.Lines(said) {
		line = strings.TrimSuffix(strings.TrimSuffix(line, "\n"), "\r")
		m := commandForm.FindStringSubmatch(strings.TrimSpace(line))
		switch {
		case stopped != "":
			if strings.TrimSpace(line) == "::"+stopped+"::" {
				stopped = ""
			}
		case m == nil:
		case m[1] == "stop-commands":
			stopped = m[3]
		case m[1] == "add-mask":
			f.mask(unescape(m[3]))
			line = "::add-mask::***"
		case m[1] == "error" || m[1] == "warning" || m[1] == "notice":
			step.Annotations = append(step.Annotations, Annotation{
				Level: m[1], Title: f.masked(property(m[2], "title")), Message: f.masked(unescape(m[3])),
			})
		}
		kept.WriteString(f.masked(line) + "\n")
	}
	step.Log = kept.String()
}

func property(list, name string) string {
	for p := range strings.SplitSeq(list, ",") {
		if v, ok := strings.CutPrefix(strings.TrimSpace(p), name+"="); ok {
			return unescape(strings.NewReplacer("%3A", ":", "%2C", ",").Replace(v))
		}
	}
	return ""
}

func unescape(s string) string {
	return strings.NewReplacer("%0D", "\r", "%0A", "\n", "%25", "%").Replace(s)
}

// readPairs reads the form of GITHUB_OUTPUT and GITHUB_ENV: name=value, or
// name<<END, lines and END.
func readPairs(file string) (map[string]string, error) {
	data, err := os.ReadFile(file)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	pairs := map[string]string{}
	lines := strings.Split(strings.TrimSuffix(string(data), "\n"), "\n")
	for i := 0; i < len(lines); i++ {
		line := lines[i]
		equals, heredoc := strings.Index(line, "="), strings.Index(line, "<<")
		switch {
		case line == "":
		case heredoc > 0 && (equals < 0 || heredoc < equals):
			name, end := line[:heredoc], line[heredoc+2:]
			var value []string
			for i++; i < len(lines) && lines[i] != end; i++ {
				value = append(value, lines[i])
			}
			if i == len(lines) {
				return nil, fmt.Errorf("invalid value: matching delimiter not found %q", end)
			}
			pairs[name] = strings.Join(value, "\n")
		case equals > 0:
			pairs[line[:equals]] = line[equals+1:]
		default:
			return nil, fmt.Errorf("invalid format %q", line)
		}
	}
	return pairs, nil
}
