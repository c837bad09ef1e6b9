# make demo    the exporter on port 10058, reading simulated vendors; PORT=n for another port
# make test    all tests
# make help    the rest

PYTHON ?= python3
PORT ?= 10058
PROMETHEUS_PORT ?= 9090
ALERTMANAGER_PORT ?= 9093
RECEIVER_PORT ?= 9095
MINUTES ?= 10
DIST ?= dist
HELM ?= helm
ARCH ?= amd64
MACHINE_amd64 := x86_64
MACHINE_arm64 := aarch64
EXAMPLES ?= 20000
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/pip --quiet --disable-pip-version-check

.DEFAULT_GOAL := help
.PHONY: help demo test unit rules lint types docs dashboards stack dist bench rules-cost forecast soak hostile fuzz mutants lock clean

help: ## show these targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1\t\2/p' Makefile | expand -t 20

demo: $(VENV)/runtime ## run the exporter on simulated vendors
	$(BIN)/license-exporter demo --port $(PORT) $(ARGS)

# Servers and browsers are started one after another; what starts none shares the processors.
# Exit code 5: of what ARGS chooses, none is of that kind.
test: $(VENV)/dev ## run all tests
	$(BIN)/pytest -n 3 --dist worksteal -m "not e2e" $(ARGS) || [ $$? -eq 5 ]
	$(BIN)/pytest -m e2e $(ARGS) || [ $$? -eq 5 ]

unit: $(VENV)/dev ## run the tests that start no other program
	$(BIN)/pytest -n 3 --dist worksteal -m "not e2e and not promtool and not fuzz" $(ARGS)

rules: $(VENV)/dev ## test the rules, the routes and their examples with the promtool and amtool of PATH
	$(BIN)/pytest -n 3 --dist worksteal -m promtool tests/prometheus $(ARGS)

lint: $(VENV)/dev ## check the style of the code, and which wing imports which
	$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/lint-imports

types: $(VENV)/dev ## check the types
	$(BIN)/mypy

docs: $(VENV)/dev ## write the pages of docs/ and the chart's schema, which come from the code
	$(BIN)/python docs/generate.py
	$(BIN)/python deploy/chart_schema.py

dashboards: $(VENV)/dev ## write grafana/dashboards/*.json
	$(BIN)/python -m grafana.generate
	ln -sf $(addprefix ../../../../../,$(wildcard grafana/dashboards/*.json)) deploy/helm/license-exporter/files/dashboards/

stack: $(VENV)/runtime ## the demo with the prometheus and alertmanager of this machine; PROMETHEUS_PORT=n
	$(BIN)/python -m deploy.stack --exporter $(PORT) --prometheus $(PROMETHEUS_PORT) \
	  --alertmanager $(ALERTMANAGER_PORT) --receiver $(RECEIVER_PORT)

dist: $(VENV)/dev ## build the sdist and the wheel into dist/
	$(BIN)/python -m build --no-isolation --outdir $(DIST) .

.PHONY: charts kubernetes container packages sbom chart native released release
charts: $(VENV)/deploy ## write what comes from the chart: the kustomize base, the files that its tests compare
	$(BIN)/python -m tests.deploy.chart.base
	$(BIN)/python -m tests.deploy.chart.render

kubernetes: $(VENV)/deploy ## test the chart with Helm 3 and 4, and the kustomize base
	$(BIN)/pytest tests/deploy/chart $(ARGS)

container: $(VENV)/deploy ## build the image on a stand-in of its base, and run it
	$(BIN)/hadolint Dockerfile
	$(BIN)/pytest tests/deploy/container $(ARGS)

packages: $(VENV)/deploy ## install the wheel by pip, pipx and uv into empty environments
	$(BIN)/pytest tests/deploy/packages $(ARGS)

sbom: $(VENV)/deploy ## list what the exporter is made of: DIST/sbom, in CycloneDX
	mkdir -p $(DIST)/sbom
	$(BIN)/cyclonedx-py requirements --pyproject pyproject.toml --output-reproducible \
	  --output-file $(DIST)/sbom/license_exporter.cdx.json requirements.txt

chart: ## package the Helm chart: DIST/chart
	$(HELM) package deploy/helm/license-exporter --destination $(DIST)/chart

native: $(VENV)/deploy ## build the deb and the rpm: DIST/native; ARCH=arm64 for the other
	rm -rf build/native $(DIST)/native && mkdir -p build/native $(DIST)/native
	$(BIN)/python -m build --no-isolation --wheel --outdir build/native .
	$(PIP) install --target build/native/lib --no-compile --only-binary :all: --implementation cp \
	  --python-version 3.11 $(addprefix --platform ,$(foreach glibc,2014 _2_17 _2_28,manylinux$(glibc)_$(MACHINE_$(ARCH)))) \
	  --require-hashes -r requirements.txt
	$(PIP) install --target build/native/lib --no-compile --no-deps build/native/*.whl
	rm -rf build/native/lib/bin && find build/native/lib -name direct_url.json -delete
	gzip -9nc docs/license-exporter.1 > build/native/license-exporter.1.gz
	for kind in deb rpm; do \
	  ARCH=$(ARCH) VERSION=$$(sed -n 's/^__version__ = "\(.*\)"/\1/p' license_exporter/__init__.py) \
	  $(BIN)/nfpm package --config deploy/nfpm.yaml --packager $$kind --target $(DIST)/native/ || exit 1; done

released: ## fail unless VERSION=n is the version that is written in the files
	grep -qx '__version__ = "$(VERSION)"' license_exporter/__init__.py

release: $(VENV)/deploy ## test what a release runs elsewhere, as far as that can be tested here
	$(BIN)/pytest tests/deploy/release $(ARGS)

bench: $(VENV)/dev ## measure speed and memory
	$(BIN)/python -m bench $(ARGS)

rules-cost: $(VENV)/dev ## measure what rules and dashboards cost Prometheus on 1,000 targets and 20,000 pools
	$(BIN)/python -m bench.fleet $(ARGS)

forecast: $(VENV)/dev ## judge the forecast of the rules on simulated pools
	$(BIN)/python -m bench.forecast $(ARGS)

soak: $(VENV)/dev ## run every kind of target in shards, then failing vendors, in MINUTES=n
	$(BIN)/python -m tests.soak --minutes $(MINUTES) $(ARGS)

hostile: $(VENV)/dev ## attack it as a client and as a vendor; the figures beside their bounds
	$(BIN)/python -m tests.hostile $(ARGS)

fuzz: $(VENV)/dev ## many examples for each parser; EXAMPLES=n
	FUZZ_EXAMPLES=$(EXAMPLES) $(BIN)/pytest -n 2 -m fuzz $(ARGS)

mutants: $(VENV)/mutants ## change the pure core at random, and see that a test notices each change; ARGS=--all
	$(BIN)/python -m bench.mutants $(ARGS)

lock: $(VENV)/dev ## write the requirements files anew from pyproject.toml
	$(PIP) install uv
	$(BIN)/uv pip compile -q pyproject.toml --universal --python-version 3.11 --upgrade \
	  --generate-hashes --no-header --no-annotate -o requirements.txt
	$(BIN)/uv pip compile -q pyproject.toml --group dev --universal --python-version 3.11 --upgrade \
	  --generate-hashes --no-header --no-annotate -c requirements.txt -o requirements-dev.txt
	$(BIN)/uv pip compile -q --group build --universal --python-version 3.11 \
	  --generate-hashes --no-header --no-annotate -c requirements-dev.txt -o requirements-build.txt
	$(BIN)/uv pip compile -q --group deploy --universal --python-version 3.11 --upgrade \
	  --generate-hashes --no-header --no-annotate -c requirements-dev.txt -o requirements-deploy.txt
	$(BIN)/uv pip compile -q --group mutants --universal --python-version 3.11 --upgrade \
	  --generate-hashes --no-header --no-annotate -c requirements-dev.txt -o requirements-mutants.txt

clean: ## remove what the other targets made
	rm -rf $(VENV) .later .stack .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis dist build mutants

$(VENV)/made:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed")'
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/runtime: requirements.txt pyproject.toml | $(VENV)/made
	$(PIP) install --require-hashes -r requirements.txt
	$(PIP) install --no-deps --editable .
	@touch $@

$(VENV)/dev: requirements-dev.txt $(VENV)/runtime
	$(PIP) install --require-hashes -r requirements-dev.txt
	@touch $@

# Without dependencies: those that are wanted are all listed.
$(VENV)/deploy: requirements-deploy.txt $(VENV)/dev
	$(PIP) install --no-deps --require-hashes -r requirements-deploy.txt
	@touch $@

$(VENV)/mutants: requirements-mutants.txt $(VENV)/dev
	$(PIP) install --require-hashes -r requirements-mutants.txt
	@touch $@
