# `make run` and `make test` do all set-up by themselves; a machine needs Python 3.11 or later (with venv) and make.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run test coverage lint format bench docs secrets clean

VENV    := .venv
BIN     := $(VENV)/bin
PIP     := $(BIN)/python -m pip --disable-pip-version-check --no-input install -qq -c constraints.txt
RUN_OK  := $(VENV)/.installed-run
DEV_OK  := $(VENV)/.installed-dev
ARGS    ?=

help: ## Shows this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' Makefile

run: $(RUN_OK) ## Starts the service on the default feeds and, beside it, the demo (ARGS="--port 9000")
	@if ! grep -Eqs '^[[:space:]]*(export[[:space:]]+)?VOLTEFACE_DATA_DIR=' .env; then \
		export VOLTEFACE_DATA_DIR="$${VOLTEFACE_DATA_DIR:-data}"; \
	fi; \
	exec $(BIN)/volteface up --demo $(ARGS)

test: lint ## Everything that must pass: style, types, imports, tests (ARGS="-k wire")
	$(BIN)/pytest -n auto $(ARGS)

coverage: $(DEV_OK) ## The tests once more, with what they reach of the code, which takes half as long again
	$(BIN)/pytest -n auto --cov --cov-report=term:skip-covered $(ARGS)

lint: $(DEV_OK) ## Style, types and the direction of imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

format: $(DEV_OK) ## Puts the code into shape
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(RUN_OK) ## Lists the benchmarks; ARGS="NAME" runs one
	$(BIN)/volteface bench $(or $(ARGS),--help)

docs: $(DEV_OK) ## Writes .env.example and the table of settings in README.md anew
	$(BIN)/python -m tests.architecture.settings_reference

secrets: ## Makes the secrets that docker-compose.yml reads, once
	@umask 077; mkdir -p secrets; chmod 700 secrets; \
	if [ -s secrets/postgres_password ]; then echo "secrets/ is there already; nothing was changed"; exit 0; fi; \
	password="$$(od -An -N24 -tx1 /dev/urandom | tr -d ' \n')"; \
	printf '%s' "$$password" > secrets/postgres_password; \
	printf 'postgresql://volteface:%s@db/volteface' "$$password" > secrets/database_url; \
	chmod 444 secrets/postgres_password secrets/database_url; \
	echo "secrets/ made: postgres_password, database_url"

clean: ## Removes what was built and installed here; data/ and secrets/ stay
	rm -rf $(VENV) build dist htmlcov .coverage .coverage.* .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find monitor rules storage tests -name __pycache__ -type d -prune -exec rm -rf {} +

# A stamp is newer than what it was made from, so the second time costs nothing.
$(RUN_OK): pyproject.toml constraints.txt | $(BIN)/python
	@echo "Installing into $(VENV) (the first time takes about a minute) …"
	@$(PIP) hatchling
	@$(PIP) --no-build-isolation -e .
	@touch $@
	@echo "Installed."

$(DEV_OK): $(RUN_OK)
	@echo "Installing the tools for tests and checks …"
	@$(PIP) setuptools
	@$(PIP) --no-build-isolation -e '.[dev]'
	@touch $@
	@echo "Installed."

# Releases that the pins are checked on come first; a later one is tried with a word of warning.
$(BIN)/python:
	@usable() { "$$1" -c 'import sys, venv, ensurepip; v = sys.version_info[:2]; sys.exit(not ((3, 11) <= v and v <= ('"$$2"')))' 2>/dev/null; }; \
	chosen=; \
	for python in $(PYTHON) python3 python3.13 python3.12 python3.11; do \
		if [ -z "$$chosen" ] && usable "$$python" "3, 13"; then chosen="$$python"; fi; \
	done; \
	if [ -z "$$chosen" ] && usable python3 "3, 99"; then \
		chosen=python3; echo "Note: $$(python3 -V) is later than 3.13, up to which Volteface is tested." >&2; \
	fi; \
	if [ -z "$$chosen" ]; then \
		echo "Volteface needs Python 3.11, 3.12 or 3.13 with the venv module; found: $$(python3 -V 2>&1 || true)." >&2; \
		echo "On Debian or Ubuntu: apt-get install python3 python3-venv. Or name one: make PYTHON=/path/to/python3.12 …" >&2; \
		exit 1; \
	fi; \
	"$$chosen" -m venv --clear $(VENV)
