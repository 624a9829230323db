package contract

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

const (
	labelPattern     = `^[a-z0-9]([a-z0-9-]*[a-z0-9])?$`
	subdomainPattern = `^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$`
	handlePattern    = `^(@[A-Za-z0-9_][A-Za-z0-9_.-]*(/[A-Za-z0-9_][A-Za-z0-9_.-]*)*|[A-Za-z0-9_][A-Za-z0-9._%+-]*@[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?)$`
)

var (
	labelRE     = regexp.MustCompile(labelPattern)
	subdomainRE = regexp.MustCompile(subdomainPattern)
	handleRE    = regexp.MustCompile(handlePattern)
)

const labelWords = "1 to 40 lower-case letters, digits and \"-\", beginning and ending with a letter or digit"

func nameRules() []rule {
	return []rule{
		{name: "label", words: labelWords, pattern: labelPattern, most: 40, check: label},
		{
			name:    "environment",
			words:   labelWords + "; not " + oneOf(reservedEnvironments()) + ", not beginning with " + oneOf(reservedPrefixes()),
			pattern: labelPattern, most: 40, check: environmentName,
		},
		{name: "team", words: labelWords + "; no namespace of Kubernetes itself", pattern: labelPattern, most: 40, check: teamName},
		{name: "app", words: labelWords + "; not kustomization, applier or registry-pull", pattern: labelPattern, most: 40, check: appName},
		{name: "namespace", words: "a Kubernetes namespace: 1 to 63 lower-case letters, digits and \"-\"", pattern: labelPattern, most: 63, check: dnsName(labelRE, 63)},
		{name: "subdomain", words: "the name of a Kubernetes object: lower-case letters, digits, \"-\" and \".\"", pattern: subdomainPattern, most: 253, check: dnsName(subdomainRE, 253)},
		{name: "handle", words: "a CODEOWNERS handle: @user, @org/team, @group/subgroup/team or an e-mail address", pattern: handlePattern, check: handle},
	}
}

func label(v string) (what, fix string) { return dnsName(labelRE, 40)(v) }

func dnsName(re *regexp.Regexp, most int) func(string) (what, fix string) {
	return func(v string) (what, fix string) {
		if len(v) > most && re.MatchString(v) {
			return "is " + quote(v) + " with " + strconv.Itoa(len(v)) + " characters", "at most " + strconv.Itoa(most) + " are allowed"
		}
		if re.MatchString(v) {
			return "", ""
		}
		if s := slug(v); len(s) <= most && labelRE.MatchString(s) {
			return "is " + quote(v) + ", which is no DNS name", "write " + quote(s)
		}
		return "is " + quote(v) + ", which is no DNS name", "use lower-case letters, digits and \"-\", beginning and ending with a letter or digit"
	}
}

var notLabel = regexp.MustCompile(`[^a-z0-9]+`)

// slug makes a label of what a person typed.
func slug(v string) string {
	return strings.Trim(notLabel.ReplaceAllString(strings.ToLower(v), "-"), "-")
}

// reservedEnvironments are names that mean something else: tag classes, the
// folder tenants/<team>/base and the tag that stands for "nothing promoted yet".
func reservedEnvironments() []string {
	return []string{"base", "ci", "hold", "not-promoted-yet", "pr", "record", "sha256"}
}

// reservedPrefixes begin tags of other classes: ci-* and pr-* are deleted when
// they are old, record-* and sha256-* belong to claims and signatures.
func reservedPrefixes() []string { return []string{"ci-", "pr-", "record-", "sha256-"} }

func environmentName(v string) (what, fix string) {
	if what, fix = label(v); what != "" {
		return what, fix
	}
	if slices.Contains(reservedEnvironments(), v) {
		return "is " + quote(v) + ", which is reserved", "choose another name"
	}
	for _, p := range reservedPrefixes() {
		if strings.HasPrefix(v, p) {
			return "is " + quote(v) + ", but tags that begin with " + quote(p) + " are not environments", "choose another name"
		}
	}
	return "", ""
}

func teamName(v string) (what, fix string) {
	if what, fix = label(v); what != "" {
		return what, fix
	}
	if v == "default" || strings.HasPrefix(v, "kube-") {
		return "is " + quote(v) + ", a namespace of Kubernetes itself", "choose another name: the team's name is its namespace"
	}
	return "", ""
}

func appName(v string) (what, fix string) {
	switch v {
	case "kustomization":
		return "is " + quote(v) + ", the name of a file that is generated beside the app's", "choose another name"
	case "applier":
		return "is " + quote(v) + ", the service account that Flux applies the team's apps with", "choose another name"
	case "registry-pull":
		return "is " + quote(v) + ", the service account that Flux pulls the team's bundles as", "choose another name"
	}
	return label(v)
}

func handle(v string) (what, fix string) {
	switch {
	case handleRE.MatchString(v):
		return "", ""
	case handleRE.MatchString("@" + v):
		return "is " + quote(v) + ", no CODEOWNERS handle", "write " + quote("@"+v)
	}
	return "is " + quote(v) + ", no CODEOWNERS handle", "write @user, @org/team or an e-mail address"
}

const (
	intervalPattern = `^([0-9]+(\.[0-9]+)?(ms|s|m|h))+$`
	quantityPattern = `^([0-9]+(\.[0-9]*)?|\.[0-9]+)([KMGTPE]i|[munkMGTPE]|[eE][+-]?[0-9]{1,2})?$`
	timePattern     = `^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})$`
	datePattern     = `^[0-9]{4}-[0-9]{2}-[0-9]{2}$`
)

var (
	intervalRE = regexp.MustCompile(intervalPattern)
	quantityRE = regexp.MustCompile(quantityPattern)
	timeRE     = regexp.MustCompile(timePattern)
	digitRE    = regexp.MustCompile(`[1-9]`)
	daysUnit   = regexp.MustCompile(`^([0-9]{1,3})d$`)
)

func valueRules() []rule {
	return []rule{
		{name: "text", words: "any text; line breaks and tabs are allowed, other control characters are not", careful: true, check: freeText},
		{name: "time", words: "a time as RFC 3339 has it: 2026-12-20T00:00:00Z", pattern: timePattern, accepts: "timestamp", check: timestamp},
		{name: "date", words: "a date in the form YYYY-MM-DD", pattern: datePattern, accepts: "timestamp", check: date},
		{name: "interval", words: "a duration in h, m, s and ms, at least 1s", pattern: intervalPattern, check: interval},
		{name: "quantity", words: "a Kubernetes quantity above 0, such as 40, 500m or 96Gi", pattern: quantityPattern, most: 20, accepts: "number", check: quantity},
	}
}

// freeText refuses only what YAML, JSON or a terminal could not carry.
func freeText(v string) (what, fix string) {
	if !utf8.ValidString(v) {
		return "is not UTF-8 text", "remove what is not"
	}
	for _, c := range v {
		if unicode.IsControl(c) && c != '\n' && c != '\t' {
			return fmt.Sprintf("holds the control character U+%04X", c), "only line breaks and tabs are allowed"
		}
	}
	return "", ""
}

func isBlankOrControl(c rune) bool { return unicode.IsSpace(c) || isControl(c) }

func timestamp(v string) (what, fix string) {
	if _, err := time.Parse(time.RFC3339, v); err == nil && timeRE.MatchString(v) {
		return "", ""
	}
	if _, err := time.Parse(time.DateOnly, v); err == nil {
		return "is " + quote(v) + " without a time of day", "write " + quote(v+"T00:00:00Z")
	}
	return "is " + quote(v) + ", no time as RFC 3339 has it", "write it as \"2026-12-20T00:00:00Z\""
}

func date(v string) (what, fix string) {
	if _, err := time.Parse(time.DateOnly, v); err != nil {
		return "is " + quote(v) + ", no date", "write a date that exists as YYYY-MM-DD"
	}
	return "", ""
}

func interval(v string) (what, fix string) {
	d, err := time.ParseDuration(v)
	switch {
	case daysUnit.MatchString(v):
		n, _ := strconv.Atoi(strings.TrimSuffix(v, "d"))
		return "is " + quote(v) + ", but Flux knows no days", "write " + strconv.Itoa(max(1, n)*24) + "h"
	case !intervalRE.MatchString(v) || err != nil:
		return "is " + quote(v) + ", no duration", "write one such as 30s, 5m or 1h30m"
	case d < time.Second:
		return "is " + quote(v), "write at least 1s"
	}
	return "", ""
}

func quantity(v string) (what, fix string) {
	number := strings.TrimRight(v, "KMGTPEimunk")
	switch {
	case !quantityRE.MatchString(v) || len(v) > 20:
		return "is " + quote(v) + ", no Kubernetes quantity", "write one such as 40, 500m or 96Gi"
	case !digitRE.MatchString(strings.FieldsFunc(number, func(c rune) bool { return c == 'e' || c == 'E' })[0]):
		return "is " + quote(v), "write more than 0, or leave it out for no limit"
	}
	return "", ""
}
