package gen_test

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"path"
	"strings"
	"sync"
	"testing"

	kustomizev1 "github.com/fluxcd/kustomize-controller/api/v1"
	notificationv1 "github.com/fluxcd/notification-controller/api/v1"
	notificationv1beta3 "github.com/fluxcd/notification-controller/api/v1beta3"
	sourcev1 "github.com/fluxcd/source-controller/api/v1"
	admissionv1 "k8s.io/api/admissionregistration/v1"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer/json"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/yaml"
)

// object is one document of YAML.
type object struct {
	where string         // the file or the folder that was built
	raw   map[string]any // as Kubernetes reads it
	typed runtime.Object // nil where there is no Go type
}

// value follows names through maps; nil when there is none.
func (o object) value(names ...string) any {
	var v any = o.raw
	for _, n := range names {
		m, _ := v.(map[string]any)
		v = m[n]
	}
	return v
}

func (o object) text(names ...string) string {
	s, _ := o.value(names...).(string)
	return s
}

func (o object) kind() string      { return o.text("kind") }
func (o object) name() string      { return o.text("metadata", "name") }
func (o object) namespace() string { return o.text("metadata", "namespace") }

// id is "Kind/namespace/name".
func (o object) id() string { return path.Join(o.kind(), o.namespace(), o.name()) }

// serializer reads YAML as strictly as a Kubernetes API server with
// fieldValidation=Strict: unknown, repeated and wrongly cased fields are errors.
var serializer = sync.OnceValue(func() *json.Serializer {
	scheme := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{
		sourcev1.AddToScheme, kustomizev1.AddToScheme, notificationv1.AddToScheme, notificationv1beta3.AddToScheme,
		admissionv1.AddToScheme, appsv1.AddToScheme, corev1.AddToScheme, networkingv1.AddToScheme, policyv1.AddToScheme, rbacv1.AddToScheme,
	} {
		if err := add(scheme); err != nil {
			panic(err)
		}
	}
	return json.NewSerializerWithOptions(json.DefaultMetaFactory, scheme, scheme, json.SerializerOptions{Yaml: true, Strict: true})
})

// objects reads the documents of a file. Each must be of a known kind and
// strictly so.
func objects(t testing.TB, where string, data []byte) []object {
	t.Helper()
	var list []object
	reader := utilyaml.NewYAMLReader(bufio.NewReader(bytes.NewReader(data)))
	for {
		doc, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return list
		}
		if err != nil {
			t.Fatalf("%s: %v", where, err)
		}
		o := object{where: where}
		if err := yaml.UnmarshalStrict(doc, &o.raw); err != nil {
			t.Fatalf("%s: %v\n%s", where, err, doc)
		}
		if len(o.raw) == 0 {
			continue
		}
		o.typed = typed(t, o, doc)
		list = append(list, o)
	}
}

func typed(t testing.TB, o object, doc []byte) runtime.Object {
	t.Helper()
	group, _, _ := strings.Cut(o.text("apiVersion"), "/")
	switch group {
	case "kustomize.config.k8s.io":
		if err := yaml.UnmarshalStrict(doc, new(types.Kustomization)); err != nil {
			t.Errorf("%s: %v", o.where, err)
		}
		return nil
	case "fluxcd.controlplane.io", "penstock.dev":
		return nil
	}
	obj, _, err := serializer().Decode(doc, nil, nil)
	if err != nil {
		t.Errorf("%s: %v\n%s", o.where, err, doc)
	}
	return obj
}
