package contract

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/penstock-dev/penstock/internal/registry"
	"github.com/penstock-dev/penstock/internal/registry/table"
)

//go:embed types.go
var typesSource string

// Schema returns the JSON Schema (2020-12) of the contract, for editors. It
// says what one value can say; the rules between fields are Parse's.
func Schema() []byte {
	b := describer{docs: comments()}
	root := b.object(shape())
	root.Schema = "https://json-schema.org/draft/2020-12/schema"
	root.ID = "https://penstock.dev/schema/v1alpha1/deliverycontract.json"
	root.Title = kindName
	root.Defs = b.defs
	return append(encode(root, "  "), '\n')
}

// schema is one node of a JSON Schema; its keywords come out in this order.
type schema struct {
	Schema      string     `json:"$schema,omitempty"`
	ID          string     `json:"$id,omitempty"`
	Ref         string     `json:"$ref,omitempty"`
	Title       string     `json:"title,omitempty"`
	Description string     `json:"description,omitempty"`
	Type        any        `json:"type,omitempty"`
	Enum        []string   `json:"enum,omitempty"`
	Pattern     string     `json:"pattern,omitempty"`
	MinLength   int        `json:"minLength,omitempty"`
	MaxLength   int        `json:"maxLength,omitempty"`
	Minimum     int        `json:"minimum,omitempty"`
	Maximum     int        `json:"maximum,omitempty"`
	MinItems    int        `json:"minItems,omitempty"`
	Items       *schema    `json:"items,omitempty"`
	Default     any        `json:"default,omitempty"`
	Examples    []string   `json:"examples,omitempty"`
	Properties  properties `json:"properties,omitempty"`
	Required    []string   `json:"required,omitempty"`
	Additional  *bool      `json:"additionalProperties,omitempty"`
	Defs        properties `json:"$defs,omitempty"`
}

// properties is a JSON object that keeps its order.
type properties []property

type property struct {
	name  string
	value *schema
}

// MarshalJSON writes the properties in their order.
func (ps properties) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, p := range ps {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(strconv.Quote(p.name) + ":")
		b.Write(encode(p.value, ""))
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// encode writes JSON without escaping "<" and "&". Schemas hold nothing that
// cannot be encoded.
func encode(s *schema, indent string) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", indent)
	if err := e.Encode(s); err != nil {
		return []byte("{}")
	}
	return short(bytes.TrimSpace(b.Bytes()))
}

// lists finds lists of one word a line.
var lists = regexp.MustCompile(`(?m)^(.*)\[\n((?:\s*"[^"\n]*",?\n)+)\s*\](,?)$`) //nolint:gochecknoglobals // compiled once

// short writes a list into one line where it fits into 80 columns, as
// formatters of JSON do.
func short(text []byte) []byte {
	return lists.ReplaceAllFunc(text, func(list []byte) []byte {
		m := lists.FindSubmatch(list)
		var words []string
		for word := range strings.Lines(string(m[2])) {
			words = append(words, strings.TrimSpace(word))
		}
		line := string(m[1]) + "[" + strings.Join(words, " ") + "]" + string(m[3])
		if utf8.RuneCountInString(line) > 80 {
			return list
		}
		return []byte(line)
	})
}

// describer makes schemas of the types; those of structs, once each, in defs.
type describer struct {
	docs map[string]string
	defs properties
}

func (b *describer) object(o *object) *schema {
	s := &schema{Description: b.docs[o.name], Type: "object", Additional: new(bool)}
	for i := range o.fields {
		f := &o.fields[i]
		s.Properties = append(s.Properties, property{f.name, b.field(o, f)})
		if f.need {
			s.Required = append(s.Required, f.name)
		}
	}
	return s
}

func (b *describer) field(o *object, f *field) *schema {
	s := b.value(f)
	if f.list {
		s = &schema{Type: "array", Items: s, MinItems: f.min}
	}
	s.Description = b.docs[o.name+"."+f.goName]
	if f.absent != "" {
		s.Description += " Default: " + f.absent + "."
	}
	if !f.list && f.def != "" {
		s.Default = f.value(f.def)
	}
	return s
}

// value describes the field, or each item when it is a list.
func (b *describer) value(f *field) *schema {
	switch f.kind {
	case mapping:
		if !slices.ContainsFunc(b.defs, func(p property) bool { return p.name == f.object.name }) {
			at := len(b.defs)
			b.defs = append(b.defs, property{name: f.object.name})
			b.defs[at].value = b.object(f.object)
		}
		return &schema{Ref: "#/$defs/" + f.object.name}
	case truth:
		return &schema{Type: "boolean"}
	case whole:
		return &schema{Type: "integer", Minimum: f.min, Maximum: f.max}
	case text:
	}
	s := &schema{Type: "string", Enum: f.enum}
	if f.example != "" {
		s.Examples = []string{f.example}
	}
	if f.rule == nil {
		return s
	}
	s.Pattern, s.MaxLength = f.rule.pattern, f.rule.most
	if len(f.rule.known) > 0 {
		s.Examples = f.rule.known
	}
	if f.rule.name != "text" || f.need {
		s.MinLength = 1
	}
	if f.rule.accepts == "number" {
		s.Type = []string{"string", "number"}
	}
	return s
}

// value turns a tag's text into what it is in JSON.
func (f *field) value(text string) any {
	if f.kind == mapping || text == "" {
		return nil
	}
	if f.kind == whole {
		n, _ := strconv.Atoi(text)
		return n
	}
	if f.kind == truth {
		return text == "true"
	}
	return text
}

// comments returns the comments of types.go by "Type" and "Type.Field".
func comments() map[string]string {
	docs := map[string]string{}
	file, err := parser.ParseFile(token.NewFileSet(), "types.go", typesSource, parser.ParseComments)
	if err != nil {
		return docs // it compiled, so it parses
	}
	for _, d := range file.Decls {
		gen, ok := d.(*ast.GenDecl)
		if !ok || gen.Tok != token.TYPE {
			continue
		}
		spec, isType := gen.Specs[0].(*ast.TypeSpec)
		if !isType {
			continue
		}
		docs[spec.Name.Name] = oneLine(gen.Doc)
		st, isStruct := spec.Type.(*ast.StructType)
		if !isStruct {
			continue
		}
		for _, f := range st.Fields.List {
			for _, n := range f.Names {
				docs[spec.Name.Name+"."+n.Name] = strings.Replace(oneLine(f.Doc), "(providers)", "("+listed(concerned(n.Name))+")", 1)
			}
		}
	}
	return docs
}

// concerned names the registry providers that have a field of the registry, or
// refuse its prefix.
func concerned(goName string) []string {
	if goName == "Prefix" {
		return table.Names(func(p registry.Provider) bool { return p.NoPrefix != "" })
	}
	return table.Takers(strings.ToLower(goName[:1]) + goName[1:])
}

// oneLine is the first paragraph of a comment.
func oneLine(g *ast.CommentGroup) string {
	first, _, _ := strings.Cut(g.Text(), "\n\n")
	return strings.Join(strings.Fields(first), " ")
}
