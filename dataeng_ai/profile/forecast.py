"""How many bytes the rows will take in each storage: an estimate from types, ranges, numbers of different values, and how texts pack.

Row stores keep each value as wide as its type, column stores as few bits as its range or the number of different values asks for.
How tight texts pack is tried on those of the rows that a hash chose. Indexes are not among it.
"""

from __future__ import annotations

import zlib
from datetime import datetime
from decimal import Decimal
from math import ceil, log2
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dataeng_ai.profile.settle import Settled

_WIDTHS: Final = {
    "boolean": 1,
    "smallint": 2,
    "integer": 4,
    "bigint": 8,
    "double": 8,
    "date": 4,
    "time": 8,
    "timestamp": 8,
    "timestamptz": 8,
    "uuid": 16,
}
_ALIGNED: Final = {"smallint": 2, "integer": 4, "date": 4, "bigint": 8, "double": 8, "time": 8, "timestamp": 8, "timestamptz": 8}
_NUMBERS: Final = frozenset({"smallint", "integer", "bigint", "decimal"})
_MOMENTS: Final = frozenset({"timestamp", "timestamptz", "time"})
_POSTGRES_HEADER: Final = 24
_POSTGRES_POINTER: Final = 4
_POSTGRES_BLOCK: Final = 8192
_POSTGRES_PAGE: Final = _POSTGRES_BLOCK - 24
_POSTGRES_MAPS: Final = 40_960
"""Bytes beside the rows: what is free, what is visible, an empty index of long values."""
_DUCKDB_BLOCK: Final = 262_144
_DUCKDB_HEADER: Final = 12_288
_MOMENT: Final = 4.0
"""Bytes of a moment among others that mostly follow each other."""
_FOLLOWING: Final = 1.05
"""So much wider than the number of different values is the range of numbers that follow each other."""
_NEARLY: Final = 0.9
_PLAIN: Final = 0.85
"""What general compression leaves of numbers that do not follow each other."""
_RUN: Final = 0.5
_FOUND: Final = 1.5
"""How much looser DuckDB packs different texts than zlib does, which finds whole words again."""
_LZ4: Final = 1.3
"""How much looser LZ4 packs texts than zlib does."""
_SAMPLE: Final = 200_000
"""Characters of texts on which packing is tried."""

BARS: Final = {"duckdb": (0.6, 1.7), "postgres": (0.85, 1.2), "clickhouse": (0.4, 2.5), "lake": (0.65, 1.5)}
"""Per storage, the shares of the estimate between which the truth lies: measured where tables of many makes were loaded."""


def forecast(rows: int, columns: Sequence[Settled]) -> tuple[tuple[str, int], ...]:
    """Return (storage, bytes) for every storage."""
    looked = max((column.measured.fits + column.nulls + column.exceptions for column in columns), default=0)
    more = rows / looked if looked else 0.0
    each = [(column, _texts(column)) for column in columns]
    packed = sum(_packed(column, texts) for column, texts in each) * more
    paged = sum(_paged(column, texts) for column, texts in each) * more
    return (
        ("duckdb", _duckdb(packed)),
        ("postgres", _postgres(rows, each)),
        ("clickhouse", int(sum(_squeezed(column, texts) for column, texts in each) * more)),
        ("lake", int(paged + 400 * len(columns))),
    )


_Texts = tuple[float, float]
"""The bytes of a text on average, and what packing leaves of texts, tried on some of them in no order."""


def _texts(column: Settled) -> _Texts:
    """Return how the values lie that are as long as they are; those of one width are not looked at."""
    if column.type.name in _WIDTHS or column.type.name == "decimal" or not column.measured.chosen:
        return 0.0, 1.0
    length = len("".join(column.measured.chosen).encode("utf-8", "replace")) / len(column.measured.chosen)
    some = "\n".join(column.measured.chosen)[:_SAMPLE].encode("utf-8", "replace")
    return length, min(1.0, len(zlib.compress(some, 1)) / len(some)) if some else 1.0


def _duckdb(packed: float) -> int:
    """Return the bytes of a file whose blocks these fill: one more is for what the tables are."""
    return _DUCKDB_HEADER + _DUCKDB_BLOCK * (1 + max(1, ceil(packed / _DUCKDB_BLOCK)))


def _postgres(rows: int, columns: Sequence[tuple[Settled, _Texts]]) -> int:
    """Return the bytes of whole pages: each row has a header, its values lie where their types want to, its end at eight."""
    if not columns:
        return _POSTGRES_MAPS
    bitmap = (len(columns) + 7) // 8 if any(column.nulls for column, _ in columns) else 0
    row = float(_POSTGRES_HEADER + (0 if bitmap <= 1 else ceil((bitmap - 1) / 8) * 8))
    loose = False
    for column, texts in columns:
        looked = column.measured.fits + column.nulls + column.exceptions
        share = column.measured.fits / looked if looked else 1.0
        align = _ALIGNED.get(column.type.name, 1)
        if loose or share < 1:
            row += share * (align - 1) / 2
        else:
            row = ceil(row / align) * align
        row += share * _width(column, texts)
        loose = loose or share < 1 or column.type.name not in (*_WIDTHS,)
    row = row + 3.5 if loose else ceil(row / 8) * 8
    fitting = _POSTGRES_PAGE / (row + _POSTGRES_POINTER)
    pages = rows / (max(fitting, 0.01) if loose else max(int(fitting), 1))
    return _POSTGRES_BLOCK * ceil(pages) + _POSTGRES_MAPS


def _width(column: Settled, texts: _Texts) -> float:
    """Return the bytes of one value as a row store keeps it."""
    kind = column.type
    if kind.name == "decimal":
        digits = _digits(column)
        return 3 + 2 * (ceil(max(digits - (kind.scale or 0), 1) / 4) + ceil((kind.scale or 0) / 4))
    if kind.name in _WIDTHS:
        return _WIDTHS[kind.name]
    length, _ = texts
    return 1 + length + (3 if length > 126 else 0)  # noqa: PLR2004  longer ones have a head of four bytes


def _digits(column: Settled) -> int:
    ends = [end for end in (column.measured.minimum, column.measured.maximum) if end is not None]
    return max((len(end.lstrip("-").replace(".", "")) for end in ends), default=1)


def _packed(column: Settled, texts: _Texts) -> float:
    """Return the bytes of a column as a store keeps it that packs numbers by their range, and equal values once."""
    fits, kind = column.measured.fits, column.type.name
    if kind in _NUMBERS or kind == "date":
        wide = fits * _bits(column) / 8
        return fits / 64 if _follow(column) else min(wide, _named(column, texts))
    if kind in _MOMENTS:
        return min(fits * _MOMENT, _named(column, texts))
    if kind in _WIDTHS:
        return min(fits * (1 / 8 if kind == "boolean" else _WIDTHS[kind]), _named(column, texts))
    length, tightness = texts
    return min(fits * length * min(1.0, tightness * _FOUND), _named(column, texts))


def _paged(column: Settled, texts: _Texts) -> float:
    """Return the bytes of a column in Parquet: equal values once, or plain and squeezed."""
    fits, kind = column.measured.fits, column.type.name
    if kind in _NUMBERS or kind == "date" or kind in _MOMENTS:
        if _follow(column) or kind in _MOMENTS:
            return min(fits * _WIDTHS.get(kind, 8) * _RUN, _named(column, texts))
        return min(max(fits * (_bits(column) + 2) / 8, fits / 8), _named(column, texts))
    length, tightness = texts
    return _packed(column, texts) if kind in _WIDTHS else min(fits * length * tightness, _named(column, texts))


def _squeezed(column: Settled, texts: _Texts) -> float:
    """Return the bytes of a column whose values lie plain side by side, squeezed quickly."""
    fits, kind = column.measured.fits, column.type.name
    if kind in _WIDTHS or kind == "decimal":
        wide = _WIDTHS.get(kind, 8)
        return min(fits * wide * (_RUN if _follow(column) or kind in _MOMENTS else _PLAIN), fits * (_bits(column) / 8 + 1))
    length, tightness = texts
    return min(fits * length * min(1.0, tightness * _LZ4), _named(column, texts) * 1.5)


def _named(column: Settled, texts: _Texts) -> float:
    """Return the bytes of a column that keeps each different value once, and its number in every row."""
    different = max(1, min(column.measured.distinct, column.measured.fits))
    length, tightness = texts
    each = _WIDTHS.get(column.type.name, 8 if column.type.name == "decimal" else length * tightness)
    return different * each + column.measured.fits * ceil(log2(different) or 1) / 8


def _bits(column: Settled) -> float:
    """Return how many bits tell a number or a day from the least one."""
    low, high = column.measured.minimum, column.measured.maximum
    if low is None or high is None or column.type.name not in (*_NUMBERS, "date"):
        return 8.0 * _WIDTHS.get(column.type.name, 8)
    return max(1, ceil(log2(_reach(column, low, high) + 1)))


def _reach(column: Settled, low: str, high: str) -> int:
    if column.type.name == "date":
        first, last = (datetime.fromisoformat(end).toordinal() for end in (low, high))
        return last - first
    return int((Decimal(high) - Decimal(low)).scaleb(column.type.scale or 0))


def _follow(column: Settled) -> bool:
    """Say whether numbers follow each other, as those of a key do: then the steps between them are kept, not they."""
    low, high, measured = column.measured.minimum, column.measured.maximum, column.measured
    if low is None or high is None or column.type.name not in _NUMBERS or measured.distinct < _NEARLY * measured.fits:
        return False
    return _reach(column, low, high) + 1 <= _FOLLOWING * max(measured.fits, 1)
