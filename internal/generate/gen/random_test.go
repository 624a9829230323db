package gen_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/penstock-dev/penstock/internal/contract"
)

// dice makes contracts that are valid and as unlike the examples as they can
// be: every provider and layout, names that YAML misreads, free text that is
// syntax elsewhere. The same seed makes the same contract.
type dice struct {
	*rand.Rand
	texts int // how many free texts were made
}

// randomContracts returns contracts that go through every provider, several
// times where count allows.
func randomContracts(t testing.TB, count int) map[string][]byte {
	t.Helper()
	all := map[string][]byte{}
	for seed := range count {
		d := &dice{Rand: rand.New(rand.NewPCG(uint64(seed), 42))}
		name := fmt.Sprintf("seed%02d", seed)
		all[name] = d.contract(seed).YAML()
		parse(t, name+"\n"+string(all[name]), all[name])
	}
	return all
}

func (d *dice) oneIn(n int) bool { return d.IntN(n) == 0 }

func pick[T any](d *dice, list ...T) T { return list[d.IntN(len(list))] }

// hostileNames are DNS labels that YAML, shells, file systems or templates
// read as something else.
func hostileNames() []string {
	return []string{
		"null", "true", "false", "yes", "no", "on", "off", "y", "n", "nan", "inf", "0", "007", "0x1f", "0o7", "0b1", "1e3", "12e03", "1-2",
		"2026-02-22", "end", "if", "range", "define", "a--b", "e3", "con", "platform", "apps", "main", "teams", "flux", "kustomization-2",
		"x" + strings.Repeat("-9", 19) + "0", "git", "docs", "xn--a", "cosign-public-key", "registry-pull", "prod", "dev",
	}
}

// name returns one that is not yet in used.
func (d *dice) name(used map[string]bool) string {
	for {
		n := pick(d, hostileNames()...)
		if d.oneIn(2) {
			n = fmt.Sprintf("%c%d-%c", 'a'+d.IntN(26), d.IntN(1000), 'a'+d.IntN(26))
		}
		if !used[n] {
			used[n] = true
			return n
		}
	}
}

// Each free text begins and ends with a mark that occurs nowhere else.
const textStart, textEnd = "Zqx", "xqZ"

// hostileTexts are the contents of free text: syntax of Markdown, HTML, YAML,
// shells and templates.
func hostileTexts() []string {
	return []string{
		"", "plain words", "# heading", "- item", "* item", "1. one", "10) ten", "> quote", "a | b || c", "```\nfence\n```", "~~~", "`code`",
		"<script>alert(1)</script>", "<!-- comment", "-->", "&amp; &lt; &#60;", "*b* _i_ ~~s~~ **x**", "[a](http://x) ![i](j) [r]", "\\", "a \\| b",
		"{{ .X }} {% x %}", "<% .Y %>", "${z} $(id) `id` $1", "%s %d %%", "😀 e\u0301 \u202e \u200b \u00a0 ☃", "# comment\nkey: value\n- x", ": a: b", "'single' \"double\"",
		"tab\tand\nnew\n\nlines\n", "a\n---\nb", "a\n===\nb", "| a |\n|---|\n| b |", "@acme/all #1 https://x.example/?a=b&c=d", "$$x$$ $a$", "+ plus\n= equals",
		"\u2028 \u0085x", "null", "~", "!!int 3", "end\\", "a:\n  b", "*", "&a *a", "[", "]", "{", "}", "|", ">", "%YAML 1.2",
	}
}

func (d *dice) text() string {
	d.texts++
	body := pick(d, hostileTexts()...)
	body = strings.ReplaceAll(body, "\u0085", "") // the contract refuses it
	return fmt.Sprintf("%s%d %s %s", textStart, d.texts, body, textEnd)
}

func (d *dice) maybeText() string {
	if d.oneIn(3) {
		return ""
	}
	if d.oneIn(4) { // without a mark before it: the first character counts, too
		return pick(d, "# x", "- x", "1. x", "> x", "= x", "| x", "<b>", "+ x", "```", "   ", "null", "0")
	}
	return d.text()
}

// hostileBranches are what Git allows and few expect.
func hostileBranches() []string {
	return []string{
		"main", "release/1.0", "0", "null", "1e3", "on", "feature/#1'$(x)", "a`b", "a|b", "<script>", "käse", "{{x}}", "a;b&c", "%s", "x\"y", "a_b_c", "(x)", "!x", ">x", "a,b=c", "@x",
	}
}

func (d *dice) owners(n int) []string {
	all := []string{"@acme/platform", "@x", "@_y_", "@0", "@a/b/c", "first.last+tag@acme.example", "@A-b.c", "@__z__", "o_o@x.example"}
	d.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return all[:1+d.IntN(n)]
}

// subset returns the environments of an app: some, and what those follow.
func subset(d *dice, envs []contract.Environment) []string {
	if d.oneIn(3) {
		return nil
	}
	from := map[string]string{}
	for _, e := range envs {
		from[e.Name] = e.Promotion.From
	}
	var names []string
	for n := envs[d.IntN(len(envs))].Name; n != ""; n = from[n] {
		names = append(names, n)
	}
	if more := envs[d.IntN(len(envs))].Name; !slices.Contains(names, more) && slices.Contains(names, from[more]) {
		names = append(names, more)
	}
	d.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
	return names
}
