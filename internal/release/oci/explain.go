package oci

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"syscall"

	"github.com/google/go-containerregistry/pkg/v1/remote/transport"

	"github.com/penstock-dev/penstock/internal/diag"
)

// Error is what went wrong with a registry, for people: where, what and how to
// fix it, on one line. It wraps the cause, which must not be printed: its text
// may hold an address with a token.
type Error struct {
	text string
	err  error
}

func (e *Error) Error() string { return e.text }
func (e *Error) Unwrap() error { return e.err }

// explain makes an Error of err, unless it is nil or one already.
func explain(repository, reference string, err error) error {
	var already *Error
	if err == nil || errors.As(err, &already) {
		return err
	}
	where := repository
	if strings.Contains(repository, "@") { // a user, and perhaps a password
		where = repository[strings.LastIndexByte(repository, '@')+1:]
	}
	switch {
	case strings.Contains(reference, ":"):
		where += "@" + reference
	case reference != "":
		where += ":" + reference
	}
	host, _, _ := strings.Cut(repository, "/")
	what, fix := cause(host, err)
	var g *gaveUp
	if errors.As(err, &g) && g.tries > 1 {
		what += fmt.Sprintf(" (%d tries)", g.tries)
	}
	return &Error{diag.Diagnostic{Where: diag.Where{File: where}, What: what, Fix: fix}.String(), err}
}

func cause(host string, err error) (what, fix string) {
	var status *transport.Error
	var b *busy
	var plain *plainRefused
	// A loopback host is tried with and without TLS: what the first try says
	// about certificates comes first.
	if what, fix := tlsCause(err); what != "" {
		return what, fix
	}
	switch {
	case errors.As(err, &status):
		return statusCause(host, status)
	case errors.As(err, &b):
		return busyCause(b)
	case errors.Is(err, context.Canceled):
		return "interrupted", "run the same command again"
	case errors.Is(err, context.DeadlineExceeded):
		return "the registry did not answer in time", "run the same command again"
	case errors.As(err, &plain):
		return fmt.Sprintf("the registry sends to %s without TLS", plain.host), "use TLS; spec.registry.insecure of the contract is for a registry on this machine"
	}
	return netCause(err)
}

func statusCause(host string, e *transport.Error) (what, fix string) {
	said := ""
	for _, d := range e.Errors {
		said = ": " + string(d.Code) + " " + d.Message
		break
	}
	switch e.StatusCode {
	case http.StatusUnauthorized:
		return "the registry does not accept the login (401)" + said, fmt.Sprintf(`run "docker login %s", or let DOCKER_CONFIG name a folder whose config.json has credentials or a credential helper for it`, host)
	case http.StatusForbidden:
		return "this login may not do that (403)" + said, "let the platform's owners grant it; docs/setup.md of the platform repository says who may do what"
	case http.StatusNotFound:
		return "the registry does not have it (404)" + said, "check the name; where repositories must be made first, docs/setup.md of the platform repository says how"
	default:
		return fmt.Sprintf("the registry answers %d %s", e.StatusCode, http.StatusText(e.StatusCode)) + said, ""
	}
}

func busyCause(b *busy) (what, fix string) {
	if b.status == http.StatusTooManyRequests {
		what = "too many requests (429)"
		if b.after > longestWait {
			what += fmt.Sprintf(", the registry asks to wait %s", b.after)
		}
		return what, "run the same command again later"
	}
	return "the registry answers " + b.Error(), "run the same command again; when that stays, look at the registry's own state"
}

func tlsCause(err error) (what, fix string) {
	var unknown x509.UnknownAuthorityError
	var wrong x509.HostnameError
	var invalid x509.CertificateInvalidError
	var verification *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	text := inner(err).Error()
	switch {
	case errors.As(err, &unknown), errors.As(err, &wrong), errors.As(err, &invalid), errors.As(err, &verification):
		return "the registry's certificate is not trusted: " + text, "add its authority to this machine's certificates, or name a file with it in SSL_CERT_FILE"
	case errors.As(err, &record), strings.Contains(text, "server gave HTTP response to HTTPS client"):
		return "the registry speaks plain HTTP", "use TLS; for a registry on this machine, set spec.registry.insecure in the contract"
	}
	return "", ""
}

func netCause(err error) (what, fix string) {
	var dns *net.DNSError
	text := inner(err).Error()
	switch {
	case errors.As(err, &dns):
		return fmt.Sprintf("the host %q is unknown", dns.Name), "check spec.registry.host, the network and the proxy"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "nobody listens there: " + text, "check spec.registry.host and whether the registry runs"
	case dropped(err):
		return "the connection broke: " + text, "run the same command again"
	default:
		return text, ""
	}
}

// inner takes the address off an error: a redirect's may hold a signature.
func inner(err error) error {
	for {
		var u *url.Error
		if !errors.As(err, &u) {
			return err
		}
		err = u.Err
	}
}

// registryMessage is what a registry says in the body of an error.
func registryMessage(body []byte) string {
	var e struct {
		Errors []struct{ Code, Message string }
	}
	if json.Unmarshal(body, &e) != nil || len(e.Errors) == 0 {
		return ""
	}
	return strings.TrimSpace(e.Errors[0].Code + " " + e.Errors[0].Message)
}
