# The course's commands. Each one sets up .venv by itself, with Python 3.10 to 3.13.
#
#   make run          execute the solved notebooks headlessly; results in output/ (FULL=1: train as long as they say)
#   make lab          open the course in JupyterLab
#   make data         fetch the chapter's own data into data/book (GROCERY=1: fruit from shops instead)
#   make train        train notebook 3's DCGAN by itself, on all GPUs of this machine
#   make doctor       look at Python, packages, data, disk, memory, GPU, and say what is to do; sets nothing up
#
#   make test         every check but the weekly; make check: the quick ones, in a minute; make lint: style
#   make notebooks    derive notebooks, README's figures and pictures from solutions/*.py and benchmarks/results
#   make outputs      execute a lesson in full and keep its outputs: LESSON=02_quadratic_gan
#   make figures      draw the diagrams
#   make bench        measure the course's way against the chapter's; QUICK=1: in 2 minutes, keeping nothing
#   make mutants      change the course in some 200 wrong ways; a test has to notice each (half an hour)
#   make weekly       what repeats at length: slow answers, languages, whole notebooks in a browser
#   make test-matrix  the checks with the oldest packages, the newest, and those beyond: ENDS="oldest newest uncapped"
#   make links        ask whether each address that the course names is there; needs a network
#   make system       what the checks use besides Python, by apt: a browser, fonts, bubblewrap (Debian, Ubuntu)
#   make lock         write the exact versions that made the outputs to requirements.lock
#   make site         the course as a web site that needs no network, in output/site/
#   make publish      stamp the public address into badges and set-up cells: REPO=owner/name [BRANCH=main]
#
#   make release      the hand-out and the site as zips, in output/release/
#
#   make assignment   what learners get: a folder and a zip; REPO=owner/name: ready to be that public repository
#   make grade        mark what learners handed in: SUBMITTED=folder [JOBS=2] [LEARNER=name] [AGAIN=1] [EVERYTHING=1] [LMS=table.csv]

PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11 python3.10 python; do \
	$$python -c 'import sys; sys.exit(not (3, 10) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null \
	&& echo $$python && break; done)
# Never a script of .venv/bin: its first line names the folder that the course had when it was set up.
PY := .venv/bin/python
AS_ROOT := $(if $(filter-out 0,$(shell id -u)),sudo)
PIP := $(PY) -m pip install --quiet --disable-pip-version-check

# A Python that has gone is replaced; nbgrader calls a script by name, so a moved folder is set up anew for it. What
# Windows set up has no bin, and is left to it.
ifneq ($(wildcard .venv/bin),)
ifneq ($(shell $(PY) -c 'print(1)' 2>/dev/null),1)
$(shell rm -rf .venv)
endif
ifneq ($(shell cat .venv/developer 2>/dev/null),$(CURDIR))
$(shell rm -f .venv/developer)
endif
endif

.PHONY: help run lab data train doctor lint test check weekly notebooks outputs figures bench mutants test-matrix links system lock site publish release assignment grade
.DEFAULT_GOAL := run

help:
	@sed -n 's/^#   //p' Makefile

.venv/learner: requirements.txt
	@test -n "$(PYTHON)" || { echo "Python 3.10 to 3.13 is needed, and none was found: install one, or name it with" \
		"make PYTHON=/path/to/python"; exit 1; }
	@test ! -d .venv/Scripts || { echo "This .venv is Windows' own: delete it, or use another copy of the course here"; exit 1; }
	@echo "Setting up .venv with $(PYTHON); this takes some minutes the first time."
	@$(PYTHON) -m venv .venv
	@$(PIP) -r requirements.txt
	@touch $@

.venv/developer: .venv/learner requirements-dev.txt
	@echo "Installing what the checks need."
	@$(PIP) -r requirements-dev.txt
	@$(PIP) --force-reinstall --no-deps alembic
	@echo "$(CURDIR)" > $@

run: .venv/learner
	@$(PY) -m tools.run_notebooks $(if $(FULL),--full)

lab: .venv/learner
	@$(PY) -m jupyterlab --ServerApp.ip=127.0.0.1

data:
	@$(or $(PYTHON),python3) data/fetch.py $(if $(GROCERY),--grocery)

train: .venv/learner
	@$(PY) -m tools.train

doctor:
	@$(if $(wildcard .venv/bin),$(PY),$(or $(PYTHON),python3)) -m course.doctor

lint: .venv/developer
	@$(PY) -m ruff check
	@$(PY) -m ruff format --check

test: lint
	@$(PY) -m pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder -m "not weekly"

check: lint
	@$(PY) -m pytest --numprocesses 2 --dist loadfile -m "not slow and not weekly" tests

weekly: .venv/developer
	@$(PY) -m pytest --numprocesses 2 --dist loadfile -m weekly tests

notebooks: .venv/developer
	@$(PY) -m tools.measured
	@$(PY) -m tools.lessons derive
	@$(PY) -m tools.pictures
	@$(PY) -m benchmarks.run --write

outputs: .venv/developer
	@test -n "$(LESSON)" || { echo "Say which lesson:  make outputs LESSON=02_quadratic_gan"; exit 1; }
	@$(PY) -m tools.lessons run $(LESSON)

figures: .venv/developer
	@$(PY) -m figures.draw

bench: .venv/developer
	@$(PY) -m benchmarks.run $(if $(QUICK),--quick)

mutants: .venv/developer
	@$(PY) -m tools.mutants

test-matrix: .venv/developer
	@$(PY) -m nox --session $(foreach end,$(or $(ENDS),oldest newest uncapped),"checks($(end))")

links: .venv/developer
	@$(PY) -m tools.make_site --links

system:
	@$(AS_ROOT) apt-get update -qq
	@$(AS_ROOT) apt-get install -y -qq --no-install-recommends bubblewrap fonts-dejavu-core \
		$(if $(shell command -v chromium chromium-browser google-chrome),,chromium)
	@-$(AS_ROOT) sysctl -qw kernel.apparmor_restrict_unprivileged_userns=0  # else bubblewrap may do nothing on Ubuntu 24.04

lock: .venv/developer
	@$(PY) -m uv pip freeze --python $(PY) > .venv/here.txt
	@$(PY) -m uv pip compile --quiet --universal --python-version 3.11.7 --no-annotate --no-header \
		--constraints .venv/here.txt requirements.txt --output-file requirements.lock

site: .venv/developer
	@$(PY) -m tools.make_site

publish: .venv/developer
	@test -n "$(REPO)" || { echo "Say where the course is public:  make publish REPO=owner/name [BRANCH=main]"; exit 1; }
	@$(PY) -m tools.publish "$(REPO)" --branch "$(or $(BRANCH),main)"
	@$(PY) -m tools.lessons derive

release: .venv/developer
	@$(PY) -m tools.hand_out --output output/release/generative-models --grades output/release/grades
	@$(PY) -m tools.make_site --output output/release/site --zip

assignment: .venv/developer
	@$(PY) -m tools.hand_out $(if $(REPO),--repo "$(REPO)") $(if $(BRANCH),--branch "$(BRANCH)")

grade: .venv/developer
	@test -n "$(SUBMITTED)" || { echo "Say where the submissions are:  make grade SUBMITTED=folder"; exit 1; }
	@$(PY) -m tools.grade "$(SUBMITTED)" $(if $(JOBS),--jobs $(JOBS)) $(if $(LEARNER),--learner "$(LEARNER)") \
		$(if $(AGAIN),--again) $(if $(EVERYTHING),--everything) $(if $(LMS),--lms "$(LMS)")
