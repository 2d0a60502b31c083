"""What a forecast says of bytes holds the bytes that real storages take."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import duckdb
import psycopg
import pytest

from dataeng_ai.profile import profile

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ROWS = 30_000
TYPES = {
    "amounts": {"a": "integer", "b": "double precision", "c": "numeric(10, 2)", "d": "integer"},
    "заказы": {"id": "integer", "покупатель": "integer", "создан": "timestamp", "статус": "text", "сумма": "numeric(10, 2)"},
    "texts": {"id": "uuid", "body": "text", "имя": "text"},
    "few": {"k": "text", "s": "smallint", "day": "date", "f": "boolean"},
}


def rows(name: str) -> list[str]:
    draw = random.Random(name)  # noqa: S311  the same rows each time
    words = "museum ticket visitor запись билет sold late early long short".split()  # noqa: SIM905  words read better so
    made: dict[str, Callable[[int], str]] = {
        "amounts": lambda _: f"{draw.randrange(10**6)},{draw.random()!r},{draw.random() * 1000:.2f},{draw.randrange(100)}",
        "заказы": lambda n: (
            f"{n},{draw.randrange(5000)},2024-01-{n * 28 // ROWS + 1:02} 10:{n % 60:02}:00,{draw.choice(words)},{draw.random() * 900:.2f}"
        ),
        "texts": lambda _: (
            f"{draw.randbytes(16).hex('-', 4)},{' '.join(draw.choices(words, k=12))},{draw.choice(words)} {draw.randrange(20_000)}"
        ),
        "few": lambda _: f"{draw.choice('abcd')},{draw.randrange(5)},2024-0{draw.randrange(1, 10)}-11,{draw.choice(['true', 'false'])}",
    }
    return [made[name](n) for n in range(ROWS)]


def uuid(text: str) -> str:
    plain = text.replace("-", "")
    return f"{plain[:8]}-{plain[8:12]}-{plain[12:16]}-{plain[16:20]}-{plain[20:]}"


@pytest.mark.parametrize("name", list(TYPES))
def test_real_sizes_lie_within_the_bars(tmp_path: Path, postgres: str, name: str) -> None:
    lines = rows(name)
    if name == "texts":
        lines = [f"{uuid(line.partition(',')[0])},{line.partition(',')[2]}" for line in lines]
    file = tmp_path / "t.csv"
    file.write_text("\n".join([",".join(TYPES[name]), *lines]) + "\n", "utf-8")
    bars = {one.storage: one for one in profile(tmp_path, "t.csv").outlook}
    columns = ", ".join(f'"{column}" {kind}' for column, kind in TYPES[name].items())
    with duckdb.connect(tmp_path / "w.duckdb") as con:
        con.execute(f"CREATE TABLE t ({columns})")
        con.execute("INSERT INTO t FROM read_csv($1)", [str(file)])
        con.execute("CHECKPOINT")
        con.execute("COPY t TO '{}' (COMPRESSION zstd)".format(tmp_path / "t.parquet"))
    with psycopg.connect(postgres, autocommit=True) as pg:
        pg.execute(f"CREATE TABLE t ({columns})")
        with pg.cursor().copy("COPY t FROM STDIN (FORMAT csv, HEADER)") as copy:
            copy.write(file.read_bytes())
        [taken] = pg.execute("SELECT pg_table_size('t')").fetchone() or (0,)
    real = {"duckdb": (tmp_path / "w.duckdb").stat().st_size, "postgres": taken, "lake": (tmp_path / "t.parquet").stat().st_size}
    for storage, size in real.items():
        assert bars[storage].low <= size <= bars[storage].high, (storage, size, bars[storage])
