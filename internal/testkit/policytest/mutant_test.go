package policytest

import (
	"fmt"
	"slices"

	admissionv1 "k8s.io/api/admissionregistration/v1"
)

// mutants returns each policy, with its binding, once for every part that it
// could lack: a validation, a condition, the choice of namespaces, an
// operation, a group or a resource. The name of each is the policy's, "~" and
// what it lacks.
func mutants(ps []*admissionv1.ValidatingAdmissionPolicy, bs []*admissionv1.ValidatingAdmissionPolicyBinding) ([]*admissionv1.ValidatingAdmissionPolicy, []*admissionv1.ValidatingAdmissionPolicyBinding) {
	var mps []*admissionv1.ValidatingAdmissionPolicy
	var mbs []*admissionv1.ValidatingAdmissionPolicyBinding
	for _, b := range bs {
		p := ps[slices.IndexFunc(ps, func(p *admissionv1.ValidatingAdmissionPolicy) bool { return p.Name == b.Spec.PolicyName })]
		mutate := func(lacks string, change func(*admissionv1.ValidatingAdmissionPolicy, *admissionv1.ValidatingAdmissionPolicyBinding)) {
			mp, mb := p.DeepCopy(), b.DeepCopy()
			change(mp, mb)
			mp.Name += "~" + lacks
			mb.Name, mb.Spec.PolicyName = mp.Name, mp.Name
			mps, mbs = append(mps, mp), append(mbs, mb)
		}
		for i := range p.Spec.Validations {
			mutate(fmt.Sprintf("validation %d", i+1), func(p *admissionv1.ValidatingAdmissionPolicy, _ *admissionv1.ValidatingAdmissionPolicyBinding) {
				p.Spec.Validations = slices.Delete(p.Spec.Validations, i, i+1)
			})
		}
		for i, c := range p.Spec.MatchConditions {
			mutate("condition "+c.Name, func(p *admissionv1.ValidatingAdmissionPolicy, _ *admissionv1.ValidatingAdmissionPolicyBinding) {
				p.Spec.MatchConditions = slices.Delete(p.Spec.MatchConditions, i, i+1)
			})
		}
		if b.Spec.MatchResources != nil {
			mutate("selector", func(_ *admissionv1.ValidatingAdmissionPolicy, b *admissionv1.ValidatingAdmissionPolicyBinding) {
				b.Spec.MatchResources = nil
			})
		}
		for i, r := range p.Spec.MatchConstraints.ResourceRules {
			for j, v := range r.Operations {
				mutate(fmt.Sprintf("operation %d %s", i+1, v), func(p *admissionv1.ValidatingAdmissionPolicy, _ *admissionv1.ValidatingAdmissionPolicyBinding) {
					r := &p.Spec.MatchConstraints.ResourceRules[i]
					r.Operations = slices.Delete(r.Operations, j, j+1)
				})
			}
			for j, v := range r.APIGroups {
				mutate(fmt.Sprintf("group %d %s", i+1, v), func(p *admissionv1.ValidatingAdmissionPolicy, _ *admissionv1.ValidatingAdmissionPolicyBinding) {
					r := &p.Spec.MatchConstraints.ResourceRules[i]
					r.APIGroups = slices.Delete(r.APIGroups, j, j+1)
				})
			}
			for j, v := range r.Resources {
				mutate(fmt.Sprintf("resource %d %s", i+1, v), func(p *admissionv1.ValidatingAdmissionPolicy, _ *admissionv1.ValidatingAdmissionPolicyBinding) {
					r := &p.Spec.MatchConstraints.ResourceRules[i]
					r.Resources = slices.Delete(r.Resources, j, j+1)
				})
			}
		}
	}
	return mps, mbs
}
