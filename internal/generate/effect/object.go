package effect

import (
	"path"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Object is a Kubernetes object in a file of the platform repository. Namespace
// is empty where its file does not say it.
type Object struct{ Kind, Namespace, Name string }

// String is the object as kubectl names it, with the kind as people write it.
func (o Object) String() string {
	if o.Namespace == "" {
		return o.Kind + " " + o.Name
	}
	return o.Kind + " " + o.Namespace + "/" + o.Name
}

// object is an Object and what Flux makes of it.
type object struct {
	Object
	file string  // where it stands
	text string  // without comments
	rest string  // of a Kustomization: what else its folders' kustomization.yaml say
	by   *object // the Flux Kustomization that applies it; nil for the cluster's own
	flux flux
	// keeps is set on an object that Flux never deletes.
	keeps bool
}

// flux is the part of a Flux Kustomization's spec that says what it applies.
type flux struct {
	Path           string `yaml:"path"`
	Prune          bool   `yaml:"prune"`
	Suspend        bool   `yaml:"suspend"`
	DeletionPolicy string `yaml:"deletionPolicy"`
	SourceRef      struct {
		Kind string `yaml:"kind"`
		Name string `yaml:"name"`
	} `yaml:"sourceRef"`
}

// orphans reports whether what a Kustomization applied outlives it.
func (o *object) orphans() bool {
	return o.flux.Suspend || o.flux.DeletionPolicy == "Orphan" || o.flux.DeletionPolicy != "Delete" &&
		o.flux.DeletionPolicy != "WaitForTermination" && !o.flux.Prune
}

// idle reports whether a Kustomization that goes on deletes nothing.
func (o *object) idle() bool { return o != nil && (o.flux.Suspend || !o.flux.Prune) }

func (o *object) isFlux() bool { return o.Kind == "Kustomization" }

// matters reports whether something that runs, or holds data, ends with it.
func (o Object) matters() bool {
	switch o.Kind {
	case "Kustomization", "HelmRelease", "Namespace", "Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job", "CronJob", "Pod",
		"Service", "Ingress", "PersistentVolumeClaim", "CustomResourceDefinition", "FluxInstance":
		return true
	}
	return false
}

const (
	annotationPrune     = "kustomize.toolkit.fluxcd.io/prune"
	annotationReconcile = "kustomize.toolkit.fluxcd.io/reconcile"
)

// parse reads one document. It reports false for what is no object that Flux
// applies: a kustomization.yaml, an empty or a broken document.
func parse(text string) (object, bool) {
	var head struct {
		APIVersion string `yaml:"apiVersion"`
		Kind       string `yaml:"kind"`
		Metadata   struct {
			Name        string            `yaml:"name"`
			Namespace   string            `yaml:"namespace"`
			Labels      map[string]string `yaml:"labels"`
			Annotations map[string]string `yaml:"annotations"`
		} `yaml:"metadata"`
		Spec yaml.Node `yaml:"spec"`
	}
	if err := yaml.Unmarshal([]byte(text), &head); err != nil {
		return object{}, false
	}
	if head.Kind == "" || head.Metadata.Name == "" || strings.HasPrefix(head.APIVersion, "kustomize.config.k8s.io/") {
		return object{}, false
	}
	o := object{Object: Object{head.Kind, head.Metadata.Namespace, head.Metadata.Name}, text: withoutComments(text)}
	m := head.Metadata
	for _, key := range []string{annotationPrune, annotationReconcile} {
		o.keeps = o.keeps || strings.EqualFold(m.Annotations[key], "disabled") || strings.EqualFold(m.Labels[key], "disabled")
	}
	if o.isFlux() {
		_ = head.Spec.Decode(&o.flux) // a wrong type: Flux refuses the object, and nothing changes
	}
	return o, true
}

// documents cuts a YAML file at its document markers.
func documents(data []byte) []string {
	text, start, at := string(data), 0, 0
	var docs []string
	cut := func() {
		if doc := text[start:at]; strings.TrimSpace(doc) != "" {
			docs = append(docs, doc)
		}
	}
	for line := range strings.Lines(text) {
		if s, ok := strings.CutPrefix(line, "---"); ok && (s[:min(1, len(s))] == " " || strings.TrimSpace(s) == "") {
			cut()
			start = at + len(line)
		}
		at += len(line)
	}
	cut()
	return docs
}

// resources returns what a kustomization.yaml lists, as slash paths.
func resources(dir string, data []byte) (paths []string, rest string, ok bool) {
	var k map[string]yaml.Node
	if err := yaml.Unmarshal(data, &k); err != nil {
		return nil, "", false
	}
	for _, key := range []string{"resources", "components", "bases"} {
		var list []string
		if n, has := k[key]; has && n.Decode(&list) == nil {
			for _, r := range list {
				paths = append(paths, path.Join(dir, r))
			}
		}
		delete(k, key)
	}
	out, err := yaml.Marshal(k)
	if err != nil {
		return nil, "", false
	}
	return paths, string(out), true
}

// folder is the folder that a Kustomization builds from the platform
// repository, or "".
func (o *object) folder() string {
	if ref := o.flux.SourceRef; !o.isFlux() || ref.Kind != "GitRepository" || ref.Name != "flux-system" || o.flux.Path == "" {
		return ""
	}
	return path.Clean(o.flux.Path)
}

func withoutComments(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		if s := strings.TrimSpace(line); s != "" && !strings.HasPrefix(s, "#") {
			b.WriteString(strings.TrimRight(line, "\r\n") + "\n")
		}
	}
	return b.String()
}
