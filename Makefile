# `make` runs the quick scale from nothing (`make PAPERS=gumbel_softmax`: of one paper); `make test`
# runs the tests. Both need Python 3.11 to 3.13 with its venv module and a package index, no more.
PYTHON ?= python3
CORES ?= all
BIN := .venv/bin

export PATH := $(CURDIR)/$(BIN):$(PATH)

run: .venv/ready
	snakemake --cores $(CORES) --rerun-incomplete $(if $(PAPERS),--config papers=$(PAPERS))

test: .venv/ready-dev
	pytest -n 2

# Linters. `snakemake --lint` is among the tests: it wants a conda environment for each rule,
# where requirements.lock is what pins the software.
lint: .venv/ready-dev
	ruff check .
	ruff format --check .
	snakefmt --check Snakefile workflow
	pyright
	lint-imports

lock:
	$(BIN)/uv pip compile -q --universal --generate-hashes --no-header pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile -q --universal --generate-hashes --no-header pyproject.toml --extra dev \
	  -o requirements-dev.lock
	for extra in gpu cluster; do \
	  $(BIN)/uv pip compile -q --universal --generate-hashes --no-header pyproject.toml \
	    --extra $$extra -o requirements-$$extra.lock; \
	done

.venv/uv:
	$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' \
	  || { echo "Saigen needs Python 3.11 to 3.13; name one: make PYTHON=python3.13"; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install -q --disable-pip-version-check uv
	touch $@

.venv/ready: .venv/uv requirements.lock pyproject.toml
	$(BIN)/uv pip install -q --compile-bytecode --require-hashes -r requirements.lock
	$(BIN)/uv pip install -q --no-deps -e .
	touch $@

.venv/ready-dev: .venv/ready requirements-dev.lock
	$(BIN)/uv pip install -q --compile-bytecode --require-hashes -r requirements-dev.lock
	touch $@

.venv/ready-gpu: .venv/ready requirements-gpu.lock
	$(BIN)/uv pip install -q --compile-bytecode --require-hashes -r requirements-gpu.lock
	touch $@

gpu: .venv/ready-gpu

.venv/ready-cluster: .venv/ready requirements-cluster.lock
	$(BIN)/uv pip install -q --compile-bytecode --require-hashes -r requirements-cluster.lock
	touch $@

cluster: .venv/ready-cluster

# Starts a Slurm of its own: wants root, and Debian's slurmctld, slurmd, slurm-client and munge.
test-cluster: .venv/ready-dev
	pytest -m cluster tests/cluster

.PHONY: run test lint lock gpu cluster test-cluster
