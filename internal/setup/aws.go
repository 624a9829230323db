package setup

import (
	"fmt"
	"slices"
	"strings"

	"github.com/penstock-dev/penstock/internal/model"
)

// awsProvider is the ARN of the CI's OIDC provider.
func awsProvider(m *model.Model, issuer string) string {
	return "arn:aws:iam::" + m.Registry.Account + ":oidc-provider/" + issuer
}

func awsPlatform(m *model.Model) []Step {
	command, issuer := issuer(m)
	steps := []Step{{
		What: "Let the AWS account trust tokens of the CI",
		Why:  "Once an account. No AWS key is stored in CI.",
		Do:   lines(append(command, "aws iam create-open-id-connect-provider --url "+quoted("https://"+issuer)+" --client-id-list sts.amazonaws.com")...),
		Proofs: []Proof{{
			"aws iam get-open-id-connect-provider --open-id-connect-provider-arn " + quoted(awsProvider(m, issuer)) + " --query ClientIDList --output text",
			"`sts.amazonaws.com`",
		}},
	}}
	for _, id := range platformIdentities(m) {
		steps = append(steps, awsRole(m, id, nil))
	}
	return steps
}

func awsApp(m *model.Model, app *model.App) []Step {
	var create []string
	repositories := without([]string{app.Releases}, "")
	for _, ae := range app.Envs {
		repositories = without(append(repositories, ae.Repository), "")
	}
	for _, r := range repositories {
		mutability := "MUTABLE"
		if r == app.Releases && m.Registry.PerEnvironment() {
			mutability = "IMMUTABLE"
		}
		create = append(create, fmt.Sprintf("aws ecr create-repository --region %s --repository-name %s --image-tag-mutability %s", m.Registry.Region, path(m, r), mutability))
	}
	steps := []Step{{
		What: "Create the repositories", Do: lines(create...),
		Proofs: []Proof{{
			"aws ecr describe-repositories --region " + m.Registry.Region + " --query 'repositories[].repositoryName' --output text | tr '\\t' '\\n' | grep '/" + app.Team.Name + "/" + app.Name + "$'",
			fmt.Sprintf("%d lines", len(create)),
		}},
	}}
	for _, id := range identities(m, app) {
		steps = append(steps, awsRole(m, id, without(repositories, id.Writes[0])))
	}
	return steps
}

// awsRole is the role of one identity: only its own workflow may take it. The
// proofs try what it may write and the repositories that it must not.
func awsRole(m *model.Model, id identity, never []string) Step {
	role := short(64, append(append([]string{"penstock"}, id.For...), id.Name)...)
	arn := func(repository string) string {
		return "arn:aws:ecr:" + m.Registry.Region + ":" + m.Registry.Account + ":repository/" + path(m, repository)
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
		return "aws iam simulate-principal-policy --policy-source-arn arn:aws:iam::" + m.Registry.Account + ":role/" + role +
			" \\\n  --action-names ecr:PutImage --resource-arns " + arn(resource) + " --query 'EvaluationResults[].EvalDecision' --output text"
	}
	var proofs, denials []Proof
	for _, r := range id.Writes {
		proofs = append(proofs, Proof{simulate(sample(r)), "`allowed`"})
	}
	for _, r := range append(without(id.Reads, ""), without(never, "")...) {
		if !slices.Contains(id.Writes, r) {
			denials = append(denials, Proof{simulate(sample(r)), "`implicitDeny`"})
		}
	}
	return Step{
		What: "Create the role of `" + id.Name + "`",
		Why:  roleWhy(id),
		Do: lines(awsTrust(m, id), document("rights.json", map[string]any{"Version": "2012-10-17", "Statement": statements}),
			"aws iam create-role --role-name "+role+" --assume-role-policy-document file://trust.json",
			"aws iam put-role-policy --role-name "+role+" --policy-name registry --policy-document file://rights.json",
			setVariable(m, id, "REGISTRY_ROLE", "arn:aws:iam::"+m.Registry.Account+":role/"+role)),
		Again:  againWhereNamed(m, "aws iam update-assume-role-policy --role-name "+role+" --policy-document file://trust.json", "aws iam create-role"),
		Proofs: proofs, Denials: denials,
	}
}

// awsTrust writes trust.json: who may take the role.
func awsTrust(m *model.Model, id identity) string {
	command, issuer := issuer(m)
	trust := map[string]any{"Version": "2012-10-17", "Statement": []any{map[string]any{
		"Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity",
		"Principal": map[string]any{"Federated": awsProvider(m, issuer)},
		"Condition": map[string]any{"StringEquals": map[string]any{issuer + ":aud": "sts.amazonaws.com", issuer + ":sub": id.Subject}},
	}}}
	return lines(append(append(command, numbers(m, id)...), document("trust.json", trust))...)
}

// sample is a repository that a pattern stands for.
func sample(repository string) string { return strings.ReplaceAll(repository, "*", "any") }

func roleWhy(id identity) string {
	switch {
	case id.Name == "history":
		return "It checks every night whether what runs is what should run, and may only read."
	case id.Env == nil:
		return "It builds: it may write releases, and no environment."
	default:
		return "It promotes to `" + id.Env.Name + "`: it may read releases, and write what `" + id.Env.Name + "` reads."
	}
}
