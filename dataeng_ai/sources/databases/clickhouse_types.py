"""ClickHouse as a source: the portable type of each column, and the text that the server itself makes of its values."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from dataeng_ai.sources.databases.pieces import Sql, constant, escaped, number
from dataeng_ai.types import MAX_PRECISION, Type

_WRAPPED: Final = re.compile(r"(LowCardinality|Nullable)\((.*)\)", re.DOTALL)
_SIMPLE: Final = re.compile(r"SimpleAggregateFunction\(\s*\w+(?:\([^)]*\))?\s*,\s*(.*)\)", re.DOTALL)
_DECIMAL: Final = re.compile(r"Decimal\((\d+),\s*(\d+)\)")
_FRACTION: Final = re.compile(r"DateTime64\((\d)")
_MICROSECONDS: Final = 6

_PLAIN: Final = {
    "Bool": "boolean",
    "Int8": "smallint",
    "Int16": "smallint",
    "Int32": "integer",
    "Int64": "bigint",
    "UInt8": "smallint",
    "UInt16": "integer",
    "UInt32": "bigint",
    "UInt64": "bigint",
    "String": "text",
    "FixedString": "text",
    "Enum8": "text",
    "Enum16": "text",
    "IPv4": "text",
    "IPv6": "text",
    "UUID": "uuid",
    "Date": "date",
    "Date32": "date",
    "Float32": "double",
    "Float64": "double",
    "BFloat16": "double",
}
"""ClickHouse's name of a type -> ours. What is not here is a moment, a long number, nested (json), or left to the values."""
_HUGE: Final = ("Int128", "UInt128", "Int256", "UInt256")
"""Whole numbers that may be too long for any type of ours: proved on all rows, as those of UInt64 are on bigint."""
_UNSIGNED_DIGITS: Final = 20
_NESTED: Final = frozenset(
    (
        *("Array", "Map", "Tuple", "Nested", "JSON", "Object", "Variant", "Dynamic"),
        *("Point", "Ring", "LineString", "MultiLineString", "Polygon", "MultiPolygon", "Geometry"),
    )
)
_STATE: Final = "AggregateFunction"

_PLACE: Final = constant("q.{}")
_TEXT: Final = constant("toString({})")
_JSON: Final = constant("toJSONString({})")
_MOMENT: Final = constant("concat(toString({}, 'UTC'), '+00')")
_TOO_LONG: Final = constant("length(replaceRegexpOne(replaceOne(toString(ifNull({}, 0)), '-', ''), '[.].*', '')) > {}")
_NO_BIGINT: Final = constant("{} > 9223372036854775807")
_CELL: Final = constant("""ifNull(concat('"', replaceAll({}, '"', '""'), '"'), '')""")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of what is asked for."""

    name: str
    native: str
    type: Type | None
    nullable: bool
    template: Sql
    """What makes a text of a value."""
    digits: int | None = None
    """How many digits before the point our widest decimal has room for, where there may be more."""

    @property
    def place(self) -> Sql:
        """Return the column itself."""
        return _PLACE.of(escaped(self.name))

    @property
    def cell(self) -> Sql:
        """Return the value as it stands in our file: within quotes, and nothing where there is nothing."""
        return _CELL.of(self.text(self.place))

    @property
    def doubt(self) -> Sql | None:
        """Return what is true of the rows whose number the type does not hold."""
        if self.native.endswith("UInt64") or "UInt64)" in self.native:
            return _NO_BIGINT.of(self.place) if self.type == Type("bigint") else None
        return None if self.digits is None else _TOO_LONG.of(self.place, number(self.digits))

    @property
    def otherwise(self) -> Type:
        """Return the type where there are such rows."""
        return Type("text") if self.digits is not None else Type("decimal", _UNSIGNED_DIGITS, 0)

    @property
    def is_state(self) -> bool:
        """It holds the state of an aggregate, which is no value."""
        return _bare(self.native).startswith(_STATE)

    @property
    def is_nested(self) -> bool:
        """Its values are compared by nobody."""
        return self.type == Type("json")

    def text(self, value: Sql) -> Sql:
        """Return the text of a value of this column."""
        return self.template.of(*(value for _ in range(self.template.text.count("{}"))))


def column_of(name: str, native: str) -> Column:
    """Return a column with the portable type that holds every value of it without loss."""
    bare = _bare(native)
    word = re.split(r"[(\s]", bare, maxsplit=1)[0]
    kind, template = _kind(word, bare)
    return Column(name, " ".join(native.split()), kind, "Nullable(" in native or word in ("Variant", "Dynamic"), template, _digits(bare))


def _digits(bare: str) -> int | None:
    found = _DECIMAL.fullmatch(bare)
    precision, scale = (int(found[1]), int(found[2])) if found else (MAX_PRECISION + (bare in _HUGE), 0)
    return MAX_PRECISION - scale if precision > MAX_PRECISION >= scale else None


def _kind(word: str, bare: str) -> tuple[Type | None, Sql]:
    """Return the portable type, None where the values must say, and what makes a text of a value."""
    if word in ("DateTime", "DateTime64"):  # a moment, whatever the zone in which it is shown
        fraction = _FRACTION.match(bare)
        exact = fraction is None or int(fraction[1]) <= _MICROSECONDS
        return Type("timestamptz") if exact else None, _MOMENT
    if word in _NESTED:
        return Type("json"), _JSON
    if found := _DECIMAL.fullmatch(bare):
        precision, scale = int(found[1]), int(found[2])
        return Type("decimal", min(precision, MAX_PRECISION), scale) if scale <= MAX_PRECISION else None, _TEXT
    if word in _HUGE:
        return Type("decimal", MAX_PRECISION, 0), _TEXT
    return Type(_PLAIN[word]) if word in _PLAIN else None, _TEXT


def _bare(native: str) -> str:
    """Return a type without what stands around it: nothing may be there, few different values are expected."""
    found = native.strip()
    while match := _WRAPPED.fullmatch(found) or _SIMPLE.fullmatch(found):
        found = match[match.lastindex or 0].strip()
    return found
