package ecr

import (
	"fmt"

	"github.com/penstock-dev/penstock/internal/registry"
)

// guide has AWS's own commands. Preview and audit: ECR user guide and CloudTrail's
// events, read 2026-11-22.
func guide(r registry.Retention) registry.Guide {
	prefix := r.ReleasesRoot()[len(r.Host)+1:]
	each := func(do string) string {
		return fmt.Sprintf("for r in $(aws ecr describe-repositories --region %s --output text --query \"repositories[?starts_with(repositoryName, '%s')].repositoryName\"); do\n%s\ndone", r.Region, prefix, do)
	}
	return registry.Guide{
		Files: []registry.PolicyFile{{
			Name: lifecycleFile,
			What: "What expires in the repositories below `" + prefix + "`, which hold releases, `ci-*` and `pr-*`. Repositories that environments read have no policy: nothing there expires.",
			Preview: each("  aws ecr start-lifecycle-policy-preview --region " + r.Region + " --repository-name \"$r\" --lifecycle-policy-text file://" + lifecycleFile + "\n" +
				"  aws ecr wait lifecycle-policy-preview-complete --region " + r.Region + " --repository-name \"$r\"\n" +
				"  aws ecr get-lifecycle-policy-preview --region " + r.Region + " --repository-name \"$r\" --query 'previewResults[].[imageTags, appliedRulePriority]'"),
			Apply: each("  aws ecr put-lifecycle-policy --region " + r.Region + " --repository-name \"$r\" --lifecycle-policy-text file://" + lifecycleFile),
		}},
		Audit:     "aws cloudtrail lookup-events --region " + r.Region + " --lookup-attributes AttributeKey=EventName,AttributeValue=PutImage --query 'Events[].[EventTime, Username, Resources[0].ResourceName]' --output text",
		AuditNote: "CloudTrail keeps 90 days; `CloudTrailEvent` of an event has the tag and the digest.",
		Cannot: []string{
			"IAM has no condition on a tag: rights are on a repository. So each environment reads a repository of its own, and only its promotion may write there.",
			"An immutable tag can be deleted, and pushed again then. So no pipeline has `ecr:BatchDeleteImage`.",
			"ECR orders images by their first push in a repository: a tag that moves makes nothing younger.",
		},
	}
}
