"""Laws of extract, on a real DuckDB: each record is accepted or turned away with a reason, and personal data leaves as a shape."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlglot import exp

from dataeng_ai import ir
from dataeng_ai.emit.extract import NULL_REASON, extract, masked
from dataeng_ai.emit.sql import sql_text
from dataeng_ai.targets.table import staging_columns
from dataeng_ai.types import parse
from tests.pipelines import HOSTILE, TICKETS, pipelines

if TYPE_CHECKING:
    from collections.abc import Sequence

Rows = list[tuple[Any, ...]]


def extracted(pipeline: ir.Pipeline, records: Sequence[Sequence[str]]) -> tuple[Rows, Rows]:
    """Return what both statements give over records of texts, one per column (and `__extra__` last, where there is one)."""
    names = [column.source for column in pipeline.columns] + (["__extra__"] if pipeline.has_extra() else [])
    accept, reject = extract(pipeline)
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        quoted = ['"' + name.replace('"', '""') + '"' for name in names]
        connection.execute(f'CREATE TABLE "__numbered__" ({", ".join(f"{name} VARCHAR" for name in quoted)}, "__record__" BIGINT)')
        marks = ", ".join("?" * (len(names) + 1))
        for number, record in enumerate(records, 1):
            connection.execute(f'INSERT INTO "__numbered__" VALUES ({marks})', [*record, number])
        connection.execute(f'CREATE VIEW "__source__" AS SELECT {", ".join(quoted)} FROM "__numbered__"')
        accepted = connection.execute(sql_text(accept.tree, "duckdb"), ["f.csv"] if accept.params else [])
        assert [column[0] for column in accepted.description] == [column.name for column in staging_columns(pipeline)]
        rows = accepted.fetchall()
        return rows, connection.execute(sql_text(reject.tree, "duckdb")).fetchall()


SHORT = replace(
    TICKETS,
    columns=(
        ir.Column("id", "№", parse("integer"), parse=ir.Parse(null_values=("", "NA"))),
        ir.Column("price", "Цена", parse("decimal(10, 2)"), parse=ir.Parse(decimal=",", null_values=("",))),
        ir.Column("secret", "secret", parse("text"), pii=ir.Pii("card", "drop")),
        ir.Column("word", "word", parse("text"), nullable=False, parse=ir.Parse(null_values=("NULL",))),
    ),
    primary_key=("id",),
    drift=ir.Drift(),
)


def test_every_record_is_accepted_or_has_its_first_fault_told() -> None:
    records = [
        ("1", "1,50", "x", "a"),
        ("2", "", "x", ""),
        ("NA", "1,00", "x", "a"),
        ("", "no", "x", "a"),
        ("4", "1,005", "x", "NULL"),
        ("0x5", "1,00", "x", "a"),
        ("6", "1.00", "x", "a"),
        ("7", "7", "x", "NULL"),
        ("8", "8", "x", "nul\0"),
    ]
    accepted, rejected = extracted(SHORT, records)
    assert [(row[0], None if row[1] is None else str(row[1]), row[2], row[3]) for row in accepted] == [
        (1, "1.50", "a", "f.csv"),
        (2, None, "", "f.csv"),
    ]
    assert rejected == [
        (3, "id", NULL_REASON),
        (4, "id", NULL_REASON),
        (5, "price", "not a decimal(10, 2)"),
        (6, "id", "not an integer"),
        (7, "price", "not a decimal(10, 2)"),
        (8, "word", NULL_REASON),
        (9, "word", "a text with a zero character"),
    ]


def test_unknown_columns_arrive_as_json() -> None:
    pipeline = replace(SHORT, drift=ir.Drift(new_column="evolve"), load=ir.Load("full", stamp=()))
    [row, other], rejected = extracted(pipeline, [("1", "", "", "w", '{"new": "1"}'), ("2", "", "", "w", None)])  # type: ignore[list-item]  # no unknown column: null
    assert row == (1, None, "w", '{"new": "1"}')
    assert other[-1] is None
    assert rejected == []


@settings(max_examples=40)
@given(st.data())
def test_accepted_and_rejected_are_all_records_and_none_twice(data: st.DataObject) -> None:
    pipeline = data.draw(pipelines().filter(lambda found: not found.has_extra()))
    cell = st.sampled_from([*HOSTILE, "", "1", "1.5", "true", "2026-01-02", "2026-01-02 03:04:05", "{}", "NULL"])
    records = data.draw(st.lists(st.tuples(*[cell for _ in pipeline.columns]), max_size=5))
    accepted, rejected = extracted(pipeline, records)
    assert len(accepted) + len(rejected) == len(records)
    assert len({row[0] for row in rejected}) == len(rejected)
    assert {row[1] for row in rejected} <= {column.name for column in pipeline.columns}


MASKED = [
    ("+7 (916) 123-45-67", "+9 (999) 999-99-67"),
    ("Иванова Анна", "xxxxxxx xxна"),
    ("anna@example.org", "xxxx@xxxxxxx.xrg"),
    ("٣٤٥٦٧٨", "9999٧٨"),
    ("12345", "99999"),
    ("Ян", "xx"),
    ("", ""),
    ("line\nbreak", "xxxx\nxxxak"),
]


@pytest.mark.parametrize(("text", "expected"), MASKED)
def test_a_masked_text_keeps_its_shape_and_two_characters(text: str, expected: str) -> None:
    tree = exp.select(masked(exp.column("t"))).from_(exp.values([(text,)], alias="v", columns=["t"]))
    with duckdb.connect() as connection:
        [(found,)] = connection.execute(sql_text(tree, "duckdb")).fetchall()
    assert found == expected
    assert len(found) == len(text)


def test_a_null_stays_a_null_when_masked() -> None:
    phone = ir.Column("phone", "phone", parse("text"), pii=ir.Pii("phone", "mask"), parse=ir.Parse(null_values=("", "нет")))
    pipeline = replace(SHORT, columns=(phone,), primary_key=())
    accepted, _ = extracted(pipeline, [("нет",), ("",), ("+79161234567",)])
    assert [row[0] for row in accepted] == [None, None, "+99999999967"]
