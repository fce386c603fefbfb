# make demo    load the sample study and serve it; prints the address and how to sign in
# make test    all tests, several at once; those in a browser last and one by one
# make test-full  all that, the tests that take minutes, and more rounds where processes are killed
# make soak    two hundred rounds of killing the server while people save, and every statement of a migration
# make faults  deliberate faults, each with the check that must notice it
# make check   formatting, lint, types, import contracts, templates, questionnaires
# make format  rewrite the code in the house format
#
# Needs Python 3.11 or later. PYTHON=/path/to/python chooses one; TANDEM_PORT chooses the demo's port.

VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	if $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then echo $$p; break; fi; done)
PIP_INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt
INPUTS := pyproject.toml constraints.txt

.PHONY: demo test test-full soak faults check format help clean test-rooms test-journeys \
	check-format check-lint check-types check-imports check-templates check-questionnaires

help:
	@sed -n 's/^# \(make .*\)/\1/p' Makefile

demo: $(VENV)/.ready-run
	@$(BIN)/tandem demo

test: test-rooms test-journeys

test-rooms: $(VENV)/.ready-test
	$(BIN)/python -m pytest tests --ignore=tests/journeys --numprocesses auto --maxprocesses 4 --dist loadfile

test-journeys: $(VENV)/.ready-test
	$(BIN)/python -m pytest tests/journeys

test-full: export TANDEM_SOAK_ROUNDS := 10
test-full: test
	$(BIN)/python -m pytest tests -m full

soak: $(VENV)/.ready-test
	TANDEM_SOAK_ROUNDS=200 $(BIN)/python -m pytest tests/durable

faults: $(VENV)/.ready-test
	$(BIN)/python -m tests.faults

check: check-format check-lint check-types check-imports check-templates check-questionnaires
	@echo "check: all is well"

check-format: $(VENV)/.ready-dev
	$(BIN)/ruff format --check .

check-lint: $(VENV)/.ready-dev
	$(BIN)/ruff check .

check-types: $(VENV)/.ready-dev
	$(BIN)/mypy

check-imports: $(VENV)/.ready-dev
	$(BIN)/lint-imports --no-logo

check-templates: $(VENV)/.ready-dev
	$(BIN)/djlint --check webapp/templates
	$(BIN)/djlint --lint webapp/templates

check-questionnaires: $(VENV)/.ready-dev
	$(BIN)/tandem template check config/templates/*/*.yaml

format: $(VENV)/.ready-dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	-$(BIN)/djlint --reformat --quiet webapp/templates

clean:
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis

# One stamp for each set of packages, so that a second run starts at once.
$(VENV)/.made:
	@if [ -z "$(PYTHON)" ]; then \
		echo "Tandem needs Python 3.11 or later; none was found. Name one: make PYTHON=/path/to/python3.12 $(MAKECMDGOALS)"; \
		exit 1; fi
	@$(PYTHON) -m venv $(VENV) || { \
		echo "No virtual environment could be made. On Debian and Ubuntu: apt-get install python3-venv"; \
		exit 1; }
	@touch $@

$(VENV)/.ready-run: $(VENV)/.made $(INPUTS)
	@echo "Installing Tandem into $(VENV) ..."
	@$(PIP_INSTALL) --editable '.[analysis]'
	@touch $@

$(VENV)/.ready-test: $(VENV)/.made $(INPUTS)
	@echo "Installing Tandem and its test tools into $(VENV) ..."
	@$(PIP_INSTALL) --editable '.[test]'
	@touch $@ $(VENV)/.ready-run

$(VENV)/.ready-dev: $(VENV)/.made $(INPUTS)
	@echo "Installing Tandem and its development tools into $(VENV) ..."
	@$(PIP_INSTALL) --editable '.[dev]'
	@touch $@ $(VENV)/.ready-run $(VENV)/.ready-test
