package effect

import (
	"fmt"
	"strings"
)

// Order returns the order of steps in which a rename stops nothing that runs,
// for a platform whose Flux is in the given namespace; empty for a removal.
//
// It rests on what Flux does with a Kustomization that is suspended: deleting
// it deletes none of the objects that it applied. Suspending is done on the
// clusters, by the flux command: its field is not in Git, so it lasts.
func (p Prune) Order(fluxNamespace string, operator bool) string {
	r := p.Rename
	if r == nil {
		return ""
	}
	on := strings.Join(p.Clusters, ", ")
	again := "run this again with --allow-prune, commit and merge."
	switch r.Kind {
	case "team":
		apps := ""
		for _, o := range p.Stake {
			if o.Kind == "Kustomization" {
				apps += fmt.Sprintf("\n       flux delete kustomization %s --namespace %s --silent", o.Name, o.Namespace)
			}
		}
		return steps(fmt.Sprintf("so that %s runs on until %s does:", r.Was, r.Now),
			fmt.Sprintf("on %s, keep Flux from deleting it:\n       flux suspend kustomization %s --namespace %s", on, p.Object.Name, p.Object.Namespace),
			fmt.Sprintf("%s Flux sets up namespace %s beside %s, which its own Kustomizations keep running.", again, r.Now, r.Was),
			fmt.Sprintf("release and promote each app again, since its bundles have a new place, and bring its secrets and data to %s; when it runs there, remove the old one:%s\n       kubectl delete namespace %s",
				r.Now, apps, r.Was))
	case "app":
		return steps(fmt.Sprintf("so that %s runs on until %s does:", r.Was, r.Now),
			fmt.Sprintf("on %s, keep Flux from deleting it:\n       flux suspend kustomization %s --namespace %s", on, p.Object.Name, p.Object.Namespace),
			fmt.Sprintf("%s Flux sets up %s beside %s; objects that keep their names are taken over.", again, r.Now, r.Was),
			fmt.Sprintf("release and promote %s, since its bundles have a new place; when it runs, remove what is left of %s:\n       kubectl --namespace %s get all,configmap,ingress,persistentvolumeclaim,poddisruptionbudget,secret,serviceaccount --selector penstock.dev/app=%s",
				r.Now, r.Was, p.Object.Namespace, r.Was))
	}
	point := fmt.Sprintf("kubectl --namespace %s patch kustomization flux-system --field-manager=flux-client-side-apply --type=merge --patch '{\"spec\":{\"path\":\"./clusters/%s\"}}'", fluxNamespace, r.Now)
	if operator {
		point = fmt.Sprintf("kubectl --namespace %s patch fluxinstance flux --field-manager=flux-client-side-apply --type=merge --patch '{\"spec\":{\"sync\":{\"path\":\"clusters/%s\"}}}'", fluxNamespace, r.Now)
	}
	return steps("so that Flux deletes nothing on it:",
		fmt.Sprintf("on %s, stop Flux:\n       flux suspend kustomization flux-system --namespace %s", on, fluxNamespace),
		again,
		fmt.Sprintf("on the cluster, tell Flux its new folder:\n       %s\n       flux resume kustomization flux-system --namespace %s", point, fluxNamespace))
}

func steps(head string, list ...string) string {
	var b strings.Builder
	b.WriteString("  " + head + "\n")
	for i, s := range list {
		fmt.Fprintf(&b, "    %d. %s\n", i+1, s)
	}
	return b.String()
}
