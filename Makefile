# make help lists what there is. Everything but install works without a network
# once it has run a first time.

SHELL := /bin/bash
export CGO_ENABLED := 0
STATICCHECK_VERSION := v0.8.2
STATICCHECK := .cache/staticcheck-$(STATICCHECK_VERSION)
FUZZTIME ?= 10s
BENCHTIME ?= 1s
EACH ?= 40
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)

.PHONY: help run build test install check format vet lint size race e2e bench greetings hear fuzz clean

help: ## what there is
	@grep -E '^[a-z0-9]+:.*##' Makefile | sed 's/:.*##/\t/' | expand -t 12

run: build ## build, and start `strowger dev`: zero configuration, this machine only
	@bin/strowger dev

build: ## bin/strowger, without C
	@go build -trimpath -ldflags '-s -w -X main.version=$(VERSION)' -o bin/strowger ./cmd/strowger

# The end-to-end tests listen to real calls: they run after the others and one
# package at a time, so that a compiler beside them does not spoil what is heard.
# Both run, whatever the first finds.
test: install ## install what the tests need, then run all of them
	@status=0; $(MAKE) race || status=1; $(MAKE) e2e || status=1; exit $$status

install: ## what the tests need and is missing: Debian packages, JavaScript modules, the Python and Java SDKs, whisper and piper, a server of S3
	@test/install.sh

check: format vet lint size race ## the fast loop: what a change needs, under two minutes; `make install` once before

format:
	@unformatted=$$(gofmt -l $$(git ls-files --cached --others --exclude-standard '*.go')); \
	if [ -n "$$unformatted" ]; then echo "not formatted (gofmt -w):"; echo "$$unformatted"; exit 1; fi

vet:
	go vet ./...

# S1016 would turn one event into another because they look alike today.
lint: $(STATICCHECK)
	$(STATICCHECK) -checks inherit,-S1016 ./...

# Built once into .cache: `go run module@version` asks the network each time.
$(STATICCHECK):
	@mkdir -p .cache
	GOBIN=$(CURDIR)/.cache/staticcheck.tmp go install honnef.co/go/tools/cmd/staticcheck@$(STATICCHECK_VERSION)
	@mv .cache/staticcheck.tmp/staticcheck $@ && rmdir .cache/staticcheck.tmp

# Held by a test, so `race` fails too; here it is said what is near its bound.
size: ## the longest functions and the largest packages, with their bounds
	@set -o pipefail; go test -v -run '^TestSize' ./internal/archtest | sed -n 's/^ *size_test.go:[0-9]*: /  /p'

race:
	CGO_ENABLED=1 go test -race ./internal/... ./cmd/...

e2e: install ## peers that we did not write: SIPp, baresip, the published SDKs
	CGO_ENABLED=1 go test -race -p 1 ./test/...

bench: ## what things cost: time and memory an operation; BENCHTIME=1s
	@set -o pipefail; go test -run '^$$' -bench . -benchmem -benchtime $(BENCHTIME) ./internal/... | awk -f test/bench.awk

greetings: ## how often it is found out who answers a call, and how soon; EACH=40 made greetings of each kind
	@go test -count 1 -v -run AsMeasured ./internal/media/greeting -each $(EACH)

# In all that is there: a quarter of an hour.
hear: ## how often choices, digits and free sentences are understood that callers say
	@go test -count 1 -timeout 30m -v -run AsMeasured ./internal/speech/recognition/pocketsphinx -each 0
	@go test -count 1 -timeout 30m -v -run AsMeasured ./test/engines -each 0

# go test fuzzes one target of one package at a time.
fuzz: ## every fuzz target for a bounded time; FUZZTIME=10s
	@set -e; grep -rlE '^func Fuzz[A-Z]' --include '*_test.go' internal | xargs -r -n1 dirname | sort -u | while read -r dir; do \
		for target in $$(grep -hoE '^func Fuzz[A-Za-z0-9_]+' $$dir/*_test.go | sed 's/^func //'); do \
			echo "$$dir $$target"; go test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) ./$$dir; \
		done; \
	done

clean: ## what was built; strowger-data stays
	rm -rf bin .cache
