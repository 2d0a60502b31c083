"""The main job, end to end, as a person types it: a file, a spec, a table, and the same table again."""

from __future__ import annotations

import csv
import gzip
import zlib
from typing import TYPE_CHECKING, Any

import duckdb
import psycopg
import pytest

from tests.shell import FLIGHTS, flights

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from tests.shell import Shell

BY_HAND = """\
version: 1
name: flights
about: Flights that left New York in 2013.
source:
  path: flights.csv.gz
  format: csv
  csv: {delimiter: ",", quote: '"', escape: '"', header: true, encoding: utf-8, null_values: ["", NA]}
target: {storage: duckdb, table: flights}
columns:
  - {name: year, type: integer}
  - {name: month, type: integer}
  - {name: day, type: integer}
  - {name: dep_time, type: integer}
  - {name: sched_dep_time, type: integer}
  - {name: dep_delay, type: integer}
  - {name: arr_time, type: integer}
  - {name: sched_arr_time, type: integer}
  - {name: arr_delay, type: integer}
  - {name: carrier, type: text}
  - {name: flight, type: integer}
  - {name: tailnum, type: text}
  - {name: origin, type: text}
  - {name: dest, type: text}
  - {name: air_time, type: integer}
  - {name: distance, type: integer}
  - {name: hour, type: integer}
  - {name: minute, type: integer}
  - {name: time_hour, type: timestamptz}
primary_key: null
load: {mode: full}
partition: null
order_by: null
schedule: null
quality: []
on_schema_change: {new_column: freeze, dropped_column: freeze, type_change: freeze}
"""


def checksums(header: Iterable[str], rows: Iterable[Iterable[str | None]]) -> dict[str, tuple[int, int, int]]:
    """Return per column its non-null cells, and a sum and a product over the checksums of their texts: the order does not matter."""
    sums = dict.fromkeys(header, (0, 0, 1))
    for row in rows:
        for name, cell in zip(sums, row, strict=True):
            if cell is not None:
                count, total, product = sums[name]
                crc = zlib.crc32(cell.encode())
                sums[name] = (count + 1, total + crc, product * (crc | 1) % (1 << 61))
    return sums


def of_source(file: Path) -> dict[str, tuple[int, int, int]]:
    """Return the checksums of what the file says, read without our code; times as a database writes them."""
    with gzip.open(file, "rt", newline="") as lines:
        reader = csv.reader(lines)
        header = next(reader)
        cells = ([None if cell == "NA" else cell for cell in row] for row in reader)
        return checksums(header, ([*row[:-1], str(row[-1]).replace("T", " ").replace("Z", "+00")] for row in cells))


def of_duckdb(warehouse: Path) -> dict[str, tuple[int, int, int]]:
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        rows = connection.execute("SELECT COLUMNS('^[^_].*')::VARCHAR FROM flights")
        return checksums([column[0] for column in rows.description or ()], rows.fetchall())


def of_postgres(url: str) -> dict[str, tuple[int, int, int]]:
    with psycopg.connect(url, options="-c timezone=UTC") as connection:
        found: list[tuple[Any, ...]] = connection.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_name = 'flights' ORDER BY ordinal_position"
        ).fetchall()
        names = [name for (name,) in found if not name.startswith("_")]
        rows = connection.execute(f"SELECT {', '.join(f'{name}::text' for name in names)} FROM flights")
        return checksums(names, rows)


@pytest.fixture(scope="module")
def gz(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The flights, once for all stories."""
    return flights(tmp_path_factory.mktemp("flights"))


@pytest.fixture
def landed(shell: Shell, gz: Path) -> Path:
    """The file where the shell stands."""
    file = shell.folder / gz.name
    file.hardlink_to(gz)
    return file


def test_a_spec_written_by_hand_loads_every_flight_into_duckdb_and_a_second_run_changes_nothing(shell: Shell, landed: Path) -> None:
    shell.write("specs/flights.yaml", BY_HAND)
    report = shell.ok("run", "flights", "--format", "json").data
    assert (report["rows_in"], report["rows_loaded"], report["rows_rejected"]) == (FLIGHTS, FLIGHTS, 0)
    warehouse = shell.folder / ".dataeng" / "warehouse.duckdb"
    assert of_duckdb(warehouse) == of_source(landed)
    again = shell.ok("run", "flights", "--format", "json").data
    assert (again["rows_in"], again["rows_loaded"], again["rows_skipped"]) == (FLIGHTS, 0, FLIGHTS)
    assert of_duckdb(warehouse) == of_source(landed)


def test_from_new_to_postgresql_the_rules_complete_the_spec_and_the_table_equals_the_source(
    shell: Shell, landed: Path, postgres: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_WAREHOUSE", postgres)
    shell.write("dataeng.yaml", "version: 1\nconnections: {warehouse: {kind: postgres}}\n")
    shell.ok("new", "flights", "Flights that left New York, every month; for analysts.", "--source", "flights.csv.gz")
    shell.ok("fill", "flights", "--model", "rules")
    spec = (shell.folder / "specs/flights.yaml").read_text("utf-8")
    assert "storage: postgres" in spec
    assert shell.ok("fill", "flights").out.startswith("nothing to fill")
    assert (shell.folder / "specs/flights.yaml").read_text("utf-8") == spec
    shell.ok("check", "flights")
    shell.ok("compile", "flights")
    shell.ok("compile", "flights", "--check")
    report = shell.ok("run", "flights", "--format", "json").data
    assert (report["rows_in"], report["rows_loaded"]) == (FLIGHTS, FLIGHTS)
    assert of_postgres(postgres) == of_source(landed)
    for _ in range(2):
        assert shell.ok("run", "flights", "--format", "json").data["rows_loaded"] == 0
    assert of_postgres(postgres) == of_source(landed)


def test_a_trial_run_goes_into_the_projects_own_duckdb_and_leaves_the_real_target_alone(
    shell: Shell, postgres: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_WAREHOUSE", postgres)
    shell.write("dataeng.yaml", "version: 1\nconnections: {warehouse: {kind: postgres}}\n")
    shell.write("sales.csv", "id;price\n" + "".join(f"{n};{n},50\n" for n in range(1, 200)) + "200;free\n")
    shell.ok("new", "sales", "--source", "sales.csv")
    shell.ok("fill", "sales")
    tried = shell.ok("run", "sales", "--storage", "duckdb", "--format", "json")
    assert (tried.data["rows_loaded"], tried.data["rows_rejected"]) == (199, 1)
    assert "spec rejects sales --storage duckdb" in tried.err
    assert shell.ok("rejects", "sales", "--storage", "duckdb", "--format", "json").data[0]["column"] == "price"
    total = shell.ok("sql", "sales", "SELECT count(*) AS n FROM public.sales", "--storage", "duckdb", "--format", "json").data
    assert total == [{"n": "199"}]
    with psycopg.connect(postgres) as connection:
        found = connection.execute("SELECT count(*) FROM information_schema.tables WHERE table_schema = 'public'").fetchone()
    assert found == (0,)
    assert shell.ok("run", "sales", "--format", "json").data["rows_loaded"] == 199
