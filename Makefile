# The commands of development. `make help` lists them.

# The first Python that is new enough; `make PYTHON=/path/to/python3 …` names another.
PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)
BIN := .venv/bin
# A process for each CPU, four at most; an idle one takes over tests of another.
PARALLEL := -n logical --maxprocesses 4 --dist worksteal

.DEFAULT_GOAL := help
.PHONY: help run superuser manage test test-slow test-postgres test-plans lint format requirements up chaos chaos-fast bench bench-fast bench-scale smoke venv

help: ## List the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "%-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: venv ## Start everything on this machine (PORT, FLOWER_PORT, DATABASE_URL, REDIS_URL)
	@$(BIN)/python -m deploy.local.run

superuser: venv ## Create an account for the admin of `make run`
	@$(BIN)/python -m deploy.local.manage createsuperuser

manage: venv ## Run a command of manage.py on the data of `make run` (ARGS="collect_media --dry-run")
	@$(BIN)/python -m deploy.local.manage $(ARGS)

test: venv ## Run the tests in memory, without services
	@env -u DATABASE_URL -u REDIS_URL $(BIN)/python -m pytest $(PARALLEL) $(ARGS)

test-slow: venv ## Run the tests that take minutes
	@env -u DATABASE_URL -u REDIS_URL $(BIN)/python -m pytest -m slow $(ARGS)

# Each of the two processes empties a Redis database: the given one and the next. They create and
# drop PostgreSQL databases of their own, on the given server.
test-postgres: export DATABASE_URL := $(or $(DATABASE_URL),postgres://postgres@127.0.0.1:5432/catalog)
test-postgres: export REDIS_URL := $(or $(REDIS_URL),redis://127.0.0.1:6379/14)
test-postgres: venv ## Run the same tests on PostgreSQL and Redis (DATABASE_URL, REDIS_URL)
	@$(BIN)/python -m pytest -n 2 --dist worksteal $(ARGS)

test-plans: export DATABASE_URL := $(or $(DATABASE_URL),postgres://postgres@127.0.0.1:5432/catalog)
test-plans: venv ## Check the query plans of lists of 100,000 products (DATABASE_URL)
	@$(BIN)/python -m pytest -m "slow and postgres" products $(ARGS)

lint: venv ## Check style, format, imports, docstrings and types
	@$(BIN)/ruff check .
	@$(BIN)/black --quiet --check . || { echo 'Run: make format'; exit 1; }
	@$(BIN)/lint-imports --no-logo
	@git ls-files '*.py' | xargs $(BIN)/python .ci/docstrings.py
	@$(BIN)/mypy

format: venv ## Fix style and format
	@$(BIN)/ruff check --fix .
	@$(BIN)/black --quiet .

# Requires uv. The pins are for every Python from 3.11 on.
requirements: ## Pin the newest versions that pyproject.toml allows
	uv pip compile --quiet --upgrade --universal --python-version 3.11 --no-header \
		--output-file requirements.txt pyproject.toml
	uv pip compile --quiet --upgrade --universal --python-version 3.11 --no-header \
		--constraint requirements.txt --group dev --output-file requirements-dev.txt
	uv pip compile --quiet --upgrade --universal --python-version 3.11 --no-header \
		--constraint requirements.txt --constraint requirements-dev.txt \
		--output-file benchmarks/requirements.txt benchmarks/requirements.in

up: ## Build and start the containers (first: cp .env.example .env)
	docker compose up --build

# Needs PostgreSQL (DATABASE_URL), where it creates databases of its own and drops them.
chaos chaos-fast: export DATABASE_URL := $(or $(DATABASE_URL),postgres://postgres@127.0.0.1:5432/postgres)
chaos: venv ## Check what docs/reliability.md promises, with real faults (ARGS="-k redis")
	@env -u REDIS_URL $(BIN)/python -m pytest tests/chaos -m chaos -vv $(ARGS)

chaos-fast: venv ## The same at a tenth, in ten minutes
	@env -u REDIS_URL $(BIN)/python -m pytest tests/chaos -m chaos -vv --fast $(ARGS)

# Needs wrk, and PostgreSQL on this machine (DATABASE_URL), where it creates a database of its own
# and drops it. The peers have an environment of their own.
bench bench-fast bench-scale: export DATABASE_URL := $(or $(DATABASE_URL),postgres://postgres@127.0.0.1:5432/postgres)
bench: var/benchmarks/installed ## Compare with peers, and write benchmarks/RESULTS.md (ARGS="list-cursor detail")
	@var/benchmarks/bin/python -m benchmarks $(or $(ARGS),--write)

bench-fast: var/benchmarks/installed ## The same in under five minutes, on fewer products; writes nothing
	@var/benchmarks/bin/python -m benchmarks --fast $(ARGS)

bench-scale: var/benchmarks/installed ## Measure each documented question at 1,000,000 products
	@var/benchmarks/bin/python -m benchmarks --scale $(or $(ARGS),--write)

var/benchmarks/installed: requirements.txt benchmarks/requirements.txt
	@echo 'Installing the requirements of the benchmarks into var/benchmarks ...'
	@$(PYTHON) -m venv --clear var/benchmarks
	@PIP_CACHE_DIR=$${PIP_CACHE_DIR:-$(CURDIR)/var/pip} var/benchmarks/bin/python -m pip install --quiet \
		--disable-pip-version-check --requirement requirements.txt --requirement benchmarks/requirements.txt
	@touch $@

smoke: venv ## Check the running service end to end (URL)
	@$(BIN)/python deploy/smoke.py $(or $(URL),http://127.0.0.1:$(or $(PORT),8000)) $(ARGS)

# The environment is complete where `installed` stands, and current where no pin is newer. It is
# created anew where an interrupted start left half of it, or where its Python is gone.
venv: .venv/installed
	@:

.venv/installed: requirements.txt requirements-dev.txt $(shell $(BIN)/python -c '' 2>/dev/null || echo no-python)
	@[ -n "$(PYTHON)" ] && "$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo 'Python 3.11 or newer is needed: make PYTHON=/path/to/python3'; exit 1; }
	@echo 'Installing the requirements into .venv ...'
	@[ -e $@ ] && $(BIN)/python -c '' 2>/dev/null || "$(PYTHON)" -m venv --clear .venv
	@PIP_CACHE_DIR=$${PIP_CACHE_DIR:-$(CURDIR)/var/pip} $(BIN)/python -m pip install --quiet \
		--disable-pip-version-check --requirement requirements.txt --requirement requirements-dev.txt
	@touch $@

.PHONY: no-python
no-python:
