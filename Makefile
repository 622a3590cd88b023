# Two commands: "make run" and "make test". Both set everything up first; see "make help".

bootstrap := sh scripts/python.sh scripts/bootstrap.py

# Only what is typed on the command line counts, not a FOLDER that happens to be in the environment.
ifeq ($(origin FOLDER),command line)
export ALLDETECT_FOLDER := $(FOLDER)
endif

.PHONY: help run test test-offline lint setup lock bench bundle bundle-full bundle-test bundle-report packages sbom licences drill-kill drill-flips drill-copies drill-exports drill-folders drill-lab-day drill-hostile
.NOTPARALLEL:

help:
	@echo 'make run                 set up, then open the program on the sample cells'
	@echo 'make run FOLDER=/images  the same on your own folder'
	@echo 'make test                set up, then check style, types, walls and run every test'
	@echo 'make test-offline       every test without any network (unshare --net)'
	@echo 'make lint                the checks without the tests'
	@echo 'make setup               only set up (.venv; it is rebuilt when the lock changes)'
	@echo 'make lock                write requirements/*.txt anew from pyproject.toml'
	@echo 'make bench               how fast it is here, against Keras (some minutes; docs/performance.md)'
	@echo 'make bundle              the standalone program in dist/alldetect (bundle-full: with TensorFlow, for training)'
	@echo 'make packages            an archive and a .deb of it; bundle-report, bundle-test: see docs/packaging.md'
	@echo 'make sbom, make licences  what is shipped, as CycloneDX; its licences, from what is installed'
	@echo 'make drill-kill          kill -9 a batch 50 times; others are in docs/reliability.md'
	@echo 'Add PYTHON=python3.12 to choose the Python (3.11, 3.12 or 3.13).'

run test test-offline lint setup lock bench bundle bundle-full bundle-test bundle-report packages sbom licences:
	@$(bootstrap) $@

# Each drill is a module of tests/drills; a small version of each is among the tests.
drill-kill drill-flips drill-copies drill-exports drill-folders drill-hostile: setup
	@.venv/bin/python -m tests.drills.$(@:drill-%=%)

# A technician's day at the window; CELLS=/folder for cells of your own, SHOTS=/folder for a picture of every step.
drill-lab-day: setup
	@.venv/bin/python -m tests.drills.lab_day $(if $(CELLS),--cells "$(CELLS)") $(if $(SHOTS),--shots "$(SHOTS)")
