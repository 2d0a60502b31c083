"""The story: 336,776 real flights, each value as it stands in the file, in both storages, once however often they are loaded."""

from __future__ import annotations

import csv
import io
from datetime import datetime
from typing import TYPE_CHECKING

import pytest

from dataeng_ai import ir, runtime
from dataeng_ai.types import parse
from tests.places import CSV, Place
from tests.shell import published_flights

if TYPE_CHECKING:
    from pathlib import Path

TEXTS = ("carrier", "tailnum", "origin", "dest")
COUNT = 336_776


@pytest.fixture(scope="module")
def flights() -> str:
    return published_flights().decode()


@pytest.fixture(params=["duckdb", "postgres"])
def place(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    found = Place(request.param, tmp_path, request.getfixturevalue("postgres") if request.param == "postgres" else None)
    monkeypatch.setenv("AIRFLOW_CONN_WAREHOUSE", found.url or "")
    return found


def column(name: str) -> ir.Column:
    kind = "text" if name in TEXTS else "timestamptz" if name == "time_hour" else "integer"
    return ir.Column(name, name, parse(kind), parse=ir.Parse(null_values=("NA",)))


def pipeline(storage: str, header: list[str]) -> ir.Pipeline:
    return ir.Pipeline(
        name="flights",
        about="Flights from New York in 2013.",
        source=ir.Source(None, "in/flights.csv", "csv", CSV),
        target=ir.Target(storage, "warehouse" if storage == "postgres" else None, None, "flights"),
        columns=tuple(map(column, header)),
        load=ir.Load("full"),
    )


def sums(text: str) -> dict[str, tuple[int, int]]:
    """Return of each column how many values there are, and a sum over them: of numbers, of lengths, or of seconds."""
    records = list(csv.DictReader(io.StringIO(text)))
    found = {}
    for name in records[0]:
        values = [record[name] for record in records if record[name] != "NA"]
        if name == "time_hour":
            total = sum(int(datetime.fromisoformat(value).timestamp()) for value in values)
        else:
            total = sum(map(len if name in TEXTS else int, values))
        found[name] = (len(values), total)
    return found


def stored(place: Place, header: list[str]) -> dict[str, tuple[int, int]]:
    totals = [
        f"count({name}), sum({f'length({name})' if name in TEXTS else f'extract(epoch from {name})' if name == 'time_hour' else name})"
        for name in header
    ]
    row = place.ask(f"SELECT {', '.join(totals)} FROM flights")[0]
    return {name: (int(row[2 * at]), int(row[2 * at + 1])) for at, name in enumerate(header)}


def test_flights_arrive_whole_and_once(place: Place, flights: str) -> None:
    place.write("flights.csv", flights)
    header = flights.partition("\n")[0].split(",")
    folder = place.compile(pipeline(place.storage, header))
    both = [place.start(folder), place.start(folder)]
    said = [process.communicate(timeout=300) for process in both]
    assert [process.returncode for process in both] == [0, 0], said
    expected = sums(flights)
    assert place.ask("SELECT count(*) FROM flights") == [(COUNT,)]
    assert stored(place, header) == expected
    again = runtime.run(runtime.Bundle.load(folder), root=place.root)
    assert (again.state, again.rows_in, again.rows_skipped) == ("done", COUNT, COUNT)
    assert stored(place, header) == expected
