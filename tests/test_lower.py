"""A checked spec becomes a pipeline: every default applied, every value in its canonical text, nothing of the machine in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from dataeng_ai import ir, types
from dataeng_ai.lower import lower
from dataeng_ai.project import Project
from dataeng_ai.spec import Spec
from dataeng_ai.spec.values import Value, canonical

PROJECT = Project(Path("/srv/project"))
CSV = {"delimiter": ";", "quote": '"', "escape": None, "header": True, "encoding": "utf-8", "null_values": ["", "NA"]}
SOURCE = {"path": "orders.csv", "format": "csv", "csv": CSV}
SMALL: dict[str, object] = {
    "version": 1,
    "name": "orders",
    "source": SOURCE,
    "target": {"storage": "duckdb", "table": "orders"},
    "columns": [{"name": "price", "from": "Цена", "type": "decimal(10, 2)"}, {"name": "paid", "type": "boolean"}],
    "primary_key": None,
    "load": {"mode": "full"},
    "partition": None,
    "order_by": None,
    "schedule": None,
    "quality": None,
    "on_schema_change": {},
}


def lowered(**changes: object) -> ir.Pipeline:
    return lower(Spec.model_validate(SMALL | changes), PROJECT)


def test_the_smallest_spec_becomes_a_pipeline_with_every_default() -> None:
    parse = ir.Parse(null_values=("", "NA"))
    assert lowered() == ir.Pipeline(
        name="orders",
        about="",
        source=ir.Source(None, "orders.csv", "csv", ir.Csv(";", '"', None, header=True, encoding="utf-8", null_values=("", "NA"))),
        target=ir.Target("duckdb", None, None, "orders"),
        columns=(
            ir.Column("price", "Цена", types.Type("decimal", 10, 2), parse=parse),
            ir.Column("paid", "paid", types.Type("boolean"), parse=parse),
        ),
        load=ir.Load("full"),
    )


def test_a_path_below_the_project_is_the_same_on_every_machine() -> None:
    absolute = {**SOURCE, "path": "/srv/project/data/orders.csv"}
    assert lowered(source=absolute).source.path == "data/orders.csv"
    assert lowered(source={**absolute, "path": "/other/orders.csv"}).source.path == "/other/orders.csv"
    assert lowered(source={**absolute, "connection": "landing"}).source.path == "/srv/project/data/orders.csv"


def test_a_table_is_split_at_its_point() -> None:
    assert lowered(target={"storage": "postgres", "connection": "w", "table": "Мой.Заказ ы"}).target == ir.Target(
        "postgres", "w", "Мой", "Заказ ы"
    )


def test_the_null_words_of_a_column_stand_in_for_those_of_the_file() -> None:
    columns = [{"name": "a", "type": "text", "parse": {"null_values": []}}, {"name": "b", "type": "text", "parse": {"null_values": ["-"]}}]
    assert [column.parse.null_values for column in lowered(columns=columns).columns] == [(), ("-",)]


@pytest.mark.parametrize(("written", "count", "share"), [(0, 0, None), (12, 12, None), ("0.1%", None, "0.1"), ("5 %", None, "5")])
def test_rejects_are_a_count_or_a_share(written: int | str, count: int | None, share: str | None) -> None:
    load = lowered(load={"mode": "append", "max_rejects": written, "changed_file": "replace"}).load
    assert (load.max_rejects, load.max_rejects_percent, load.changed_file) == (count, share, "replace")


def test_durations_are_seconds_and_sizes_bytes() -> None:
    run = lowered(run={"retry_delay": "1h30m", "timeout": "2d", "memory": "2GiB"}).run
    assert (run.retry_delay, run.timeout, run.memory) == (5400, 172800, 2 * 1024**3)


def test_each_column_has_a_check_of_its_own_and_each_check_a_name_of_its_own() -> None:
    quality = [
        {"check": "not_null", "columns": ["price", "paid"]},
        {"check": "range", "columns": ["price"], "min": 0},
        {"check": "range", "columns": ["price"], "max": 9.5, "severity": "warn"},
        {"check": "unique", "columns": ["price", "paid"]},
        {"check": "accepted_values", "columns": ["paid"], "values": [True, "false"]},
        {"check": "row_count", "min": 3},
    ]
    checks = lowered(quality=quality).quality
    assert [check.name for check in checks] == [
        "not_null_price",
        "not_null_paid",
        "range_price",
        "range_price_2",
        "unique_price_paid",
        "accepted_values_paid",
        "row_count",
    ]
    assert (checks[2].minimum, checks[3].maximum, checks[5].values, checks[6].minimum) == ("0.00", "9.50", ("true", "false"), "3")
    assert [check.columns for check in checks] == [("price",), ("paid",), ("price",), ("price",), ("price", "paid"), ("paid",), ()]


def test_only_the_physical_type_of_the_target_is_kept() -> None:
    columns = [{"name": "a", "type": "text", "physical": {"postgres": "varchar(9)", "duckdb": "VARCHAR"}}]
    assert lowered(columns=columns).columns[0].physical == "VARCHAR"


@pytest.mark.parametrize(
    ("kind", "value", "text"),
    [
        ("boolean", True, "true"),
        ("smallint", "-5", "-5"),
        ("bigint", 2**63 - 1, "9223372036854775807"),
        ("decimal(10, 2)", 1.5, "1.50"),
        ("decimal(38, 0)", "99999999999999999999999999999999999999", "9" * 38),
        ("double", 1, "1.0"),
        ("text", "007", "007"),
        ("date", "2026-01-31", "2026-01-31"),
        ("timestamp", "2026-01-31", "2026-01-31 00:00:00"),
        ("timestamptz", "2026-01-31 03:00:00+03:00", "2026-01-31 00:00:00+00"),
        ("uuid", "123E4567-E89B-12D3-A456-426614174000", "123e4567-e89b-12d3-a456-426614174000"),
    ],
)
def test_a_value_is_written_in_its_canonical_text(kind: str, value: Value, text: str) -> None:
    assert canonical(value, types.parse(kind)) == text


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("boolean", 1),
        ("smallint", 40000),
        ("integer", 1.5),
        ("bigint", True),
        ("decimal(10, 2)", 1.555),
        ("decimal(3, 2)", 10),
        ("double", "1e999"),
        ("bigint", "1e99999999"),
        ("text", 7),
        ("date", "01.02.2026"),
        ("timestamp", "2026-01-31 00:00:00+03:00"),
        ("timestamptz", "2026-01-31"),
        ("uuid", "x"),
        ("json", "{}"),
    ],
)
def test_a_value_that_would_lose_something_is_refused(kind: str, value: Value) -> None:
    with pytest.raises(ValueError, match=r"is not an? |cannot be written"):
        canonical(value, types.parse(kind))
