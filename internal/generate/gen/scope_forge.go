package gen

import (
	"slices"
	"strings"

	"github.com/penstock-dev/penstock/internal/forge"
	"github.com/penstock-dev/penstock/internal/forge/table"
	"github.com/penstock-dev/penstock/internal/generate/markdown"
	"github.com/penstock-dev/penstock/internal/model"
)

// Pipeline is what a forge's own templates see of it.
func (s Platform) Pipeline() any { return s.Forge.Pipelines.Platform(s.Site) }

// Pipeline see Platform.Pipeline.
func (s Env) Pipeline() any { return s.Forge.Pipelines.Env(s.Site, &s.Env.Env) }

// Pipeline see Platform.Pipeline.
func (s App) Pipeline() any { return s.Forge.Pipelines.App(s.Site, &s.App.App) }

// wanted reports whether an output is generated for a scope.
func wanted(path string, s scope) bool {
	if when, ok := optional[path]; ok {
		return when(s)
	}
	of := false
	for _, f := range table.All() {
		when, ok := f.Pipelines.Outputs[path]
		if m, app := seen(s); ok && f.Name == m.Forge.Name {
			return when(m.Site, app)
		}
		of = of || ok
	}
	return !of
}

// seen is what a forge's output can be made for.
func seen(s scope) (*model.Model, *forge.App) {
	switch s := s.(type) {
	case App:
		return s.Model, &s.App.App
	case Env:
		return s.Model, nil
	case Platform:
		return s.Model, nil
	default:
		return &model.Model{}, nil
	}
}

// Lists are generated files with a line an app, of all forges.
func (Platform) Lists() []string {
	return slices.Concat(table.Each(func(f forge.Forge) []string { return f.Lists })...)
}

// PlatformHooks are the addresses, as words of a shell, of the Receivers that
// are called when the platform repository changed.
func (s Platform) PlatformHooks() string {
	var words []string
	for _, c := range s.PlatformWebhooks() {
		words = append(words, model.ShellQuote(c.WebhookBase()+s.PlatformReceiver().Path()))
	}
	return strings.Join(words, "\n")
}

// FirstOf and LastOf are the app in the first and the last of its environments.
func (s App) FirstOf() *model.AppEnv { return s.App.Envs[0] }

// LastOf see FirstOf.
func (s App) LastOf() *model.AppEnv { return s.App.Envs[len(s.App.Envs)-1] }

// PlatformOwners lists the platform's owners as Markdown.
func (s Platform) PlatformOwners() string {
	return markdown.Text(strings.Join(s.Platform.Owners, ", "))
}
