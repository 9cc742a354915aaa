# `make` alone prints what there is to do.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

BIN := .venv/bin
PYTEST_ARGS ?=
SCRIPTS := .ci/run tools/setup tools/lock tools/install-servers tools/install-kubectl tools/docker-engine tools/settings tools/base-images tools/images tools/compose tools/up tools/make-secrets tools/make-certificates tools/back-up tools/restore
IN_CONTAINERS := $(wildcard deploy/images/*.sh deploy/postgres/*.sh deploy/rabbitmq/*.sh)

##@ Run

.PHONY: demo
demo: setup  ## show the whole path in under a minute; ARGS=--json for figures
	@$(BIN)/fosterframe demo $(ARGS)

.PHONY: bench
bench: setup servers  ## measure against baselines, in one run; writes var/bench.json
	@$(BIN)/python -m tools.bench $(ARGS)

##@ Run in containers

.PHONY: up
up: setup  ## start the whole system with the sample, and wait for it; WITH="sample observability"
	@tools/up

.PHONY: down
down:  ## stop it and keep its data; ARGS=--volumes forgets them too
	@tools/compose down --remove-orphans $(ARGS)

.PHONY: logs
logs:  ## follow what the containers say; ARGS=pricing-worker for one
	@tools/compose logs --follow --tail=100 $(ARGS)

.PHONY: images
images:  ## build the images of the services, where anything has changed
	@tools/docker-engine
	@tools/images

.PHONY: base-images
base-images:  ## make what they stand on from Debian's packages, where there is no registry
	@tools/base-images $(ARGS)

##@ Develop

.PHONY: setup
setup:  ## make .venv, or bring it up to date; quick when nothing changed
	@tools/setup

.PHONY: servers
servers:  ## make sure that the tests have a RabbitMQ, a PostgreSQL, promtool and kubectl
	@tools/install-servers
	@tools/install-kubectl

.PHONY: docs
docs: setup  ## write docs/contracts/ anew from the messages, the topology and the facts
	@$(BIN)/python -m shared.messaging.documents docs/contracts
	@$(BIN)/fosterframe rulebook schema --pack deploy/frameworks/kent-medway > docs/contracts/rulebook.schema.json

.PHONY: format
format: setup  ## put the code in the house's format
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

.PHONY: lock
lock: setup  ## write requirements/*.txt anew from *.in; UPGRADE=1 for the newest versions
	@tools/lock

.PHONY: clean
clean:  ## remove .venv, caches and what runs have left, but not the containers' passwords
	@rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis build *.egg-info
	@! [ -d var ] || find var -mindepth 1 -maxdepth 1 \
		! -name secrets ! -name 'dockerd.*' ! -name images.env -exec rm -rf {} +
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

##@ Check

.PHONY: test
test: setup servers  ## run every test, against real servers too; PYTEST_ARGS="-k fees" for some
	@$(BIN)/python -m pytest -m "not containers" $(PYTEST_ARGS)

.PHONY: test-containers
test-containers: setup  ## kill, cut and upgrade the system in containers; makes what it needs
	@tools/base-images --if-needed
	@tools/images
	@$(BIN)/python -m pytest tests/containers -m containers $(PYTEST_ARGS)

.PHONY: test-fast
test-fast: setup  ## run the tests that need no server and are not slow
	@$(BIN)/python -m pytest \
		-m "not rabbitmq and not postgresql and not containers and not slow" $(PYTEST_ARGS)

.PHONY: lint
lint: setup  ## check the code's form, and the shell scripts
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/ruff check --quiet .
	@$(BIN)/shellcheck $(SCRIPTS) $(IN_CONTAINERS)

.PHONY: types
types: setup  ## check the types, strictly
	@$(BIN)/mypy

.PHONY: audit
audit: setup  ## look for known vulnerabilities in what is pinned
	@$(BIN)/python tools/audit_dependencies.py $(ARGS)

##@ Help

.PHONY: help
help:  ## print this
	@awk 'BEGIN { FS = ":.*## " } \
		/^##@/ { printf "\n%s\n", substr($$0, 5) } \
		/^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' Makefile
