# The commands of developers and CI. PYTHON selects the interpreter for .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export HF_HUB_DISABLE_TELEMETRY := 1
# The tests start hundreds of interpreters: none of them compiles what another one has compiled.
unexport PYTHONDONTWRITEBYTECODE
# They make and delete thousands of files, which takes a minute on some disks: in memory where 4 GB are free.
ROOMY := $(shell df -k --output=avail /dev/shm 2>/dev/null | awk 'NR == 2 && $$1 > 4000000 {print "/dev/shm"}')
test quick check: export TMPDIR := $(or $(ROOMY),$(TMPDIR),/tmp)

# One worker more than cores: a fifth of the tests' time is waiting.
WAITERS = $(shell expr $$(getconf _NPROCESSORS_ONLN) + 1)

.PHONY: quickstart test test-vllm quick check format docs guide clean

quickstart: $(VENV)/.quickstart  ## install, run four benchmarks against five models, build the board
	$(BIN)/mmeval quickstart

test: $(VENV)/.test  ## install the test dependencies and run all tests
	sh scripts/install-chromium.sh
	$(BIN)/python -m pytest -n $(WAITERS)

quick: $(VENV)/.test  ## the tests without browser, provoked failures, wheel, local models and slow ones: a minute and a half
	$(BIN)/python -m pytest -n $(WAITERS) -m "not (browser or chaos or wheel or local or slow)"

test-vllm: $(VENV)/.test  ## ask the real vLLM in the environment VLLM=ENV; see tests/local/real_vllm.py
	$(BIN)/python -m tests.local.real_vllm $(VLLM)

check: $(VENV)/.dev  ## check formatting, lint and types, run all tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -n $(WAITERS)

format: $(VENV)/.dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

docs: $(VENV)/.dev  ## write the generated pages
	$(BIN)/python -m typer mmeval.cli utils docs --name mmeval --title "Command line" --output docs/cli.md

guide: $(VENV)/.dev  ## build the guide in _guide/; a link that leads nowhere is an error
	$(BIN)/zensical build --strict

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

# Install the CPU build of torch first, so that no other package pulls in a newer one with CUDA.
$(VENV)/.%: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(BIN)/pip install --quiet --constraint constraints.txt torch
	$(BIN)/pip install --quiet --constraint constraints.txt --editable '.[$*]'
	touch $@

clean:
	rm -rf $(VENV) .cache _guide _site _quickstart _arena dist .mypy_cache .ruff_cache .pytest_cache
