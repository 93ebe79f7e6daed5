# SPDX-License-Identifier: Apache-2.0
# make demo    builds release and runs an example on the embedded cluster
# make test    runs the whole suite
# make help    lists the rest

PREFIX ?= /usr/local
SWIFT ?= swift
# A fifth smaller than without: each function may be left out, equal ones are kept once (docs/decisions/0024-small-binaries.md).
SMALL = -Xswiftc -Osize -Xswiftc -Xfrontend -Xswiftc -function-sections -Xcc -ffunction-sections -Xswiftc -use-ld=lld \
	-Xlinker --gc-sections -Xlinker --icf=all -Xlinker --no-export-dynamic -Xlinker -z -Xlinker pack-relative-relocs
BUILD = $(SWIFT) build --quiet -c release --static-swift-stdlib $(SMALL)
PACKAGES = liblua5.4-dev libcurl4-openssl-dev libyaml-dev libsimdjson-dev libsqlite3-dev libssl-dev libseccomp-dev libedit-dev zlib1g-dev
TEST_PACKAGES = curl openssl openssh-client python3 util-linux tzdata valgrind

.PHONY: help packages test-packages build demo test example crash bench bench-journal bench-instructions soak fuzz lint format docs install uninstall clean

help: ## Lists the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 16

packages:
	@scripts/install-packages $(PACKAGES)

test-packages:
	@scripts/install-packages $(PACKAGES) $(TEST_PACKAGES)
	@scripts/make-venv

# The simulator's server needs NIO, which takes longer than all the rest, so the demo does without it.
demo: packages ## Builds release and runs an example on the embedded cluster
	@$(BUILD) --product pvelua-worker
	@$(BUILD) --product pvelua
	.build/release/pvelua --cluster demo run examples/list.lua

build: packages ## Builds pvelua, pvelua-worker and pvelua-sim into .build/release
	@$(BUILD) --product pvelua-worker
	@$(BUILD) --product pvelua
	@$(BUILD) --product pvelua-sim

test: test-packages ## Runs the whole suite
	$(SWIFT) build --build-tests --quiet
	@SWIFT=$(SWIFT) scripts/run-tests

example: test-packages ## Builds examples/swift as a package of its own and runs it against pvelua-sim
	@SWIFT=$(SWIFT) scripts/try-swift-example

crash: test-packages ## Kills hosts at every point and at 300 random instants, and writes docs/crash-tests.md
	PVELUA_CRASHES=300 PVELUA_RECORD=1 $(SWIFT) test --filter "whatBecameOfKilledRunsIsRecorded|HostTests|MutantTests"

bench: build ## Measures pvelua beside its peers, prints a table and writes docs/benchmarks.md
	@scripts/install-packages curl python3 python3-venv
	@python3 -B scripts/bench

bench-instructions: test-packages ## Counts the instructions of three hot paths (debug build); RECORD=1 renews what is expected
	$(SWIFT) build --quiet --product pvelua-worker
	$(SWIFT) build --quiet --product pvelua
	@python3 -B scripts/instructions $(if $(RECORD),--record)

bench-journal: build ## Prints what durability costs, and how fast runs are resumed and audits verified
	@scripts/bench-journal

soak: build ## Watches memory, descriptors and threads for 20 minutes while requests go wrong
	@scripts/soak

fuzz: packages ## Feeds the readers of foreign text with garbage, FUZZ_SECONDS (60) each
	@SWIFT=$(SWIFT) scripts/fuzz

lint: ## Checks the format of all Swift; changes nothing
	$(SWIFT) format lint --strict --parallel -r Sources Tests Fuzz examples/swift Package.swift

format: ## Formats all Swift
	$(SWIFT) format -i --parallel -r Sources Tests Fuzz examples/swift Package.swift

docs: test-packages ## Writes the generated pages and pictures anew
	PVELUA_RECORD=1 $(SWIFT) test --filter recorded

install: build ## Installs into PREFIX (default /usr/local), with completions and manual pages
	@DESTDIR="$(DESTDIR)" scripts/install .build/release "$(PREFIX)"

uninstall: ## Removes what install put there
	@DESTDIR="$(DESTDIR)" scripts/install --remove "$(PREFIX)"

clean: ## Removes everything built
	rm -rf .build .build-fuzz .build-example .venv
