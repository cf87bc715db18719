# One command for each thing people do here; `make` alone lists them.
# The first one that needs it makes the virtual environment .venv and installs into it.

PYTHON ?= python3#   the interpreter that .venv is made with: 3.11, 3.12 or 3.13
PIP_ARGS ?=#         further arguments for `pip install`
CHAPTER ?=#          chapters that `store` is limited to, such as 01-neurons
LAB_ARGS ?=#         further arguments for JupyterLab
WORKERS ?= 2#        processes that run the unit tests

VENV := .venv
PY := $(VENV)/bin/python
SETUP := $(VENV)/.ok
PYTEST := $(PY) -m pytest

# Small matrix products gain nothing from threads, and two test processes share the cores.
unit conformance notebooks: export OMP_NUM_THREADS = 1

.DEFAULT_GOAL := help
.PHONY: help book test test-all lint types unit conformance notebooks browser wheel-test store lab bench mutants clean new-venv

help:  ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' Makefile
	@echo
	@echo '  Variables: PYTHON=python3.12  PIP_ARGS="..."  CHAPTER=01-neurons  WORKERS=2'

book: $(SETUP)  ## execute every chapter and write the HTML book into build/book/html
	@$(PY) -m tools.book

lab: $(SETUP)  ## open JupyterLab on your own copy of the chapters, in my-notebooks/
	@$(PY) -m tools.lab $(LAB_ARGS)

test: $(SETUP)  ## lint, types, unit, conformance and notebook tests, with the time of each
	+@$(call run_parts,lint types unit notebooks)

test-all: $(SETUP)  ## test, then the wheel, the book and its pages in a browser; the checkout stays clean
	+@before="$$(git status --porcelain 2>/dev/null)"; \
	($(call run_parts,test wheel-test book browser)) || exit 1; \
	after="$$(git status --porcelain 2>/dev/null)"; \
	if [ "$$before" != "$$after" ]; then echo "the tests changed the checkout:"; echo "$$after"; exit 1; fi

lint: $(SETUP)  ## code, docstrings and notebooks, read but not run
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	@echo "numpydoc lint"; $(PY) -m numpydoc lint $$(find dlcore -name '*.py' | sort)
	$(PY) -m tools.lint_notebooks
	$(PY) -m tools.concordance --check

types: $(SETUP)  ## mypy --strict
	$(PY) -m mypy

unit: $(SETUP)  ## every test but those of the notebooks, the browser and the wheel
	$(PYTEST) tests --ignore=tests/notebooks -p no:nbval -n $(WORKERS) --timeout=300 -m "not browser and not wheel"

conformance: $(SETUP)  ## NumPy against PyTorch alone; `unit` holds it too
	$(PYTEST) tests/conformance -p no:nbval --timeout=300

notebooks: $(SETUP)  ## execute every chapter and compare each output with the stored one
	$(PY) -m tools.lint_notebooks
	$(PYTEST) tests/notebooks -n 2 --dist loadscope

browser: $(SETUP)  ## the pages of the built book in Chromium; skipped where there is none
	$(PYTEST) tests/setup $(wildcard tests/browser) -p no:nbval --timeout=300 -m browser

wheel-test: $(SETUP)  ## build the wheel and use it in an empty environment outside the checkout
	@rm -rf build/dist && mkdir -p build
	$(PY) -m build --outdir build/dist . > build/wheel.log || { cat build/wheel.log; exit 1; }
	$(PYTEST) tests/setup -p no:nbval --timeout=600 -m wheel

store: $(SETUP)  ## execute the chapters' texts and store the outputs that changed in chapters/, and which cell shows what
	@$(PY) -m tools.store $(CHAPTER)
	@$(PY) -m tools.concordance

bench: $(SETUP)  ## the benchmark table
	@$(PY) -m benchmarks

mutants: $(SETUP)  ## plant 300 small faults in the reference and count those that the tests catch
	@$(PY) -m tools.mutants --jobs $(WORKERS)

clean:  ## remove what was built; .venv and my-notebooks/ stay
	rm -rf build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -not -path './$(VENV)/*' -prune -exec rm -rf {} +

# Run each part, report its time, and fail at the end if one failed.
define run_parts
status=0; report=""; \
for part in $(1); do \
  echo; echo "== $$part"; start=$$(date +%s); \
  if $(MAKE) --no-print-directory $$part; then verdict=passed; else verdict=FAILED; status=1; fi; \
  report="$$report$$(printf '  %-10s %5d s  %s' $$part $$(($$(date +%s) - start)) $$verdict)\n"; \
done; \
printf "\nmake $@\n$$report"; [ $$status = 0 ]
endef

# An interpreter asked for by name that .venv was not made with: begin anew.
ifneq ($(origin PYTHON),file)
ifneq ($(shell cat $(VENV)/.python 2>/dev/null),$(PYTHON))
ANEW := new-venv
endif
endif

# .unfinished outlives an interrupted installation, whose remains pip cannot be trusted to mend.
$(SETUP): pyproject.toml constraints.txt setup.py $(ANEW)
	@$(PYTHON) -c "$$version_check"
	@echo "Setting up $(VENV) (about two minutes the first time)"
	@if [ -n "$(ANEW)" ] || [ -e $(VENV)/.unfinished ] || ! $(PY) -m pip --version >/dev/null 2>&1; then \
	  rm -rf $(VENV) && mkdir $(VENV) && touch $(VENV)/.unfinished && \
	  $(PYTHON) -m venv $(VENV) && echo "$(PYTHON)" > $(VENV)/.python; fi
	@touch $(VENV)/.unfinished
	@$(PY) -m pip install -qq --disable-pip-version-check -c constraints.txt -e ".[dev]" $(PIP_ARGS)
	@rm $(VENV)/.unfinished && touch $@

define version_check
import sys
if not (3, 11) <= sys.version_info[:2] <= (3, 13):
    found = "%d.%d" % sys.version_info[:2]
    sys.exit("dlcore needs Python 3.11, 3.12 or 3.13, and $(PYTHON) is " + found
             + ". Name another one: make PYTHON=python3.12 ...")
endef
export version_check
