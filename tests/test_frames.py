"""Frames become files without loss, or are refused by the name of the column; rows become frames with the types they have."""

from __future__ import annotations

import datetime as dt
import sys
import uuid
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataeng_ai import frames
from dataeng_ai.diagnostics import Problems
from dataeng_ai.types import parse

if TYPE_CHECKING:
    from pathlib import Path

BIG = 2**53 + 1
"""No double holds it."""
MOSCOW = dt.timezone(dt.timedelta(hours=3))

ROWS: dict[str, list[Any]] = {
    "ид": [1, BIG, None],
    "цена": [Decimal("1.50"), None, Decimal("12345678901234567890.25")],
    "продано": [dt.datetime(2026, 1, 31, 12, tzinfo=MOSCOW), None, dt.datetime(1969, 12, 31, 23, 59, 59, 1, tzinfo=dt.UTC)],
    "день": [dt.date(2020, 2, 29), None, dt.date(1, 1, 1)],
    "имя": ["Аня", None, ""],
    "да": [True, None, False],
}
"""A value that is bent in silence somewhere, nothing, and another."""


def stored(frame: object, tmp_path: Path) -> list[dict[str, Any]]:
    """Return the rows of a frame after it became a file, as DuckDB reads them."""
    frames.store(frame, "df", tmp_path / "df.parquet")
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'").fetchall()
        found: list[dict[str, Any]] = connection.sql(f"FROM '{tmp_path}/df.parquet'").to_arrow_table().to_pylist()
    return found


def refused(frame: object, tmp_path: Path) -> str:
    """Return why a frame is not stored; nothing of it is left."""
    with pytest.raises(Problems) as problems:
        frames.store(frame, "df", tmp_path / "df.parquet")
    assert not [*tmp_path.iterdir()]
    [problem] = problems.value.diagnostics
    assert problem.help
    return f"{problem.code}: {problem.message}"


def test_a_frame_of_each_make_is_stored_as_it_is(tmp_path: Path) -> None:
    table = pa.table(ROWS)
    expected = [dict(zip(ROWS, row, strict=True)) for row in zip(*ROWS.values(), strict=True)]
    of_pandas = pd.DataFrame({name: pd.Series(values, dtype=object) for name, values in ROWS.items()})
    for frame in (table, table.to_batches()[0], pl.DataFrame(table), pl.DataFrame(table).lazy(), of_pandas, duckdb.from_arrow(table)):
        assert stored(frame, tmp_path) == expected


def test_a_decimal_that_nothing_declares_has_room_for_the_next_frame(tmp_path: Path) -> None:
    frames.store(pd.DataFrame({"цена": [Decimal("1.50")]}), "df", tmp_path / "df.parquet")
    assert pq.read_schema(tmp_path / "df.parquet").field("цена").type == pa.decimal128(18, 2)


def test_the_same_frame_gives_the_same_bytes(tmp_path: Path) -> None:
    file = tmp_path / "df.parquet"
    frames.store(pa.table(ROWS), "df", file)
    before = file.read_bytes()
    frames.store(pa.table(ROWS), "df", file)
    assert file.read_bytes() == before


def test_what_pandas_has_and_no_storage_becomes_what_it_stands_for(tmp_path: Path) -> None:
    key = uuid.UUID(int=7)
    frame = pd.DataFrame(
        {
            "category": pd.Categorical(["а", None]),
            "nullable": pd.array([1, None], dtype="Int64"),
            "unsigned": np.array([1, 2**64 - 1], dtype="uint64"),
            "half": np.array([0.5, 2], dtype="float16"),
            "nested": [{"а": [1, np.int64(2)]}, {"б": None}],
            "lists": [[1, 2], []],
            "records": [{"а": 1, "б": "x"}, None],
            "money": [Decimal("1.50"), None],
            "huge": pd.Series([2**70, None], dtype=object),
            "key": [key, None],
            "nanoseconds": pd.to_datetime(["2026-01-31 12:00:00.000001", None]).astype("datetime64[ns]"),
        }
    )
    assert stored(frame, tmp_path) == [
        {
            "category": "а",
            "nullable": 1,
            "unsigned": 1,
            "half": 0.5,
            "nested": '{"а": [1, 2]}',
            "lists": [1, 2],
            "records": {"а": 1, "б": "x"},
            "money": Decimal("1.50"),
            "huge": 2**70,
            "key": str(key),
            "nanoseconds": dt.datetime(2026, 1, 31, 12, 0, 0, 1),  # noqa: DTZ001  a time without a zone is what is stored
        },
        {
            "category": None,
            "nullable": None,
            "unsigned": 2**64 - 1,
            "half": 2,
            "nested": '{"б": null}',
            "lists": [],
            "records": None,
            "money": None,
            "huge": None,
            "key": None,
            "nanoseconds": None,
        },
    ]


@pytest.mark.parametrize(
    ("frame", "said"),
    [
        (
            pd.DataFrame({"цена": [1, "нет"]}),
            "E055: the column `цена` of `df` cannot be stored: it holds values of different kinds: int in row 0, str",
        ),
        (pd.DataFrame({"day": [dt.date(2020, 1, 1), dt.datetime(2020, 1, 1, 5, tzinfo=dt.UTC)]}), "date in row 0, datetime in row 1"),
        (pd.DataFrame([[1, 2]], columns=["имя", "имя"]), "E055: `df` has more than one column of the name `имя`"),
        (pd.DataFrame({"": [1]}), "a column of `df` has no name"),
        (pd.DataFrame(), "`df` has no columns"),
        (pd.DataFrame({"x": pd.to_timedelta([1], unit="s")}), "lengths of time"),
        (pd.DataFrame({"x": pd.period_range("2020", periods=1, freq="M")}), "no storage here has the type"),
        (pd.DataFrame({"x": pd.to_datetime([1], unit="ns")}), "nanoseconds"),
        (pd.DataFrame({"x": [1j]}), "the column `x`"),
        (pd.DataFrame({"x": [{1: "keys that are no texts"}, {"a": {1}}]}), "no JSON"),
        (pd.DataFrame({"x": [{"a": float("nan")}]}), "no JSON"),
        (pd.DataFrame({"x": [Decimal("1" * 39)]}), "more than 38 digits"),
        (pd.DataFrame([[1]], columns=pd.MultiIndex.from_tuples([("a", "b")])), "names of 2 levels"),
        (pd.DataFrame({"id": [1]}).set_index("id", drop=False), "an index and a column of the name `id`"),
        (pl.DataFrame({"x": [dt.timedelta(1)]}), "lengths of time"),
        (pd.Series([1]), "E054: `df` is no frame: its type is `pandas.Series`"),
        (pl.Series([1]), "E054: `df` is no frame: its type is `polars.Series`"),
        ({"x": [1]}, "E054: `df` is no frame: its type is `dict`"),
        (None, "E054: `df` is no frame: its type is `NoneType`"),
    ],
)
def test_what_cannot_be_stored_as_it_is_is_refused_by_name(frame: object, said: str, tmp_path: Path) -> None:
    assert said in refused(frame, tmp_path)


@pytest.mark.parametrize(
    ("frame", "columns", "said"),
    [
        (pd.DataFrame({"x": [1]}, index=pd.Index(["а"], name="ключ")), ["ключ", "x"], "became a column: ключ"),
        (pd.DataFrame({"x": [1]}, index=["а"]), ["index", "x"], "became a column: index"),
        (pd.DataFrame({"x": [1, 2]}, index=[7, 9]), ["x"], "numbers without a name"),
        (pd.DataFrame([[1, 2]]), ["0", "1"], "became texts"),
        (pd.DataFrame({"x": [None]}), ["x"], "holds nothing at all"),
        (pd.DataFrame({"x": [1]}), ["x"], ""),
    ],
)
def test_what_is_changed_for_the_file_is_said(frame: object, columns: list[str], said: str, tmp_path: Path) -> None:
    result = frames.store(frame, "df", tmp_path / "df.parquet")
    assert pq.read_schema(tmp_path / "df.parquet").names == columns
    assert said in " ".join(result.notes)
    assert bool(result.notes) == bool(said)


def test_a_file_that_no_frame_made_is_never_written_over(tmp_path: Path) -> None:
    file = tmp_path / "df.parquet"
    pq.write_table(pa.table({"theirs": [1]}), file)
    with pytest.raises(Problems, match="E056"):
        frames.store(pa.table(ROWS), "df", file)
    file.write_bytes(b"no parquet")
    with pytest.raises(Problems, match="E056"):
        frames.store(pa.table(ROWS), "df", file)
    assert file.read_bytes() == b"no parquet"


@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "integer": st.none() | st.integers(-(2**63), 2**63 - 1),
                "decimal": st.none() | st.decimals(-(10**9), 10**9, places=4, allow_nan=False),
                "moment": st.none() | st.datetimes(timezones=st.just(dt.UTC)),
                "текст": st.none() | st.text(st.characters(exclude_categories=["Cs"])),
                "truth": st.none() | st.booleans(),
                "double": st.none() | st.floats(allow_nan=False),
            }
        ),
        min_size=1,
        max_size=5,
    )
)
def test_rows_survive_the_way_through_every_kind_of_frame(rows: list[dict[str, Any]]) -> None:
    names = list(rows[0])
    cells = [tuple(row[name] for name in names) for row in rows]
    table = frames.of_rows(names, cells)
    assert table.to_pylist() == rows
    assert frames.cells(frames.ask(table, "FROM rows")) == cells
    assert frames.to_polars(table).to_dicts() == rows
    assert pa.Table.from_pandas(frames.to_pandas(table)).to_pylist() == rows


def test_canonical_texts_become_values_of_their_types() -> None:
    texts = {
        "integer": "1",
        "bigint": str(BIG),
        "decimal(38, 4)": "1234567890123456789012345678901234.5678",
        "timestamptz": "2026-01-31 12:00:00.000001+00",
        "double": "0.1",
        "boolean": "true",
        "time": "10:00:00",
        "date": "9999-12-31",
        "uuid": "550e8400-e29b-41d4-a716-446655440000",
        "json": '{"а": 1}',
        "bytes": "00ff",
        "text": "Цена",
    }
    table = frames.of_texts(list(texts), [parse(word) for word in texts], [[*texts.values()], [None] * len(texts)])
    assert frames.cells(table) == [
        (
            1,
            BIG,
            Decimal("1234567890123456789012345678901234.5678"),
            dt.datetime(2026, 1, 31, 12, 0, 0, 1, tzinfo=dt.UTC),
            0.1,
            True,
            dt.time(10),
            dt.date(9999, 12, 31),
            "550e8400-e29b-41d4-a716-446655440000",
            '{"а": 1}',
            b"\x00\xff",
            "Цена",
        ),
        (None,) * len(texts),
    ]


@pytest.mark.parametrize("query", ["SELECT * FROM tickets", "SELECT * FROM read_csv('/etc/passwd')", "nonsense", "SELECT table"])
def test_rows_that_are_asked_see_nothing_but_themselves(query: str) -> None:
    with pytest.raises(Problems, match="E057"):
        frames.ask(pa.table({"x": [1]}), query)


@pytest.mark.parametrize(("package", "to"), [("pandas", frames.to_pandas), ("polars", frames.to_polars)])
def test_a_package_that_is_not_there_is_one_line(package: str, to: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    table = pa.table({"x": [1]})
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(Problems) as problems:
        to(table)
    [problem] = problems.value.diagnostics
    assert problem.code == "E052"
    assert problem.help == f"pip install {package} pyarrow"
