# Backdoor Watch. "make help" lists what there is.

# SQLite's full-text search is compiled in by a build tag; a build without it
# stops with a message. Flags that the environment has are kept.
export GOFLAGS := $(strip $(GOFLAGS) -tags=sqlite_fts5)
export CGO_ENABLED := 1

GO      ?= go
BINARY  := bin/backdoorwatch
DATA    ?= data
LISTEN  ?= 127.0.0.1:8080
BENCH   ?= .
COUNT   ?= 1
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)

.DEFAULT_GOAL := help
.PHONY: help run build test check bench fuzz format clean compiler

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: build ## build and start on http://127.0.0.1:8080, with everything in ./data
	$(BINARY) serve --data $(DATA) --listen $(LISTEN)

build: compiler ## build bin/backdoorwatch
	$(GO) build -ldflags "-X main.version=$(VERSION)" -o $(BINARY) ./cmd/backdoorwatch

test: compiler check ## run all tests; what needs PostgreSQL, Chromium … skips where it is missing
	$(GO) test -race -shuffle=on ./...

check: compiler ## look for unformatted and suspicious code
	@unformatted=$$(gofmt -l $$(git ls-files -co --exclude-standard '*.go')); \
	  if [ -n "$$unformatted" ]; then echo "Not formatted, run make format:"; echo "$$unformatted"; exit 1; fi
	$(GO) vet ./...

bench: compiler ## run the benchmarks: BENCH=regexp COUNT=n; compare two runs with benchstat
	$(GO) test -run '^$$' -bench '$(BENCH)' -benchmem -count $(COUNT) ./...

fuzz: compiler ## fuzz each target for 20 seconds: FUZZTIME=duration
	@set -e; grep -rl --include=*_test.go '^func Fuzz' . | while read -r file; do \
	  for target in $$(sed -n 's/^func \(Fuzz[A-Za-z0-9_]*\).*/\1/p' $$file); do \
	    echo "$$target in $$(dirname $$file)"; \
	    $(GO) test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(or $(FUZZTIME),20s) ./$$(dirname $$file); \
	  done; done

format: ## format the code
	gofmt -w $$(git ls-files -co --exclude-standard '*.go')

clean: ## remove what was built (never the data)
	rm -rf bin

compiler:
	@command -v $(GO) >/dev/null || { echo "Go is missing: install Go 1.26 or newer and make sure that 'go' is on the PATH." >&2; exit 1; }
	@command -v $${CC:-cc} >/dev/null || command -v gcc >/dev/null || { echo "A C compiler is missing, which SQLite needs: install gcc or clang (Debian: apt install gcc libc6-dev)." >&2; exit 1; }
