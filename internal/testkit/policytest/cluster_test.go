package policytest

import (
	"errors"
	"regexp"
	"slices"
	"strings"
	"testing"

	admissionv1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apiserver/pkg/admission"
	"k8s.io/apiserver/pkg/admission/plugin/policy/matching"
	"k8s.io/apiserver/pkg/admission/plugin/policy/validating"
	"k8s.io/apiserver/pkg/authentication/user"
	"k8s.io/apiserver/pkg/authorization/authorizerfactory"
	"k8s.io/apiserver/pkg/warning"
	dynamicfake "k8s.io/client-go/dynamic/fake"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes/fake"
	listers "k8s.io/client-go/listers/core/v1"
	"k8s.io/utils/ptr"
)

// cluster is an API server reduced to the plug-in that evaluates policies.
type cluster struct {
	plugin     *validating.Plugin
	namespaces namespaces
}

// newCluster loads policies and bindings. All bindings warn instead of denying,
// because a denial tells of one policy only and a warning of each.
func newCluster(t *testing.T, policies []*admissionv1.ValidatingAdmissionPolicy, bindings []*admissionv1.ValidatingAdmissionPolicyBinding) *cluster {
	t.Helper()
	var objects []runtime.Object
	for _, p := range policies {
		p = p.DeepCopy()
		setDefaults(p.Spec.MatchConstraints)
		objects = append(objects, p)
	}
	for _, b := range bindings {
		b = b.DeepCopy()
		if b.Spec.MatchResources != nil {
			setDefaults(b.Spec.MatchResources)
		}
		b.Spec.ValidationActions = []admissionv1.ValidationAction{admissionv1.Warn}
		objects = append(objects, b)
	}
	client := fake.NewClientset(objects...)
	factory := informers.NewSharedInformerFactory(client, 0)
	plugin, err := validating.NewPlugin(nil)
	if err != nil {
		t.Fatal(err)
	}
	c := &cluster{plugin: plugin, namespaces: namespaces{}}
	plugin.SetExternalKubeClientSet(client)
	plugin.SetExternalKubeInformerFactory(factory)
	plugin.SetDynamicClient(dynamicfake.NewSimpleDynamicClient(runtime.NewScheme()))
	plugin.SetRESTMapper(meta.NewDefaultRESTMapper(nil))
	plugin.SetAuthorizer(authorizerfactory.NewAlwaysDenyAuthorizer())
	plugin.SetDrainedNotification(t.Context().Done())
	plugin.SetMatcher(matching.NewMatcher(c.namespaces, client))
	if err := plugin.ValidateInitialization(); err != nil {
		t.Fatal(err)
	}
	factory.Core().V1().Namespaces().Informer() // the plug-in waits for it to be filled
	factory.Start(t.Context().Done())
	factory.WaitForCacheSync(t.Context().Done())
	for range 12 { // it compiles every policy first, and gives up after ten seconds on a busy machine
		if plugin.WaitForReady() {
			return c
		}
	}
	t.Fatal("the admission plug-in does not become ready")
	return nil
}

// setDefaults fills in what the API server does, which the plug-in relies on.
func setDefaults(m *admissionv1.MatchResources) {
	if m.MatchPolicy == nil {
		m.MatchPolicy = ptr.To(admissionv1.Equivalent)
	}
	if m.NamespaceSelector == nil {
		m.NamespaceSelector = &metav1.LabelSelector{}
	}
	if m.ObjectSelector == nil {
		m.ObjectSelector = &metav1.LabelSelector{}
	}
}

// verdict is the messages of the policies that deny a request, by policy.
type verdict map[string]string

var denial = regexp.MustCompile(`(?s)^Validation failed for ValidatingAdmissionPolicy '([^']+)' with binding '[^']+': (.*)$`)

// ask sends one request to all policies.
func (c *cluster) ask(t *testing.T, r request) verdict {
	t.Helper()
	object, old := r.Object, r.OldObject
	if r.Operation == "DELETE" {
		object, old = nil, r.Object
	}
	gvk := r.Object.GroupVersionKind()
	resource, _ := meta.UnsafeGuessKindToResource(gvk)
	namespace := r.Object.GetNamespace()
	if gvk.Kind == "Namespace" { // as the API server does
		namespace = r.Object.GetName()
	}
	who := &user.DefaultInfo{Name: r.User, Groups: []string{user.AllAuthenticated}}
	attributes := admission.NewAttributesRecord(orNil(object), orNil(old), gvk, namespace, r.Object.GetName(), resource,
		r.Subresource, admission.Operation(r.Operation), nil, false, who)
	found := verdict{}
	ctx := warning.WithWarningRecorder(t.Context(), recorder(func(text string) {
		m := denial.FindStringSubmatch(text)
		if m == nil {
			t.Errorf("unknown warning: %s", text)
			return
		}
		if m[1] == original(m[1]) && (strings.Contains(m[2], "resulted in error") || strings.HasPrefix(m[2], "failed expression")) {
			t.Errorf("%s: %s: no message for people: %s", r.Name, m[1], m[2])
		}
		found[m[1]] = m[2]
	}))
	if err := c.plugin.Validate(ctx, attributes, admission.NewObjectInterfacesFromScheme(runtime.NewScheme())); err != nil {
		t.Errorf("%s: %v", r.Name, err)
	}
	return found
}

// orNil avoids an interface that holds a nil pointer.
func orNil(u *unstructured.Unstructured) runtime.Object {
	if u == nil {
		return nil
	}
	return u
}

type recorder func(string)

func (r recorder) AddWarning(_, text string) { r(text) }

// namespaces is the Namespace objects of the cluster, by name.
type namespaces map[string]*corev1.Namespace

var _ listers.NamespaceLister = namespaces{}

func (n namespaces) List(labels.Selector) ([]*corev1.Namespace, error) {
	return nil, errors.New("not asked for")
}

func (n namespaces) Get(name string) (*corev1.Namespace, error) {
	if ns := n[name]; ns != nil {
		return ns, nil
	}
	return nil, apierrors.NewNotFound(corev1.Resource("namespaces"), name)
}

// set puts a namespace in.
func (n namespaces) set(t *testing.T, u *unstructured.Unstructured) {
	t.Helper()
	n[u.GetName()] = typed[corev1.Namespace](t, u)
}

// setPlain puts in namespaces that are no team's.
func (n namespaces) setPlain(names ...string) {
	for _, name := range names {
		n[name] = &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name}}
	}
}

// typed reads an object strictly.
func typed[T any](t *testing.T, u *unstructured.Unstructured) *T {
	t.Helper()
	v := new(T)
	if err := runtime.DefaultUnstructuredConverter.FromUnstructuredWithValidation(u.Object, v, true); err != nil {
		t.Fatalf("%s %s: %v", u.GetKind(), u.GetName(), err)
	}
	return v
}

// policies reads what Flux applies from platform/policies.
func policies(t *testing.T, w workspace) ([]*admissionv1.ValidatingAdmissionPolicy, []*admissionv1.ValidatingAdmissionPolicyBinding) {
	t.Helper()
	var ps []*admissionv1.ValidatingAdmissionPolicy
	var bs []*admissionv1.ValidatingAdmissionPolicyBinding
	for _, u := range build(t, w.platform, "platform/policies") {
		switch u.GetKind() {
		case "ValidatingAdmissionPolicy":
			ps = append(ps, typed[admissionv1.ValidatingAdmissionPolicy](t, u))
		case "ValidatingAdmissionPolicyBinding":
			b := typed[admissionv1.ValidatingAdmissionPolicyBinding](t, u)
			if !slices.Equal(b.Spec.ValidationActions, []admissionv1.ValidationAction{admissionv1.Deny}) {
				t.Errorf("binding %s: does not deny", b.Name)
			}
			bs = append(bs, b)
		default:
			t.Errorf("platform/policies has a %s", u.GetKind())
		}
	}
	for _, p := range ps {
		if *p.Spec.FailurePolicy != admissionv1.Fail {
			t.Errorf("policy %s: does not fail closed", p.Name)
		}
	}
	return ps, bs
}

// settle puts the namespaces of one environment into the cluster.
func (c *cluster) settle(t *testing.T, w workspace, env string) {
	t.Helper()
	clear(c.namespaces)
	c.namespaces.setPlain("default", "kube-system", w.model.Flux.Namespace)
	for _, team := range w.model.Teams {
		for _, u := range build(t, w.platform, "tenants/"+team.Name+"/"+env) {
			if u.GetKind() == "Namespace" {
				c.namespaces.set(t, u)
			}
		}
	}
}

// original is the policy that a mutant was made from.
func original(policy string) string {
	name, _, _ := strings.Cut(policy, "~")
	return name
}
