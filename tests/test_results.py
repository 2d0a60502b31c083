"""What a command hands back is a frame where there are rows, with the types that they have, from a real storage."""

from __future__ import annotations

import datetime as dt
import sys
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest

from dataeng_ai.commands import compiling, completing, explaining, loading
from dataeng_ai.diagnostics import Problems

if TYPE_CHECKING:
    from pathlib import Path

    from tests.shell import Shell

BIG = 2**53 + 1
"""No double holds it."""

DATA = f"""\
ид;Цена;продано;день;время;Имя;да;доля;ключ
1;1,50;2026-01-31 12:00:00.000001+03:00;2020-02-29;10:00:00;Аня;true;0.1;550e8400-e29b-41d4-a716-446655440000
{BIG};;;;;;;;
-{BIG};12345678901234567890,25;1969-12-31 23:59:59+00:00;0001-01-01;23:59:59.5;"";false;-2.5;550e8400-e29b-41d4-a716-446655440001
"""

SPEC = """\
version: 1
name: tickets
source:
  path: tickets.csv
  format: csv
  csv: {delimiter: ";", quote: '"', escape: '"', header: true, encoding: utf-8, null_values: [""]}
target: TARGET
columns:
  - {name: ид, type: bigint, nullable: false}
  - {name: цена, from: Цена, type: "decimal(30, 2)", parse: {decimal: ","}}
  - {name: продано, type: timestamptz}
  - {name: день, type: date}
  - {name: время, type: time}
  - {name: Имя, type: text}
  - {name: да, type: boolean}
  - {name: доля, type: double}
  - {name: ключ, type: uuid}
primary_key: [ид]
load: {mode: full, stamp: []}
partition: null
order_by: null
schedule: null
quality: null
on_schema_change: {new_column: discard, dropped_column: freeze, type_change: freeze}
"""

NAMES = ("ид", "цена", "продано", "день", "время", "Имя", "да", "доля", "ключ")
TYPES = (
    pa.int64(),
    pa.decimal128(30, 2),
    pa.timestamp("us", "UTC"),
    pa.date32(),
    pa.time64("us"),
    pa.string(),
    pa.bool_(),
    pa.float64(),
    pa.string(),
)
ROWS: list[tuple[Any, ...]] = [
    (
        -BIG,
        Decimal("12345678901234567890.25"),
        dt.datetime(1969, 12, 31, 23, 59, 59, tzinfo=dt.UTC),
        dt.date(1, 1, 1),
        dt.time(23, 59, 59, 500_000),
        None,
        False,
        -2.5,
        "550e8400-e29b-41d4-a716-446655440001",
    ),
    (
        1,
        Decimal("1.50"),
        dt.datetime(2026, 1, 31, 9, 0, 0, 1, tzinfo=dt.UTC),
        dt.date(2020, 2, 29),
        dt.time(10),
        "Аня",
        True,
        0.1,
        "550e8400-e29b-41d4-a716-446655440000",
    ),
    (BIG, None, None, None, None, None, None, None, None),
]


@pytest.fixture(params=["duckdb", "postgres"])
def loaded(request: pytest.FixtureRequest, shell: Shell, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return the result of a run into a real storage."""
    target = "{storage: duckdb, table: tickets}"
    if request.param == "postgres":
        monkeypatch.setenv("AIRFLOW_CONN_WAREHOUSE", request.getfixturevalue("postgres"))
        shell.write("dataeng.yaml", "version: 1\nconnections: {warehouse: {kind: postgres}}\n")
        target = "{storage: postgres, connection: warehouse, table: tickets}"
    shell.write("tickets.csv", DATA)
    shell.write("specs/tickets.yaml", SPEC.replace("TARGET", target))
    return loading.run("tickets")


def cells(table: pa.Table) -> list[tuple[Any, ...]]:
    return sorted(tuple(row.values()) for row in table.to_pylist())


def test_a_run_is_the_loaded_table_with_its_types(loaded: Any) -> None:
    table = loaded.arrow()
    assert tuple(table.column_names) == NAMES
    assert tuple(table.schema.types) == TYPES
    assert cells(table) == ROWS
    assert cells(pa.Table.from_pandas(loaded.df())) == ROWS
    assert sorted(loaded.pl().rows()) == ROWS


def test_a_run_is_asked_where_its_table_is(loaded: Any) -> None:
    found = loaded.sql('SELECT sum("цена") AS "всего", count(*) AS n FROM tickets')
    assert found.data == [{"всего": "12345678901234567891.75", "n": "3"}]
    assert found.arrow().to_pylist() == [{"всего": Decimal("12345678901234567891.75"), "n": 3}]
    assert found.sql('SELECT n + 1 AS m FROM "rows"').arrow().to_pylist() == [{"m": 4}]
    with pytest.raises(Problems, match="E519"):
        loaded.sql("SELECT nothing FROM tickets")


def test_a_query_that_would_write_is_refused_and_writes_nothing(loaded: Any) -> None:
    for query in ("DELETE FROM tickets", "DROP TABLE tickets"):
        with pytest.raises(Problems):
            loaded.sql(query)
    assert cells(loaded.arrow()) == ROWS


def test_the_rows_of_a_preview_have_the_types_of_the_spec(loaded: Any) -> None:
    shown = loading.preview("tickets", rows="all")
    assert tuple(shown.arrow().schema.types) == TYPES
    assert cells(shown.arrow()) == ROWS
    assert cells(loaded.arrow()) == cells(shown.arrow())
    assert shown.sql("SELECT max(ид) AS ид FROM rows").arrow().to_pylist() == [{"ид": BIG}]


def test_a_profile_has_a_row_for_each_column_and_rejects_one_for_each_record(shell: Shell) -> None:
    shell.write("tickets.csv", DATA + "x;1;;;;;;;\n")
    shell.write(
        "specs/tickets.yaml",
        SPEC.replace("TARGET", "{storage: duckdb, table: tickets}").replace("mode: full", "mode: full, max_rejects: 1"),
    )
    assert loading.profile("tickets").df()["name"].tolist() == ["ид", "Цена", *NAMES[2:]]
    loading.run("tickets")
    [reject] = loading.rejects("tickets").arrow().to_pylist()
    assert (reject["file"], reject["line"], reject["column"]) == ("tickets.csv", 5, "ид")


def test_what_has_no_rows_says_so(shell: Shell) -> None:
    shell.write("specs/tickets.yaml", SPEC.replace("TARGET", "{storage: duckdb, table: tickets}"))
    shown = explaining.show("tickets")
    for method in (shown.df, shown.arrow, shown.pl, lambda: shown.sql("SELECT 1")):
        with pytest.raises(Problems, match="E053"):
            method()
    assert compiling.check(["tickets"]).arrow().num_rows == 0


def test_a_package_that_is_not_there_is_asked_for_in_one_line(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    shell.write("tickets.csv", DATA)
    result = loading.profile("tickets.csv")
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(Problems) as problems:
        result.df()
    assert [problem.help for problem in problems.value.diagnostics] == ["pip install pandas pyarrow"]


@pytest.fixture
def filling(shell: Shell) -> Any:
    """Return what a fill hands back."""
    shell.write("tickets.csv", "ид,цена\n1,2.50\n2,3.00\n3,\n")
    shell.write("specs/tickets.yaml", "version: 1\nname: tickets\nsource: {path: tickets.csv}\n")
    return completing.fill("tickets")


def mode(folder: Path) -> str:
    text = (folder / "specs/tickets.yaml").read_text()
    return text.partition("load: {mode: ")[2].partition("}")[0].partition(",")[0]


def test_reject_takes_what_came_next_or_what_is_given(shell: Shell, filling: Any) -> None:
    assert mode(shell.folder) == "full"
    filling.reject("load.mode")
    second = mode(shell.folder)
    assert second != "full"
    filling.reject("load.mode", "append")
    assert mode(shell.folder) == "append"
    assert "by person" in shell.ok("why", "tickets", "load.mode").out
    with pytest.raises(Problems, match="E103"):
        filling.reject("load.mode", "nonsense")
    with pytest.raises(Problems, match="E399"):
        filling.reject("target.table")


def test_what_was_accepted_is_not_proposed_again(shell: Shell, filling: Any) -> None:
    assert filling.accept("load.mode").data == ["load.mode"]
    with pytest.raises(Problems, match="E398"):
        filling.accept("owner")
    # Other data: files come one by one now, which was decided on one file before.
    shell.write("tickets.csv", "ид,цена\n1,2.50\n1,3.00\n")
    proposed = {one.new.place for one in completing.fill("tickets", refresh=True, dry_run=True).value.proposals}  # type: ignore[attr-defined]  # Filled
    assert "primary_key" in proposed
    filling.accept("primary_key")
    proposed = {one.new.place for one in completing.fill("tickets", refresh=True, dry_run=True).value.proposals}  # type: ignore[attr-defined]  # Filled
    assert "primary_key" not in proposed
    assert "load.mode" not in proposed


def test_what_only_postgres_has_arrives_too(shell: Shell, postgres: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_WAREHOUSE", postgres)
    shell.write("dataeng.yaml", "version: 1\nconnections: {warehouse: {kind: postgres}}\n")
    shell.write("tickets.csv", DATA)
    shell.write("specs/tickets.yaml", SPEC.replace("TARGET", "{storage: postgres, connection: warehouse, table: tickets}"))
    result = loading.run("tickets")
    rare = {
        "'NaN'::numeric": "NaN",
        "1e40::numeric": Decimal(10**40),
        "ARRAY[1, 2]": [1, 2],
        "interval '1 day'": "1 day",
        "'{\"а\": 1}'::jsonb": '{"а": 1}',
        "'абв'::bytea": "абв".encode(),
        "'2026-01-31 12:00:00'::timestamp": dt.datetime(2026, 1, 31, 12),  # noqa: DTZ001  a time without a zone
        "NULL::integer": None,
        "'(1,2)'::point": "(1,2)",
    }
    found = result.sql(f"SELECT {', '.join(f'{value} AS c{place}' for place, value in enumerate(rare))}").arrow()
    assert tuple(found.to_pylist()[0].values()) == tuple(rare.values())
    # More rows than are turned around at a time, of which the last alone says how wide a decimal must be.
    found = result.sql(
        "SELECT n, CASE WHEN n = 25000 THEN 1.25 ELSE n::numeric END AS d FROM generate_series(1, 25000) AS n ORDER BY n"
    ).arrow()
    assert found.num_rows == 25_000
    assert found["d"].to_pylist()[-2:] == [Decimal(24_999), Decimal("1.25")]
