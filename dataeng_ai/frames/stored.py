"""A frame becomes a Parquet file, without loss or with a refusal that names the column: a spec in git can only read a file."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from dataeng_ai.diagnostics import Diagnostic, Problems
from dataeng_ai.frames.packages import needed
from dataeng_ai.types import MAX_PRECISION

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import pandas as pd
    import pyarrow as pa

_OURS: Final = b"dataeng_ai"
"""The key in a file's footer that says it was made of a frame: only such a file is written over."""
_BIGINT: Final = 2**63
_USUAL: Final = 18
"""Digits of a decimal that storages keep as fast as a whole number."""
_NAMED: Final = 3
"""Columns of one fault that a message names."""
_NESTED: Final = "nested"
_GROUPS: Final = ((str, "text"), (bytes, "bytes"), (datetime, "time"))
"""Kinds of values that others are derived from, such as the Timestamp of pandas from Python's datetime."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A frame as a file: how much of it, and what had to be changed for it."""

    path: Path
    rows: int
    columns: int
    notes: tuple[str, ...]


def store(frame: object, word: str, path: Path) -> Stored:
    """Write a frame of pandas, polars or Arrow as a Parquet file; the same frame gives the same bytes.

    Args:
        frame: The frame.
        word: What the person calls it.
        path: The file. One that was made of a frame before is written over.

    Raises:
        Problems: it is no frame (E054), a column cannot be stored as it is (E055), or another file stands there (E056).
    """
    arrow, notes = needed("pyarrow"), list[str]()
    parquet = needed("pyarrow.parquet")
    table = _table(frame, word, notes)
    _refuse_names(table.column_names, word)
    table = arrow.Table.from_arrays(
        [_storable(column, name, word, notes) for name, column in zip(table.column_names, table.columns, strict=True)],
        names=table.column_names,
        metadata={_OURS: b"a frame"},
    )
    _refuse_another(path, parquet, arrow)
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        parquet.write_table(table, half, compression="zstd")
        half.replace(path)
    finally:
        half.unlink(missing_ok=True)
    return Stored(path, table.num_rows, table.num_columns, tuple(notes))


def _table(frame: Any, word: str, notes: list[str]) -> pa.Table:  # noqa: ANN401  whatever the person calls by that word
    """Return a frame of any make as an Arrow table."""
    arrow = needed("pyarrow")
    module = type(frame).__module__.partition(".")[0]
    kind = f"{module}.{type(frame).__name__}"
    if kind == "pandas.DataFrame":
        return _of_pandas(frame, word, notes)
    if kind == "polars.LazyFrame":
        frame = frame.collect()
    if isinstance(frame, arrow.Table):
        return frame
    if not hasattr(frame, "__arrow_c_stream__") or kind.endswith(".Series") or isinstance(frame, arrow.ChunkedArray):
        help_ = f"write `{word} = {word}.to_frame()` first" if kind.endswith(".Series") else "a frame of pandas, polars or Arrow is one"
        raise Problems(Diagnostic("E054", f"`{word}` is no frame: its type is `{kind.removeprefix('builtins.')}`", help=help_))
    try:
        return arrow.table(frame)
    except (arrow.ArrowException, TypeError, ValueError) as error:
        raise Problems(Diagnostic("E054", f"`{word}` cannot be handed over: {error}", help="give it as a table of Arrow")) from None


def _of_pandas(frame: pd.DataFrame, word: str, notes: list[str]) -> pa.Table:
    arrow = needed("pyarrow")
    frame = _without_index(frame, word, notes)
    if frame.columns.nlevels > 1:
        help_ = f'join the levels: `{word}.columns = ["_".join(map(str, c)) for c in {word}.columns]`'
        raise Problems(Diagnostic("E055", f"the columns of `{word}` have names of {frame.columns.nlevels} levels", help=help_))
    names = [str(name) for name in frame.columns]
    if any(not isinstance(name, str) for name in frame.columns):
        notes.append(f"names of columns that are no texts became texts: {', '.join(names[:_NAMED])}{' …' * (len(names) > _NAMED)}")
    columns = [_of_series(frame.iloc[:, place], name, word) for place, name in enumerate(names)]
    return arrow.Table.from_arrays(columns, names=names)


def _without_index(frame: pd.DataFrame, word: str, notes: list[str]) -> pd.DataFrame:
    """Return the frame without its index: one with a name, or that says more than a number, becomes columns."""
    pandas, index = needed("pandas"), frame.index
    if index.nlevels == 1 and index.name is None and pandas.api.types.is_integer_dtype(index.dtype):
        if len(index) and not (index == pandas.RangeIndex(len(index))).all():
            notes.append(f"the index of `{word}` is numbers without a name, and was left out")
        return frame
    taken = [str(name) for name in frame.columns]
    usual = [f"level_{level}" for level in range(index.nlevels)] if index.nlevels > 1 else ["index"]
    names = [other if name is None else name for name, other in zip(index.names, usual, strict=True)]
    if clash := next((name for name in names if str(name) in taken), None):
        help_ = f"`{word} = {word}.reset_index(drop=True)`, or give the index another name"
        raise Problems(Diagnostic("E055", f"`{word}` has an index and a column of the name `{clash}`", help=help_))
    notes.append(f"the index of `{word}` became {'columns' if len(names) > 1 else 'a column'}: {', '.join(map(str, names))}")
    return frame.rename_axis(index=names).reset_index()


def _of_series(series: pd.Series[Any], name: str, word: str) -> Any:  # noqa: ANN401  an array of Arrow's
    """Return one column of a pandas frame; of Python's own objects only those of one kind, and nested ones as JSON text."""
    arrow = needed("pyarrow")
    values = series
    if series.dtype == object:
        values = [None if _group(type(value)) != _NESTED and _is_nothing(value) else value for value in series]
        group = _one_group(values, name, word)
        if group == _NESTED:
            return _nested(values, name, word)
        if group == "int" and any(value is not None and not -_BIGINT <= value < _BIGINT for value in values):
            values = [None if value is None else Decimal(value) for value in values]
    try:
        found = arrow.array(values, from_pandas=True)
    except (arrow.ArrowException, OverflowError, TypeError, ValueError) as error:
        raise _refused(name, word, str(error).splitlines()[0]) from None
    return _roomy(found) if series.dtype == object else found


def _roomy(column: pa.Array) -> pa.Array:
    """Return decimals that only their values say the width of with room for others: the next frame may have larger ones."""
    arrow, kind = needed("pyarrow"), column.type
    if not arrow.types.is_decimal128(kind):
        return column
    return column.cast(arrow.decimal128(_USUAL if kind.precision <= _USUAL else MAX_PRECISION, kind.scale))


def _nested(values: list[object], name: str, word: str) -> Any:  # noqa: ANN401  an array of Arrow's
    """Return lists and mappings as what they are, if they are all of one shape; else as JSON."""
    arrow = needed("pyarrow")
    try:
        found = arrow.array(values)
    except (arrow.ArrowException, OverflowError, TypeError, ValueError):
        found = None
    if found is not None and found.to_pylist() == values:
        return found
    return arrow.array([_json(value, name, word) for value in values], arrow.string())


def _is_nothing(value: object) -> bool:
    return value is None or bool(needed("pandas").isna(value))


def _one_group(values: Sequence[object], name: str, word: str) -> str | None:
    """Return what the values of a column are; of two kinds, Arrow would take the one for the other: a time for a date, for instance.

    Raises:
        Problems: there are two (E055).
    """
    kinds: dict[type, int] = {}
    for row, value in enumerate(values):
        if value is not None:
            kinds.setdefault(type(value), row)
    groups = {_group(kind): (kind, row) for kind, row in reversed(kinds.items())}
    if len(groups) > 1:
        told = ", ".join(f"{kind.__name__} in row {row}" for kind, row in sorted(groups.values(), key=lambda pair: pair[1]))
        raise _refused(name, word, f"it holds values of different kinds: {told}", "make them one kind, such as text: `.astype(str)`")
    return next(iter(groups), None)


def _group(kind: type) -> str:
    """Return what a kind of value counts as: numbers of numpy and of Python are the same."""
    known = next((group for base, group in _GROUPS if issubclass(kind, base)), None)
    return known or (_NESTED if hasattr(kind, "__len__") else kind.__name__.rstrip("_0123456789"))


def _json(value: object, name: str, word: str) -> str | None:
    if value is None:
        return None
    try:
        return json.dumps(value, ensure_ascii=False, allow_nan=False, default=_of_numpy)
    except (TypeError, ValueError) as error:
        raise _refused(name, word, f"what is nested in it is no JSON: {error}") from None


def _of_numpy(value: Any) -> object:  # noqa: ANN401  whatever stands in a cell
    """Return Python's own value for one of numpy's."""
    if not hasattr(value, "tolist"):
        message = f"a {type(value).__name__} has no place in it"
        raise TypeError(message)
    return value.tolist()


def _refuse_names(names: list[str], word: str) -> None:
    doubled = [name for name in dict.fromkeys(names) if names.count(name) > 1]
    if doubled:
        told = ", ".join(f"`{name}`" for name in doubled[:_NAMED])
        raise Problems(Diagnostic("E055", f"`{word}` has more than one column of the name {told}", help="give each a name of its own"))
    if not names:
        raise Problems(Diagnostic("E055", f"`{word}` has no columns", help="a table needs at least one"))
    if any(not name.strip() for name in names):
        raise Problems(Diagnostic("E055", f"a column of `{word}` has no name", help=f"`{word} = {word}.rename(columns={{'': 'name'}})`"))


def _storable(column: pa.ChunkedArray, name: str, word: str, notes: list[str]) -> pa.ChunkedArray:
    """Return a column in a type that a spec knows, its values unchanged.

    Raises:
        Problems: there is no such type (E055).
    """
    arrow = needed("pyarrow")
    column = _decoded(column)
    is_, kind = arrow.types, column.type
    if is_.is_null(kind):
        notes.append(f"the column `{name}` holds nothing at all: it is stored as text")
    other = _other_type(column)
    if other is not None:
        try:
            return column.cast(other)  # a safe one: what would be lost is an error
        except arrow.ArrowInvalid:
            why = "its times have nanoseconds, and no storage here keeps them"
            raise _refused(name, word, why, "round them: `.dt.floor('us')`") from None
    _refuse_foreign(kind, name, word)
    return column


def _decoded(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return categories and UUIDs as what they stand for."""
    arrow = needed("pyarrow")
    kind = column.type
    if arrow.types.is_dictionary(kind):
        if not arrow.types.is_string_view(kind.value_type):
            return column.cast(kind.value_type)
        return arrow.chunked_array([column.to_pylist()], arrow.string())  # Arrow cannot cast these yet
    if str(kind) == "extension<arrow.uuid>":
        return arrow.chunked_array([[None if value is None else str(value) for value in column.to_pylist()]], arrow.string())
    return column


def _other_type(column: pa.ChunkedArray) -> pa.DataType | None:
    """Return the type that a column's values are stored in, where its own is none that a spec knows and another holds them all."""
    arrow, kind = needed("pyarrow"), column.type
    is_ = arrow.types
    if is_.is_null(kind):
        return arrow.string()
    if is_.is_timestamp(kind) and kind.unit == "ns":
        return arrow.timestamp("us", kind.tz)
    if is_.is_time64(kind) and kind.unit == "ns":
        return arrow.time64("us")
    if is_.is_uint64(kind):
        widest = needed("pyarrow.compute").max(column).as_py()
        return arrow.decimal128(20, 0) if widest is not None and widest >= _BIGINT else arrow.int64()
    return arrow.float64() if is_.is_float16(kind) else None


def _refuse_foreign(kind: pa.DataType, name: str, word: str) -> None:
    """Refuse a type that no spec knows."""
    arrow = needed("pyarrow")
    is_ = arrow.types
    if is_.is_duration(kind) or is_.is_interval(kind):
        raise _refused(name, word, "it holds lengths of time, and no storage here has them", "seconds are numbers: `.dt.total_seconds()`")
    if is_.is_decimal256(kind):
        raise _refused(name, word, "its numbers have more than 38 digits, and no storage here keeps them", "store it as text")
    if isinstance(kind, arrow.BaseExtensionType):
        raise _refused(name, word, f"no storage here has the type `{kind}`", "store it as text: `.astype(str)`")


def _refused(name: str, word: str, why: str, advice: str = "change the column, or drop it") -> Problems:
    return Problems(Diagnostic("E055", f"the column `{name}` of `{word}` cannot be stored: {why}", help=advice))


def _refuse_another(path: Path, parquet: Any, arrow: Any) -> None:  # noqa: ANN401  two modules
    """Refuse to write over a file that was not made of a frame."""
    if not path.exists():
        return
    try:
        ours = _OURS in (parquet.read_metadata(path).metadata or {})
    except (arrow.ArrowException, OSError):
        ours = False
    if not ours:
        message = f"`{path}` stands there already, and was not made of a frame"
        raise Problems(Diagnostic("E056", message, help="give the spec another name, or move the file away"))
