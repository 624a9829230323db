package kube

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"

	"go.yaml.in/yaml/v3"
)

// Object is one object of the API as decoded from JSON or YAML.
type Object map[string]any

// Ref names an object; namespace is empty for what belongs to the cluster.
func Ref(apiVersion, kind, namespace, name string) Object {
	meta := map[string]any{"name": name}
	if namespace != "" {
		meta["namespace"] = namespace
	}
	return Object{"apiVersion": apiVersion, "kind": kind, "metadata": meta}
}

// Get is the value at a path of keys, nil where there is none.
func (o Object) Get(path ...string) any {
	var value any = map[string]any(o)
	for _, key := range path {
		m, ok := value.(map[string]any)
		if !ok {
			return nil
		}
		value = m[key]
	}
	return value
}

// String is the text at a path, empty where there is none.
func (o Object) String(path ...string) string {
	s, _ := o.Get(path...).(string)
	return s
}

// Objects is the list of objects at a path.
func (o Object) Objects(path ...string) []Object {
	list, _ := o.Get(path...).([]any)
	objects := make([]Object, 0, len(list))
	for _, item := range list {
		if m, ok := item.(map[string]any); ok {
			objects = append(objects, m)
		}
	}
	return objects
}

// Kind is the object's kind.
func (o Object) Kind() string { return o.String("kind") }

// Name is the object's name.
func (o Object) Name() string { return o.String("metadata", "name") }

// Namespace is the object's namespace, "default" where it says none.
func (o Object) Namespace() string {
	if ns := o.String("metadata", "namespace"); ns != "" {
		return ns
	}
	return "default"
}

// ID names the object for people.
func (o Object) ID() string {
	return fmt.Sprintf("%s %s/%s", o.Kind(), o.String("metadata", "namespace"), o.Name())
}

// Condition is the status condition of that type; the zero Condition where there is none.
func (o Object) Condition(name string) Condition {
	for _, c := range o.Objects("status", "conditions") {
		if c.String("type") == name {
			return Condition{Status: c.String("status"), Reason: c.String("reason"), Message: c.String("message")}
		}
	}
	return Condition{}
}

// Condition is what Flux and Kubernetes say about one aspect of an object.
type Condition struct{ Status, Reason, Message string }

// Parse reads a stream of YAML documents; empty ones are left out.
func Parse(data []byte) ([]Object, error) {
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	var objects []Object
	for {
		var o map[string]any // Not an Object: the decoder would then make Objects of the maps inside, too.
		err := decoder.Decode(&o)
		if errors.Is(err, io.EOF) {
			return objects, nil
		}
		if err != nil {
			return nil, err
		}
		if len(o) > 0 {
			objects = append(objects, o)
		}
	}
}

// NotFound reports whether the API server said that the object does not exist.
func NotFound(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.Code == http.StatusNotFound
}
