package graph

import (
	"slices"
	"strings"
	"time"

	"github.com/penstock-dev/penstock/internal/contract"
	"github.com/penstock-dev/penstock/internal/model"
)

type gateKind int

const (
	automatic gateKind = iota
	approval
	freeze
	pinned
)

// gate is what a promotion has to pass.
type gate struct {
	kind gateKind
	text string
}

func (s stage) has(k gateKind) bool {
	return slices.ContainsFunc(s.gates, func(g gate) bool { return g.kind == k })
}

// gates counts the gates of several environments; those of one are given in full.
func (b *builder) gates(envs []*model.Env) []gate {
	if len(envs) == 1 {
		return b.gatesOf(envs[0])
	}
	var manual, frozen, inGit int
	for _, e := range envs {
		if e.NeedsPerson {
			manual++
		}
		if len(e.Freeze) > 0 {
			frozen++
		}
		if b.pins(e) {
			inGit++
		}
	}
	var out []gate
	add := func(n int, k gateKind, text string) {
		if n > 0 && n < len(envs) {
			text += " in " + number(n) + " of " + number(len(envs))
		}
		if n > 0 {
			out = append(out, gate{k, text})
		}
	}
	add(manual, approval, "approval")
	add(len(envs)-manual, automatic, "automatic")
	add(frozen, freeze, "freeze windows")
	add(inGit, pinned, "pinned in Git")
	return out
}

func (b *builder) gatesOf(e *model.Env) []gate {
	out := []gate{{automatic, "automatic"}}
	if e.NeedsPerson {
		out = []gate{{approval, "approval by " + list(e.Approvers, 3)}}
	}
	for i, f := range freezes(e.Freeze) {
		if i == 2 {
			out = append(out, gate{freeze, "and " + count(len(e.Freeze)-i, "freeze window") + " more"})
			break
		}
		out = append(out, gate{freeze, short(f, 90)})
	}
	if b.pins(e) {
		out = append(out, gate{pinned, "pinned in Git"})
	}
	return out
}

// pins reports whether Git says what runs in an environment.
func (b *builder) pins(e *model.Env) bool { return e.Pinned || b.m.Registry.GitDigest() }

func freezes(windows []contract.Freeze) []string {
	var out []string
	for _, f := range windows {
		out = append(out, "frozen "+day(f.From)+" to "+day(f.To)+": "+clean(f.Reason))
	}
	slices.Sort(out)
	return out
}

// day is a date, with the time where that is not midnight, in UTC.
func day(s string) string {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil { // the contract refuses it
		return clean(s)
	}
	return strings.TrimSuffix(t.UTC().Format("2006-01-02 15:04 UTC"), " 00:00 UTC")
}
