package expression

import (
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"
)

// A value is nil, bool, float64, string, []any or
// map[string]any, as in JSON.

// Truth reports whether a value counts as true: false, 0, NaN, "" and null do
// not.
func Truth(v any) bool {
	switch v := v.(type) {
	case nil:
		return false
	case bool:
		return v
	case float64:
		return v != 0 && !math.IsNaN(v)
	case string:
		return v != ""
	}
	return true
}

// Text is what a value becomes inside of a string.
func Text(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case bool:
		return strconv.FormatBool(v)
	case float64:
		return strconv.FormatFloat(v, 'G', 15, 64)
	case string:
		return v
	case []any:
		return "Array"
	}
	return "Object"
}

// Number is what a value becomes where two kinds are compared; NaN equals nothing.
func Number(v any) float64 {
	switch v := v.(type) {
	case nil:
		return 0
	case bool:
		if v {
			return 1
		}
		return 0
	case float64:
		return v
	case string:
		s := strings.TrimSpace(v)
		if s == "" {
			return 0
		}
		if n, err := strconv.ParseInt(s, 0, 64); err == nil && (strings.HasPrefix(s, "0x") || strings.HasPrefix(s, "0o")) {
			return float64(n)
		}
		if n, err := strconv.ParseFloat(s, 64); err == nil {
			return n
		}
	}
	return math.NaN()
}

// equal compares as GitHub does: strings without regard to case, different
// kinds as numbers.
func equal(a, b any) bool {
	switch x := a.(type) {
	case string:
		if y, ok := b.(string); ok {
			return strings.EqualFold(x, y)
		}
	case []any, map[string]any:
		return false // the same instance only, which no template compares
	}
	if a == nil && b == nil {
		return true
	}
	return Number(a) == Number(b)
}

// less orders strings without regard to case, and all else as numbers.
func less(a, b any) bool {
	x, isText := a.(string)
	y, both := b.(string)
	if isText && both {
		return strings.ToUpper(x) < strings.ToUpper(y)
	}
	return Number(a) < Number(b)
}

// member is a property of an object, its name without regard to case, or an
// element of a list; null where there is none.
func member(of, index any) any {
	switch of := of.(type) {
	case map[string]any:
		name := Text(index)
		if v, ok := of[name]; ok {
			return v
		}
		for k, v := range of {
			if strings.EqualFold(k, name) {
				return v
			}
		}
	case []any:
		if i := Number(index); i >= 0 && i < float64(len(of)) {
			return of[int(i)]
		}
	}
	return nil
}

// elements are what ".*" of a value stands for.
func elements(v any) []any {
	switch v := v.(type) {
	case []any:
		return v
	case map[string]any:
		var list []any
		for _, k := range SortedKeys(v) {
			list = append(list, v[k])
		}
		return list
	}
	return nil
}

// SortedKeys are the keys of a map in order.
func SortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// Object turns texts into a value.
func Object[V any](m map[string]V) map[string]any {
	o := make(map[string]any, len(m))
	for k, v := range m {
		o[k] = any(v)
	}
	return o
}

func toJSON(v any) (string, error) {
	data, err := json.MarshalIndent(v, "", "  ")
	return string(data), err
}

// Normal brings what a YAML or JSON decoder made into the kinds of an
// expression.
func Normal(v any) any {
	switch v := v.(type) {
	case int:
		return float64(v)
	case map[string]any:
		o := make(map[string]any, len(v))
		for k, e := range v {
			o[k] = Normal(e)
		}
		return o
	case []any:
		l := make([]any, len(v))
		for i, e := range v {
			l[i] = Normal(e)
		}
		return l
	}
	return v
}
