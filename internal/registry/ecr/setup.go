package ecr

import (
	"fmt"
	"slices"
	"strings"

	"github.com/penstock-dev/penstock/internal/forge"
	"github.com/penstock-dev/penstock/internal/generate/step"
	"github.com/penstock-dev/penstock/internal/registry"
)

// oidc is the ARN of the CI's OIDC provider.
func oidc(s registry.Site, issuer string) string {
	return "arn:aws:iam::" + s.Account + ":oidc-provider/" + issuer
}

func platform(s registry.Site) []step.Step {
	command, issuer := s.CI.IssuerCommand, s.CI.Issuer
	steps := []step.Step{{
		What: "Let the AWS account trust tokens of the CI",
		Why:  "Once an account. No AWS key is stored in CI.",
		Do:   step.Lines(append(command, "aws iam create-open-id-connect-provider --url "+step.Quoted("https://"+issuer)+" --client-id-list sts.amazonaws.com")...),
		Proofs: []step.Proof{step.Show(
			"aws iam get-open-id-connect-provider --open-id-connect-provider-arn "+step.Quoted(oidc(s, issuer))+" --query ClientIDList --output text",
			"`sts.amazonaws.com`",
		)},
	}}
	for _, id := range s.Identities {
		steps = append(steps, createRole(s, id, nil))
	}
	return steps
}

func perApp(s registry.Site, app registry.App) []step.Step {
	var create []string
	repositories := step.Without([]string{app.Releases}, "")
	for _, ae := range app.Places {
		repositories = step.Without(append(repositories, ae.Repository), "")
	}
	for _, r := range repositories {
		mutability := "MUTABLE"
		if r == app.Releases && s.Layout == registry.PerEnvironment {
			mutability = "IMMUTABLE"
		}
		create = append(create, fmt.Sprintf("aws ecr create-repository --region %s --repository-name %s --image-tag-mutability %s", s.Region, s.Path(r), mutability))
	}
	steps := []step.Step{{
		What: "Create the repositories", Do: step.Lines(create...),
		Proofs: []step.Proof{step.Show(
			"aws ecr describe-repositories --region "+s.Region+" --query 'repositories[].repositoryName' --output text | tr '\\t' '\\n' | grep '/"+app.Team+"/"+app.Name+"$'",
			fmt.Sprintf("%d lines", len(create)),
		)},
	}}
	for _, id := range app.Identities {
		steps = append(steps, createRole(s, id, step.Without(repositories, id.Writes[0])))
	}
	return steps
}

// createRole is the role of one identity: only its own workflow may take it. The
// proofs try what it may write and the repositories that it must not.
func createRole(s registry.Site, id forge.Identity, never []string) step.Step {
	role := step.Short(64, append(append([]string{"penstock"}, id.For...), id.Name)...)
	arn := func(repository string) string {
		return "arn:aws:ecr:" + s.Region + ":" + s.Account + ":repository/" + s.Path(repository)
	}
	pull := []string{"ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer", "ecr:BatchCheckLayerAvailability", "ecr:ListImages", "ecr:DescribeImages"}
	push := append(slices.Clip(pull), "ecr:InitiateLayerUpload", "ecr:UploadLayerPart", "ecr:CompleteLayerUpload", "ecr:PutImage")
	arns := func(repositories []string) []string {
		var list []string
		for _, r := range repositories {
			list = append(list, arn(r))
		}
		return list
	}
	statements := []any{map[string]any{"Effect": "Allow", "Action": "ecr:GetAuthorizationToken", "Resource": "*"}}
	if len(id.Writes) > 0 {
		statements = append(statements, map[string]any{"Effect": "Allow", "Action": push, "Resource": arns(id.Writes)})
	}
	if len(id.Reads) > 0 {
		statements = append(statements, map[string]any{"Effect": "Allow", "Action": pull, "Resource": arns(id.Reads)})
	}
	simulate := func(resource string) string {
		return "aws iam simulate-principal-policy --policy-source-arn arn:aws:iam::" + s.Account + ":role/" + role +
			" \\\n  --action-names ecr:PutImage --resource-arns " + arn(resource) + " --query 'EvaluationResults[].EvalDecision' --output text"
	}
	var proofs, denials []step.Proof
	for _, r := range id.Writes {
		proofs = append(proofs, step.Show(simulate(sample(r)), "`allowed`"))
	}
	for _, r := range append(step.Without(id.Reads, ""), step.Without(never, "")...) {
		if !slices.Contains(id.Writes, r) {
			denials = append(denials, step.Show(simulate(sample(r)), "`implicitDeny`"))
		}
	}
	return step.Step{
		What: "Create the role of `" + id.Name + "`",
		Why:  id.Role(),
		Do: step.Lines(trust(s, id), step.Document("rights.json", map[string]any{"Version": "2012-10-17", "Statement": statements}),
			"aws iam create-role --role-name "+role+" --assume-role-policy-document file://trust.json",
			"aws iam put-role-policy --role-name "+role+" --policy-name registry --policy-document file://rights.json",
			s.CI.SetVariable(id, "REGISTRY_ROLE", "arn:aws:iam::"+s.Account+":role/"+role)),
		Again:  s.CI.Again("aws iam update-assume-role-policy --role-name "+role+" --policy-document file://trust.json", "aws iam create-role"),
		Proofs: proofs, Denials: denials,
	}
}

// trust writes trust.json: who may take the role.
func trust(s registry.Site, id forge.Identity) string {
	command, issuer := s.CI.IssuerCommand, s.CI.Issuer
	trust := map[string]any{"Version": "2012-10-17", "Statement": []any{map[string]any{
		"Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity",
		"Principal": map[string]any{"Federated": oidc(s, issuer)},
		"Condition": map[string]any{"StringEquals": map[string]any{issuer + ":aud": "sts.amazonaws.com", issuer + ":sub": id.Subject}},
	}}}
	return step.Lines(append(append(command, s.CI.Numbers(id)...), step.Document("trust.json", trust))...)
}

// sample is a repository that a pattern stands for.
func sample(repository string) string { return strings.ReplaceAll(repository, "*", "any") }
