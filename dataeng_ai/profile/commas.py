"""A comma before three digits, in `4,099`: the decimal comma, or one that groups thousands. What tells it is told beside the column."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from dataeng_ai.profile.numbers import GROUPED
from dataeng_ai.types import Type

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dataeng_ai.profile.guess import Guess

THOUSANDS: Final = "a comma before three digits: taken to group thousands, it may be a decimal comma"
_SMALL: Final = re.compile(r"-?(?:0|[1-9][0-9]{0,2})", re.ASCII)
"""A whole number that has no thousands to group; a decimal of three places would seldom be written so."""
_MANY: Final = 10
_ENOUGH: Final = 2


def told(guesses: Mapping[str, Guess], cells: Mapping[str, Mapping[str, int]], *, comma: bool) -> dict[str, Guess]:
    """Return the guesses with commas that more speaks for as grouping thousands than as the decimal one; the doubt stays, and says so.

    Args:
        guesses: Of all columns.
        cells: The texts of each.
        comma: Commas stand between the fields: who writes decimal commas, writes semicolons there.
    """
    plain = [one.parse.decimal for one in guesses.values() if one.type.scale and GROUPED not in one.doubts]
    beside = 2 * comma + ("." in plain) - 3 * ("," in plain)
    return {name: grouped(one) if GROUPED in one.doubts and beside + _own(cells[name]) >= _ENOUGH else one for name, one in guesses.items()}


def like(before: Guess, now: Guess) -> Guess:
    """Return what a column is guessed to be now, with commas taken as they were before."""
    return grouped(now) if THOUSANDS in before.doubts and GROUPED in now.doubts else now


def grouped(found: Guess) -> Guess:
    """Return the same whole numbers, their commas between thousands."""
    doubts = tuple(THOUSANDS if doubt == GROUPED else doubt for doubt in found.doubts)
    return replace(found, type=Type("bigint"), parse=replace(found.parse, decimal=".", thousands=","), doubts=doubts)


def _own(texts: Mapping[str, int]) -> int:
    """Return what the column itself says for thousands: numbers below a thousand without a comma, beside many with one."""
    small, groups = sum(_SMALL.fullmatch(text) is not None for text in texts), sum("," in text for text in texts)
    return (1 + (groups >= _MANY)) if small else 0
