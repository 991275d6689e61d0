# tillside: every target sets up what it needs by itself.
#   make demo           the whole way, on simulated hardware, in under a minute
#   make demo KEEP=1    the same, left running, with the cashier's page to look at
#   make test           everything that must hold
#   make bench          the numbers, each beside its limit or peer
#   make chaos          power cuts, kills and lying disks by the thousand; some minutes
#   make replay         a year of real baskets

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt
# Tests wait for other processes nearly half of the time: one more than there are cores.
WORKERS ?= $(shell expr $$(nproc 2>/dev/null || echo 2) + 1)
KEEP ?=
STORE ?=

.PHONY: demo test lint types imports unit bench chaos replay clean

$(VENV)/.made: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "tillside needs Python 3.11 or newer: make PYTHON=/path/to/python3.11")'
	@echo "setting up $(VENV) (once)"
	@$(PYTHON) -m venv $(VENV)
	@$(PIP) --editable '.[demo]'
	@touch $@

$(VENV)/.dev: $(VENV)/.made
	@echo "adding the test tools (once)"
	@$(PIP) --editable '.[demo,dev,fonts,fonts-cjk]'
	@touch $@

$(VENV)/.bench: $(VENV)/.dev
	@$(PIP) --editable '.[demo,dev,fonts,fonts-cjk,bench,peers]'
	@touch $@

$(VENV)/.realdata: $(VENV)/.made
	@$(PIP) --editable '.[demo,realdata]'
	@touch $@

demo: $(VENV)/.made
	@$(BIN)/tillside-sim demo --out out/demo $(if $(KEEP),--keep)

test: $(VENV)/.dev
	@sh tools/system_packages.sh mosquitto
	@sh tools/system_packages.sh postgresql=pg_ctlcluster || echo "the tests on PostgreSQL are skipped" >&2
	@command -v chromium-browser >/dev/null || sh tools/system_packages.sh chromium || echo "the tests in a browser are skipped" >&2
	@$(MAKE) --no-print-directory lint types imports unit

lint: $(VENV)/.dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/vulture

types: $(VENV)/.dev
	@$(BIN)/mypy

imports: $(VENV)/.dev
	@$(BIN)/lint-imports

unit: $(VENV)/.dev
	@PATH="$$PATH:/usr/sbin" $(BIN)/python -m pytest -q -n $(WORKERS) --dist worksteal

bench: $(VENV)/.bench
	@$(BIN)/python -m tests.bench --out out/bench.json

chaos: $(VENV)/.dev
	@sh tools/system_packages.sh mosquitto
	@PATH="$$PATH:/usr/sbin" $(BIN)/python -m tools.chaos --out out/chaos.json

replay: $(VENV)/.realdata
	@$(BIN)/tillside-hq import completejourney --out out/year
	@$(BIN)/tillside replay out/year --json out/replay.json $(if $(STORE),--store $(STORE))
	@$(if $(STORE),,$(BIN)/python tools/check_replay.py out/replay.json)

clean:
	rm -rf $(VENV) out build *.egg-info
