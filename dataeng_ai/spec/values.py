"""Values that a spec writes down, checked against a portable type and brought into its canonical text."""

from __future__ import annotations

import datetime as dt
import math
import uuid
from decimal import Context, Decimal, InvalidOperation
from typing import TYPE_CHECKING, Final

from dataeng_ai.types import MAX_PRECISION

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from dataeng_ai.types import Type

Value = str | int | float | bool

_WIDE: Final = Context(prec=2 * MAX_PRECISION)
"""Python computes with 28 digits, and a decimal has up to 38."""
_BITS: Final = {"smallint": 16, "integer": 32, "bigint": 64}


def canonical(value: Value, kind: Type) -> str:
    """Return the canonical text of a value of that type: decimals with their full scale, times as `YYYY-MM-DD HH:MM:SS`.

    Raises:
        ValueError: it is no value of that type, or not without loss. The message says why, in words.
    """
    reader = _READERS.get(kind.name)
    if reader is None:
        message = f"values of type {kind} cannot be written in a spec"
        raise ValueError(message)
    try:
        return reader(value, kind)
    except (ValueError, TypeError, InvalidOperation):
        message = f"`{_shown(value)}` is not {_article(kind)} {kind}"
        raise ValueError(message) from None


def _shown(value: Value) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _article(kind: Type) -> str:
    return "an" if kind.name == "integer" else "a"


def _number(value: Value) -> Decimal:
    if isinstance(value, bool) or not Decimal(str(value)).is_finite():
        raise ValueError
    return Decimal(str(value))


def _word(value: Value) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _moment(value: Value, *, aware: bool) -> dt.datetime:
    moment = dt.datetime.fromisoformat(_word(value))
    if (moment.tzinfo is not None) != aware:
        raise ValueError
    return moment


def _boolean(value: Value, _: Type) -> str:
    if _shown(value) not in {"true", "false"}:
        raise ValueError
    return _shown(value)


def _integer(value: Value, kind: Type) -> str:
    number, limit = _number(value), 2 ** (_BITS[kind.name] - 1)
    if not -limit <= number < limit or number != int(number):
        raise ValueError
    return str(int(number))


def _decimal(value: Value, kind: Type) -> str:
    number, scale = _number(value), kind.scale or 0
    if number.copy_abs() >= Decimal(10) ** ((kind.precision or 0) - scale):
        raise ValueError
    rounded = number.quantize(Decimal(1).scaleb(-scale), context=_WIDE)
    if rounded != number:
        raise ValueError
    return f"{rounded.copy_abs() if rounded == 0 else rounded:f}"


def _double(value: Value, _: Type) -> str:
    number = float(_number(value))
    if not math.isfinite(number):
        raise ValueError
    return repr(number)


def _text(value: Value, _: Type) -> str:
    return _word(value)


def _date(value: Value, _: Type) -> str:
    return dt.date.fromisoformat(_word(value)).isoformat()


def _time(value: Value, _: Type) -> str:
    moment = dt.time.fromisoformat(_word(value))
    if moment.tzinfo is not None:
        raise ValueError
    return moment.isoformat()


def _timestamp(value: Value, _: Type) -> str:
    return _moment(value, aware=False).isoformat(sep=" ")


def _timestamptz(value: Value, _: Type) -> str:
    return _moment(value, aware=True).astimezone(dt.UTC).replace(tzinfo=None).isoformat(sep=" ") + "+00"


def _uuid(value: Value, _: Type) -> str:
    return str(uuid.UUID(_word(value)))


_READERS: Final[Mapping[str, Callable[[Value, Type], str]]] = {
    "boolean": _boolean,
    "smallint": _integer,
    "integer": _integer,
    "bigint": _integer,
    "decimal": _decimal,
    "double": _double,
    "text": _text,
    "date": _date,
    "time": _time,
    "timestamp": _timestamp,
    "timestamptz": _timestamptz,
    "uuid": _uuid,
}
