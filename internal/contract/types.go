package contract

// The types of the delivery contract. Their comments are the descriptions in
// the JSON Schema and in docs/contract.md; the tags say the rest:
//
//	yaml      the field's name
//	need      "yes": the field must be given
//	enum      the allowed values, comma separated; or the table that lists them
//	default   the value when the field is left out
//	rule      the named rule of rules.go that a string must pass
//	min, max  bounds of a whole number; min of a list: its fewest items
//	absent    the default in words, where it depends on other fields; or the table
//	          that says it
//	brief     "yes": YAML leaves it out when it holds nothing but defaults
//	example   a value for documents and messages
//
// In a comment "(providers)" stands for the registry providers that have the
// field, or refuse it.

// Contract is the delivery contract: the one reviewed file from which the
// platform repository and all app repositories are generated.
//
// Parse returns it complete: each default is filled in, so that readers need
// not know any. Where gives the position of a field in the file it came from.
type Contract struct {
	// Version of the contract's format.
	APIVersion string `yaml:"apiVersion" need:"yes" enum:"penstock.dev/v1alpha1"`
	// Kind of the document.
	Kind string `yaml:"kind" need:"yes" enum:"DeliveryContract"`
	// Names the platform.
	Metadata Metadata `yaml:"metadata" need:"yes"`
	// What the platform consists of.
	Spec Spec `yaml:"spec" need:"yes"`

	source source
}

// Metadata names the platform.
type Metadata struct {
	// Name of the platform, for people and for the names of generated objects.
	Name string `yaml:"name" need:"yes" rule:"label" example:"acme"`
}

// Spec is the content of the contract.
type Spec struct {
	// The platform repository and who owns it.
	Platform Platform `yaml:"platform" need:"yes"`
	// The Flux line and how it gets onto the clusters.
	Flux Flux `yaml:"flux,omitempty"`
	// The CI system that builds and promotes.
	CI CI `yaml:"ci,omitempty"`
	// The registry that holds the bundles.
	Registry Registry `yaml:"registry" need:"yes"`
	// How bundles are signed and what they may contain.
	SupplyChain SupplyChain `yaml:"supplyChain,omitempty"`
	// The promotion path, in order: the first environment receives new releases, each other one follows the one before it unless promotion.from says otherwise.
	Environments []Environment `yaml:"environments" need:"yes" min:"1"`
	// The teams whose applications run on the platform. The order has no meaning.
	Teams []Team `yaml:"teams,omitempty"`
	// Metrics, dashboards and where notifications go.
	Observability Observability `yaml:"observability,omitempty" brief:"yes"`
	// The answers behind the choice of delivery model; the decision record keeps them.
	Decision Decision `yaml:"decision,omitempty"`
}

// Platform is the platform repository and its owners.
type Platform struct {
	// The platform repository.
	Git PlatformGit `yaml:"git" need:"yes"`
	// CODEOWNERS handles of the people who own the platform; at least one.
	Owners []string `yaml:"owners" need:"yes" min:"1" rule:"handle" example:"@acme/platform"`
	// Where an incident goes: a channel, a pager. Free text.
	Contact string `yaml:"contact,omitempty" rule:"text" example:"#platform-oncall"`
}

// PlatformGit is where the platform repository lives.
type PlatformGit struct {
	// HTTPS or SSH URL. It may carry a user, never a password.
	URL string `yaml:"url" need:"yes" rule:"giturl" example:"https://github.com/acme/platform"`
	// The branch that Flux follows.
	Branch string `yaml:"branch,omitempty" default:"main" rule:"branch"`
	// The kind of Git host; guessed from the URL's host.
	Provider string `yaml:"provider,omitempty" enum:"forges" absent:"by the host of the URL; needed where its name holds neither"`
}

// Flux is the Flux line on the clusters.
type Flux struct {
	// Minor version of Flux; it decides API versions and features.
	Version string `yaml:"version,omitempty" default:"2.9" rule:"flux"`
	// Namespace of the Flux controllers.
	Namespace string `yaml:"namespace,omitempty" default:"flux-system" rule:"namespace"`
	// How Flux gets onto the clusters: existing writes only the sync objects, manifests also the controllers, operator a FluxInstance.
	Install string `yaml:"install,omitempty" default:"existing" enum:"existing,manifests,operator"`
}

// CI is the CI system.
type CI struct {
	// The CI system; by default the Git provider's own.
	Provider string `yaml:"provider,omitempty" enum:"pipelines" absent:"by the Git provider"`
	// Whether CI calls the clusters' Flux Receivers after a promotion. With Flux 2.8 it is none: that has no Receiver that checks who calls.
	Notify string `yaml:"notify,omitempty" default:"receiver" enum:"receiver,none"`
}

// Registry is the OCI registry that holds the bundles.
type Registry struct {
	// The registry product; it decides layout, policy files and how Flux logs in.
	Provider string `yaml:"provider" need:"yes" enum:"registries"`
	// Host, with a port where it has one.
	Host string `yaml:"host" need:"yes" rule:"host" example:"registry.acme.example"`
	// First path segments of each repository. Refused where the provider's project takes its place (providers).
	Prefix string `yaml:"prefix,omitempty" default:"delivery" rule:"repository"`
	// Plain HTTP, for a registry on this machine.
	Insecure bool `yaml:"insecure,omitempty" default:"false"`
	// Where bundles live and what separates environments: one repository an app, one repository an environment, or digests pinned in Git. The default depends on the provider.
	Layout string `yaml:"layout,omitempty" enum:"single,per-environment,git-digest" absent:"registries"`
	// AWS account number (providers).
	Account string `yaml:"account,omitempty" rule:"account" example:"111122223333"`
	// AWS region (providers).
	Region string `yaml:"region,omitempty" rule:"word" example:"eu-west-1"`
	// Project of the registry, or path of the GitLab project (providers).
	Project string `yaml:"project,omitempty" rule:"repository" example:"delivery"`
	// Location of the registry (providers).
	Location string `yaml:"location,omitempty" rule:"word" example:"europe-west1"`
	// Azure subscription ID (providers).
	Subscription string `yaml:"subscription,omitempty" rule:"guid" example:"00000000-0000-0000-0000-000000000000"`
	// Azure resource group (providers).
	ResourceGroup string `yaml:"resourceGroup,omitempty" rule:"resourcegroup" example:"delivery"`
	// What the registry keeps, and for how long.
	Retention Retention `yaml:"retention,omitempty"`
}

// Retention is what the registry keeps.
type Retention struct {
	// Rollback candidates promised per environment: distinct digests that counted.
	Promotions int `yaml:"promotions,omitempty" default:"10" min:"1" max:"1000"`
	// Age at which ci-* tags may go, in days.
	Candidates string `yaml:"candidates,omitempty" default:"30d" rule:"days" example:"30d"`
	// Age at which pr-* tags may go, in days.
	Previews string `yaml:"previews,omitempty" default:"14d" rule:"days" example:"14d"`
	// forever, or how many releases to keep where the registry can do that safely.
	Releases string `yaml:"releases,omitempty" default:"forever" rule:"releases" example:"forever"`
}

// SupplyChain is how bundles are signed and what they may contain.
type SupplyChain struct {
	// How bundles are signed with cosign and verified by Flux: keyless with the CI's own identity, key with a key pair, none not at all.
	Signing string `yaml:"signing,omitempty" default:"keyless" enum:"keyless,key,none"`
	// Reference that cosign signs with (key): a KMS URI, gitlab://, k8s:// or env://. Never the private key itself.
	KeyRef string `yaml:"keyRef,omitempty" rule:"keyref" example:"awskms:///alias/cosign"`
	// Public key in PEM that Flux verifies with (key).
	PublicKey string `yaml:"publicKey,omitempty" rule:"publickey"`
	// Whether a bundle may name images without a digest: the app's own image and whatever is on the registry's host.
	UnpinnedImages string `yaml:"unpinnedImages,omitempty" default:"refuse" enum:"refuse,allow"`
}

// Environment is one stage of the promotion path.
type Environment struct {
	// Name of the environment; its floating tag and the name of its overlays.
	Name string `yaml:"name" need:"yes" rule:"environment" example:"prod"`
	// How a release gets here.
	Promotion Promotion `yaml:"promotion,omitempty"`
	// What the clusters follow: a floating tag that CI moves, or a digest that Git pins. Always pinned in layout git-digest.
	Reference string `yaml:"reference,omitempty" default:"floating" enum:"floating,pinned"`
	// The clusters of this environment; by default one, named after it.
	Clusters []Cluster `yaml:"clusters,omitempty" min:"1" absent:"one, named after the environment"`
	// How often Flux looks at the sources.
	Interval string `yaml:"interval,omitempty" default:"5m" rule:"interval"`
	// The name this environment had before: edits and history move along.
	Formerly string `yaml:"formerly,omitempty" rule:"label"`
}

// Promotion is how a release gets into an environment.
type Promotion struct {
	// The environment that a release must have counted in before; by default the one before in the list. The first has none.
	From string `yaml:"from,omitempty" rule:"label" absent:"the environment before in the list; the first has none"`
	// Whether a person must approve.
	Mode string `yaml:"mode,omitempty" default:"automatic" enum:"automatic,approval"`
	// CODEOWNERS handles of those who may approve; needed for approval.
	Approvers []string `yaml:"approvers,omitempty" rule:"handle" example:"@acme/release-managers"`
	// Windows in which promotions are refused; rollbacks are allowed.
	Freeze []Freeze `yaml:"freeze,omitempty"`
}

// Freeze is a window without promotions.
type Freeze struct {
	// Start, RFC 3339.
	From string `yaml:"from" need:"yes" rule:"time" example:"2026-12-20T00:00:00Z"`
	// End, RFC 3339, after the start.
	To string `yaml:"to" need:"yes" rule:"time" example:"2027-01-02T00:00:00Z"`
	// Why, for the person who is refused. Free text.
	Reason string `yaml:"reason" need:"yes" rule:"text" example:"peak season"`
}

// Cluster is a Kubernetes cluster of one environment.
type Cluster struct {
	// Name of the cluster; a cluster belongs to one environment only.
	Name string `yaml:"name" need:"yes" rule:"label" example:"prod-eu"`
	// Base URL of the cluster's Flux webhook receiver. Without it CI does not call the Receiver.
	Webhook string `yaml:"webhook,omitempty" rule:"weburl" example:"https://flux.prod-eu.acme.example"`
	// The name this cluster had before: edits move along.
	Formerly string `yaml:"formerly,omitempty" rule:"label"`
}

// Team owns applications and is a Flux tenant on the clusters.
type Team struct {
	// Name of the team and of its namespace.
	Name string `yaml:"name" need:"yes" rule:"team" example:"payments"`
	// CODEOWNERS handles; at least one.
	Owners []string `yaml:"owners" need:"yes" min:"1" rule:"handle" example:"@acme/payments"`
	// Where an incident of this team goes. Free text.
	Contact string `yaml:"contact,omitempty" rule:"text" example:"#payments-oncall"`
	// Limits of the team's namespace on each cluster; none by default.
	Quota *Quota `yaml:"quota,omitempty"`
	// Notifications that reach this team only.
	Notifications []Notification `yaml:"notifications,omitempty"`
	// The team's applications. The order has no meaning.
	Apps []App `yaml:"apps,omitempty"`
	// The name this team had before: edits and history move along.
	Formerly string `yaml:"formerly,omitempty" rule:"label"`
}

// Quota is a team's ResourceQuota; each part may be left out.
type Quota struct {
	// Sum of CPU requests, a Kubernetes quantity.
	CPU Quantity `yaml:"cpu,omitempty" rule:"quantity" example:"40"`
	// Sum of memory requests, a Kubernetes quantity.
	Memory Quantity `yaml:"memory,omitempty" rule:"quantity" example:"96Gi"`
	// Number of pods.
	Pods int `yaml:"pods,omitempty" min:"1" max:"1000000" example:"200"`
}

// Quantity is a Kubernetes quantity as written; in YAML a string or a number.
type Quantity string

// App is one deployable thing with a Git repository of its own.
type App struct {
	// Name, unique in the team.
	Name string `yaml:"name" need:"yes" rule:"app" example:"checkout"`
	// The app's repository.
	Git AppGit `yaml:"git" need:"yes"`
	// How releases reach the clusters: oci as bundles, git as commits.
	Delivery string `yaml:"delivery,omitempty" default:"oci" enum:"oci,git"`
	// Folder in the app's repository with base/ and overlays/<environment>/.
	Path string `yaml:"path,omitempty" default:"deploy" rule:"path"`
	// Image that CI builds, without tag or digest.
	Image string `yaml:"image,omitempty" rule:"image" example:"registry.acme.example/images/checkout"`
	// Environments that the app is deployed to; all by default. With one, those it is promoted from must be there, too.
	Environments []string `yaml:"environments,omitempty" min:"1" rule:"label" absent:"all"`
	// The name this app had before: edits and history move along.
	Formerly string `yaml:"formerly,omitempty" rule:"label"`
}

// AppGit is where an app's repository lives.
type AppGit struct {
	// HTTPS or SSH URL. It may carry a user, never a password.
	URL string `yaml:"url" need:"yes" rule:"giturl" example:"https://github.com/acme/checkout"`
	// The branch that releases are built from.
	Branch string `yaml:"branch,omitempty" default:"main" rule:"branch"`
}

// Observability is metrics, dashboards and notifications of the platform.
type Observability struct {
	// How metrics are collected.
	Metrics string `yaml:"metrics,omitempty" default:"prometheus-operator" enum:"prometheus-operator,prometheus,none"`
	// How dashboards are delivered.
	Dashboards string `yaml:"dashboards,omitempty" default:"grafana-sidecar" enum:"grafana-sidecar,files,none"`
	// Where the platform's notifications go.
	Notifications []Notification `yaml:"notifications,omitempty"`
}

// Notification is one place that Flux's events go to.
type Notification struct {
	// Name of the Flux Provider and Alert.
	Name string `yaml:"name" need:"yes" rule:"label" example:"platform-slack"`
	// The kind of receiver.
	Type string `yaml:"type" need:"yes" enum:"slack,msteams,googlechat,webex,pagerduty,opsgenie,alertmanager,generic,github,gitlab"`
	// Channel, room or routing key, where the type has one. Free text.
	Channel string `yaml:"channel,omitempty" rule:"text" example:"platform-alerts"`
	// Name of the Secret with address or token. The secret itself is never written.
	SecretName string `yaml:"secretName,omitempty" rule:"subdomain" example:"platform-slack"`
}

// Decision is what was answered when the delivery model was chosen.
type Decision struct {
	// Whether audit demands Git-native review of each promoted change.
	GitNativeAudit *bool `yaml:"gitNativeAudit,omitempty"`
	// How well the registry is run.
	RegistryMaturity string `yaml:"registryMaturity,omitempty" enum:"low,medium,high"`
	// Whether the boundary between platform and apps is written down and kept.
	BoundariesWritten *bool `yaml:"boundariesWritten,omitempty"`
	// When the decision is to be reviewed, a date.
	ReviewBy string `yaml:"reviewBy,omitempty" rule:"date" example:"2027-05-31"`
}
