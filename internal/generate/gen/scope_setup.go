package gen

import "github.com/penstock-dev/penstock/internal/generate/setup"

// Setup is what must be set up for the platform outside of files.
func (s Platform) Setup() []setup.Section { return setup.Platform(s.Model) }

// Setup is what must be set up for the app outside of files.
func (s App) Setup() []setup.Section { return setup.App(s.Model, s.App) }
