# What a newcomer types. Everything lives in .venv and .maillon; `make clean` removes the first, never the second.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input
DEBIAN_POSTGRESQL := /usr/lib/postgresql/15/bin
FIGURE ?=
CLAIM ?=
# What pages show, commands print and files say, what is fetched, decoded and matched, and how a bench is made, hardly
# depends on the server: once is enough. Crashes and journeys start servers of their own.
ONCE := web reporter accessibility bench demo ops rules kernel languages matching decoding observation/fetching crash journeys
ANOTHER_SERVER := $(addprefix --ignore=tests/,$(ONCE)) --ignore-glob='*/test_browser_*.py'

.PHONY: run test test-embedded test-debian check format docs bench claims requirements clean

run: $(VENV)/run.stamp ## set everything up, make the demo world, serve it
	@exec $(BIN)/maillon run

test: test-embedded test-debian ## every test on the embedded PostgreSQL, and those that a server can break on Debian's

test-embedded: $(VENV)/dev.stamp
	$(BIN)/pytest --numprocesses auto

test-debian: $(VENV)/dev.stamp
	@if [ -x $(DEBIAN_POSTGRESQL)/postgres ]; then set -x; \
	  MAILLON_TEST_SERVER=$(DEBIAN_POSTGRESQL) $(BIN)/pytest --numprocesses auto $(ANOTHER_SERVER); \
	else echo "The tests on Debian's PostgreSQL are left out: the package postgresql-15 is not installed."; fi

# The key keeps Django from making one in .maillon; nothing is served here.
check: export MAILLON_SECRET_KEY := for checks alone, never for serving
check: $(VENV)/dev.stamp ## format, lint, types, imports, migrations, generated docs, translations
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -W ignore::RuntimeWarning -m django makemigrations --check --dry-run --settings maillon.django_settings
	$(BIN)/maillon docs --check
	$(BIN)/python -m maillon.ops.translations

format: $(VENV)/dev.stamp ## what `make check` would ask of the format
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

docs: $(VENV)/run.stamp ## the generated pages of docs/
	$(BIN)/maillon docs

bench: $(VENV)/dev.stamp ## every figure beside its peer; FIGURE=name for one
	$(BIN)/python -m bench $(FIGURE)

claims: $(VENV)/dev.stamp ## the promises at full length, and the long tests (an hour or more); CLAIM=name for one
	$(if $(CLAIM),,$(BIN)/pytest --numprocesses auto -m long)
	$(BIN)/python -m claims $(CLAIM)

requirements: $(VENV)/dev.stamp ## pin the dependencies of pyproject.toml again
	$(BIN)/uv pip compile --quiet pyproject.toml requirements/build.in $(COMPILED) --output-file requirements/run.txt
	$(BIN)/uv pip compile --quiet pyproject.toml requirements/build.in --extra dev --constraint requirements/run.txt \
	  $(COMPILED) --output-file requirements/dev.txt
COMPILED := --generate-hashes --no-header --no-emit-index-url --no-annotate --python-version 3.11

clean: ## remove the environment and caches; the data in .maillon stay
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis

# A stamp is newer than what it stands for, so that a second `make run` calls no pip.
$(VENV)/run.stamp: requirements/run.txt pyproject.toml | $(VENV)/made.stamp
	@echo "Installing what Maillon needs (once; a minute)…"
	@$(PIP) --require-hashes --requirement requirements/run.txt
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/dev.stamp: requirements/dev.txt $(VENV)/run.stamp
	@echo "Installing what the tests need (once; a minute)…"
	@$(PIP) --require-hashes --requirement requirements/dev.txt
	@touch $@

$(VENV)/made.stamp:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Maillon needs Python 3.11 or newer; name it with make PYTHON=python3.12, for instance." >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || if [ "$$(id -u)" = 0 ]; then \
	  apt-get update -q && apt-get install -y -q python3-venv; \
	else echo "The Debian package python3-venv is missing; as root: apt-get install python3-venv" >&2; exit 1; fi
	@rm -rf $(VENV)
	@$(PYTHON) -m venv $(VENV)
	@touch $@
