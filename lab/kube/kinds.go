package kube

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
)

// kinds maps "apiVersion kind" to where the API server serves it.
type kinds struct {
	mu    *sync.Mutex
	known map[string]kind
}

type kind struct {
	prefix     string // /api/v1 or /apis/apps/v1
	resource   string
	namespaced bool
}

// Serves reports whether the API server knows the kind of o now.
func (c *Client) Serves(ctx context.Context, o Object) bool {
	_, err := c.kind(ctx, o)
	return err == nil
}

func (c *Client) path(ctx context.Context, o Object) (string, error) {
	k, err := c.kind(ctx, o)
	if err != nil {
		return "", err
	}
	if k.namespaced {
		return fmt.Sprintf("%s/namespaces/%s/%s/%s", k.prefix, o.Namespace(), k.resource, o.Name()), nil
	}
	return fmt.Sprintf("%s/%s/%s", k.prefix, k.resource, o.Name()), nil
}

func (c *Client) listPath(ctx context.Context, o Object) (string, error) {
	k, err := c.kind(ctx, o)
	if err != nil {
		return "", err
	}
	if k.namespaced && o.String("metadata", "namespace") != "" {
		return fmt.Sprintf("%s/namespaces/%s/%s", k.prefix, o.Namespace(), k.resource), nil
	}
	return k.prefix + "/" + k.resource, nil
}

func parent(path string) string { return path[:strings.LastIndex(path, "/")] }

// kind asks the server for its kinds once, and again when one is not among them: CRDs come later.
func (c *Client) kind(ctx context.Context, o Object) (kind, error) {
	key := o.String("apiVersion") + " " + o.Kind()
	c.kinds.mu.Lock()
	defer c.kinds.mu.Unlock()
	if k, ok := c.kinds.known[key]; ok {
		return k, nil
	}
	known := map[string]kind{}
	for _, path := range []string{"/api", "/apis"} {
		answer, err := c.do(ctx, http.MethodGet, path+"?all", "", nil)
		if err != nil {
			return kind{}, err
		}
		discover(path, answer, known)
	}
	c.kinds.known = known
	if k, ok := known[key]; ok {
		return k, nil
	}
	return kind{}, fmt.Errorf("the API server does not serve %s", key)
}

func discover(path string, list Object, into map[string]kind) {
	for _, group := range list.Objects("items") {
		for _, version := range group.Objects("versions") {
			apiVersion, prefix := version.String("version"), path
			if group.Name() != "" {
				apiVersion, prefix = group.Name()+"/"+apiVersion, path+"/"+group.Name()
			}
			for _, resource := range version.Objects("resources") {
				into[apiVersion+" "+resource.String("responseKind", "kind")] = kind{
					prefix: prefix + "/" + version.String("version"), resource: resource.String("resource"),
					namespaced: resource.String("scope") == "Namespaced",
				}
			}
		}
	}
}
