package workflowtest

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// StandardActions stand in for the third-party actions of generated workflows.
// A checkout is a real clone, a login a real docker configuration; the others
// only check what they are given, which is in each step's With.
func StandardActions() map[string]Action {
	nothing := func(context.Context, *Call) error { return nil }
	return map[string]Action{
		"actions/checkout":                      checkout,
		"actions/setup-go":                      nothing,
		"sigstore/cosign-installer":             nothing,
		"docker/login-action":                   login,
		"aws-actions/configure-aws-credentials": federated("role-to-assume", "aws-region"),
		"aws-actions/amazon-ecr-login":          nothing,
		"azure/login":                           federated("client-id", "tenant-id", "subscription-id"),
		"google-github-actions/auth":            google,
	}
}

// federated is a login with the job's own identity.
func federated(inputs ...string) Action {
	return func(_ context.Context, c *Call) error {
		if c.Env["ACTIONS_ID_TOKEN_REQUEST_URL"] == "" {
			return errors.New("unable to get ACTIONS_ID_TOKEN_REQUEST_URL env variable: the job has no id-token: write")
		}
		for _, in := range inputs {
			if c.With[in] == "" {
				return fmt.Errorf("input required and not supplied: %s", in)
			}
		}
		return nil
	}
}

func google(ctx context.Context, c *Call) error {
	if err := federated("workload_identity_provider", "service_account")(ctx, c); err != nil {
		return err
	}
	if c.With["token_format"] == "access_token" {
		c.Outputs["access_token"] = secretText("ya29.")
		fmt.Fprintf(c.Log, "::add-mask::%s\n", c.Outputs["access_token"])
	}
	return nil
}

// login writes credentials where docker and its like look for them.
func login(_ context.Context, c *Call) error {
	if c.With["username"] == "" || c.With["password"] == "" {
		return errors.New("username and password required")
	}
	file := filepath.Join(c.Env["HOME"], ".docker", "config.json")
	config := map[string]map[string]any{"auths": {}}
	data, err := os.ReadFile(file)
	if err == nil {
		err = json.Unmarshal(data, &config)
	} else if errors.Is(err, fs.ErrNotExist) {
		err = os.MkdirAll(filepath.Dir(file), 0o700)
	}
	if err != nil {
		return err
	}
	config["auths"][c.With["registry"]] = map[string]string{
		"auth": base64.StdEncoding.EncodeToString([]byte(c.With["username"] + ":" + c.With["password"])),
	}
	if data, err = json.Marshal(config); err != nil {
		return err
	}
	return os.WriteFile(file, data, 0o600)
}
