package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"text/template"

	"github.com/penstock-dev/penstock/internal/release/oci"
)

const (
	manifestType = "application/vnd.oci.image.manifest.v1+json"
	configType   = "application/vnd.oci.image.config.v1+json"
	layerType    = "application/vnd.oci.image.layer.v1.tar+gzip"
)

// image is what docker keeps of a built image.
type image struct {
	Layer, Config, Manifest []byte
	RepoDigests             []string
	ID                      string `json:"Id"`
}

type descriptor struct {
	MediaType   string            `json:"mediaType"`
	Digest      string            `json:"digest"`
	Size        int               `json:"size"`
	Annotations map[string]string `json:"annotations,omitempty"`
}

type manifest struct {
	SchemaVersion int          `json:"schemaVersion"`
	MediaType     string       `json:"mediaType"`
	Config        descriptor   `json:"config"`
	Layers        []descriptor `json:"layers"`
}

func docker(args []string) error {
	switch strings.Join(args[:min(2, len(args))], " ") {
	case "image inspect":
		return inspect(args[2:])
	}
	switch args[0] {
	case "build":
		return build(args[1:])
	case "push":
		return push(args[1:])
	case "login":
		return login(args[1:])
	case "logout":
		return nil
	}
	return fmt.Errorf("docker %s: not known to the stand-in", args[0])
}

// build makes an image of the build's context. It runs no Dockerfile, but there
// must be one.
func build(args []string) error {
	f, rest := flags(args, "--tag", "-t", "--label", "--file", "-f", "--build-arg", "--platform")
	if len(rest) != 1 {
		return errors.New("docker build: requires 1 argument")
	}
	tag := f["--tag"] + f["-t"]
	file := f["--file"] + f["-f"]
	if file == "" {
		file = filepath.Join(rest[0], "Dockerfile")
	}
	if _, err := os.Stat(file); err != nil {
		return fmt.Errorf("failed to read dockerfile: %w", err)
	}
	layer, err := pack(rest[0])
	if err != nil {
		return err
	}
	config := fmt.Appendf(nil, `{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":[%q]}}`, sum(layer))
	m, err := json.Marshal(manifest{
		SchemaVersion: 2, MediaType: manifestType,
		Config: describe(configType, config), Layers: []descriptor{describe(layerType, layer)},
	})
	if err != nil {
		return err
	}
	return save(tag, image{Layer: layer, Config: config, Manifest: m, ID: sum(config)})
}

func push(args []string) error {
	_, rest := flags(args)
	i, err := load(rest[0])
	if err != nil {
		return err
	}
	repository, tag := split(rest[0])
	if err := oci.New(oci.Options{}).Push(context.Background(), repository, tag, i.Manifest, i.Layer, i.Config); err != nil {
		return err
	}
	i.RepoDigests = []string{repository + "@" + sum(i.Manifest)}
	fmt.Printf("%s: digest: %s size: %d\n", tag, sum(i.Manifest), len(i.Manifest))
	return save(rest[0], i)
}

func inspect(args []string) error {
	f, rest := flags(args, "--format", "-f")
	i, err := load(rest[0])
	if err != nil {
		return err
	}
	text := f["--format"] + f["-f"]
	t, err := template.New("format").Funcs(template.FuncMap{"json": func(v any) (string, error) {
		data, err := json.Marshal(v)
		return string(data), err
	}}).Parse(text + "\n")
	if err != nil {
		return err
	}
	return t.Execute(os.Stdout, i)
}

// login writes down credentials, unencrypted as docker does without a helper.
func login(args []string) error {
	f, rest := flags(args, "--username", "-u", "--password", "-p")
	password := f["--password"] + f["-p"]
	if _, ok := f["--password-stdin"]; ok {
		data, err := io.ReadAll(os.Stdin)
		if err != nil {
			return err
		}
		password = strings.TrimRight(string(data), "\r\n")
	}
	user := f["--username"] + f["-u"]
	if user == "" || password == "" || len(rest) != 1 {
		return errors.New("docker login: wants a user, a password and one host")
	}
	config := map[string]map[string]any{"auths": {}}
	dir := os.Getenv("DOCKER_CONFIG")
	if dir == "" {
		dir = filepath.Join(os.Getenv("HOME"), ".docker")
	}
	file := filepath.Join(dir, "config.json")
	if data, err := os.ReadFile(file); err == nil {
		if err := json.Unmarshal(data, &config); err != nil {
			return err
		}
	}
	config["auths"][rest[0]] = map[string]string{"auth": base64.StdEncoding.EncodeToString([]byte(user + ":" + password))}
	data, err := json.Marshal(config)
	if err != nil {
		return err
	}
	fmt.Println("Login Succeeded")
	return errors.Join(os.MkdirAll(dir, 0o700), os.WriteFile(file, data, 0o600))
}

func store(tag string) string {
	return filepath.Join(os.Getenv("HOME"), ".standin", url.PathEscape(tag))
}

func save(tag string, i image) error {
	data, err := json.Marshal(i)
	if err != nil {
		return err
	}
	return errors.Join(os.MkdirAll(filepath.Dir(store(tag)), 0o755), os.WriteFile(store(tag), data, 0o644))
}

func load(tag string) (i image, err error) {
	data, err := os.ReadFile(store(tag))
	if err != nil {
		return i, fmt.Errorf("No such image: %s", tag) //nolint:staticcheck // docker's words
	}
	return i, json.Unmarshal(data, &i)
}

// split cuts host/path:tag.
func split(ref string) (repository, tag string) {
	at := strings.LastIndex(ref, ":")
	if at < strings.LastIndex(ref, "/") {
		return ref, "latest"
	}
	return ref[:at], ref[at+1:]
}

func describe(typ string, data []byte) descriptor {
	return descriptor{MediaType: typ, Digest: sum(data), Size: len(data)}
}

func sum(data []byte) string {
	s := sha256.Sum256(data)
	return "sha256:" + hex.EncodeToString(s[:])
}

// pack is a folder without .git as a layer, the same for the same files.
func pack(dir string) ([]byte, error) {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	w := tar.NewWriter(z)
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && d.Name() == ".git" {
			return filepath.SkipDir
		}
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if err := w.WriteHeader(&tar.Header{Name: filepath.ToSlash(name), Mode: 0o644, Size: int64(len(data))}); err != nil {
			return err
		}
		_, err = w.Write(data)
		return err
	})
	err = errors.Join(err, w.Close(), z.Close())
	return b.Bytes(), err
}
