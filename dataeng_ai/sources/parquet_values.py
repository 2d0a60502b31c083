"""The values of a Parquet file as texts, without loss, and the portable types that the file itself declares.

Nested records are columns by path, `a.b.c`; lists and maps are JSON. What no portable type holds (nanoseconds, years beyond 9999,
`inf`) is a text that its column's guard refuses: such a row is set aside and seen. DuckDB's own texts are the quickest to prove.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import duckdb

from dataeng_ai.types import Type

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from duckdb import DuckDBPyRelation, Expression
    from duckdb.sqltypes import DuckDBPyType

_KINDS: Final = {
    "boolean": "boolean",
    "tinyint": "smallint",
    "smallint": "smallint",
    "utinyint": "smallint",
    "usmallint": "integer",
    "integer": "integer",
    "uinteger": "bigint",
    "bigint": "bigint",
    "float": "double",
    "double": "double",
    "varchar": "text",
    "enum": "text",
    "date": "date",
    "time": "time",
    "time_ns": "time",
    "time with time zone": "time",
    "timestamp": "timestamp",
    "timestamp_s": "timestamp",
    "timestamp_ms": "timestamp",
    "timestamp_ns": "timestamp",
    "timestamp with time zone": "timestamptz",
    "timestamptz_ns": "timestamptz",
    "uuid": "uuid",
    "blob": "bytes",
    "list": "json",
    "array": "json",
    "map": "json",
}
"""DuckDB's type -> the portable one. What is not here is a text."""

_WIDE: Final = {"ubigint": Type("decimal", 20, 0), "hugeint": Type("decimal", 38, 0)}
_BARE: Final = frozenset({"boolean", "smallint", "integer", "bigint", "json"})
"""Types whose values JSON writes without quotes."""
_DIGITS: Final = 38


@dataclass(frozen=True, slots=True)
class Leaf:
    """A column by its path in the record: its value, its text, and its portable type, None where the file does not say."""

    name: str
    value: Expression
    text: Expression
    kind: Type | None


def leaves(rows: DuckDBPyRelation) -> tuple[Leaf, ...]:
    """Return the columns of a file; those of nested records one by one, in order.

    With the name of the relation beside it, since DuckDB 1.5 parses a lone name and misreads quotes and dots in it.
    """
    columns = ((name, duckdb.ColumnExpression(rows.alias, name), kind) for name, kind in zip(rows.columns, rows.types, strict=True))
    return tuple(leaf for column in columns for leaf in _leaves(*column))


def shown(found: Sequence[Leaf]) -> Expression:
    """Return a row as JSON; what JSON has no type for is a text."""
    pairs = [part for leaf in found for part in (duckdb.ConstantExpression(leaf.name), _json_value(leaf))]
    return _call("json_object", *pairs).cast("VARCHAR")


def _json_value(leaf: Leaf) -> Expression:
    if leaf.kind and leaf.kind.name == "double":
        finite = _call("isfinite", leaf.value)
        return duckdb.CaseExpression(finite, _call("to_json", leaf.value)).otherwise(_call("to_json", leaf.text))
    if leaf.kind and leaf.kind.name == "decimal":
        return leaf.value.cast(duckdb.decimal_type(_DIGITS, leaf.kind.scale or 0))
    return leaf.value if leaf.kind and leaf.kind.name in _BARE else leaf.text


def _widened(kind: DuckDBPyType) -> DuckDBPyType:
    """Return the type in which JSON keeps every digit: of shorter decimals DuckDB makes doubles, and of floats their nearest text."""
    parts: list[tuple[str, DuckDBPyType]] = kind.children if kind.id in ("list", "array", "map", "struct") else []  # type: ignore[assignment]  # of these all are types
    wide = {name: _widened(part) for name, part in parts if name != "size"}
    if kind.id == "decimal":
        return duckdb.decimal_type(_DIGITS, _scale(kind))
    if kind.id in ("list", "array"):
        return duckdb.list_type(wide["child"])
    if kind.id == "map":
        return duckdb.map_type(wide["key"], wide["value"])
    if kind.id == "struct":
        return duckdb.struct_type(wide)
    return duckdb.type("DOUBLE") if kind.id == "float" else kind


def _precision(kind: DuckDBPyType) -> int:
    return int(str(dict(kind.children)["precision"]))


def _scale(kind: DuckDBPyType) -> int:
    return int(str(dict(kind.children)["scale"]))


def _leaves(path: str, value: Expression, kind: DuckDBPyType) -> Iterator[Leaf]:
    if kind.id == "struct":
        for name, child in kind.children:
            yield from _leaves(f"{path}.{name}", _call("struct_extract", value, duckdb.ConstantExpression(name)), child)  # type: ignore[arg-type]  # the children of a record are types
    else:
        wide = kind if kind.id == "decimal" else _widened(kind)
        exact = value if str(wide) == str(kind) else value.cast(wide)
        yield Leaf(path, exact, _text(exact, kind), _kind(kind))


def _kind(kind: DuckDBPyType) -> Type | None:
    if kind.id == "decimal":
        return Type("decimal", _precision(kind), _scale(kind))
    if str(kind) == "JSON":
        return Type("json")
    if str(kind) in ('"NULL"', "NULL"):
        return None
    return _WIDE.get(kind.id) or Type(_KINDS.get(kind.id, "text"))


def _text(value: Expression, kind: DuckDBPyType) -> Expression:  # noqa: PLR0911  one return a type
    if kind.id in ("list", "array", "map"):
        return _call("to_json", value).cast("VARCHAR")
    if kind.id == "blob":
        return _call("lower", _call("hex", value))
    if kind.id in ("timestamp with time zone", "timestamptz_ns"):
        clock = _call("timezone", duckdb.ConstantExpression("UTC"), value).cast("VARCHAR")
        return _call("||", clock, duckdb.ConstantExpression("+00"))
    if kind.id == "decimal" and _precision(kind) == _scale(kind):  # DuckDB leaves the zero before the point out
        return _call("regexp_replace", value.cast("VARCHAR"), duckdb.ConstantExpression(r"^(-?)\."), duckdb.ConstantExpression(r"\10."))
    if kind.id in ("float", "double"):  # a NaN has a sign, which DuckDB writes and which means nothing
        return duckdb.CaseExpression(_call("isnan", value), duckdb.ConstantExpression("nan")).otherwise(value.cast("VARCHAR"))
    if kind.id == "time with time zone":
        return value.cast("TIME").cast("VARCHAR")
    return value.cast("VARCHAR")


def _call(name: str, *arguments: Expression) -> Expression:
    return duckdb.FunctionExpression(name, *arguments)
