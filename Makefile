# make demo     see it work, from a bare clone
# make test     the tests; no Python needed
# make install  PREFIX=~/.local
PREFIX ?= /usr/local
SWIFT ?= swift
RELEASE = $(SWIFT) build -c release --static-swift-stdlib --product etude

.PHONY: all setup release demo test mutations lint format bench interop docs install uninstall ci

all: release

setup:
	@scripts/setup.sh

release: setup
	$(RELEASE)

demo: release
	@scripts/demo.sh

test: setup
	$(SWIFT) test

# Configs with one mistake each, as many as are asked for; `make test` runs a few hundred.
COUNT ?= 10000
mutations: setup
	ETUDE_MUTATIONS=$(COUNT) $(SWIFT) test --filter MutationTests

lint:
	$(SWIFT) format lint --strict --recursive --parallel Package.swift Sources Tests

format:
	$(SWIFT) format --in-place --recursive --parallel Package.swift Sources Tests

bench: release
	@scripts/bench.sh

# PART=files: PyTorch and MONAI read and write the files. PART=jupyter: the kernel in Jupyter's own tests.
PART ?= files
interop: release
	@scripts/interop.sh $(PART)

# docs/components.md, from the declarations of the components; docs/troubleshooting.md, from the golden
# screens of the pains; docs/pictures, from a small training on synthetic data.
docs: release
	@.build/release/etude reference > docs/components.md
	@PATH=".build/release:$$PATH" scripts/troubleshooting.sh > docs/troubleshooting.md
	@.build/release/etude run --threads 2 scripts/pictures.etude

install: release
	@scripts/install.sh install $(PREFIX)

uninstall:
	@scripts/install.sh uninstall $(PREFIX)

ci:
	@scripts/ci.sh
