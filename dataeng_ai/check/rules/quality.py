"""Rules about quality checks and the values that they name."""

from __future__ import annotations

import math
import re
import warnings
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from dataeng_ai.check.finding import Finding
from dataeng_ai.check.places import at
from dataeng_ai.spec.values import canonical

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dataeng_ai.check.look import Column, Look
    from dataeng_ai.draft import Path

_NUMBERS: Final = frozenset({"smallint", "integer", "bigint", "decimal", "double"})
_MOMENTS: Final = frozenset({"date", "timestamp", "timestamptz"})
_FITTING: Final = {
    "range": _NUMBERS | _MOMENTS | {"time"},
    "pattern": frozenset({"text"}),
    "freshness": _MOMENTS,
    "accepted_values": _NUMBERS | _MOMENTS | {"time", "text", "boolean", "uuid"},
    "unique": _NUMBERS | _MOMENTS | {"time", "text", "boolean", "uuid", "bytes"},
}
_INSTEAD: Final = {
    "range": "for texts there is `check: pattern` or `accepted_values`",
    "pattern": "for numbers and times there is `check: range`",
    "freshness": "choose a date or a timestamp",
}
_TOKEN: Final = re.compile(r"\\.|\(\?[=!<P#(]|[*+?}]\+", re.DOTALL)
_UNPORTABLE: Final = frozenset(
    {"(?=", "(?!", "(?<", "(?P", "(?#", "(?(", "*+", "++", "?+", "}+", *(f"\\{letter}" for letter in "123456789bBZuUN")}
)
"""Looking around, backreferences, named groups, possessive repeats, and escapes: RE2 or PostgreSQL reads them otherwise, or not at all."""


def unfit_check(look: Look) -> Iterator[Finding]:
    """A check that means nothing for the type of its column.

    A range needs numbers or times, a pattern text, freshness a date or a timestamp.

    Example: `{check: range, columns: [name], min: 0}` where name is text
    Fix: `{check: pattern, columns: [name], pattern: ".+"}`
    """
    for path, kind, column in _checked(look):
        fitting = _FITTING.get(kind)
        if column.type and fitting and column.type.name not in fitting:
            message = f"`{kind}` says nothing about `{column.name}`, which is {column.type}"
            yield Finding(path, message, _INSTEAD.get(kind, "remove it"))


def value_of_type(look: Look) -> Iterator[Finding]:
    """A value that is none of the column's type.

    Bounds and accepted values are compared as what the column holds, so each must be a value of its type without loss.

    Example: `{check: range, columns: [price], min: cheap}` where price is a decimal
    Fix: `min: 0`
    """
    for column in look.columns:
        for path, value in look.items(*column.path, "values"):
            yield from _value(path, value, column)
    for path, kind, column in _checked(look):
        if column.type is None or column.type.name not in _FITTING.get(kind, ()):
            continue
        check = path[:2]
        keys = {"range": ("min", "max")}.get(kind, ())
        values = [((*check, key), at(look.data, (*check, key))) for key in keys]
        for place, value in [*values, *(look.items(*check, "values") if kind == "accepted_values" else ())]:
            yield from _value(place, value, column)


def _value(path: Path, value: object, column: Column) -> Iterator[Finding]:
    if column.type is None or not isinstance(value, (str, int, float)):
        return
    try:
        canonical(value, column.type)
    except ValueError as error:
        quoted = column.type.name == "text" and not isinstance(value, (str, bool))
        advice = f'put it in quotes: "{value}"' if quoted else "write a value of that type, or change the column's"
        yield Finding(path, f"{error}, the type of column `{column.name}`", advice)


def bounds(look: Look) -> Iterator[Finding]:
    """The least value is greater than the greatest.

    Example: `{check: range, columns: [price], min: 100, max: 0}`
    Fix: `min: 0, max: 100`
    """
    for path, block in look.blocks("quality"):
        low, high = block.get("min"), block.get("max")
        column = next((look.column(name) for _, name in look.texts(*path, "columns")), None)
        if low is not None and high is not None and _greater(low, high, column):
            yield Finding((*path, "min"), f"`min` is greater than `max`: {low} and {high}", "swap them", key=True)


def _greater(low: object, high: object, column: Column | None) -> bool:
    if _is_number(low) and _is_number(high):
        return Decimal(str(low)) > Decimal(str(high))
    try:
        texts = [canonical(value, column.type) for value in (low, high) if column and column.type and isinstance(value, (str, int, float))]
    except ValueError:
        return False
    return len(texts) == 2 and column is not None and _comparable(texts[0], column) > _comparable(texts[1], column)  # noqa: PLR2004  both of them


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def _comparable(text: str, column: Column) -> Any:  # noqa: ANN401  numbers by value, times by their text
    return Decimal(text) if column.type and column.type.name in _NUMBERS else text


def expression(look: Look) -> Iterator[Finding]:
    """A regular expression that cannot be read, or not by every storage.

    The storage matches it against the whole text. DuckDB (RE2) and PostgreSQL have in common: classes, groups, alternatives and
    repeats; neither looking around nor backreferences nor named groups.

    Example: `pattern: "[0-9"`
    Fix: `pattern: "[0-9]+"`
    """
    for path, _ in look.blocks("quality"):
        text = look.text(*path, "pattern")
        if text is None:
            continue
        if problem := _unreadable(text):
            yield Finding((*path, "pattern"), f"this regular expression cannot be read: {problem}", "see `spec why E263`")
        elif word := next((word for word in _TOKEN.findall(text) if word in _UNPORTABLE), None):
            message = f"`{word}`: not every storage reads this in a regular expression"
            yield Finding((*path, "pattern"), message, "write it with classes, groups and repeats alone")


def _unreadable(text: str) -> str | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            re.compile(text)
    except (re.error, OverflowError, RecursionError) as error:
        return str(error)
    return None


def _checked(look: Look) -> Iterator[tuple[Path, str, Column]]:
    """Yield each column that a check names: the path of the name, the kind of check, the column."""
    for check, block in look.blocks("quality"):
        for path, name in look.texts(*check, "columns"):
            column, kind = look.column(name), block.get("check")
            if column is not None and isinstance(kind, str):
                yield path, kind, column
