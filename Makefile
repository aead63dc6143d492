# The two commands, and those that a developer needs. Everything runs in .venv; nothing else is touched.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
# A local wheel folder or index that pip knows of is offered to uv as well.
export UV_FIND_LINKS ?= $(PIP_FIND_LINKS)

.PHONY: help run test lint bench screenshots clean

help:
	@echo "make run          set up, simulate a firm, train, fill the queue and serve it"
	@echo "make test         set up with development tools and run the whole suite"
	@echo "make bench        run the benchmarks, one JSON line per figure"
	@echo "make screenshots  write every page in light and dark to docs/screenshots"

$(VENV)/bin/python:
	./tools/system $(PYTHON)
	./tools/venv $(PYTHON) $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip

# One environment for running and for testing: the stamp follows the two files that decide what is in it.
$(VENV)/.run: pyproject.toml constraints.txt | $(VENV)/bin/python
	./tools/install $(BIN) ".[studies]"
	@touch $@

$(VENV)/.dev: pyproject.toml constraints.txt | $(VENV)/bin/python
	./tools/install $(BIN) ".[dev]"
	./tools/browser $(BIN)
	@touch $@ $(VENV)/.run

run: $(VENV)/.run
	@$(BIN)/triage run

test: $(VENV)/.dev
	$(BIN)/python -m pytest -n auto --dist worksteal

lint: $(VENV)/.dev
	$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy && $(BIN)/lint-imports

bench: $(VENV)/.dev
	@for file in benchmarks/bench_*.py; do $(BIN)/python -m benchmarks.$$(basename $$file .py) || exit 1; done

screenshots: $(VENV)/.dev
	$(BIN)/triage screenshots --stage

clean:
	rm -rf $(VENV)
