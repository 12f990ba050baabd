# The course's commands. Each one sets up .venv by itself, with Python 3.10 to 3.13.
#
#   make run        execute the three notebooks headlessly; results in output/ (FULL=1: the chapter's epochs)
#   make lab        open the notebooks in JupyterLab
#   make test       every check
#   make bench      measure the course's way against the chapter's; QUICK=1: in 2 minutes, keeping nothing
#   make train      train notebook 3's DCGAN by itself; WORKERS=2: as two processes that train as one
#   make test-matrix  most checks with the oldest and with the newest packages that the requirements admit
#   make lint       ruff on the .py files and the notebooks
#   make data       fetch the chapter's own data into data/book
#   make notebooks  derive the learner's notebooks/ and the README's pictures from solutions/
#   make assignment the course as learners get it, without solutions, as a zip
#   make grade      autograde what learners handed in: SUBMITTED=folder, one folder in it for each learner
#   make site       the course as a web site that needs no network, in output/site/
#   make publish    stamp the public address into badges and setup cells: REPO=owner/name [BRANCH=main]

PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11 python3.10 python; do \
	$$python -c 'import sys; sys.exit(not (3, 10) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null \
	&& echo $$python && break; done)
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
# nbgrader empties the solutions; nbconvert drops what the cells tagged "task" printed.
DERIVE := $(BIN)/jupyter nbconvert --config tools/derive_config.py --to notebook --output-dir notebooks solutions/*.ipynb
NOTEBOOKS := 01_lstm_headlines 02_quadratic_gan 03_fruit_gan

.PHONY: run lab test test-matrix bench train lint data notebooks assignment grade site publish
.DEFAULT_GOAL := run

.venv/learner: requirements.txt
	@test -n "$(PYTHON)" || { echo "Python 3.10 to 3.13 is needed, and none was found: install one, or name it with" \
		"make PYTHON=/path/to/python"; exit 1; }
	@echo "Setting up .venv with $(PYTHON); this takes some minutes the first time."
	@$(PYTHON) -m venv .venv
	@$(PIP) -r requirements.txt
	@touch $@

.venv/developer: .venv/learner requirements-dev.txt
	@echo "Installing what the checks need."
	@$(PIP) -r requirements-dev.txt
	@touch $@

run: .venv/learner
	@$(BIN)/python tools/run_notebooks.py $(if $(FULL),--full) $(NOTEBOOKS)

lab: .venv/learner
	@$(BIN)/jupyter lab --ServerApp.ip=127.0.0.1 notebooks

test: .venv/developer
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/python -m pytest --numprocesses 3 --dist loadfile --no-loadscope-reorder

test-matrix: .venv/developer
	@$(BIN)/python tools/matrix.py $(CHECKS)

bench: .venv/developer
	@$(BIN)/python benchmarks/run.py $(if $(QUICK),--quick)

train: .venv/learner
	@$(BIN)/python tools/train.py --workers $(or $(WORKERS),1)

lint: .venv/developer
	$(BIN)/ruff check
	$(BIN)/ruff format --check

data:
	@$(or $(PYTHON),python3) data/fetch.py $(if $(GROCERY),--grocery)

notebooks: .venv/developer
	@$(DERIVE)
	@$(BIN)/python tools/readme_pictures.py

assignment: .venv/developer
	@$(BIN)/python tools/grade.py assignment

grade: .venv/developer
	@test -n "$(SUBMITTED)" || { echo "Say where the submissions are:  make grade SUBMITTED=folder"; exit 1; }
	@$(BIN)/python tools/grade.py grade "$(SUBMITTED)"

site: .venv/developer
	@$(BIN)/python tools/make_site.py

publish: .venv/developer
	@test -n "$(REPO)" || { echo "Say where the course is public:  make publish REPO=owner/name [BRANCH=main]"; exit 1; }
	@$(BIN)/python tools/publish.py "$(REPO)" --branch "$(or $(BRANCH),main)"
	@$(BIN)/ruff format --quiet solutions
	@$(DERIVE)
