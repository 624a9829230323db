package stack

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/penstock-dev/penstock/lab/kube"
	"github.com/penstock-dev/penstock/lab/servers"
)

// fluxNamespace is where Flux lives in every cluster of the lab.
const fluxNamespace = "flux-system"

// APIServer is a Kubernetes API server of its own below a prefix of the shared etcd, with the CRDs of Flux installed.
type APIServer struct {
	*kube.Client // as an administrator
	Name         string
	URL          string
	Flux         servers.Line // whose CRDs are installed

	dir     string
	process *Process
}

// accounts are the identities with a token: an administrator, and each controller of Flux and kube-state-metrics as its own
// service account.
func accounts() map[string]string {
	m := map[string]string{"admin": `admin,admin,"system:masters"`}
	for _, name := range append([]string{kubeStateMetrics}, fluxControllers...) {
		m[name] = fmt.Sprintf(`system:serviceaccount:%[1]s:%[2]s,%[2]s,"system:serviceaccounts,system:serviceaccounts:%[1]s"`, fluxNamespace, name)
	}
	return m
}

// APIServer starts an API server alone, with the CRDs of a line of Flux: enough for admission and validation, nothing is
// reconciled.
func (s *Stack) APIServer(ctx context.Context, name, flux string) (*APIServer, error) {
	begin := time.Now()
	bin, err := s.bin("kube-apiserver")
	if err != nil {
		return nil, err
	}
	addrs, err := freeAddrs(1)
	if err != nil {
		return nil, err
	}
	a := &APIServer{Name: name, URL: "https://" + addrs[0], dir: filepath.Join(s.Dir, "clusters", name)}
	if err := a.writeIdentities(); err != nil {
		return nil, err
	}
	port := addrs[0][strings.LastIndex(addrs[0], ":")+1:]
	a.process, err = s.start(command{name: name + "-kube-apiserver", bin: bin, args: []string{
		"--etcd-servers=" + s.etcd, "--etcd-prefix=/" + name, "--bind-address=127.0.0.1", "--advertise-address=127.0.0.1",
		"--secure-port=" + port, "--cert-dir=" + a.dir, "--token-auth-file=" + a.file("tokens.csv"), "--authorization-mode=RBAC",
		"--service-cluster-ip-range=10.96.0.0/16", "--endpoint-reconciler-type=none", "--allow-privileged=true", "--profiling=false",
		"--service-account-issuer=" + a.URL, "--service-account-key-file=" + a.file("sa.pub"), "--service-account-signing-key-file=" + a.file("sa.key"),
	}})
	if err != nil {
		return nil, err
	}
	if err := a.process.ready(ctx, answers(a.URL+"/readyz")); err != nil {
		return nil, err
	}
	ca, err := os.ReadFile(a.file("apiserver.crt"))
	if err != nil {
		return nil, err
	}
	if a.Client, err = kube.New(a.URL, ca, "admin"); err != nil {
		return nil, err
	}
	s.lap(name+" API server", begin)
	if err := s.InstallFlux(ctx, a, flux); err != nil {
		return nil, err
	}
	s.lap(name+" CRDs", begin)
	return a, nil
}

func (a *APIServer) file(name string) string { return filepath.Join(a.dir, name) }

// writeIdentities makes the tokens, the kubeconfigs and the key pair of service account tokens.
func (a *APIServer) writeIdentities() error {
	if err := os.MkdirAll(a.dir, 0o755); err != nil {
		return err
	}
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return err
	}
	public, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		return err
	}
	files := map[string][]byte{
		"sa.key": pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)}),
		"sa.pub": pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: public}),
	}
	var tokens strings.Builder
	for token, identity := range accounts() {
		fmt.Fprintf(&tokens, "%s,%s\n", token, identity)
		files[token+".kubeconfig"] = fmt.Appendf(nil, `apiVersion: v1
kind: Config
current-context: %[1]s
clusters: [{name: %[1]s, cluster: {server: %[2]q, certificate-authority: %[3]q}}]
users: [{name: user, user: {token: %[4]q}}]
contexts: [{name: %[1]s, context: {cluster: %[1]s, user: user}}]
`, a.Name, a.URL, a.file("apiserver.crt"), token)
	}
	files["tokens.csv"] = []byte(tokens.String())
	for name, data := range files {
		if err := os.WriteFile(a.file(name), data, 0o600); err != nil {
			return err
		}
	}
	return nil
}

// Kubeconfig is the file with which kubectl is the administrator.
func (a *APIServer) Kubeconfig() string { return a.file("admin.kubeconfig") }

// InstallFlux makes the CRDs and the rights of a line of Flux those of an API server, as an upgrade of Flux does.
func (s *Stack) InstallFlux(ctx context.Context, a *APIServer, version string) error {
	var err error
	if a.Flux, err = servers.FluxOf(version); err != nil {
		return err
	}
	crds, err := s.crds(a.Flux)
	if err != nil {
		return err
	}
	for _, crd := range crds {
		if _, err := a.Apply(ctx, crd, kube.Write{}); err != nil {
			return fmt.Errorf("%s: %w", crd.ID(), err)
		}
	}
	for _, crd := range crds {
		err := Until(ctx, startLimit, crd.ID()+" is established", func(ctx context.Context) error {
			now, err := a.Get(ctx, crd)
			if err == nil && now.Condition("Established").Status != "True" {
				err = fmt.Errorf("%+v", now.Condition("Established"))
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	if err := a.applyFile(ctx, "flux.yaml"); err != nil {
		return err
	}
	return a.grantTokens(ctx)
}

// grantTokens gives Flux's controllers the right to make tokens of every service account, where their line has it, and takes it
// away where it has not.
func (a *APIServer) grantTokens(ctx context.Context) error {
	role := kube.Ref("rbac.authorization.k8s.io/v1", "ClusterRole", "", "crd-controller-tokens-"+fluxNamespace)
	role["rules"] = []any{}
	if a.Flux.MintsTokens {
		role["rules"] = []any{map[string]any{"apiGroups": []any{""}, "resources": []any{"serviceaccounts/token"}, "verbs": []any{"create"}}}
	}
	_, err := a.Apply(ctx, role, kube.Write{})
	return err
}

// crds are those of a line of Flux, as lab/build put them into the cache.
func (s *Stack) crds(l servers.Line) ([]kube.Object, error) {
	dir, err := l.Dir(s.root)
	if err != nil {
		return nil, err
	}
	found, err := filepath.Glob(filepath.Join(dir, "*.yaml"))
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("the CRDs of Flux %s are not in the cache; run: cd lab && go run ./build", l.Version)
	}
	var crds []kube.Object
	for _, path := range found {
		data, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		objects, err := kube.Parse(data)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		crds = append(crds, objects...)
	}
	return crds, nil
}
