# `make run` shows the site, `make test` proves it. Everything else is here too:

PYTHON ?= python3
VENV ?= .venv
export VENV

.PHONY: help run dev test test-pg lint format bench mutants reveal-drill lock audit sbom clean

help: ## say what can be made
	@grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/:.*## /	/' | expand -t 14

run: ## serve a demonstration on http://127.0.0.1:8000 (PORT=8001 make run), Ctrl-C ends it
	@$(PYTHON) scripts/run.py

dev: ## the same with DEBUG and reloading
	@$(PYTHON) scripts/run.py --dev

test: ## every test on SQLite, browser tests included (ARGS="-k reveal" for some)
	@$(PYTHON) scripts/check.py test $(ARGS)

test-pg: ## the same on PostgreSQL (DATABASE_URL, or a local one as user postgres)
	@$(PYTHON) scripts/check.py test-pg $(ARGS)

lint: ## style of Python and templates, and that no migration is missing
	@$(PYTHON) scripts/check.py lint

format: ## let ruff lay out the Python
	@$(PYTHON) scripts/check.py format

bench: ## buying, public pages and the reveal against their goals; exit 1 where one falls short
	@$(PYTHON) scripts/check.py bench $(ARGS)

mutants: ## leaks and losses that the suite must notice, one by one (ARGS="calendar" for some)
	@$(PYTHON) scripts/check.py mutants $(ARGS)

reveal-drill: ## the night of a reveal on the real stack, with a kill -9 in it (DATABASE_URL: a PostgreSQL server)
	@$(PYTHON) scripts/check.py reveal-drill

lock: ## write the lock files anew after requirements*.txt changed (ARGS=--upgrade: all newer releases, too)
	@$(PYTHON) scripts/check.py lock $(ARGS)

audit: ## ask whether a weakness is known of anything the site runs on; exit 1 where one is
	@$(PYTHON) scripts/check.py audit $(ARGS)

sbom: ## list what the site is made of in var/sbom.json (CycloneDX)
	@$(PYTHON) scripts/check.py sbom $(ARGS)

clean: ## remove the environment and the built assets; the data in var/ stays
	@rm -rf $(VENV) var/static
