// Package pages turns a Model into what documents say of it: words, sentences
// and commands for people, as Markdown and for a shell. The templates of the
// documents are what uses them, as methods of their scope.
package pages

import "github.com/penstock-dev/penstock/internal/model"

// Pages is a model with words for documents.
type Pages struct{ *model.Model }
