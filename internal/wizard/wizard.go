package wizard

import (
	"fmt"
	"strings"

	"github.com/penstock-dev/penstock/internal/contract"
	"github.com/penstock-dev/penstock/internal/diag"
)

// Options say what the wizard may propose and show.
type Options struct {
	Seed Seed
	// Today is the date, as 2006-01-02, that no answer may be before; "" for any.
	Today string
	// Manifests offers to write Flux's controllers: their manifests are at hand.
	Manifests bool
	// Files lists what would be written for a contract, as slash paths; nil
	// leaves the list out.
	Files func(contract.Contract) ([]string, error)
	// Intro is shown before the first question.
	Intro string
	// Notes takes down what was answered; nil does not.
	Notes *Notes
}

// section is a part of the questions that can be gone back to.
type section struct {
	name, title string
	ask         func(*asker)
	says        func(contract.Contract) string // its answers, for the summary
}

func sections() []section {
	return []section{
		{"platform", "Platform and Git", (*asker).platform, sayPlatform},
		{"registry", "Registry", (*asker).registry, sayRegistry},
		{"ci", "CI", (*asker).ci, func(c contract.Contract) string { return c.Spec.CI.Provider + ", notify " + c.Spec.CI.Notify }},
		{"environments", "Environments", (*asker).environments, sayEnvironments},
		{"teams", "Teams and apps", (*asker).teams, sayTeams},
		{"supply chain", "Supply chain", (*asker).supplyChain, saySupplyChain},
		{"decision", "Where releases come from", (*asker).decision, sayDecision},
	}
}

// how says what can be done at any question.
const how = "Enter takes the answer in brackets, ? explains a question, " + Back + " goes back to the one before.\n"

// Ask asks every question and returns a complete contract. With answers that
// do not fit together the summary says so, and only a section can be chosen.
// seed is a contract to begin with; its zero value is none.
func Ask(p Prompter, seed contract.Contract, o Options) (c contract.Contract, err error) {
	r := &recorder{p: p, left: map[string]record{}}
	o.Files = remembered(o.Files)
	err = again(r, func() error {
		a := &asker{p: r, c: seed.Clone(), seed: o.Seed.checked(), today: o.Today, manifests: o.Manifests, alone: unattended(p)}
		if o.Notes != nil {
			o.Notes.asker, o.Notes.recorder = a, r
		}
		c, err = a.whole(o)
		return err
	})
	return c, err
}

// whole asks all questions, and then what to do.
func (a *asker) whole(o Options) (contract.Contract, error) {
	a.c.APIVersion, a.c.Kind = "penstock.dev/v1alpha1", "DeliveryContract"
	all := sections()
	for i, s := range all {
		number := fmt.Sprintf("%d of %d: ", i+1, len(all))
		if i == 0 {
			number = o.Intro + how + "\n" + number
		}
		a.open(s, number)
	}
	a.madeUpAgain()
	for a.err == nil {
		c, ds := contract.Parse("", a.c.YAML())
		switch answer := a.pick(a.summary(c, ds, o)); answer {
		case "write":
			return c, nil
		case "stop":
			return contract.Contract{}, ErrInterrupted
		case "files":
			a.intro = fileList(c, o)
		default:
			for _, s := range all {
				if s.name == answer {
					a.open(s, "")
				}
			}
		}
	}
	return contract.Contract{}, a.err
}

// unattended reports whether no person answers.
func unattended(p Prompter) bool {
	if preset, ok := p.(*Preset); ok {
		p = preset.Prompter
	}
	_, ok := p.(*Answers)
	return ok
}

// remembered lists the files of each contract once.
func remembered(list func(contract.Contract) ([]string, error)) func(contract.Contract) ([]string, error) {
	if list == nil {
		return nil
	}
	known := map[string][]string{}
	return func(c contract.Contract) ([]string, error) {
		key := string(c.YAML())
		if files, ok := known[key]; ok {
			return files, nil
		}
		files, err := list(c)
		if err == nil {
			known[key] = files
		}
		return files, err
	}
}

func (a *asker) open(s section, number string) {
	a.intro = "\n" + number + s.title + "\n"
	s.ask(a)
	a.intro = ""
}

// summary is the last question: what was answered, and what to do now.
func (a *asker) summary(c contract.Contract, ds diag.List, o Options) Question {
	var b strings.Builder
	b.WriteString("\nWhat you said\n")
	q := Question{Text: "What now", Default: "write"}
	for _, s := range sections() {
		fmt.Fprintf(&b, "  %-14s%s\n", s.name, strings.ReplaceAll(s.says(c), "\n", "\n"+strings.Repeat(" ", 16)))
	}
	if made := a.madeUp(); len(made) > 0 {
		b.WriteString("\nMade up by Penstock, and yours to replace: " + join(made) + "\n")
	}
	if len(ds) > 0 {
		b.WriteString("\nThis does not fit together:\n")
		for _, d := range ds {
			d.Where.File, d.Where.Line = "", 0
			b.WriteString("  " + d.String() + "\n")
		}
		q.Default, q.Guess = sectionOf(ds[0].Where.Field), true
	} else {
		b.WriteString(fileCount(c, o))
		q.Options = append(q.Options, Option{"write", "write the contract and generate"})
		if o.Files != nil {
			q.Options = append(q.Options, Option{"files", "list every file that would be written"})
		}
	}
	for _, s := range sections() {
		q.Options = append(q.Options, Option{s.name, "go back to " + s.title})
	}
	q.Options = append(q.Options, Option{"stop", "write nothing"})
	q.Intro = b.String()
	return q
}

// sectionOf is the section that asks about a field.
func sectionOf(field string) string {
	for _, s := range []struct{ prefix, name string }{
		{"spec.registry", "registry"},
		{"spec.ci", "ci"},
		{"spec.environments", "environments"},
		{"spec.teams", "teams"},
		{"spec.supplyChain", "supply chain"},
		{"spec.decision", "decision"},
	} {
		if strings.HasPrefix(field, s.prefix) {
			return s.name
		}
	}
	return "platform"
}

// fileCount counts the files by repository and folder.
func fileCount(c contract.Contract, o Options) string {
	if o.Files == nil {
		return ""
	}
	files, err := o.Files(c)
	if err != nil {
		return "\n" + err.Error() + "\n"
	}
	var order []string
	counts := map[string]int{}
	for _, f := range files {
		parts := strings.Split(f, "/")
		deep := 2
		if parts[0] == "apps" {
			deep = 3
		}
		dir := strings.Join(parts[:min(deep, len(parts)-1)], "/") + "/"
		if counts[dir]++; counts[dir] == 1 {
			order = append(order, dir)
		}
	}
	const most = 12
	var b strings.Builder
	fmt.Fprintf(&b, "\n%d files would be written\n", len(files))
	for i, dir := range order {
		if i == most && len(order) > most+1 {
			fmt.Fprintf(&b, "  and %d more folders\n", len(order)-most)
			break
		}
		fmt.Fprintf(&b, "  %4d  %s\n", counts[dir], dir)
	}
	return b.String()
}

func fileList(c contract.Contract, o Options) string {
	files, err := o.Files(c)
	if err != nil {
		return "\n" + err.Error() + "\n"
	}
	return "\n  " + strings.Join(files, "\n  ") + "\n"
}
