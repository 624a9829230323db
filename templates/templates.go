// Package templates holds the templates of everything that is generated. The
// folders platform and app mirror the repositories that they become.
package templates

import "embed"

// FS is the templates, with their slash paths below this folder.
//
//go:embed all:platform all:app all:partials
var FS embed.FS
