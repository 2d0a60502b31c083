"""Parquet from the file to the table, by the commands a person types, into both storages; every value is the source's."""

from __future__ import annotations

import csv
import datetime as dt
import io
import uuid
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import duckdb
import psycopg
import pyarrow as pa
import pyarrow.parquet as pq

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from tests.shell import Shell

ROWS = 700
SCHEMA = pa.schema(
    [
        ("номер", pa.int64()),
        ("код", pa.string()),
        ("цена", pa.decimal128(12, 2)),
        ("вес", pa.float64()),
        ("продано", pa.timestamp("us", "UTC")),
        ("день", pa.date32()),
        ("оплачен", pa.bool_()),
        ("адрес", pa.struct([("город", pa.string()), ("дом", pa.int16())])),
        ("метки", pa.list_(pa.string())),
        ("uid", pa.uuid()),
    ]
)


def rows(count: int = ROWS, start: int = 0) -> list[dict[str, Any]]:
    return [
        {
            "номер": n,
            "код": f"{n:06d}",
            "цена": Decimal(n) / 4,
            "вес": None if n % 5 == 0 else n / 3,
            "продано": dt.datetime(2024, 1, 1, tzinfo=dt.UTC) + dt.timedelta(seconds=n * 61.5),
            "день": dt.date(2024, 1, 1) + dt.timedelta(days=n % 30),
            "оплачен": n % 3 == 0,
            "адрес": None if n % 7 == 0 else {"город": "Тула" if n % 2 else "", "дом": n % 200},
            "метки": [f"м{n}", None],
            "uid": uuid.UUID(int=n).bytes,
        }
        for n in range(start, start + count)
    ]


def write(folder: Path, name: str, found: list[dict[str, Any]]) -> None:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.Table.from_pylist(found, SCHEMA), folder / name, row_group_size=300)


def expected(found: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    """Return the rows as the table has them."""
    flat = []
    for one in found:
        address = one["адрес"] or {"город": None, "дом": None}
        values = [one[name] for name in ("номер", "код", "цена", "вес", "продано", "день", "оплачен")]
        flat.append((*values, address["город"], address["дом"], f'["{one["метки"][0]}",null]', uuid.UUID(bytes=one["uid"])))
    return flat


def texts(found: list[tuple[Any, ...]]) -> list[list[str]]:
    """Return the rows as a preview's CSV has them."""
    return [["" if value is None else _text(value) for value in row] for row in found]


def _text(value: object) -> str:
    if isinstance(value, dt.datetime):
        plain = f"{value:%Y-%m-%d %H:%M:%S}"
        return f"{plain}.{value.microsecond:06d}+00" if value.microsecond else f"{plain}+00"
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    return str(value).lower() if isinstance(value, bool) else str(value)


def test_a_parquet_file_arrives_in_duckdb_and_its_preview_is_the_source(shell: Shell) -> None:
    write(shell.folder, "data/a.parquet", rows())
    facts = shell.ok("profile", "data/a.parquet", "--format", "json").data
    assert (facts["format"], facts["rows"], facts["rejects"]) == ("parquet", ROWS, 0)
    assert [one["type"] for one in facts["columns"]] == [
        *("bigint", "text", "decimal(12, 2)", "double", "timestamptz", "date", "boolean", "text", "smallint", "json", "uuid")
    ]
    shell.ok("new", "t", "--source", "data/*.parquet")
    shell.ok("fill", "t", "--model", "rules")
    shell.ok("check", "t")
    assert "format: parquet" in (shell.folder / "specs/t.yaml").read_text("utf-8")
    shown = list(csv.reader(io.StringIO(shell.ok("preview", "t", "--rows", "all", "--format", "csv").out)))
    assert shown[1:] == texts(expected(rows()))
    shell.ok("compile", "t")
    counts = shell.ok("run", "t", "--format", "json").data
    assert (counts["rows_in"], counts["rows_loaded"], counts["rows_rejected"]) == (ROWS, ROWS, 0)
    with duckdb.connect(str(shell.folder / ".dataeng/warehouse.duckdb"), read_only=True) as con:
        con.execute("SET TimeZone = 'UTC'")
        found = con.sql("SELECT * EXCLUDE (_extra, _load_id, _loaded_at, _source_file) FROM t ORDER BY 1").to_arrow_table().to_pylist()
    assert [tuple(row.values()) for row in found] == [(*row[:-1], str(row[-1])) for row in expected(rows())]
    write(shell.folder, "data/b.parquet", rows(50, start=ROWS))
    assert shell.ok("run", "t", "--format", "json").data["rows_loaded"] == ROWS + 50


def test_a_parquet_file_arrives_in_postgres(shell: Shell, postgres: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_WAREHOUSE", postgres)
    shell.write("dataeng.yaml", "version: 1\nconnections:\n  warehouse: {kind: postgres}\n")
    write(shell.folder, "data/a.parquet", rows())
    shell.write(
        "specs/t.yaml",
        "version: 1\nname: t\nabout: t\nsource: {path: data/*.parquet}\ntarget: {storage: postgres, connection: warehouse, table: t}\n",
    )
    shell.ok("fill", "t", "--model", "rules")
    shell.ok("compile", "t")
    counts = shell.ok("run", "t", "--format", "json").data
    assert (counts["rows_in"], counts["rows_loaded"]) == (ROWS, ROWS)
    with psycopg.connect(postgres) as con:
        con.execute("SET TimeZone = 'UTC'")
        found = con.execute("SELECT * FROM t ORDER BY 1").fetchall()
    assert [tuple(row[: len(want)]) for row, want in zip(found, _plain(rows()), strict=True)] == _plain(rows())


def _plain(found: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    """Return the rows as psycopg gives them: parsed JSON."""
    return [(*row[:9], [source["метки"][0], None], row[10]) for row, source in zip(expected(found), found, strict=True)]


def test_a_row_that_is_none_of_the_table_is_set_aside_as_json(shell: Shell) -> None:
    found = rows(200)
    found[7]["номер"] = None
    write(shell.folder, "data/a.parquet", rows(200))
    shell.ok("new", "t", "--source", "data/a.parquet")
    shell.ok("fill", "t", "--model", "rules")
    shell.ok("set", "t", "load.max_rejects=5")
    write(shell.folder, "data/a.parquet", found)
    shell.ok("compile", "t")
    counts = shell.ok("run", "t", "--format", "json").data
    assert (counts["rows_in"], counts["rows_loaded"], counts["rows_rejected"]) == (200, 199, 1)
    told = shell.ok("rejects", "t").out
    assert "null in a column that is not nullable" in told
    with duckdb.connect(str(shell.folder / ".dataeng/warehouse.duckdb"), read_only=True) as con:
        (table,) = [name for (name,) in con.execute("SELECT table_name FROM information_schema.tables").fetchall() if "reject" in name]
        lines = con.sql(f'SELECT * FROM "{table}"').to_arrow_table().to_pylist()
    assert any('{"номер":null,"код":"000007"' in str(one) for one in lines)


def test_damage_on_the_way_leaves_the_old_table(shell: Shell) -> None:
    write(shell.folder, "data/a.parquet", rows(100))
    shell.ok("new", "t", "--source", "data/a.parquet")
    shell.ok("fill", "t", "--model", "rules")
    shell.ok("compile", "t")
    shell.ok("run", "t")
    data = (shell.folder / "data/a.parquet").read_bytes()
    (shell.folder / "data/a.parquet").write_bytes(data[: len(data) // 2])
    said = shell.spec("run", "t")
    assert (said.code, "E340" in said.err, "is cut short" in said.err) == (1, True, True)
    with duckdb.connect(str(shell.folder / ".dataeng/warehouse.duckdb"), read_only=True) as con:
        assert con.execute("SELECT count(*) FROM t").fetchall() == [(100,)]


def test_profile_and_preview_agree_on_texts_with_nul(shell: Shell) -> None:
    """Parquet may hold such a text and no column of texts may: it is counted, and its row is no row, in both."""
    names = [("а\0б" if place in (5, 2500) else None if place % 10 == 3 else f"имя {place}") for place in range(3000)]
    flags = ["\0" if place == 2900 else "да" for place in range(3000)]
    pq.write_table(pa.table({"id": range(3000), "имя": names, "flag": flags}), shell.folder / "nul.parquet")
    found = shell.ok("profile", "nul.parquet", "--format", "json").data
    assert [(one["nulls"], one.get("exceptions", 0)) for one in found["columns"]] == [(0, 0), (300, 2), (0, 1)]
    assert [line for line in found["warnings"] if "NUL" in line] == [
        "`имя`: 2 cells hold the character NUL, which no column of texts may",
        "`flag`: a cell holds the character NUL, which no column of texts may",
    ]
    shown = shell.ok("preview", "nul.parquet", "--rows", "all", "--format", "csv").out
    assert len(shown.splitlines()) == 1 + 3000 - 3
