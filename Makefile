# A thin front of CMake and of the scripts in tools/; `make help` lists what there is.

PREFIX ?= /usr/local
DESTDIR ?=

.DEFAULT_GOAL := build
.PHONY: help build debug tsan run test check format test-bare soak numbers drills bench build-lambda-zip install \
	conformance-protobuf conformance-h2 conformance-connect interop differential fuzz generate buf-dep-update clean

help: ## this list
	@awk -F '##' '/^[a-z0-9-]+:.*##/ { sub(/:.*/, "", $$1); printf "  make %-18s%s\n", $$1, $$2 }' Makefile

build/build.ninja: CMakePresets.json
	@cmake --preset release >/dev/null
build/debug/build.ninja: CMakePresets.json
	@cmake --preset debug >/dev/null
build/tsan/build.ninja: CMakePresets.json
	@cmake --preset tsan >/dev/null

build: build/build.ninja ## the release build: libraries in build/, programs in build/bin/
	@cmake --build --preset release
tsan: build/tsan/build.ninja ## the same with ThreadSanitizer, in build/tsan/
	@cmake --build --preset tsan
debug: build/debug/build.ninja ## the debug build, with ASan and UBSan, in build/debug/
	@cmake --build --preset debug

# GNU make trips over a child that ends in the very moment of a ctrl-C: hence the short sleep.
run: ## installs what is missing, builds, and serves examples/ping on its default ports
	@tools/deps build run
	@$(MAKE) --no-print-directory build
	@trap : INT; tools/run; status=$$?; sleep 0.1; exit $$status

test: ## installs what is missing, builds, and runs every test
	@tools/deps build run test fuzz
	@tools/test

check: ## layer rule, formatting, clang-tidy, headers alone, no globals
	@tools/deps build test
	@$(MAKE) --no-print-directory build debug
	@tools/check

format: ## formats the sources as `make check` wants them
	@tools/check --fix format

test-bare: ## make run and make test in a fresh Debian 12 (root; about 15 minutes)
	@tools/deps bare
	@tools/test-bare

conformance-protobuf: ## protobuf's own conformance suites, all three, release and sanitizers
	@tools/deps build test
	@$(MAKE) --no-print-directory build debug
	@tests/conformance/run

conformance-h2: ## h2spec, without TLS and with it, plain and strict, release and sanitizers
	@tools/deps build test
	@$(MAKE) --no-print-directory build debug
	@tests/h2spec/run

conformance-connect: ## the Connect suite's gRPC cases, our server and our client, release and sanitizers
	@tools/deps build test
	@tests/connect/run

interop: ## gRPC's interop cases with grpc-go and grpc-java, both ways, release and sanitizers
	@tools/deps build test interop
	@tests/interop/run

soak: ## a million calls by REST and by gRPC: no failure, no growth (SOAK_N=100000: fewer)
	@tools/deps build test
	@$(MAKE) --no-print-directory build
	@tools/soak

numbers: ## floats and doubles as text against the C and C++ libraries (FULL=all: every 32-bit float)
	@tools/deps build test
	@$(MAKE) --no-print-directory build
	@tests/numbers/run

drills: ## bad input: CPU time of each drill at n, 2n and 4n
	@tools/deps build test
	@$(MAKE) --no-print-directory build
	@tests/drills/run time

differential: ## 100,000 random messages through us and python3-protobuf (DIFF_N=, DIFF_SEED=)
	@tools/deps build test
	@$(MAKE) --no-print-directory build
	@tests/differential/run --count $${DIFF_N:-100000} --seed $${DIFF_SEED:-1}

fuzz: ## libFuzzer with clang, FUZZ_S=600 seconds each, two targets at a time (FUZZ_ONLY='json wire')
	@tools/deps build test fuzz
	@tests/fuzz/run long

bench: ## requests, gRPC of every kind, starts and events on Lambda, and transcoding, each beside its peers
	@tools/deps build test bench
	@$(MAKE) --no-print-directory build
	@bench/run
	@bench/grpc
	@bench/lambda
	@bench/transcode
	@cmake --build --preset release --target bench-schema >/dev/null && build/bin/bench-schema

build-lambda-zip: ## lambda.zip: examples/ping as one static file named bootstrap, for AWS Lambda
	@tools/deps build zip
	@$(MAKE) --no-print-directory build
	@tools/lambda-zip

install: build ## PREFIX=/usr/local DESTDIR=: headers, libraries, packages, programs
	@DESTDIR=$(DESTDIR) cmake --install build --prefix $(PREFIX)

generate: build ## rewrites the generated code and documents from the .proto files
	@tools/generate.sh

buf-dep-update: ## brings examples/ping/buf.lock up to date with the deps in its buf.yaml, if it has any
	@buf=$$(tools/foreign buf) && cd examples/ping && "$$buf" dep update

clean: ## removes build/ and lambda.zip
	rm -rf build lambda.zip
