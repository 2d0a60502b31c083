"""What a column is for: it identifies, measures, groups, dates, places, tells, or flags."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from dataeng_ai.profile.candidates import is_id
from dataeng_ai.profile.geography import is_place

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dataeng_ai.profile.facts import Role
    from dataeng_ai.types import Type

_NUMBERS: Final = frozenset({"smallint", "integer", "bigint"})
_FRACTIONS: Final = frozenset({"decimal", "double"})
_MOMENTS: Final = frozenset({"date", "time", "timestamp", "timestamptz"})
_MOST_GROUPS: Final = 1000
_SHARE_OF_GROUPS: Final = 0.05
_ROWS_ENOUGH: Final = 100


def role(name: str, kind: Type, fits: int, distinct: int, ends: tuple[str | None, str | None], values: Sequence[str], *, key: int) -> Role:
    """Return the role of a column.

    Args:
        name: Its header.
        kind: Its proved type.
        fits: How many values it has.
        distinct: How many of them are different.
        ends: Its least and greatest value as canonical texts.
        values: Some of its values, likewise.
        key: How many columns the key has that it belongs to; 0: none, 1: it is the key.
    """
    if not fits:
        return "empty"
    if kind.name in _MOMENTS:
        return "time"
    if kind.name == "boolean" or (kind.name in _NUMBERS and ends in (("0", "1"), ("0", "0"), ("1", "1"))):
        return "flag"
    if key != 1 and is_place(name, kind, ends, values):
        return "geo"
    if key == 1 or kind.name == "uuid" or (key and kind.name in _NUMBERS) or (is_id(name) and kind.name in (*_NUMBERS, "text")):
        return "identifier"
    return "measure" if kind.name in (*_FRACTIONS, *_NUMBERS) else _of_text(fits, distinct)


def _of_text(fits: int, distinct: int) -> Role:
    if distinct <= _MOST_GROUPS and (distinct <= _SHARE_OF_GROUPS * fits or (fits < _ROWS_ENOUGH and distinct * 2 <= fits)):
        return "dimension"
    return "text"
