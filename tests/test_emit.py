"""Laws of what the compiler writes: the same bytes for the same pipeline, statements that are cut by offset, names that are only names."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import pytest
import sqlglot
from hypothesis import given, settings
from hypothesis import strategies as st

from dataeng_ai import ir, targets
from dataeng_ai.diagnostics import Problems
from dataeng_ai.emit import beside, ddl, emit, manifest, spec_hash
from dataeng_ai.emit.artifacts import sql_files
from dataeng_ai.emit.sql import sql_file, sql_text
from dataeng_ai.runtime.bundle import Bundle
from dataeng_ai.targets.statements import STAGING, Statement
from dataeng_ai.types import parse
from tests.pipelines import HOSTILE, TICKETS, into, pipelines

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

PRINT_HASH = """
import hashlib, json, sys
sys.path.insert(0, {root!r})
from dataeng_ai.emit import emit
from tests.pipelines import TICKETS, into
files = [emit(into(storage)) for storage in ("duckdb", "postgres")]
print(hashlib.sha256(json.dumps(files).encode()).hexdigest())
"""


@dataclass(frozen=True)
class Entry:
    value: object = "text"
    by: str = "rule:types"
    reason: str = "it's the narrowest"
    evidence: str = "all cells fit"
    runner_up: str | None = None
    model: str | None = None


@dataclass(frozen=True)
class Lock:
    entries: Mapping[str, Entry] = field(default_factory=lambda: {"columns.price.type": Entry()})


# --- the same bytes ---


def test_seed_locale_time_zone_and_folder_change_no_byte(tmp_path: Path) -> None:
    root = os.getcwd()  # noqa: PTH109  the folder of the project, where the tests run
    places = [("0", "C", "UTC", root), ("1", "ru_RU.UTF-8", "Asia/Tokyo", str(tmp_path)), ("2", "C.UTF-8", "America/New_York", "/")]
    found = set()
    for seed, locale, zone, folder in places:
        environment = {**os.environ, "PYTHONHASHSEED": seed, "LC_ALL": locale, "LANG": locale, "TZ": zone}
        command = [sys.executable, "-c", PRINT_HASH.format(root=root)]
        found.add(subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=True).stdout)
    assert len(found) == 1


def test_the_lock_changes_the_report_and_nothing_else() -> None:
    without, with_lock = emit(TICKETS), emit(TICKETS, lock=Lock())
    assert {path for path in without if without[path] != with_lock[path]} == {"docs/tickets.md"}
    assert "rule:types" in with_lock["docs/tickets.md"]


@given(pipelines())
@settings(max_examples=25)
def test_every_file_ends_in_a_newline_and_speaks_utf8(pipeline: ir.Pipeline) -> None:
    for path, text in emit(pipeline).items():
        assert text.endswith("\n"), path
        assert text.encode().decode() == text


@given(pipelines())
def test_a_pipeline_survives_json(pipeline: ir.Pipeline) -> None:
    assert ir.from_dict(json.loads(json.dumps(ir.to_dict(pipeline)))) == pipeline


# --- the index ---


@given(pipelines())
@settings(max_examples=25)
def test_the_runtime_cuts_out_every_statement_whole(pipeline: ir.Pipeline) -> None:
    bundle = Bundle.of(emit(pipeline))
    assert bundle.pipeline == pipeline
    steps = targets.design(pipeline.target.storage).statements(pipeline)
    for statement in (statement for step in steps.values() for statement in step):
        assert bundle.statements[statement.name].sql == sql_text(statement.tree, pipeline.target.storage)
        assert bundle.statements[statement.name].params == statement.params
    assert [name for name in bundle.statements if name.startswith("extract.")] == ["extract.accept", "extract.reject"]


@pytest.mark.parametrize("storage", targets.STORAGES)
def test_a_statement_runs_once_so_its_name_is_one(storage: str) -> None:
    names = [place.name for content in sql_files(into(storage)).values() for place in content.places]
    assert len(names) == len(set(names))


def test_no_sql_stands_outside_the_sql_files() -> None:
    for path, text in emit(into("postgres")).items():
        if not path.endswith((".sql", ".md")):
            assert "SELECT" not in text, path
            assert "INSERT INTO" not in text, path


def test_a_hostile_name_of_a_statement_stays_in_its_comment() -> None:
    tree = sqlglot.parse_one("SELECT 1")
    text = sql_file("tickets", "check", [Statement("check.a\n; DROP TABLE b\r\u2028--", tree)], "duckdb").text
    assert len(sqlglot.parse(text, dialect="duckdb")) == 1
    assert next(line for line in text.split("\n") if "DROP" in line).startswith("--")


# --- what makes a load another load ---

SAME_ROWS = [
    replace(TICKETS, about="other", owner=None, tags=(), schedule=None, quality=(), run=ir.Run(retries=9)),
    replace(TICKETS, columns=(replace(TICKETS.columns[0], description="x", unit="y", values=("1",)), *TICKETS.columns[1:])),
    replace(TICKETS, load=replace(TICKETS.load, max_rejects=5, max_rejects_percent=None)),
]
OTHER_ROWS = [
    replace(TICKETS, name="other"),
    replace(TICKETS, columns=(replace(TICKETS.columns[0], type=parse("bigint")), *TICKETS.columns[1:])),
    replace(TICKETS, columns=TICKETS.columns[:-1]),
    replace(TICKETS, columns=(*TICKETS.columns[:-1], replace(TICKETS.columns[-1], pii=None))),
    replace(TICKETS, load=replace(TICKETS.load, mode="append")),
    replace(TICKETS, drift=ir.Drift()),
    replace(TICKETS, source=replace(TICKETS.source, path="other")),
    replace(TICKETS, primary_key=("phone",)),
]


@pytest.mark.parametrize("pipeline", SAME_ROWS)
def test_what_changes_no_row_keeps_the_hash(pipeline: ir.Pipeline) -> None:
    assert spec_hash(pipeline) == spec_hash(TICKETS)


@pytest.mark.parametrize("pipeline", OTHER_ROWS)
def test_what_changes_rows_changes_the_hash(pipeline: ir.Pipeline) -> None:
    assert spec_hash(pipeline) != spec_hash(TICKETS)


# --- hostile names ---


def hostile(word: str, storage: str) -> ir.Pipeline:
    """Return a pipeline with the word everywhere a person may write one."""
    columns = (
        replace(TICKETS.columns[0], name=word, source=word, description=word, unit=word),
        replace(TICKETS.columns[3], values=(word,), parse=ir.Parse(null_values=(word,)), pii=ir.Pii(word, "mask")),
    )
    checks = (ir.Check("a", "pattern", ("kind",), pattern=word), ir.Check("b", "accepted_values", ("kind",), values=(word,)))
    return replace(
        TICKETS,
        about=f"about {word}",
        source=replace(TICKETS.source, connection=word, path=word),
        target=ir.Target(storage, word, word, word),
        columns=columns,
        load=replace(TICKETS.load, cursor=word),
        primary_key=(word,),
        order_by=(word,),
        indexes=((word,),),
        quality=checks,
    )


def shapes(pipeline: ir.Pipeline) -> dict[str, list[str]]:
    """Return what each statement does, whatever names and texts it holds: the types of its tree's nodes."""
    found = {}
    for name, statement in Bundle.of(emit(pipeline)).statements.items():
        dialect = "duckdb" if name.startswith("extract.") else pipeline.target.storage
        trees = sqlglot.parse(statement.sql, dialect=dialect)
        found[name] = [type(node).__name__ for tree in trees if tree for node in tree.walk()]
    return found


@pytest.mark.parametrize("storage", targets.STORAGES)
@pytest.mark.parametrize("word", HOSTILE)
def test_a_hostile_word_changes_names_and_texts_alone(word: str, storage: str) -> None:
    assert shapes(hostile(word, storage)) == shapes(hostile("plain", storage))


# --- what is refused ---

REFUSED = [
    ("E410", replace(TICKETS, about=f'see "{STAGING}"')),
    ("E411", replace(TICKETS, columns=(replace(TICKETS.columns[0], name="_load_id"),))),
    ("E411", replace(TICKETS, load=replace(TICKETS.load, stamp=("_when",)))),
    ("E412", replace(TICKETS, columns=(replace(TICKETS.columns[0], pii=ir.Pii("phone", "mask")),))),
    ("E413", replace(TICKETS, columns=(replace(TICKETS.columns[0], physical="int); drop table x"),))),
]


@pytest.mark.parametrize(("code", "pipeline"), REFUSED)
def test_what_statements_cannot_say_is_refused(code: str, pipeline: ir.Pipeline) -> None:
    with pytest.raises(Problems) as caught:
        emit(pipeline)
    assert code in {diagnostic.code for diagnostic in caught.value.diagnostics}
    assert all(diagnostic.help for diagnostic in caught.value.diagnostics)


# --- the manifest and the DDL ---


def test_the_manifest_holds_the_hash_of_everything() -> None:
    files = emit(TICKETS)
    found = json.loads(manifest({"tickets": files}, {"tickets": {"specs/tickets.yaml": "name: tickets"}}))["pipelines"]["tickets"]
    assert found["outputs"] == {path: hashlib.sha256(text.encode()).hexdigest() for path, text in files.items()}
    assert found["inputs"] == {"specs/tickets.yaml": hashlib.sha256(b"name: tickets").hexdigest()}


def test_compiling_some_keeps_what_the_manifest_says_of_the_others() -> None:
    one = manifest({"a": {"dags/a.py": "a"}}, {})
    both = manifest({"b": {"dags/b.py": "b"}}, {}, previous=one)
    assert both == manifest({"a": {"dags/a.py": "a"}, "b": {"dags/b.py": "b"}}, {})
    assert manifest({}, {}, previous="{broken") == manifest({}, {})


def test_ddl_for_another_storage_is_the_same_table_there() -> None:
    assert ddl(TICKETS, "postgres") == ddl(into("postgres"))
    assert 'PRIMARY KEY ("ticket_id")' in ddl(TICKETS, "postgres")
    assert "PRIMARY KEY" not in ddl(TICKETS)


@given(word=st.sampled_from(HOSTILE))
def test_ddl_is_nothing_but_statements(word: str) -> None:
    for storage in targets.STORAGES:
        kinds = {type(tree).__name__ for tree in sqlglot.parse(ddl(hostile(word, storage)), dialect=storage)}
        assert kinds == {"Create", "Comment"}


# --- one table in several storages ---


def test_beside_each_other_stand_ddl_types_and_what_is_given_up() -> None:
    embedded, server = beside(TICKETS, ["duckdb", "postgres", "duckdb"])
    assert (embedded.ddl, server.ddl) == (ddl(TICKETS).rstrip("\n"), ddl(TICKETS, "postgres").rstrip("\n"))
    assert dict(embedded.types)["json"] == "JSON"
    assert dict(server.types)["json"] == "JSONB"
    assert any(word.startswith("key ticket_id: the table refuses") for word in server.keeps)
    assert any(word.startswith("key ticket_id: no PRIMARY KEY") for word in embedded.gives_up)
    assert any(word.startswith("order by sold_at: rows lie in that order") for word in embedded.keeps)
    assert any(word.startswith("order by sold_at: rows lie as they come") for word in server.gives_up)
    assert any(word.startswith("of json:") for word in server.gives_up)


def test_a_physical_type_is_that_of_its_own_storage() -> None:
    column = replace(TICKETS.columns[0], physical="UINTEGER")
    embedded, server = beside(replace(TICKETS, columns=(column, *TICKETS.columns[1:])), ["duckdb", "postgres"])
    assert '"ticket_id" UINTEGER' in embedded.ddl
    assert '"ticket_id" INT' in server.ddl
    assert any("not used here" in word for word in server.gives_up)


def test_names_that_a_storage_would_not_take_are_told() -> None:
    names = ("ы" * 32, "xmin", "Цена")
    columns = tuple(replace(column, name=name) for column, name in zip(TICKETS.columns, names, strict=False))
    _, server = beside(replace(TICKETS, columns=columns, primary_key=(), order_by=(), quality=()), ["duckdb", "postgres"])
    assert [word.split(":")[0] for word in server.gives_up if "names" in word] == [
        "names longer than 63 bytes",
        "names that it keeps for itself",
    ]
