# make demo    load the sample study and serve it; prints the address and how to sign in
# make test    all tests, several at once; those in a browser last and one by one
# make test-full  all that, the tests that take minutes, and more rounds where processes are killed
# make assured  of every promise in docs/assurance.md the tests that each run takes; writes their results into that page
# make assured-full  those, and the tests that take minutes (an hour)
# make soak    two hundred rounds of killing the server while people save, 100,000 saves, and every statement of a migration
# make endurance  four hours of thirty people at work, the server ended and started anew all the while (or a part of them: TANDEM_ENDURANCE_FOLDER)
# make bench   the product against its peers and floors; writes docs/benchmarks.md, fails where a goal is missed
# make usability  how many actions the great tasks take, here and in a spreadsheet; writes docs/usability.md (minutes)
# make timing  do times to answer tell a coder of the other, or a stranger of an account? (minutes, on a quiet machine)
# make looks   every page that the tests of pages meet, in every state, shown to axe and on narrow screens (minutes)
# make faults  deliberate faults, each with the check that must notice it
# make sbom    a list of everything that a release is made of, as CycloneDX, in dist/
# make hashes  write docs/deploying/requirements.txt anew: everything that a release is made of, each file with its hash
# make audit   look every pinned dependency up for known weaknesses; fails where one could not be looked up, or after 90 days without a review
# make check   formatting, lint, types, import contracts, templates, questionnaires
# make pictures  draw the pictures of help and documentation anew
# make format  rewrite the code in the house format
#
# Needs Python 3.11 or later. PYTHON=/path/to/python chooses one; TANDEM_PORT chooses the demo's port.

VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	if $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then echo $$p; break; fi; done)
PIP_INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt
INPUTS := pyproject.toml constraints.txt
PRODUCT := schema forms exports webapp
HASHED := docs/deploying/requirements.txt
# Programs that look at Tandem from outside, apart from what it runs on.
TOOLS := $(VENV)/tools

.PHONY: demo test test-full soak endurance bench timing faults looks usability pictures check format help clean reviewed test-rooms test-journeys sbom audit hashes assured assured-full \
	check-format check-lint check-types check-imports check-templates check-questionnaires

help:
	@sed -n 's/^# \(make .*\)/\1/p' Makefile

demo: $(VENV)/.ready-run
	@$(BIN)/tandem demo

test: test-rooms test-journeys

test-rooms: $(VENV)/.ready-test
	$(BIN)/python -m pytest tests --ignore=tests/journeys --numprocesses auto --maxprocesses 4 --dist loadfile --durations 25

test-journeys: $(VENV)/.ready-test
	$(BIN)/python -m pytest tests/journeys --durations 10

test-full: export TANDEM_SOAK_ROUNDS := 10
test-full: test
	$(BIN)/python -m pytest tests -m full

ASSURANCE := $(BIN)/python -m tests.assurance

assured: $(VENV)/.ready-test
	@mkdir -p build
	-$(BIN)/python -m pytest $$($(ASSURANCE) --every-run) --numprocesses auto --maxprocesses 4 --dist loadfile --durations 10 \
		--junit-xml=build/assured.xml
	@$(ASSURANCE) build/assured.xml

assured-full: assured
	-$(BIN)/python -m pytest -m full $$($(ASSURANCE) --all) --durations 10 --junit-xml=build/assured-full.xml
	@$(ASSURANCE) build/assured.xml build/assured-full.xml

soak: $(VENV)/.ready-test
	TANDEM_SOAK_ROUNDS=200 TANDEM_SOAK_SAVES=100000 $(BIN)/python -m pytest tests/durable --capture no

endurance: $(VENV)/.ready-test
	TANDEM_ENDURANCE_MINUTES=$${TANDEM_ENDURANCE_MINUTES:-240} $(BIN)/python -m pytest tests/durable/test_endurance.py -m full --capture no

bench: $(VENV)/.ready-bench
	$(BIN)/python -m tests.bench

timing: $(VENV)/.ready-test
	$(BIN)/python -m tests.timing

looks: $(VENV)/.ready-test
	$(BIN)/python -m tests.looks

faults: $(VENV)/.ready-test
	$(BIN)/python -m tests.faults

usability: $(VENV)/.ready-test
	$(BIN)/python -m tests.usability

pictures: $(VENV)/.ready-test
	$(BIN)/python -m tests.support.pictures

sbom: $(TOOLS)/.ready
	@rm -rf build/released && $(PYTHON) -m venv build/released
	@build/released/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement $(HASHED)
	@build/released/bin/python -m pip install --quiet --disable-pip-version-check --no-deps .
	@mkdir -p dist
	@$(TOOLS)/bin/cyclonedx-py environment --pyproject pyproject.toml --short-PURLs --output-reproducible \
		--of JSON --output-file dist/tandem.cdx.json build/released/bin/python
	@echo "sbom: dist/tandem.cdx.json"

# For every platform, so that a file that is not the one that was looked at is installed on none of them.
hashes: $(TOOLS)/.ready
	@{ sed -n '1,/^[^#]/{/^#/p}' $(HASHED); \
		$(TOOLS)/bin/uv pip compile pyproject.toml $(foreach one,analysis postgres s3 server sso,--extra $(one)) \
		--constraint constraints.txt --universal --python-version 3.11 --generate-hashes \
		--no-header --no-annotate --no-emit-index-url --quiet; } > $(HASHED).new
	@mv $(HASHED).new $(HASHED)

# Pins are reviewed (newer versions looked for, each change tried) at least every 90 days; whoever has done it writes the day down.
reviewed:
	@$(PYTHON) -c 'import datetime, re, sys; \
		day = datetime.date.fromisoformat(re.search(r"^# Last changed or reviewed: (\S+)$$", open("constraints.txt").read(), re.M)[1]); \
		age = (datetime.date.today() - day).days; \
		print(f"audit: the pinned versions were last changed or reviewed on {day}, {age} days ago"); \
		sys.exit("audit: FAILED. Look for newer versions, then write the day into constraints.txt." if age > 90 else 0)'

# Nothing counts as audited unless every single dependency was looked up.
audit: $(TOOLS)/.ready reviewed
	@$(TOOLS)/bin/pip-audit --strict --disable-pip --no-deps --progress-spinner off -r constraints.txt || { \
		echo "audit: FAILED. Either a weakness is named above, or a dependency could not be looked up: then nothing"; \
		echo "audit: has been audited. It needs a network with a source of advisories."; exit 1; }

check: check-format check-lint check-types check-imports check-templates check-questionnaires
	@echo "check: all is well"

check-format: $(VENV)/.ready-dev
	$(BIN)/ruff format --check .

check-lint: $(VENV)/.ready-dev
	$(BIN)/ruff check .
	$(BIN)/bandit --quiet --recursive schema forms exports webapp config --configfile pyproject.toml

check-types: $(VENV)/.ready-dev
	$(BIN)/mypy
	$(BIN)/mypy --platform darwin $(PRODUCT)
	$(BIN)/mypy --platform win32 $(PRODUCT)

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

$(TOOLS)/.ready: $(VENV)/.made
	@$(PYTHON) -m venv $(TOOLS)
	@$(TOOLS)/bin/python -m pip install --quiet --disable-pip-version-check 'cyclonedx-bom>=7.5' 'pip-audit>=2.10' 'uv>=0.9'
	@touch $@

$(VENV)/.ready-run: $(VENV)/.made $(INPUTS)
	@echo "Installing Tandem into $(VENV) ..."
	@$(PIP_INSTALL) --editable '.[analysis]'
	@touch $@

$(VENV)/.ready-test: $(VENV)/.made $(INPUTS)
	@echo "Installing Tandem and its test tools into $(VENV) ..."
	@$(PIP_INSTALL) --editable '.[test]'
	@touch $@ $(VENV)/.ready-run

$(VENV)/.ready-bench: $(VENV)/.made $(INPUTS)
	@echo "Installing Tandem and what it is measured against into $(VENV) ..."
	@$(PIP_INSTALL) --editable '.[bench]'
	@touch $@ $(VENV)/.ready-run $(VENV)/.ready-test

$(VENV)/.ready-dev: $(VENV)/.made $(INPUTS)
	@echo "Installing Tandem and its development tools into $(VENV) ..."
	@$(PIP_INSTALL) --editable '.[dev]'
	@touch $@ $(VENV)/.ready-run $(VENV)/.ready-test
