# `make demo` and `make check` are all a newcomer needs; both set up what they use.

CARGO ?= cargo
# For what leaves this machine.
RELEASED := CARGO="$(CARGO)" tools/released.sh
# Names of functions depend on the crate types, and the profile is for these.
LIBRARY := rustc --release --locked --lib --crate-type cdylib,staticlib
PREFIX ?= /usr/local
LIBDIR ?= lib
DESTDIR ?=
TARGET := target
BUILD := $(TARGET)/release
STAGE := $(CURDIR)/target/stage
VENV := $(CURDIR)/target/venv
BENCH := target/bench/release/milvus-bench
TOOLS = PATH="$(VENV)/bin:$$PATH"

.PHONY: help build install stage examples setup demo check check-rust rust-lints rust-tests check-c check-cpp check-install check-go \
	check-java check-docs check-e2e check-faults faults-suite check-versions versions-suite check-fronts fronts-suite played \
	check-portable check-deep docs docs-check install-docs bench \
	bench-gates profile tests-c header bindings abi deb licences deny-is-there advisories notices sizes release errors fronts truth \
	optimize-table fifty recording clean command install-command command-archive $(BENCH)

help:
	@echo "make demo     build, start a real Milvus server, fill collections, compact them, show before and after, kill it"
	@echo "make check    all tests: Rust, C, C++, Go, Java, and end to end against a real server"
	@echo "make check-deep  the slow proofs: sanitizers, valgrind, Miri, loom, stress, and the gates of the benchmark"
	@echo "make bench    what a call costs beside bare tonic; writes docs/performance.md anew"
	@echo "make build    the libraries only: $(BUILD)/libmilvus_client.so and, with local symbols, _local.a"
	@echo "make install  PREFIX=$(PREFIX) DESTDIR=$(DESTDIR): libraries, headers, CMake package, pkg-config file, man pages"
	@echo "make command  the command milvus-compact; make install-command installs it, its man page and completions"
	@echo "make command-archive  the command as one static file, in an archive for any Linux: target/static"
	@echo "make docs     the documentation site: target/docs/html/index.html; make install-docs installs it beside the rest"
	@echo "make docs-check  the site in a real browser: links, search, light and dark, without a network"
	@echo "make deb      Debian packages of what was built, in target/deb"
	@echo "make notices  write the third-party notices and the bill of materials anew, after a change of dependencies"
	@echo "make release  all that a release needs but its tag: .github/RELEASING.md"
	@echo "make errors   write docs/errors.md anew: bad connections through pymilvus and this library"
	@echo "make fronts   write its second part anew: what stands in front of Milvus, and faults on the way"
	@echo "make optimize-table  write docs/optimize.md anew, in an hour: what is left and served when optimizing is done"
	@echo "make fifty    write docs/fifty.md anew, in half an hour: fifty collections, by pymilvus and by milvus-compact"
	@echo "make recording  write docs/recording.md anew: milvus-compact in a terminal, its page in a browser (Chromium)"
	@echo "make truth    write docs/truth.md anew: what is said about compactions, and what was true"
	@echo "make header   write include/milvus_client.h, the documentation's options and the bindings anew from the sources"
	@echo "make abi      after a change of the header: write the list of symbols and the layouts anew, until the first release all of tests/abi"
	@echo "make bindings write what the Go, Java and C++ bindings have of include/milvus_client.h anew"

# Not `cargo build`: a Rust library made beside these would keep the linker from leaving out what nobody calls.
build:
	@$(RELEASED) with-profile $(LIBRARY) --target-dir $(TARGET)
	@CARGO="$(CARGO)" tools/profile.sh fits $(BUILD)/libmilvus_client.a || { [ $$? = 3 ] && $(RELEASED) with-profile $(LIBRARY) --target-dir $(TARGET); }
	@tools/static.sh $(BUILD)/libmilvus_client.a $(BUILD)/libmilvus_client_local.a

install:
	@BUILD="$(BUILD)" PREFIX="$(PREFIX)" LIBDIR="$(LIBDIR)" DESTDIR="$(DESTDIR)" tools/install.sh

# The command has a folder of its own: a Rust library made beside the others would change them.
COMMAND := $(TARGET)/command/release/milvus-compact

command:
	@$(RELEASED) build --release --locked -p milvus-compact --target-dir $(TARGET)/command

install-command:
	@COMMAND="$(COMMAND)" PREFIX="$(PREFIX)" DESTDIR="$(DESTDIR)" tools/install_command.sh

# One static file for any Linux, with all that is installed beside it.
command-archive:
	@tools/command_archive.sh $(TARGET)/static

# The library as it will be installed, for everything in this tree that links it.
stage: build
	@$(MAKE) --no-print-directory -s install PREFIX="$(STAGE)" DESTDIR=

examples: stage
	$(TOOLS) cmake -S examples-c -B target/examples-c -G Ninja -DCMAKE_BUILD_TYPE=Release \
		-DCMAKE_PREFIX_PATH="$(STAGE)" >/dev/null
	$(TOOLS) cmake --build target/examples-c -- --quiet

setup:
	@tools/setup.sh

demo:
	@tools/setup.sh programs
	@python3 tools/demo.py target/demo

# What mostly waits for servers runs beside what mostly computes: the tests in Rust beside the build of the release, which
# takes one core, and then the suites beside the rest, which find everything built.
check:
	@tools/setup.sh tests
	@$(MAKE) --no-print-directory rust-lints
	@tools/beside.sh $(TARGET)/tmp/build.log "nice $(MAKE) --no-print-directory -s tests-c played" \
		"$(MAKE) --no-print-directory rust-tests"
	@tools/beside.sh $(TARGET)/tmp/waiting-suites.log "$(MAKE) --no-print-directory faults-suite versions-suite fronts-suite" \
		"$(MAKE) --no-print-directory check-c check-cpp check-install check-go check-java check-docs check-e2e"

# Tests that wait most of their time run beside the others.
RUST_TESTS = $(CARGO) test --quiet --workspace --locked --no-fail-fast
RUST_FILES := $(basename $(notdir $(wildcard tests/*.rs))) $(notdir $(patsubst %/main.rs,%,$(wildcard tests/*/main.rs milvus-compact/tests/*/main.rs)))
WAITING := slow keepalive management_port outliving optimize

check-rust: rust-lints rust-tests

rust-lints:
	@echo "==> Rust: format, lints"
	@$(MAKE) --no-print-directory licences
	python3 tools/bindings check
	$(CARGO) fmt --all --check
	$(CARGO) clippy --quiet --workspace --all-targets --locked -- -D warnings
	$(CARGO) test --quiet --workspace --locked --no-run

rust-tests:
	@echo "==> Rust: tests"
	@tools/beside.sh $(TARGET)/tmp/waiting.log "$(RUST_TESTS) $(addprefix --test ,$(WAITING))" \
		"$(RUST_TESTS) --lib --bins $(addprefix --test ,$(filter-out $(WAITING),$(RUST_FILES)))"

tests-c: examples
	$(CARGO) build --quiet --locked -p milvus-fake
	$(TOOLS) cmake -S tests/c -B target/tests-c -G Ninja -DCMAKE_BUILD_TYPE=Debug -DCMAKE_PREFIX_PATH="$(STAGE)" \
		-DMILVUS_FAKE="$(CURDIR)/target/debug/milvus-fake" >/dev/null
	$(TOOLS) cmake --build target/tests-c -- --quiet

check-c: tests-c
	@echo "==> C and C++: header, arguments, and the process around it"
	$(TOOLS) ctest --test-dir target/tests-c --output-on-failure --no-tests=error
	$(VENV)/bin/python tests/c/random_calls.py "$(STAGE)/lib/libmilvus_client.so.0" "$(CURDIR)/target/debug/milvus-fake"

check-cpp: stage
	@echo "==> C++: the header for it, by two compilers and sanitizers"
	$(CARGO) build --quiet --locked -p milvus-fake
	$(TOOLS) cmake -S tests/cpp -B target/tests-cpp -G Ninja -DCMAKE_PREFIX_PATH="$(STAGE)" \
		-DMILVUS_FAKE="$(CURDIR)/target/debug/milvus-fake" >/dev/null
	$(TOOLS) cmake --build target/tests-cpp -- --quiet
	$(TOOLS) ctest --test-dir target/tests-cpp --output-on-failure --no-tests=error -j 2

check-install: stage
	@echo "==> The installed library: linked in every way, packaged, and its ABI"
	$(CARGO) build --quiet --locked -p milvus-fake -p milvus-compact
	$(VENV)/bin/python -m pytest -q tests/install

# The binding packages, against the staged library and the scripted server.
BINDING = MILVUS_FAKE="$(CURDIR)/target/debug/milvus-fake" MILVUS_LAYOUT="$(CURDIR)/tests/abi/layout.txt" \
	MILVUS_SAMPLES="$(CURDIR)/tests/json/samples"

check-go: stage
	@echo "==> Go: vet, race detector, examples"
	$(CARGO) build --quiet --locked -p milvus-fake
	cd bindings/go && export $(TOOLS) GOFLAGS=-mod=mod GOPROXY=off GOCACHE="$(CURDIR)/target/go" $(BINDING) \
		PKG_CONFIG_PATH="$(STAGE)/lib/pkgconfig" LD_LIBRARY_PATH="$(STAGE)/lib" && \
		go vet ./... && go test -race -count=1 ./...

check-java: stage
	@echo "==> Java: in a JVM that checks every use of JNI"
	$(CARGO) build --quiet --locked -p milvus-fake
	BUILD_DIR="$(CURDIR)/target/java" LIBRARY_DIR="$(STAGE)/lib" $(BINDING) bindings/java/check.sh

# The pages as they will be built, but not the site: that takes mdBook and a browser (docs-check).
check-docs:
	@echo "==> Documentation: every public symbol, every sample, every link"
	$(VENV)/bin/python -m pytest -q tests/docs

docs:
	@tools/docs.sh build

docs-check: docs
	@tools/docs.sh check

install-docs:
	@PREFIX="$(PREFIX)" DESTDIR="$(DESTDIR)" tools/docs.sh install

SUITE = $(VENV)/bin/python -m pytest -q
APART = $(VENV)/bin/python tools/loopback_only.py $(SUITE)
FAULTS := tests/e2e/test_optimize_faults.py

check-e2e: tests-c
	@echo "==> End to end against a real Milvus server"
	$(SUITE) -n 2 --dist loadfile tests/e2e --ignore $(FAULTS)

check-faults: tests-c faults-suite
faults-suite:
	@echo "==> Real Milvus servers that start again at a bad moment"
	$(SUITE) $(FAULTS)

check-versions: examples played versions-suite
versions-suite:
	@echo "==> Every server there is, real and played, and the truth table"
	$(APART) -n 2 --dist loadfile tests/versions

check-fronts: stage played fronts-suite
fronts-suite:
	@echo "==> What stands in front of Milvus: nginx, haproxy, and scripted faults"
	$(APART) tests/fronts

# The scripted server and the player of recordings.
played:
	$(CARGO) build --quiet --locked -p milvus-fake -p milvus-replay

# For other systems, run where that is possible here.
check-portable:
	@tools/portable.sh

check-deep:
	@tools/deep.sh

# It has a folder of its own: it is built without the library's profile, and the two would build all crates in turn.
$(BENCH):
	@$(RELEASED) build --quiet --release --locked -p milvus-bench --target-dir target/bench

bench: setup build $(BENCH)
	@tools/bench_peer.sh
	$(BENCH) run --library $(BUILD)/libmilvus_client.so --python $(VENV)/bin/python --grpc target/grpc/milvus-bench-grpc --write docs/performance.md
	$(BENCH) run --library $(BUILD)/libmilvus_client.so --gates --write docs/performance.md
	python3 tools/docs/figures.py

# What the library is optimised by: anew after changes to what calls do, and for another compiler.
profile: $(BENCH)
	@CARGO="$(CARGO)" tools/profile.sh write

bench-gates: build $(BENCH)
	$(BENCH) run --library $(BUILD)/libmilvus_client.so --gates

header:
	UPDATE_HEADER=1 $(CARGO) test --quiet --test header
	@$(MAKE) --no-print-directory -s bindings

# Needs nothing but Python: what is generated is committed.
bindings:
	@python3 tools/bindings

# The list of symbols and the layout of the structs; before the first release also the header and the description that
# later ones are compared with. Run it after each change of the public header.
abi:
	python3 tests/abi/describe.py write

deb: build
	@COMMAND="$(COMMAND)" tools/deb.sh

# Of the code of others: whether its licences allow what we do, and whether the files that tell of it are current.
DENY = $(TOOLS) cargo-deny --workspace --locked --config tools/deny.toml check

# A sentence where the tool is missing.
deny-is-there:
	@$(TOOLS) sh -c 'command -v cargo-deny' >/dev/null || \
		{ echo "make: cargo-deny is missing; 'tools/setup.sh tests' installs it" >&2; exit 1; }

licences: deny-is-there
	$(DENY) licenses bans sources
	@tools/notices.sh check

# Needs the RustSec database, which cargo-deny fetches from GitHub.
advisories: deny-is-there
	$(DENY) advisories

# After a change of dependencies.
notices:
	@tools/notices.sh

# Everything up to the tag; only with PUBLISH=1 the tag too.
release:
	@tools/release.sh $(if $(PUBLISH),--tag,--dry-run)

# The share of each crate. The shipped library has no symbols to tell it by; this one is built like it.
sizes:
	env -u CARGO_ENCODED_RUSTFLAGS RUSTFLAGS="$$RUSTFLAGS -Cstrip=none" $(RELEASED) with-profile $(LIBRARY) --quiet --target-dir target/symbols
	@python3 tools/sizes.py target/symbols/release/libmilvus_client.so

errors: setup stage
	$(VENV)/bin/python tests/e2e/connections.py

optimize-table: setup stage
	$(VENV)/bin/python tests/e2e/optimize_table.py

fifty: setup command
	$(VENV)/bin/python tests/e2e/fifty.py $(COMMAND)

# pyte is the terminal.
recording: setup command
	$(VENV)/bin/pip install --quiet --disable-pip-version-check pyte==0.8.2
	$(VENV)/bin/python tests/e2e/recording.py $(COMMAND)

fronts: stage
	@tools/setup.sh tests
	$(CARGO) build --quiet --locked -p milvus-fake
	$(VENV)/bin/python tools/loopback_only.py $(VENV)/bin/python tests/fronts/page.py

# What a larger run over the recordings comes to is asked of the test that makes it.
truth: stage
	@tools/setup.sh tests
	$(CARGO) build --quiet --locked -p milvus-fake -p milvus-replay
	REPLAY_LATENCIES=5,20,200,800,1000 REPLAY_ROUNDS=2 $(CARGO) test --quiet --locked --test replay nothing -- --nocapture \
		>$(TARGET)/recordings.txt
	$(VENV)/bin/python tools/loopback_only.py $(VENV)/bin/python tests/versions/truth_page.py $(TARGET)/recordings.txt

clean:
	$(CARGO) clean
