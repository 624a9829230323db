package acr

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// purge is one "acr purge" command.
type purge struct {
	name          string
	filters       []filter
	ago           time.Duration
	keep          int
	untagged, dry bool
}

type filter struct {
	text            string
	repository, tag *regexp.Regexp
}

// parseCommand reads an "acr purge" command as acr-cli does (cfbb835, read
// 2026-11-22). What this does not know is an error, as is what breaks protection.
func parseCommand(command string) (purge, error) {
	words, err := split(command)
	if err != nil {
		return purge{}, err
	}
	if len(words) < 2 || words[0] != "acr" || words[1] != "purge" {
		return purge{}, fmt.Errorf("has %q, which is no \"acr purge\"", command)
	}
	var p purge
	seen := map[string]bool{}
	for words = words[2:]; len(words) > 0; {
		name := ""
		if name, words, err = p.take(words); err != nil {
			return p, err
		}
		if seen[name] && name != "--filter" {
			return p, fmt.Errorf("has %s twice", name)
		}
		seen[name] = true
	}
	if !seen["--filter"] || !seen["--ago"] {
		return p, errors.New("lacks --filter or --ago, which acr purge needs")
	}
	return p, nil
}

// take takes one flag, with its value, off the words.
func (p *purge) take(words []string) (name string, rest []string, err error) {
	name, value, given := strings.Cut(words[0], "=")
	rest = words[1:]
	if name == "-f" {
		name = "--filter"
	}
	flag, known := flags()[name]
	switch {
	case !known:
		return name, rest, fmt.Errorf("has %q, which is not known here", name)
	case flag.alone && given:
		return name, rest, fmt.Errorf("has a value for %s, which takes none here", name)
	case !flag.alone && !given && len(rest) == 0:
		return name, rest, fmt.Errorf("has %s without a value", name)
	case !flag.alone && !given:
		value, rest = rest[0], rest[1:]
	}
	if err := flag.set(p, value); err != nil {
		return name, rest, fmt.Errorf("has %s %q: %w", name, value, err)
	}
	return name, rest, nil
}

type flag struct {
	alone bool
	set   func(*purge, string) error
}

func flags() map[string]flag {
	ignored := flag{set: func(_ *purge, v string) error {
		_, err := number(v)
		return err
	}}
	return map[string]flag{
		"--filter": {set: func(p *purge, v string) error {
			f, err := parseFilter(v)
			p.filters = append(p.filters, f)
			return err
		}},
		"--ago":                    {set: func(p *purge, v string) (err error) { p.ago, err = parseAgo(v); return err }},
		"--keep":                   {set: func(p *purge, v string) (err error) { p.keep, err = number(v); return err }},
		"--untagged":               {alone: true, set: func(p *purge, _ string) error { p.untagged = true; return nil }},
		"--dry-run":                {alone: true, set: func(p *purge, _ string) error { p.dry = true; return nil }},
		"--concurrency":            ignored,
		"--repository-page-size":   ignored,
		"--filter-timeout-seconds": ignored,
		"--include-locked": {alone: true, set: func(*purge, string) error {
			return errors.New("it unlocks what is locked, and deletes it")
		}},
	}
}

func number(v string) (int, error) {
	n, err := strconv.Atoi(v)
	if err != nil || n < 0 || n > 1_000_000 {
		return 0, errors.New("no count")
	}
	return n, nil
}

// parseFilter reads "<repositories>:<tags>", two patterns. That of the
// repositories is about the whole name, that of the tags about any part of one.
// acr-cli puts "^" and "$" beside the first without a group, and so does this.
func parseFilter(text string) (filter, error) {
	repository, tag, ok := strings.Cut(text, ":")
	if !ok || repository == "" || tag == "" || strings.Contains(tag, ":") || strings.Contains(text, "(?") {
		return filter{}, errors.New("no REPOSITORIES:TAGS that is understood here")
	}
	f := filter{text: text}
	var err error
	if f.repository, err = regexp.Compile("^" + repository + "$"); err == nil {
		f.tag, err = regexp.Compile(tag)
	}
	return f, err
}

var agoForm = regexp.MustCompile(`^(?:([0-9]{1,5})d)?((?:[0-9]{1,7}(?:\.[0-9]{1,9})?(?:ns|us|ms|s|m|h))*)$`)

// parseAgo reads days and a duration behind them. acr-cli reads nothing out of
// some other forms, and then deletes whatever its age.
func parseAgo(text string) (time.Duration, error) {
	m := agoForm.FindStringSubmatch(text)
	if m == nil || text == "" {
		return 0, errors.New("write days such as 30d")
	}
	days, _ := strconv.Atoi("0" + m[1])
	if days > 150*365 {
		return 0, errors.New("more than 150 years")
	}
	var rest time.Duration
	if m[2] != "" {
		var err error
		if rest, err = time.ParseDuration(m[2]); err != nil || rest > 365*24*time.Hour {
			return 0, errors.New("write days such as 30d")
		}
	}
	return time.Duration(days)*24*time.Hour + rest, nil
}

// split makes words of a command line: letters as they are, or text in quotes.
//
// [M] By what rules ACR Tasks splits is not documented, and "$" and "{{" stand for
// values of the run there: whatever could mean two things is an error. Live:
// az acr run --registry NAME -f purge.yaml /dev/null, with --dry-run in both commands.
func split(line string) ([]string, error) {
	if i := strings.IndexAny(line, "$\\`\n\r"); i >= 0 || strings.Contains(line, "{{") {
		return nil, errors.New("has a $, a backslash, a backquote, a line break or {{ in its command, which ACR Tasks may replace")
	}
	var words []string
	var word strings.Builder
	begun := false
	end := func() {
		if begun {
			words = append(words, word.String())
		}
		word.Reset()
		begun = false
	}
	for len(line) > 0 {
		c := line[0]
		line = line[1:]
		switch {
		case c == ' ' || c == '\t':
			end()
		case c == '\'' || c == '"':
			text, rest, closed := strings.Cut(line, string(c))
			if !closed {
				return nil, fmt.Errorf("has a %c in its command that is not closed", c)
			}
			begun, line = true, rest
			word.WriteString(text)
		case strings.IndexByte("*?[](){}^|&;<>#~!", c) >= 0:
			return nil, fmt.Errorf("has a %c outside quotes in its command", c)
		default:
			begun = true
			word.WriteByte(c)
		}
	}
	end()
	return words, nil
}
