"""MySQL and MariaDB as a source: the portable type of each column, how its values are asked for, and how their texts are written."""

from __future__ import annotations

import struct
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Protocol

from pymysql.constants import FIELD_TYPE, FLAG

from dataeng_ai.sources.databases.pieces import Sql, backticked, constant, listed, number
from dataeng_ai.types import MAX_PRECISION, Type

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

PLACE: Final = constant("q.{}")
"""A column of what stands behind FROM, which is called q."""
_BINARY: Final = 63
"""The number of the character set that is none."""
_INTEGERS: Final = {
    FIELD_TYPE.TINY: ("smallint", "smallint"),
    FIELD_TYPE.SHORT: ("smallint", "integer"),
    FIELD_TYPE.INT24: ("integer", "integer"),
    FIELD_TYPE.LONG: ("integer", "bigint"),
    FIELD_TYPE.LONGLONG: ("bigint", "bigint"),
}
"""Type of a whole number -> ours, with a sign and without; a BIGINT without one is proved on all rows."""
_WORDS: Final = {
    FIELD_TYPE.TINY: "tinyint",
    FIELD_TYPE.SHORT: "smallint",
    FIELD_TYPE.INT24: "mediumint",
    FIELD_TYPE.LONG: "int",
    FIELD_TYPE.LONGLONG: "bigint",
    FIELD_TYPE.FLOAT: "float",
    FIELD_TYPE.DOUBLE: "double",
    FIELD_TYPE.NEWDECIMAL: "decimal",
    FIELD_TYPE.BIT: "bit",
    FIELD_TYPE.YEAR: "year",
    FIELD_TYPE.DATE: "date",
    FIELD_TYPE.TIME: "time",
    FIELD_TYPE.DATETIME: "datetime",
    FIELD_TYPE.TIMESTAMP: "timestamp",
    FIELD_TYPE.JSON: "json",
    FIELD_TYPE.GEOMETRY: "geometry",
}
_UNSIGNED_DIGITS: Final = 20
_SMALL, _WHOLE, _BIG = 15, 31, 63
_LARGE: Final = 1 << 16
"""Bytes beyond which a value is hashed by itself, so that no value of all columns together outgrows a packet."""
_ZERO: Final = "0000"

_NUMBER: Final = constant("{} + 0")
_DOUBLE: Final = constant("{} + 0e0")
"""A float has all of its digits then, which it is not shown with."""
_WRITTEN: Final = constant("st_astext({})")
_BYTES: Final = constant("coalesce(concat('=', CAST({} AS BINARY)), '-')")
_LARGE_BYTES: Final = constant("coalesce(concat('=', md5({})), '-')")
_DATED: Final = constant("CASE WHEN {} >= '0001-01-01' THEN {} END")
_NO_BIGINT: Final = constant("{} > 9223372036854775807")
_NO_FLAG: Final = constant("{} NOT IN (0, 1)")
_TOO_LONG: Final = constant("abs({}) >= {}")
_NO_CLOCK: Final = constant("{} NOT BETWEEN '00:00:00' AND '23:59:59.999999'")


class Field(Protocol):
    """A column as PyMySQL hands it on."""

    name: str
    type_code: int
    charsetnr: int
    length: int
    flags: int
    scale: int


@dataclass(frozen=True, slots=True)
class Column:
    """A column of what is asked for."""

    name: str
    native: str
    type: Type | None
    expression: Sql
    """What is asked for, so that the text has the whole value."""
    text: Callable[[str | bytes], str] | None = None
    """What makes our text of the server's; None where they are one."""
    doubt: Sql | None = None
    """True of the rows that refute the type."""
    otherwise: Type | None = None
    """The type then."""
    large: bool = False

    def said(self, cell: str | bytes | None) -> str | None:
        """Return our text of what the server sent."""
        if cell is None or (self.text is None and isinstance(cell, str)):
            return cell
        return self.text(cell) if self.text else _said(cell)

    @property
    def ordered(self) -> Sql:
        """Return what has a least and a greatest: a date of zeros is none."""
        dated = self.type is not None and self.type.name in ("date", "timestamp", "timestamptz")
        return _DATED.of(self.expression, self.expression) if dated else self.expression

    @property
    def hashed(self) -> Sql:
        """Return bytes that are others for another value, and for none."""
        return (_LARGE_BYTES if self.large else _BYTES).of(self.expression)


def column_of(field: Field) -> Column:
    """Return a column with the portable type that holds every value of it without loss."""
    plain = PLACE.of(backticked(field.name))
    unsigned = bool(field.flags & FLAG.UNSIGNED)
    native = _WORDS.get(field.type_code, "binary" if field.charsetnr == _BINARY else "text") + (" unsigned" if unsigned else "")
    one = Column(field.name, native, None, plain, large=field.length > _LARGE)
    if field.type_code in _INTEGERS:
        return _whole(one, field, plain, unsigned=unsigned)
    if field.type_code in (FIELD_TYPE.FLOAT, FIELD_TYPE.DOUBLE):
        single = field.type_code == FIELD_TYPE.FLOAT
        return replace(one, type=Type("double"), expression=_DOUBLE.of(plain), text=_single if single else _double)
    return _moment(one, field, plain) if field.type_code in _MOMENTS else _other(one, field, plain, unsigned=unsigned)


def _other(one: Column, field: Field, plain: Sql, *, unsigned: bool) -> Column:
    if field.type_code == FIELD_TYPE.NEWDECIMAL:
        precision = field.length - (field.scale > 0) - (not unsigned)
        whole = MAX_PRECISION - field.scale  # digits before the point that the widest decimal has room for
        beyond = _TOO_LONG.of(plain, number(10**whole)) if precision > MAX_PRECISION else None
        kind = Type("decimal", min(precision, MAX_PRECISION), field.scale)
        return replace(one, type=kind, expression=_padless(plain, field), doubt=beyond, otherwise=Type("text"))
    if field.type_code == FIELD_TYPE.BIT:
        return replace(one, native=f"bit({field.length})", type=_bits(field.length), expression=_NUMBER.of(plain))
    if field.type_code == FIELD_TYPE.JSON:
        return replace(one, type=Type("json"), text=_said)
    if field.type_code == FIELD_TYPE.GEOMETRY:
        return replace(one, type=Type("text"), expression=_WRITTEN.of(plain), text=_said)
    return replace(one, type=Type("bytes"), text=_hex) if field.charsetnr == _BINARY else replace(one, type=Type("text"))


def named(one: Column, native: str, *, is_json: bool) -> Column:
    """Return a column with what the catalogue knows better than the protocol: MariaDB sends UUID and JSON as mere texts."""
    if is_json and one.type == Type("text"):
        return replace(one, native="json", type=Type("json"))
    return replace(one, native=native, type=Type("uuid") if native == "uuid" else one.type)


def whole_hash(columns: Sequence[Column]) -> Sql:
    """Return a hash of a row, as hexadecimal digits."""
    return constant("md5(concat_ws(',', {}))").of(listed(column.hashed for column in columns))


def _whole(one: Column, field: Field, plain: Sql, *, unsigned: bool) -> Column:
    if field.type_code == FIELD_TYPE.TINY and field.length == 1 and not unsigned:
        return replace(one, native="tinyint(1)", type=Type("boolean"), doubt=_NO_FLAG.of(plain), otherwise=Type("smallint"))
    kind = Type(_INTEGERS[field.type_code][unsigned])
    beyond = _NO_BIGINT.of(plain) if unsigned and field.type_code == FIELD_TYPE.LONGLONG else None
    otherwise = Type("decimal", _UNSIGNED_DIGITS, 0)
    return replace(one, type=kind, expression=_padless(plain, field), doubt=beyond, otherwise=otherwise)


def _bits(length: int) -> Type:
    if length == 1:
        return Type("boolean")
    if length > _BIG:
        return Type("decimal", _UNSIGNED_DIGITS, 0)
    return Type("smallint" if length <= _SMALL else "integer" if length <= _WHOLE else "bigint")


def _moment(one: Column, field: Field, plain: Sql) -> Column:
    kind = _MOMENTS[field.type_code]
    if kind == "smallint":
        return replace(one, type=Type(kind), expression=_NUMBER.of(plain))
    if kind == "time":  # a span, as far as its name goes: from -838 to 838 hours
        return replace(one, type=Type(kind), doubt=_NO_CLOCK.of(plain), otherwise=Type("text"))
    return replace(one, type=Type(kind), text=_in_utc if kind == "timestamptz" else None)


_MOMENTS: Final = {
    FIELD_TYPE.DATE: "date",
    FIELD_TYPE.NEWDATE: "date",
    FIELD_TYPE.TIME: "time",
    FIELD_TYPE.DATETIME: "timestamp",
    FIELD_TYPE.TIMESTAMP: "timestamptz",
    FIELD_TYPE.YEAR: "smallint",
}


def _padless(plain: Sql, field: Field) -> Sql:
    """Return a number without the zeros that ZEROFILL puts before it."""
    return _NUMBER.of(plain) if field.flags & FLAG.ZEROFILL else plain


def _said(text: str | bytes) -> str:
    return text if isinstance(text, str) else text.decode("utf-8", "surrogateescape")


def _double(text: str | bytes) -> str:
    return repr(float(text))


def _single(text: str | bytes) -> str:
    """Return the shortest text of which a float of four bytes is read again."""
    value = float(text)
    kept = struct.pack("f", value)
    short = next((each for digits in range(6, 9) if struct.pack("f", float(each := f"{value:.{digits}g}")) == kept), f"{value:.9g}")
    return repr(float(short))


def _hex(value: str | bytes) -> str:
    return f"\\x{(value.encode() if isinstance(value, str) else value).hex()}"


def _in_utc(text: str | bytes) -> str:
    """Return a moment with its offset, which is the session's; a date of zeros is none in any zone."""
    said = _said(text)
    return said if said.startswith(_ZERO) else f"{said}+00"
