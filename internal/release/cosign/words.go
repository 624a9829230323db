package cosign

import (
	"os"
	"regexp"
	"strings"
)

// cosign ends with "error during command execution: " and the reason.
const reason = "error during command execution: "

// verdict reads from what a failed verification printed whether cosign looked
// and found nothing that fits. Then said is why what is there does not fit, and
// "" when nothing is there.
func verdict(out string) (said string, refused bool) {
	why := why(out)
	for _, none := range []string{"no signatures found", "no valid bundles exist", "none of the attestations matched the predicate type"} {
		if strings.Contains(why, none) {
			return "", true
		}
	}
	for _, other := range []string{"no matching attestations:", "no matching signatures:"} {
		if _, rest, ok := strings.Cut(why, other); ok {
			return shorten(rest), true
		}
	}
	return "", false
}

// excerpt is the reason in one line, without what nobody should see.
func excerpt(out string) string { return shorten(why(out)) }

func why(out string) string {
	if i := strings.LastIndex(out, reason); i >= 0 {
		return out[i+len(reason):]
	}
	return out
}

// longest is how much of cosign's own words a message takes.
const longest = 500

func shorten(text string) string {
	text = strings.Join(strings.Fields(clean(text)), " ")
	if r := []rune(text); len(r) > longest {
		text = string(r[:longest]) + "…"
	}
	return text
}

var (
	secretName = regexp.MustCompile(`(?i)TOKEN|PASSWORD|PASSWD|SECRET|CREDENTIAL|PRIVATE_KEY`)
	userInfo   = regexp.MustCompile(`://[^/@\s"]+@`)
	query      = regexp.MustCompile(`(https?://[^\s"?]+)\?[^\s"]+`)
	jwt        = regexp.MustCompile(`eyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*`)
)

// clean takes out the values of variables that hold secrets, users and queries
// of URLs, and tokens.
func clean(text string) string {
	for _, v := range os.Environ() {
		name, value, _ := strings.Cut(v, "=")
		if len(value) >= 6 && secretName.MatchString(name) {
			text = strings.ReplaceAll(text, value, "***")
		}
	}
	text = userInfo.ReplaceAllString(text, "://")
	text = query.ReplaceAllString(text, "$1")
	return jwt.ReplaceAllString(text, "***")
}
