# Two commands do all set-up: `make demo` shows a report, `make test` runs every check and test.
# PIP_ARGS reaches every pip install (another index, say); PYTHON names an interpreter of your choice.

VENV ?= .venv
PYTHON ?=
PIP_ARGS ?=
DEMO_RUN ?= tests/archive/pendulum-td3-loss-detached
BIN := $(VENV)/bin
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt $(PIP_ARGS)

.DEFAULT_GOAL := help
.PHONY: help demo test lint docs bench

help:
	@echo "make demo    set up, analyse a bundled run and say where the report is"
	@echo "make test    set up, run every check and test"
	@echo "make lint    formatter, linter and type checker alone"
	@echo "make docs    write the pages of docs/ again from the detectors and causes"
	@echo "make bench   time the readers and the analysis"

demo: $(VENV)/.installed
	@$(BIN)/forensics analyze $(DEMO_RUN) --output forensics-report/demo
	@echo
	@echo "The report: $(CURDIR)/forensics-report/demo/report.html"
	@echo "Your own run: $(BIN)/forensics analyze RUN"

test: lint
	$(BIN)/python -m pytest -n 2 -q

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

docs: $(VENV)/.installed-dev
	$(BIN)/python docs/generate.py

bench: $(VENV)/.installed-dev
	@for script in tests/benchmarks/*.py; do echo "== $$script"; $(BIN)/python $$script || exit 1; done

$(VENV)/.installed: $(BIN)/python pyproject.toml constraints.txt
	@echo "Installing run-forensics into $(VENV) (once; a minute or two) ..."
	@$(INSTALL) -e .
	@touch $@

$(VENV)/.installed-dev: $(BIN)/python pyproject.toml constraints.txt
	@echo "Installing run-forensics and what its tests need into $(VENV) (once; a minute or two) ..."
	@$(INSTALL) -e '.[dev]'
	@touch $@ $(VENV)/.installed

# A name on the PATH may be a pyenv shim without a version behind it, or a Python without ensurepip: try each.
$(BIN)/python:
	@for python in $(or $(PYTHON),python3.11 python3.12 python3.13 python3.14 python3); do \
	  if $$python -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then \
	    echo "Creating $(VENV) with $$($$python -c 'import sys; print(sys.executable)') ..."; \
	    exec $$python -m venv $(VENV); \
	  fi; \
	done; \
	echo "No Python 3.11 or newer with venv was found$(if $(PYTHON), at $(PYTHON)). Install one, or name it: make PYTHON=/path/to/python3.11" >&2; \
	exit 1
