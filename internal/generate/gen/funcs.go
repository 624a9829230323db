package gen

import (
	"bytes"
	"strings"
	"text/template"

	"github.com/Masterminds/sprig/v3"

	"github.com/penstock-dev/penstock/internal/generate/markdown"
)

// newRoot returns the template that all others are added to, with the
// delimiters and the functions that templates may use.
func newRoot() *template.Template {
	root := template.New("").Delims("<%", "%>").Option("missingkey=error")
	all := sprig.HermeticTxtFuncMap()
	allowed := template.FuncMap{
		"toYaml":  yamlValue,
		"md":      markdown.Text,
		"code":    markdown.Code,
		"include": func(name string, data any) (string, error) { return include(root, name, data) },
	}
	for _, name := range []string{"quote", "indent", "nindent", "join", "lower", "toJson"} {
		allowed[name] = all[name]
	}
	return root.Funcs(allowed)
}

// include renders the partial of that name, without its last line break.
func include(root *template.Template, name string, data any) (string, error) {
	var b bytes.Buffer
	err := root.ExecuteTemplate(&b, "partials/"+name+".tmpl", data)
	return strings.TrimRight(b.String(), "\n"), err
}
