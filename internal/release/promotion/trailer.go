package promotion

import (
	"cmp"
	"strings"
	"time"
)

// Names of the trailers of a commit that moves an environment.
const (
	trailerApp      = "App"
	trailerEnv      = "Environment"
	trailerActor    = "Actor"
	trailerPipeline = "Pipeline"
	trailerReason   = "Reason"
)

// Message is the message of the commit that makes an outcome so, for people and
// for Explain, which reads its trailers.
func Message(out Outcome, o Options) string {
	env := out.Environment
	subject := map[Action]string{
		ActionPromotion: "promote " + out.Release + " to " + env,
		ActionRollback:  "roll " + env + " back to " + out.Release,
		ActionHold:      "hold " + env + " at " + out.Release,
		ActionLift:      "lift the hold of " + env,
	}[out.Action]
	var b strings.Builder
	b.WriteString(out.App + ": " + subject + "\n\n")
	for _, t := range []struct{ name, value string }{
		{trailerApp, out.App},
		{trailerEnv, env},
		{"Action", string(out.Action)},
		{"Previous-release", out.PreviousRelease},
		{"Release", out.Release},
		{"Promotion-tag", out.Claim},
		{"Digest", out.Digest},
		{trailerActor, o.who()},
		{trailerPipeline, o.Pipeline},
		{"Source-commit", o.Commit},
		{trailerReason, o.Reason},
	} {
		if value := strings.Map(printable, oneLine(t.value)); value != "" {
			b.WriteString(t.name + ": " + value + "\n")
		}
	}
	return b.String()
}

// Written is what Git knows of the commit that wrote a version of a file.
type Written struct {
	Commit          string
	Author, Message string
	Time            time.Time // zero: unknown
}

// Explanation is who moved what runs, when and why. Time is nil when unknown.
type Explanation struct {
	Commit, Actor, Pipeline, Why string
	Time                         *time.Time
}

// Explain reads the trailers of a commit or, where it has none for this place,
// the commit itself. The app may have been called otherwise then, so the
// trailers of one that is alone in its commit are taken as they are.
func Explain(w Written, app, environment string) Explanation {
	t := trailers(w.Message, app, environment)
	e := Explanation{Commit: w.Commit, Actor: cmp.Or(t[trailerActor], w.Author), Pipeline: t[trailerPipeline], Why: t[trailerReason]}
	if !w.Time.IsZero() {
		e.Time = &w.Time
	}
	return e
}

// trailers finds the paragraph about a place: a squashed merge has several.
func trailers(message, app, environment string) map[string]string {
	var all []map[string]string
	for paragraph := range strings.SplitSeq(strings.ReplaceAll(message, "\r\n", "\n"), "\n\n") {
		t := map[string]string{}
		for line := range strings.SplitSeq(paragraph, "\n") {
			if name, value, ok := strings.Cut(line, ": "); ok {
				t[strings.TrimSpace(name)] = strings.TrimSpace(value)
			}
		}
		if t[trailerApp] == app && t[trailerEnv] == environment {
			return t
		}
		if t[trailerApp] != "" && t[trailerEnv] != "" {
			all = append(all, t)
		}
	}
	if len(all) == 1 {
		return all[0]
	}
	return nil
}
