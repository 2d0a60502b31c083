"""PostgreSQL's rows as an Arrow table: each column of the type that the server says, whatever stands in it."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from psycopg.types.string import TextLoader

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import psycopg
    import pyarrow as pa

_AS_TEXT: Final = ("json", "jsonb", "uuid", "interval")
"""Types whose text is the value: what Python makes of them is another thing, or none of Arrow's."""
_NUMERIC: Final = 1700
_DIGITS: Final = 38
"""Of the widest decimal that every storage here keeps."""
_TEXTS: Final = (25, 114, 1042, 1043, 1186, 2950, 3802)
"""Numbers in PostgreSQL's catalog of the types that are texts to Arrow: text, json, char, varchar, interval, uuid, jsonb."""
_ROWS: Final = 10_000
"""Rows that are turned around at a time."""


def readable(cursor: psycopg.Cursor[Any]) -> None:
    """Let a cursor give texts for what is kept as a text."""
    for name in _AS_TEXT:
        cursor.adapters.register_loader(name, TextLoader)


def table(cursor: psycopg.Cursor[Any]) -> pa.Table:
    """Return what a query found."""
    arrow = import_module("pyarrow")  # only who asks for a frame has it
    columns = cursor.description or []
    if not columns:
        return arrow.table({})
    types = [_type(column, arrow) for column in columns]
    parts: list[list[Any]] = [[] for _ in columns]
    while rows := cursor.fetchmany(_ROWS):
        for part, values, kind in zip(parts, zip(*rows, strict=True), types, strict=True):
            part.append(_array(values, kind, arrow))
    arrays = [_joined(part, kind, arrow) for part, kind in zip(parts, types, strict=True)]
    return arrow.Table.from_arrays(arrays, names=[column.name for column in columns])


def _type(column: psycopg.Column, arrow: Any) -> Any:  # noqa: ANN401  pyarrow and its types
    """Return Arrow's type for a column, or None where only its values can say it."""
    code, digits, scale = column.type_code, column.precision, column.scale or 0
    if code == _NUMERIC:
        return arrow.decimal128(digits, scale) if digits is not None and 0 <= scale <= digits <= _DIGITS else None
    if code in _TEXTS:
        return arrow.string()
    types = {  # by their numbers in PostgreSQL's catalog
        16: arrow.bool_(),
        17: arrow.binary(),
        20: arrow.int64(),
        21: arrow.int16(),
        23: arrow.int32(),
        700: arrow.float32(),
        701: arrow.float64(),
        1082: arrow.date32(),
        1083: arrow.time64("us"),
        1114: arrow.timestamp("us"),
        1184: arrow.timestamp("us", "UTC"),
    }
    return types.get(code)


def _array(values: Sequence[object], kind: Any, arrow: Any) -> Any:  # noqa: ANN401  pyarrow and its types
    """Return values as an array; those that Arrow cannot hold as they are, such as a numeric NaN, as texts."""
    try:
        return arrow.array(values, kind)
    except (arrow.ArrowException, OverflowError, TypeError, ValueError):
        return arrow.array(_texts(values), arrow.string())


def _joined(parts: list[Any], kind: Any, arrow: Any) -> Any:  # noqa: ANN401  as above
    """Return the parts of a column as one, of one type: where the parts differ, the widest that holds all, or text."""
    if len({str(part.type) for part in parts}) <= 1:
        return arrow.chunked_array(parts, parts[0].type if parts else kind or arrow.null())
    values = [value for part in parts for value in part.to_pylist()]
    return _array(_texts(values) if any(part.type == arrow.string() for part in parts) else values, None, arrow)


def _texts(values: Iterable[object]) -> list[str | None]:
    return [None if value is None else str(value) for value in values]
