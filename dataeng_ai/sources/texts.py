"""Rows of texts that Python has read from a file, written for DuckDB: one JSON object a line, holding texts alone.

What is not there is null. The values were read by us, so DuckDB has nothing left to guess or to round.
"""

from __future__ import annotations

import glob
import hashlib
import json
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Final

import duckdb

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from dataeng_ai.sources.files import File
    from dataeng_ai.sources.xml_rows import Cells

MARK: Final = "\ud800"
"""May stand before a text that is written, and is left out: half of a character, which is no text by itself. Numbers bear it."""

NUMBER: Final = "n"
"""The key of a row's number in its source: the record's ordinal, or the row of a sheet."""

_ROWS: Final = 1000
_SIZE: Final = 4 << 20
"""So many rows, or characters, are written at a time."""

_SHORTEST: Final = 1 << 20
"""Bytes of the longest row that DuckDB makes room for, at least."""

_READ: Final = """
SELECT * FROM read_json($1, columns=$2, maximum_object_size=$3, format='newline_delimited', auto_detect=false, records=true)
"""
_COLUMNS: Final = "SELECT * FROM read_parquet($1)"


@dataclass(frozen=True, slots=True)
class Texts:
    """What DuckDB has to know about such a file. `columns` are the keys of the rows, in the header's order."""

    columns: tuple[str, ...]
    longest: int
    """No row has more bytes than this."""
    records: str | None = None
    """The path of the records in the file, where it has one."""
    cells: tuple[Cells, ...] = ()
    """Further rows of the file, behind those, where they are written otherwise."""


class Writer:
    """Writes rows, each the number of its record and its texts by key; `longest` grows with them."""

    def __init__(self, out: IO[bytes]) -> None:
        """Begin an empty file."""
        self._out = out
        self._rows: list[dict[str, object]] = []
        self._size = 0
        self.longest = 0

    def add(self, row: dict[str, object], size: int = 0) -> None:
        """Take a row, `{NUMBER: 1, "c0": "text"}`, the number first; `size` says about how long it is where it may be long."""
        self._rows.append(row)
        self._size += size
        if len(self._rows) == _ROWS or self._size > _SIZE:
            self.flush()

    def flush(self) -> None:
        """Write what was taken."""
        if not self._rows:
            return
        text = json.dumps(self._rows, ensure_ascii=False, separators=(",", ":"), check_circular=False)[1:-1]
        # Within a text every quote has a backslash before it, and behind the quote that ends one no letter stands.
        raw = text.replace('},{"' + NUMBER, '}\n{"' + NUMBER).replace(MARK, "").encode() + b"\n"
        self.longest = max(self.longest, len(raw) if len(raw) < _SHORTEST else max(map(len, raw.split(b"\n"))))
        self._rows.clear()
        self._size = 0
        self._out.write(raw)


def place(file: File, scratch: Path, kind: str = "texts") -> Path:
    """Return where what is made of a file is written: no two files of a source share it."""
    return scratch / f"{hashlib.sha256(file.name.encode()).hexdigest()[:16]}.{kind}"


def room(longest: int) -> int:
    """Return for how many bytes of a row DuckDB makes room, where none has more than the longest."""
    return max(_SHORTEST, 2 * longest)


@contextmanager
def writing(path: Path) -> Iterator[Writer]:
    """Open a file for rows; they are all there when it closes."""
    with path.open("wb") as out:
        writer = Writer(out)
        yield writer
        writer.flush()


def relation(con: duckdb.DuckDBPyConnection, path: Path, texts: Texts) -> duckdb.DuckDBPyRelation:
    """Return the rows of such a file in its order: texts `c0`, `c1`, … in the header's order, and their numbers."""
    columns = {NUMBER: "BIGINT"} | dict.fromkeys(texts.columns, "VARCHAR")
    rows = con.sql(_READ, params=[str(path), columns, room(texts.longest)])
    return rows.select(*(duckdb.ColumnExpression(name).alias(f"c{place}") for place, name in enumerate(texts.columns)), NUMBER)


def columns(con: duckdb.DuckDBPyConnection, path: Path, texts: Texts) -> duckdb.DuckDBPyRelation:
    """Return the rows of a Parquet file that DuckDB wrote of such texts, in its order: `c0`, `c1`, … in the header's order."""
    rows = con.sql(_COLUMNS, params=[glob.escape(str(path))])
    return rows.select(*(duckdb.ColumnExpression(name).alias(f"c{place}") for place, name in enumerate(texts.columns)))
