# Isogloss. `make run` starts everything, `make test` tests everything, `make help` lists the rest.
#
# PORT (8000) and DATA_DIR (.data) choose the port and the place; DATABASE_URL and BROKER_URL name real servers
# instead of the embedded ones; ARGS is handed to pytest, e.g. make test ARGS="tests/launcher -x".

SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help run model-worker install-model test long lint demo bench bench-model hands faults faults-model fuzz \
  backup restore install install-dev install-clients clean \
  lint-style lint-format lint-types lint-rooms lint-templates lint-template-format lint-migrations

PYTHON_IN_VENV := .venv/bin/python
CHROMIUM := $(shell command -v chromium || command -v chromium-browser || command -v google-chrome)
ifeq ($(CHROMIUM),)
WITHOUT_BROWSER := and not browser
endif

help: ## say what there is
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

install: ## the virtual environment for running (done by make run)
	@launcher/install.sh .venv requirements.txt

install-dev: ## the virtual environment for testing (done by make test)
	@launcher/install.sh .venv requirements.txt requirements-model.txt requirements-dev.txt

install-clients: ## the second environment, of programs that read a release (done by make test)
	@if [ -f requirements-clients.txt ]; then launcher/install.sh .venv-clients requirements-clients.txt; fi

run: install ## start everything with the sample campaign; Ctrl-C stops it
	@$(PYTHON_IN_VENV) -m launcher run

install-model: install ## torch and transformers beside it (done by make model-worker); ALLOW_NVIDIA=1 for a card
	@launcher/install.sh .venv requirements.txt requirements-model.txt

model-worker: install-model ## score translations with models for a site that runs (make run); one process a card
	@$(PYTHON_IN_VENV) -m launcher exec --data-dir "$${DATA_DIR:-.data}" -- $(PYTHON_IN_VENV) -m celery -A config.celery worker -Q model --pool=solo \
	  -n model-$$$$@%h -l INFO --without-gossip --without-mingle

test: install-dev install-clients ## run every test on servers of their own, but for those of make long
	@if [ -z "$(CHROMIUM)" ] && [ "$$REQUIRE_BROWSER" = 1 ]; then \
	  echo "No Chromium here, and REQUIRE_BROWSER=1. Install it: apt-get install chromium" >&2; exit 1; fi
	@code=0; $(if $(ARGS),$(PYTHON_IN_VENV) -m launcher exec -- $(PYTHON_IN_VENV) -m pytest,$(PYTHON_IN_VENV) -m tests.halves) \
	  -m "not long $(WITHOUT_BROWSER)" $(ARGS) || code=$$?; \
	  if [ -z "$(CHROMIUM)" ]; then \
	  echo "!!! NO CHROMIUM: THE BROWSER TESTS WERE LEFT OUT. Install it (apt-get install chromium) to run them." >&2; fi; \
	  exit $$code

long: install-dev ## run the tests of a minute and more: the restore drill, simulated people, killed uploads, the benchmarks
	@$(PYTHON_IN_VENV) -m launcher exec -- $(PYTHON_IN_VENV) -m pytest -m long $(ARGS)

lint: install-dev lint-style lint-format lint-types lint-rooms lint-templates lint-template-format lint-migrations ## style, types, imports between rooms, templates, missing migrations

lint-style:
	.venv/bin/ruff check .
lint-format:
	.venv/bin/ruff format --check .
lint-types:
	.venv/bin/mypy
lint-rooms:
	.venv/bin/lint-imports
lint-templates:
	.venv/bin/djlint --lint --quiet */templates
lint-template-format:
	.venv/bin/djlint --check */templates
lint-migrations:
	$(PYTHON_IN_VENV) -W "ignore:Got an error checking a consistent migration history" manage.py makemigrations --check --dry-run

demo: install ## the whole path on the sample, headless, up to a release
	@$(PYTHON_IN_VENV) manage.py demo

faults: install-dev ## kill -9 on every part of a real stack while people submit; ROUNDS=300
	@$(PYTHON_IN_VENV) -m tests.faults --rounds $(or $(ROUNDS),300) $(ARGS)

faults-model: install-dev ## kill -9 of a model worker at random points of a pass over 14,042 translations; KILLS=20
	@LOG_LEVEL=ERROR $(PYTHON_IN_VENV) -m launcher exec -- $(PYTHON_IN_VENV) -m tests.faults.model_pass --kills $(or $(KILLS),20) $(ARGS)

bench: install-dev ## measure what the project promises about speed
	@$(PYTHON_IN_VENV) -m launcher exec -- $(PYTHON_IN_VENV) -m bench $(ARGS)

bench-model: install-dev ## measure the model pass: pairs a second against a bare loop, padding, memory; on a card where there is one
	@$(PYTHON_IN_VENV) -m bench.model $(ARGS)
	@$(PYTHON_IN_VENV) -m launcher exec -- $(PYTHON_IN_VENV) -m bench serving

fuzz: install-dev ## make up requests of every role, and random lives of the queues: REQUESTS=10000 RUNS=500 STEPS=50
	@FUZZ_REQUESTS=$${REQUESTS:-10000} FUZZ_RUNS=$${RUNS:-500} FUZZ_STEPS=$${STEPS:-50} \
	  $(PYTHON_IN_VENV) -m launcher exec -- $(PYTHON_IN_VENV) -m pytest tests/fuzz -s $(ARGS)

backup: install ## save rows and files while the site works: make backup TO=/backups/monday
	@test -n "$(TO)" || { echo "Where to? make backup TO=/a/new/folder" >&2; exit 2; }
	@$(PYTHON_IN_VENV) manage.py backup "$(TO)"

restore: install ## put a backup into an empty, stopped site: make restore FROM=/backups/monday [REPLACE=1]
	@test -n "$(FROM)" || { echo "From where? make restore FROM=/a/backup" >&2; exit 2; }
	@$(PYTHON_IN_VENV) manage.py restore "$(FROM)" $(if $(REPLACE),--replace)

hands: install-dev ## 64 programs of 32 people at one campaign: nothing lost, nothing doubled (ARGS: how many tasks)
	@$(PYTHON_IN_VENV) -m launcher exec -- $(PYTHON_IN_VENV) -m tests.many_hands $(ARGS)

clean: ## remove environments, caches and test results; the data stay
	rm -rf .venv .venv-clients .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache test-results
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
