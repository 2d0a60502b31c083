"""How many bytes the rows will take in each storage: an estimate from types, lengths and numbers of different values."""

from __future__ import annotations

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
_POSTGRES_ROW: Final = 28
"""Bytes of a row's header and of its pointer in the page."""
_LZ4: Final = 0.6
"""What is left of columns after ClickHouse's default compression, roughly."""
_ZSTD: Final = 0.5
BARS: Final = {"duckdb": (0.5, 2.0), "postgres": (0.8, 1.25), "clickhouse": (0.4, 2.5), "lake": (0.4, 2.5)}
"""Per storage, the shares of the estimate between which the truth lies, nearly always."""


def forecast(rows: int, columns: Sequence[Settled]) -> tuple[tuple[str, int], ...]:
    """Return (storage, bytes) for every storage."""
    plain = sum(_width(column) * column.measured.fits for column in columns)
    encoded = sum(_encoded(column) for column in columns)
    return (
        ("duckdb", int(encoded)),
        ("postgres", int(rows * _POSTGRES_ROW + plain)),
        ("clickhouse", int(encoded * _LZ4)),
        ("lake", int(encoded * _ZSTD)),
    )


def _width(column: Settled) -> float:
    """Return the bytes of one value as a row store keeps it."""
    kind = column.type
    if kind.name == "decimal":
        return 8 + (kind.precision or 0) / 4
    if kind.name in _WIDTHS:
        return _WIDTHS[kind.name]
    lengths = [len(text.encode()) for text in column.measured.chosen]
    return 1 + (sum(lengths) / len(lengths) if lengths else 0)


def _encoded(column: Settled) -> float:
    """Return the bytes of a column as a column store keeps it: each different value once, and its number in every row."""
    different = max(1, column.measured.distinct)
    dictionary = different * _width(column) + column.measured.fits * ceil(log2(different) or 1) / 8
    return min(dictionary, column.measured.fits * _width(column))
