"""The compiled DAG, unchanged, inside real Airflows: 336,776 real flights into a real PostgreSQL, all of them right."""

from __future__ import annotations

import gzip
import json
import os
import re
import subprocess
import sys
import zipfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import openpyxl
import psycopg
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.services.airflow import ROOT
from tests.shell import published_flights

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from tests.services.airflow import Airflow
    from tests.services.postgres import Server

FLIGHTS = 336_776

SPEC = """\
version: 1
name: NAME
about: Every flight that left New York City in 2013.
source:
  connection: landing
  path: flights.csv.gz
  format: csv
  csv: {delimiter: ",", quote: null, escape: null, header: true, encoding: utf-8, null_values: ["", "NA"]}
target: {storage: postgres, connection: warehouse, table: NAME}
columns:
  - {name: year, type: smallint, nullable: false}
  - {name: month, type: smallint, nullable: false}
  - {name: day, type: smallint, nullable: false}
  - {name: dep_time, type: smallint}
  - {name: sched_dep_time, type: smallint, nullable: false}
  - {name: dep_delay, type: smallint}
  - {name: arr_time, type: smallint}
  - {name: sched_arr_time, type: smallint, nullable: false}
  - {name: arr_delay, type: smallint}
  - {name: carrier, type: text, nullable: false}
  - {name: flight, type: integer, nullable: false}
  - {name: tailnum, type: text}
  - {name: origin, type: text, nullable: false}
  - {name: dest, type: text, nullable: false}
  - {name: air_time, type: smallint}
  - {name: distance, type: smallint, nullable: false}
  - {name: hour, type: smallint, nullable: false}
  - {name: minute, type: smallint, nullable: false}
  - {name: time_hour, type: timestamptz, nullable: false}
primary_key: []
load: {mode: full}
partition: null
order_by: []
schedule: {cron: "0 3 * * *", timezone: America/New_York, start_date: 2026-01-01}
quality:
  - {check: row_count, min: 300000}
on_schema_change: {new_column: freeze, dropped_column: freeze, type_change: freeze}
"""


COLUMNS = re.findall(r"^  - \{name: (\w+)", SPEC, re.MULTILINE)


def another(name: str, old: str = "", new: str = "") -> str:
    """Return the spec for another pipeline, into a table of its name, with one thing changed."""
    return SPEC.replace("NAME", name).replace(old, new)


BESIDE = {
    "too_few": another("too_few", "min: 300000", "min: 400000"),
    "edited": another("edited"),
    "daily": another("daily", "flights.csv.gz", '"%Y-%m-%d.csv"').replace("min: 300000", "min: 1"),
}
"""Pipelines beside `flights`, whose spec the product writes itself."""

ORDERS = [(number, f"Покупатель {number} «ё»", Decimal(number) / 4) for number in range(1, 6)]
CP1251 = "{delimiter: '|', quote: null, escape: null, header: true, encoding: cp1251, null_values: []}"
SOURCES = {
    "json": "path: orders.json, format: json, records: данные.заказы",
    "ndjson": "path: orders.ndjson.gz, format: ndjson, records: null",
    "parquet": "path: orders.parquet, format: parquet",
    "excel": "path: orders.xlsx, format: excel, excel: {sheet: Заказы, header: true}",
    "zipped": f"path: orders.zip, format: csv, csv: {CP1251}",
}
"""The same orders as every other kind of file, each with a pipeline of its own: `from_json` and so on."""

OF_ORDERS = """\
version: 1
name: from_NAME
about: Orders, as they come from the shop.
source: {connection: landing, SOURCE}
target: {storage: postgres, connection: warehouse, table: from_NAME}
columns:
  - {name: number, from: номер, type: integer, nullable: false}
  - {name: buyer, from: покупатель, type: text, nullable: false}
  - {name: amount, from: сумма, type: "decimal(10, 2)", nullable: false}
primary_key: [number]
load: {mode: merge}
partition: null
order_by: []
schedule: {cron: "0 3 * * *", timezone: Europe/Moscow, start_date: 2026-01-01}
quality: []
on_schema_change: {new_column: freeze, dropped_column: freeze, type_change: freeze}
"""

BESIDE |= {f"from_{name}": OF_ORDERS.replace("NAME", name).replace("SOURCE", source) for name, source in SOURCES.items()}


def write_orders(folder: Path) -> None:
    """Write the orders in each of the formats, as other programs write them."""
    header = ("номер", "покупатель", "сумма")
    records = [dict(zip(header, (number, buyer, float(amount)), strict=True)) for number, buyer, amount in ORDERS]
    (folder / "orders.json").write_text(json.dumps({"данные": {"заказы": records}}, ensure_ascii=False), "utf-8")
    (folder / "orders.ndjson.gz").write_bytes(gzip.compress("".join(json.dumps(record) + "\n" for record in records).encode()))
    pq.write_table(pa.Table.from_pylist([dict(zip(header, order, strict=True)) for order in ORDERS]), folder / "orders.parquet")
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Заказы"
    for row in (header, *ORDERS):
        sheet.append(row)
    book.save(folder / "orders.xlsx")
    with zipfile.ZipFile(folder / "orders.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for place, part in enumerate((ORDERS[:2], ORDERS[2:]), 1):
            lines = ["|".join(map(str, row)) for row in (header, *part)]
            archive.writestr(f"заказы/{place}.csv", "\r\n".join(lines).encode("cp1251"))


@dataclass(frozen=True)
class Story:
    """What one Airflow did: the runs by name (those of `flights`: `flights`, `again`, `and_again`), and where they loaded into."""

    airflow: Airflow
    runs: dict[str, dict[str, Any]]
    dags: Path
    url: str

    def of(self, name: str) -> dict[str, Any]:
        return self.runs[name]


def source() -> Iterator[bytes]:
    """Give the lines of the flights as they are published, header first."""
    yield from published_flights().splitlines(keepends=True)


def as_postgres_says(lines: Iterable[bytes]) -> Counter[bytes]:
    """Return the rows as PostgreSQL's COPY writes them: the whole table compared, column by column, without our code."""
    rows: Counter[bytes] = Counter()
    for line in lines:
        *values, hour = line.rstrip().split(b",")
        values.append(hour.replace(b"T", b" ").replace(b"Z", b"+00"))
        rows[b"\t".join(b"\\N" if value == b"NA" else value for value in values)] += 1
    return rows


def published(url: str, table: str) -> Counter[bytes]:
    """Return the rows of a table without the load's stamps, as COPY writes them, in UTC."""
    rows: Counter[bytes] = Counter()
    with psycopg.connect(url, options="-c timezone=UTC") as connection, connection.cursor() as cursor:
        statement = f'COPY (SELECT {", ".join(COLUMNS)} FROM "{table}") TO STDOUT'
        with cursor.copy(statement.encode()) as copy:
            for block in _lines(copy):
                rows[block] += 1
    return rows


def _lines(blocks: Iterable[bytes | bytearray | memoryview]) -> Iterator[bytes]:
    rest = b""
    for block in blocks:
        *lines, rest = (rest + bytes(block)).split(b"\n")
        yield from lines
    assert rest == b""


def environment(landing: Path, url: str) -> dict[str, str]:
    """Return the connections, as a person would give them to Airflow."""
    files = {"conn_type": "fs", "extra": {"path": str(landing)}}
    return {"AIRFLOW_CONN_LANDING": json.dumps(files), "AIRFLOW_CONN_WAREHOUSE": url}


def project(root: Path, landing: Path) -> Path:
    """Make a project as a person does, and compile it; return the folder of its DAGs."""

    def spec(*words: str) -> None:
        environ = os.environ | environment(landing, "postgresql://nobody@127.0.0.1:1/nothing") | {"PYTHONPATH": str(ROOT)}
        done = subprocess.run(
            [sys.executable, "-m", "dataeng_ai", *words], cwd=root, env=environ, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr

    (root / "dataeng.yaml").write_text("version: 1\nconnections:\n  landing: {kind: files}\n  warehouse: {kind: postgres}\n")
    spec("new", "flights", "Every flight that left New York City in 2013.", "--connection", "landing", "--source", "flights.csv.gz")
    spec("fill", "flights", "--model", "rules")
    for name, text in BESIDE.items():
        (root / f"specs/{name}.yaml").write_text(text)
    spec("check")
    spec("compile")
    return root / "build/dags"


@pytest.fixture(scope="module")
def landing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("landing")
    # The days before and after are traps: a run must read the day that its interval starts in, in the schedule's time zone.
    for number, day in enumerate(("2026-03-06", "2026-03-07", "2026-03-08"), 1):
        with (folder / f"{day}.csv").open("wb") as file:
            file.writelines(line for _, line in zip(range(1 + 10 * number), source(), strict=False))
    with gzip.open(folder / "flights.csv.gz", "wb", compresslevel=1) as file:
        file.writelines(source())
    write_orders(folder)
    return folder


@pytest.fixture(scope="module")
def story(airflow: Airflow, landing: Path, postgres_server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    """Run all the DAGs in one process, `flights` three times: starting an Airflow is what takes time."""
    dags = project(tmp_path_factory.mktemp("project"), landing)
    with (dags / "edited/publish.sql").open("a") as file:
        file.write("-- a helpful hand\n")
    airflow.migrate()
    names = ["flights", "too_few", "edited", "daily@2026-03-08T08:00:00+00:00", *(f"from_{name}" for name in SOURCES), "flights", "flights"]
    with postgres_server.database() as url:
        runs = airflow.run(dags, *names, **environment(landing, url))
        called = [*(name.partition("@")[0] for name in names[:-2]), "again", "and_again"]
        yield Story(airflow, dict(zip(called, runs, strict=True)), dags, url)


def tables(url: str) -> set[str]:
    with psycopg.connect(url) as connection:
        return {row[0] for row in connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()}


def test_a_run_loads_every_row_of_the_source_as_it_is(story: Story) -> None:
    assert story.of("flights")["state"] == "success", story.airflow.log()[-8000:]
    rows = published(story.url, "flights")
    assert rows.total() == FLIGHTS
    assert rows == as_postgres_says(list(source())[1:])


def test_the_tasks_hand_over_numbers_and_the_checksum_of_each_column_agrees(story: Story) -> None:
    tasks = story.of("flights")["tasks"]
    assert {name: task["state"] for name, task in tasks.items()} == dict.fromkeys(("stage", "check", "publish", "reconcile"), "success")
    handed = tasks["stage"]["result"]
    assert (handed["rows_in"], handed["rows_loaded"], handed["rows_rejected"]) == (FLIGHTS, FLIGHTS, 0)
    assert len(json.dumps(handed)) < 1000
    reconciled = tasks["reconcile"]["result"]
    assert reconciled["reconciled"] is True
    assert reconciled["rows"] == FLIGHTS
    assert reconciled["columns"].keys() == {*COLUMNS, "_extra"}


@pytest.mark.parametrize("run", ["again", "and_again"])
def test_a_second_and_a_third_run_find_their_work_done_and_change_nothing(story: Story, run: str) -> None:
    again = story.of(run)
    assert again["state"] == "success", story.airflow.log()[-8000:]
    assert again["tasks"]["stage"]["result"]["load_id"] == story.of("flights")["tasks"]["stage"]["result"]["load_id"]
    assert again["tasks"]["publish"]["result"]["rows_skipped"] == FLIGHTS
    with psycopg.connect(story.url) as connection:
        assert connection.execute('SELECT count(*), count(DISTINCT _load_id) FROM "flights"').fetchone() == (FLIGHTS, 1)


def test_a_failed_check_publishes_nothing(story: Story) -> None:
    run = story.of("too_few")
    states = {name: task["state"] for name, task in run["tasks"].items()}
    assert run["state"] == "failed"
    assert states == {"stage": "success", "check": "failed", "publish": "upstream_failed", "reconcile": "upstream_failed"}
    assert published(story.url, "too_few").total() == 0


def test_a_bundle_edited_by_hand_is_refused_before_anything_is_touched(story: Story) -> None:
    run = story.of("edited")
    assert run["tasks"]["stage"]["state"] == "failed"
    assert "edited" not in tables(story.url)
    assert "edited by hand" in story.airflow.log()


def test_a_run_reads_the_file_of_its_interval_in_the_time_zone_of_its_schedule(story: Story) -> None:
    run = story.of("daily")
    assert run["state"] == "success", story.airflow.log()[-8000:]
    assert published(story.url, "daily").total() == 20


@pytest.mark.parametrize("name", SOURCES)
def test_every_format_is_loaded_by_its_dag_whole_and_as_it_is(story: Story, name: str) -> None:
    run = story.of(f"from_{name}")
    assert run["state"] == "success", story.airflow.log()[-8000:]
    handed = run["tasks"]["stage"]["result"]
    assert (handed["rows_in"], handed["rows_loaded"], handed["rows_rejected"]) == (len(ORDERS), len(ORDERS), 0)
    with psycopg.connect(story.url) as connection:
        found = connection.execute(f'SELECT number, buyer, amount FROM "from_{name}" ORDER BY number'.encode()).fetchall()
    assert found == ORDERS


def test_two_airflows_at_once_leave_the_table_that_one_leaves(story: Story, landing: Path, postgres_server: Server) -> None:
    with postgres_server.database() as url, ThreadPoolExecutor(2) as both:
        runs = [both.submit(each.run, story.dags, "flights", **environment(landing, url)) for each in (story.airflow.twin(), story.airflow)]
        assert [run.result()[0]["state"] for run in runs] == ["success", "success"]
        assert published(url, "flights") == published(story.url, "flights")
        assert not [name for name in tables(url) if "stage" in name]
