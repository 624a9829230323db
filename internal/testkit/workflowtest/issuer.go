package workflowtest

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"maps"
	"math/big"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Issuer is an OIDC issuer on the loopback interface: the token endpoint that a
// runner offers to jobs, and the discovery document with the key that the
// tokens can be checked with.
type Issuer struct {
	// URL is its own address. Name is the "iss" of its tokens, and may be set
	// before the first; GitHub's by default.
	URL, Name string

	clock  func() time.Time
	key    *rsa.PrivateKey
	server *http.Server

	mu     sync.Mutex
	claims map[string]map[string]any // by the bearer token that asks
}

// NewIssuer starts an issuer. It ends with Close.
func NewIssuer(clock func() time.Time) (*Issuer, error) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return nil, err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	i := &Issuer{
		URL: "http://" + l.Addr().String(), Name: "https://token.actions.githubusercontent.com",
		clock: clock, key: key, claims: map[string]map[string]any{},
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /token", i.answer)
	mux.HandleFunc("GET /.well-known/openid-configuration", i.discover)
	mux.HandleFunc("GET /keys", i.keys)
	i.server = &http.Server{Handler: mux, ReadHeaderTimeout: time.Minute}
	go func() { _ = i.server.Serve(l) }()
	return i, nil
}

// Close ends the issuer.
func (i *Issuer) Close() { _ = i.server.Close() }

// Sign makes a token with those claims for an audience, good for ten minutes.
func (i *Issuer) Sign(claims map[string]any, audience string) (string, error) {
	now := i.clock()
	c := maps.Clone(claims)
	maps.Copy(c, map[string]any{
		"iss": i.Name, "aud": audience, "jti": rand.Text(),
		"iat": now.Unix(), "nbf": now.Add(-time.Minute).Unix(), "exp": now.Add(10 * time.Minute).Unix(),
	})
	head, err := json.Marshal(map[string]string{"alg": "RS256", "kid": "1", "typ": "JWT"})
	if err != nil {
		return "", err
	}
	body, err := json.Marshal(c)
	if err != nil {
		return "", err
	}
	signed := base64.RawURLEncoding.EncodeToString(head) + "." + base64.RawURLEncoding.EncodeToString(body)
	sum := sha256.Sum256([]byte(signed))
	signature, err := rsa.SignPKCS1v15(rand.Reader, i.key, crypto.SHA256, sum[:])
	return signed + "." + base64.RawURLEncoding.EncodeToString(signature), err
}

// allow lets the holder of a bearer token ask for tokens with those claims.
func (i *Issuer) allow(bearer string, claims map[string]any) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.claims[bearer] = claims
}

// forget ends that: a job's token ends with the job.
func (i *Issuer) forget(bearer string) {
	i.mu.Lock()
	defer i.mu.Unlock()
	delete(i.claims, bearer)
}

func (i *Issuer) answer(w http.ResponseWriter, r *http.Request) {
	scheme, bearer, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	i.mu.Lock()
	claims, ok := i.claims[bearer]
	i.mu.Unlock()
	if !ok || !strings.EqualFold(scheme, "bearer") {
		http.Error(w, `{"message":"bad credentials"}`, http.StatusUnauthorized)
		return
	}
	audience := r.URL.Query().Get("audience")
	if audience == "" {
		owner, _ := claims["repository_owner"].(string)
		audience = "https://github.com/" + owner
	}
	token, err := i.Sign(claims, audience)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	reply(w, map[string]any{"count": len(token), "value": token})
}

func (i *Issuer) discover(w http.ResponseWriter, _ *http.Request) {
	reply(w, map[string]any{
		"issuer": i.Name, "jwks_uri": i.URL + "/keys", "response_types_supported": []string{"id_token"},
		"subject_types_supported": []string{"public"}, "id_token_signing_alg_values_supported": []string{"RS256"},
	})
}

func (i *Issuer) keys(w http.ResponseWriter, _ *http.Request) {
	e := big.NewInt(int64(i.key.E)).Bytes()
	reply(w, map[string]any{"keys": []any{map[string]string{
		"kty": "RSA", "use": "sig", "alg": "RS256", "kid": "1",
		"n": base64.RawURLEncoding.EncodeToString(i.key.N.Bytes()), "e": base64.RawURLEncoding.EncodeToString(e),
	}}})
}

func reply(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v)
}
