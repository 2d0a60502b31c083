"""The ledger: three small tables beside the pipeline's own that say what was loaded, from which files, and what was turned away."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from sqlglot import exp

from dataeng_ai.targets.statements import Statement
from dataeng_ai.targets.trees import column, column_def, create_table, identifier, param, table_in
from dataeng_ai.types import Type

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from dataeng_ai.ir import Pipeline

LOADS: Final = {
    "pipeline": "text",
    "load_id": "text",
    "state": "text",
    "mode": "text",
    "spec_hash": "text",
    "rows_in": "bigint",
    "rows_loaded": "bigint",
    "rows_rejected": "bigint",
    "rows_filtered": "bigint",
    "rows_deduplicated": "bigint",
    "rows_skipped": "bigint",
    "checksums": "text",
    "staged_at": "timestamptz",
    "published_at": "timestamptz",
}
"""One row per load; `state` is staged or published, `checksums` JSON."""

FILES: Final = {"pipeline": "text", "load_id": "text", "name": "text", "sha256": "text", "rows": "bigint"}
"""One row per file of a load."""

REJECTS: Final = {
    "pipeline": "text",
    "load_id": "text",
    "file": "text",
    "record": "bigint",
    "line": "bigint",
    "column": "text",
    "reason": "text",
    "raw": "text",
}
"""One row per record that was turned away; `column` is null where no single column is at fault."""

_TABLES: Final = {"loads": (LOADS, ("pipeline", "load_id")), "files": (FILES, ("pipeline", "load_id", "name")), "rejects": (REJECTS, ())}

_SCHEMAS: Final = 64
"""Schemas whose ledger is kept: it is a third of a pipeline's statements, and the same for every pipeline of a schema."""


def creates(pipeline: Pipeline, column_type: Callable[[Type], exp.DataType], *, keyed: bool) -> tuple[Statement, ...]:
    """Return create.loads, create.files and create.rejects; with primary keys where the storage holds such."""
    return _creates(pipeline.target.schema, column_type, keyed=keyed)


@lru_cache(_SCHEMAS)
def _creates(schema: str | None, column_type: Callable[[Type], exp.DataType], *, keyed: bool) -> tuple[Statement, ...]:
    return tuple(
        Statement(f"create.{name}", create_table(_table(schema, name), _columns(columns, column_type), key if keyed else ()))
        for name, (columns, key) in _TABLES.items()
    )


def statements(pipeline: Pipeline, column_type: Callable[[Type], exp.DataType]) -> tuple[Statement, ...]:
    """Return the ledger's reads and writes, see `targets/statements.py`."""
    return _statements(pipeline.target.schema, column_type)


@lru_cache(_SCHEMAS)
def _statements(schema: str | None, column_type: Callable[[Type], exp.DataType]) -> tuple[Statement, ...]:
    def insert(name: str, what: str, columns: Mapping[str, str]) -> Statement:
        values = [param(number, column_type(Type(word))) for number, word in enumerate(columns.values(), 1)]
        into = exp.Schema(this=_table(schema, what), expressions=[identifier(column) for column in columns])
        return Statement(name, exp.Insert(this=into, expression=exp.select(*values)), tuple(columns))

    def of_load(query: exp.Select) -> exp.Select:
        return query.where(_is("pipeline", 1, text)).where(_is("load_id", 2, text))

    def delete(name: str, what: str) -> Statement:
        where = exp.Where(this=exp.and_(_is("pipeline", 1, text), _is("load_id", 2, text)))
        return Statement(name, exp.Delete(this=_table(schema, what), where=where), key)

    text = column_type(Type("text"))
    key = ("pipeline", "load_id")
    published = exp.EQ(this=column("state"), expression=exp.Literal.string("published"))
    loads = exp.select(*map(column, LOADS)).from_(_table(schema, "loads"))
    last = loads.where(_is("pipeline", 1, text)).where(published).order_by(_descending("published_at"), _descending("load_id")).limit(1)
    every = loads.where(_is("pipeline", 1, text)).order_by(_descending("staged_at"), _descending("load_id"))
    rejects = of_load(exp.select(*map(column, REJECTS)).from_(_table(schema, "rejects")))
    return (
        Statement("ledger.find_load", of_load(loads), key),
        Statement("ledger.last_load", last, ("pipeline",)),
        Statement("ledger.loads", every, ("pipeline",)),
        insert("ledger.insert_load", "loads", LOADS),
        delete("ledger.delete_load", "loads"),
        insert("ledger.insert_file", "files", FILES),
        Statement("ledger.files", _published_files(schema, text), ("pipeline",)),
        delete("ledger.delete_files", "files"),
        insert("ledger.insert_reject", "rejects", REJECTS),
        Statement("ledger.rejects", rejects.order_by(column("file"), column("record"), column("line")), key),
        delete("ledger.delete_rejects", "rejects"),
    )


def move_rejects(pipeline: Pipeline, staged: exp.Table) -> Statement:
    """Return the insert of all rejects of a load from where they were staged, for storages that are slow row by row."""
    names = [identifier(name) for name in REJECTS]
    into = exp.Schema(this=_table(pipeline.target.schema, "rejects"), expressions=names)
    return Statement("ledger.move_rejects", exp.Insert(this=into, expression=exp.select(*map(column, REJECTS)).from_(staged)))


def _published_files(schema: str | None, text: exp.DataType) -> exp.Select:
    loads, files = table_in(schema, "_dataeng_loads", "l"), table_in(schema, "_dataeng_files", "f")
    same = exp.and_(*(exp.EQ(this=column(name, "l"), expression=column(name, "f")) for name in ("pipeline", "load_id")))
    published = exp.EQ(this=column("state", "l"), expression=exp.Literal.string("published"))
    query = exp.select(*(column(name, "f") for name in FILES)).from_(files).join(loads, on=same)
    mine = exp.EQ(this=column("pipeline", "f"), expression=param(1, text))
    return query.where(mine).where(published).order_by(column("published_at", "l"), column("load_id", "f"), column("name", "f"))


def _table(schema: str | None, name: str) -> exp.Table:
    return table_in(schema, f"_dataeng_{name}")


def _columns(columns: Mapping[str, str], column_type: Callable[[Type], exp.DataType]) -> list[exp.ColumnDef]:
    return [column_def(name, column_type(Type(word)), required=name in {"pipeline", "load_id"}) for name, word in columns.items()]


def _is(name: str, position: int, text: exp.DataType) -> exp.EQ:
    return exp.EQ(this=column(name), expression=param(position, text))


def _descending(name: str) -> exp.Ordered:
    return exp.Ordered(this=column(name), desc=True)
