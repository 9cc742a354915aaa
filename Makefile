# `make` alone prints what there is to do.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

BIN := .venv/bin
PYTEST_ARGS ?=
SCRIPTS := .ci/run tools/setup tools/lock tools/install-servers

##@ Run

.PHONY: demo
demo: setup  ## show the whole path in under a minute; ARGS=--json for figures
	@$(BIN)/fosterframe demo $(ARGS)

.PHONY: bench
bench: setup servers  ## measure against baselines, in one run; writes var/bench.json
	@$(BIN)/python -m tools.bench $(ARGS)

##@ Develop

.PHONY: setup
setup:  ## make .venv, or bring it up to date; quick when nothing changed
	@tools/setup

.PHONY: servers
servers:  ## make sure that a RabbitMQ and a PostgreSQL can be started by the tests
	@tools/install-servers

.PHONY: docs
docs: setup  ## write docs/contracts/ anew from the messages and the topology
	@$(BIN)/python -m shared.messaging.documents docs/contracts

.PHONY: format
format: setup  ## put the code in the house's format
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

.PHONY: lock
lock: setup  ## write requirements/*.txt anew from *.in; UPGRADE=1 for the newest versions
	@tools/lock

.PHONY: clean
clean:  ## remove .venv, caches and everything that runs have left
	@rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis build var *.egg-info
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

##@ Check

.PHONY: test
test: setup servers  ## run every test, against real servers too; PYTEST_ARGS="-k fees" for some
	@$(BIN)/python -m pytest $(PYTEST_ARGS)

.PHONY: test-fast
test-fast: setup  ## run the tests that need no server and are not slow
	@$(BIN)/python -m pytest \
		-m "not rabbitmq and not postgresql and not containers and not slow" $(PYTEST_ARGS)

.PHONY: lint
lint: setup  ## check the code's form, and the shell scripts
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/ruff check --quiet .
	@$(BIN)/shellcheck $(SCRIPTS)

.PHONY: types
types: setup  ## check the types, strictly
	@$(BIN)/mypy

##@ Help

.PHONY: help
help:  ## print this
	@awk 'BEGIN { FS = ":.*## " } \
		/^##@/ { printf "\n%s\n", substr($$0, 5) } \
		/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile
