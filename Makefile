# Two commands do all set-up: `make demo` shows a report, `make test` runs every check and test.
# PIP_ARGS reaches every pip install (an index of CPU builds of torch, say); PYTHON names an interpreter of your choice.

VENV ?= .venv
PYTHON ?=
PIP_ARGS ?=
BIN := $(VENV)/bin
LOG := $(VENV)/trainer.log
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt $(PIP_ARGS)

DEMO := forensics-report/demo
DEMO_RUN := $(DEMO)/lane-keeping
DEMO_FAULT := actor-loss-through-encoder
# The actor starts early, so that 1,200 steps are enough for the mistake to show.
DEMO_FLAGS := --total-steps 1200 --learning-starts 200 --actor-starts 100 --evaluation-interval 0
BUNDLED := tests/archive/pendulum-td3-loss-detached
INSTEAD := analysing a bundled run instead of training one.

GALLERY := reports/gallery
GALLERY_RUNS := trainer-actor-loss-through-encoder-1 pendulum-td3-loss-detached \
	mountaincar-td3-exploration-collapsed pendulum-sac-healthy
CHROMIUM ?= chromium
SHOT := --headless --no-sandbox --disable-gpu --hide-scrollbars --window-size=1280,800

HAS_TRAINER = $(BIN)/python -c 'import carla, gymnasium, msgpack, torch, tyro' >/dev/null 2>&1
# carla comes first and alone: where it has no wheel, the large torch would be fetched for nothing.
GET_CARLA = { $(INSTALL) --no-deps --only-binary carla carla >$(LOG) 2>&1 || \
	{ echo "No carla wheel for this platform and Python (see $(LOG)): $(INSTEAD)"; false; }; }
GET_TORCH = { echo "Installing the trainer as well (once; torch is large, a CPU build will do) ..."; \
	{ $(INSTALL) -e '.[trainer]' >$(LOG) 2>&1 && $(HAS_TRAINER); } || \
	{ echo "torch, or what comes with it, cannot be installed here (see $(LOG); another index: PIP_ARGS): $(INSTEAD)"; false; }; }

.DEFAULT_GOAL := help
.PHONY: help demo test lint docs bench gallery browser

help:
	@echo "make demo    set up, train a short run with a mistake in it, analyse it and say where the report is"
	@echo "make test    set up, run every check and test"
	@echo "make lint    formatter, linter and type checker alone"
	@echo "make docs    write the pages of docs/ again from the detectors and causes"
	@echo "make bench   time the readers and the analysis"
	@echo "make gallery write the reports of reports/gallery/ again, and the picture of the README"
	@echo "make browser open reports in headless Chromium: accessibility, width, print, hostile text (needs node and npm)"

demo: $(VENV)/.installed
	@rm -rf $(DEMO) && mkdir -p $(DEMO)
	@if $(HAS_TRAINER) || { $(GET_CARLA) && $(GET_TORCH); }; then \
	  echo "Training with a mistake in it, on a stand-in for a CARLA server (half a minute) ..."; \
	  $(BIN)/trainer train --fault $(DEMO_FAULT) $(DEMO_FLAGS) --run-dir $(DEMO_RUN) && \
	  $(BIN)/forensics analyze $(DEMO_RUN) --output $(DEMO) && \
	  { echo; echo "What had been planted: $(DEMO_FAULT)"; }; \
	else \
	  $(BIN)/forensics analyze $(BUNDLED) --output $(DEMO) && echo; \
	fi
	@echo "The report: $(CURDIR)/$(DEMO)/report.html"
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
	@for script in $$(grep -l __main__ tests/benchmarks/*.py); do echo "== $$script"; $(BIN)/python $$script || exit 1; done

gallery: $(VENV)/.installed
	rm -rf $(GALLERY)
	SOURCE_DATE_EPOCH=0 $(BIN)/forensics analyze $(addprefix tests/archive/,$(sort $(GALLERY_RUNS))) --format html --output $(GALLERY)
	@$(CHROMIUM) $(SHOT) --screenshot=docs/report.png $(GALLERY)/$(firstword $(GALLERY_RUNS))/report.html >/dev/null 2>&1 || \
	  echo "No chromium (CHROMIUM names one): docs/report.png is left as it is."

browser: $(VENV)/.installed-dev
	FORENSICS_BROWSER=1 $(BIN)/python -m pytest -q tests/browser

$(VENV)/.installed: $(BIN)/python pyproject.toml constraints.txt
	@echo "Installing run-forensics into $(VENV) (once; a minute or two) ..."
	@$(INSTALL) -e .
	@touch $@

# Without the trainer's packages there is no stamp, so that the next call tries again.
$(VENV)/.installed-dev: $(BIN)/python pyproject.toml constraints.txt
	@echo "Installing run-forensics and what its tests need into $(VENV) (once; some minutes, torch is large) ..."
	@if $(INSTALL) -e '.[dev,trainer]' >$(LOG) 2>&1; then touch $@ $(VENV)/.installed; \
	else echo "torch cannot be installed here (why: $(LOG)): tests of the trainer will be skipped."; \
	  $(INSTALL) -e '.[dev]'; \
	fi

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
