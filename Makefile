GO ?= go
BIN := bin
# What runs the tests; .ci/run has it count and time them.
GOTEST ?= $(GO) test

.PHONY: help build test golden check fmt vet lint fuzz bench cover tools lab lab-test changes completions release release-snapshot

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "%-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

build: ## build bin/penstock
	$(GO) build -trimpath -o $(BIN)/penstock ./cmd/penstock

test: ## run all tests
	$(GOTEST) ./...

golden: ## rewrite the golden files, then read the diff
	$(GO) test ./... -update
	git diff --stat golden docs

check: ## what must pass before a commit: format, vet, tidy, tests, golden files
	@test -z "$$(gofmt -l cmd internal templates)" || { gofmt -l cmd internal templates; echo "run: make fmt"; exit 1; }
	$(GO) vet ./...
	$(GO) mod tidy -diff
	$(GO) test ./...
	@git diff --exit-code --stat golden docs

fmt: ## format the Go files
	gofmt -w cmd internal templates

vet: ## go vet
	$(GO) vet ./...

lint: ## the pinned golangci-lint; "make tools" installs it
	$(BIN)/golangci-lint run ./...
	cd lab && ../$(BIN)/golangci-lint run ./...

tools: ## install the pinned linter into bin/, and the formatters that tests run into the user's cache
	GO=$(GO) internal/testkit/formattest/install
	GOBIN=$(CURDIR)/$(BIN) $(GO) install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0

fuzz: ## each fuzz target for 30 seconds
	@grep -rlE '^func Fuzz' --include=*_test.go internal | while read -r f; do \
	  for name in $$(sed -nE 's/^func (Fuzz[A-Za-z0-9]*).*/\1/p' $$f); do \
	    $(GO) test ./$$(dirname $$f) -run '^$$' -fuzz "^$$name$$" -fuzztime 30s -fuzzminimizetime 5x || exit 1; done; done

bench: ## benchmarks, with the fleet of 1,000 teams; needs 2 GB of disk below TMPDIR
	$(GO) test ./... -run '^$$' -bench . -benchtime 1x

cover: ## test coverage by function
	$(GO) test ./... -coverprofile=$(BIN)/cover.out && $(GO) tool cover -func=$(BIN)/cover.out

changes: ## FROM=REVISION: write into docs/upgrading.md what is generated otherwise since then
	.ci/changes $(FROM)

completions: ## completion scripts for the release's archives
	mkdir -p completions
	$(GO) run ./cmd/penstock completion bash > completions/penstock.bash
	$(GO) run ./cmd/penstock completion zsh > completions/_penstock
	$(GO) run ./cmd/penstock completion fish > completions/penstock.fish
	$(GO) run ./cmd/penstock completion powershell > completions/penstock.ps1

release-snapshot: $(BIN)/goreleaser ## a release in dist/, without what needs a key, a registry or a release page
	PATH="$(CURDIR)/$(BIN):$$PATH" HOMEBREW_TOKEN= $(BIN)/goreleaser release --snapshot --clean --skip=sign,ko

release: $(BIN)/goreleaser ## what .github/workflows/release.yaml calls on a tag
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/goreleaser release --clean

# cyclonedx-gomod writes the SBOMs.
$(BIN)/goreleaser:
	GOBIN=$(CURDIR)/$(BIN) $(GO) install github.com/goreleaser/goreleaser/v2@v2.15.1
	GOBIN=$(CURDIR)/$(BIN) $(GO) install github.com/CycloneDX/cyclonedx-gomod/cmd/cyclonedx-gomod@v1.10.0

lab: ## build the lab's servers (etcd, Kubernetes, Flux, …) into a cache; half an hour the first time
	$(MAKE) -C lab build

lab-test: ## the lab's stories: generated repositories on real Flux; writes docs/lab.md
	$(MAKE) -C lab test
