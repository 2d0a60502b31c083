"""Numbers among texts: which way of writing them all the texts follow, from plain digits to `(€ 1.234,50)`."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Final

from dataeng_ai.ir import Parse
from dataeng_ai.profile.units import BESIDE, is_money
from dataeng_ai.types import Type

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Literal

GROUPED: Final = "a comma before three digits: taken for the decimal comma, it may group thousands"
MONEY_GROUPED: Final = "a point or a comma before three digits: taken to group thousands, as amounts of money have no three decimals"
ALL_WHOLE: Final = "every fraction is zero: whole numbers, perhaps, that passed through a program that knows no nulls in them"

MAX_BIGINT_DIGITS: Final = 18
_MAX_DOUBLE_DIGITS: Final = 15
_PRECISION_OF_A_WORD: Final = 18
"""Digits of a decimal that DuckDB keeps in 64 bits."""
_LONGEST: Final = 64
_SPACES: Final = " \u00a0\u2009\u202f"
_SEPARATORS: Final = {" ": f"[{_SPACES}]", "'": "['\u2019]"}

_WAYS: Final = (
    Parse(),
    Parse(decimal=","),
    Parse(thousands=" "),
    Parse(decimal=",", thousands=" "),
    Parse(thousands=","),
    Parse(decimal=",", thousands="."),
    Parse(thousands="'"),
    Parse(decimal=",", thousands="'"),
    Parse(thousands=",", grouping="lakh"),
)
"""From the plainest on. A lone comma before three digits is therefore a decimal comma, and `sized` says that it is in doubt."""

_NO_DIGITS: Final = dict.fromkeys(map(ord, f"-.,'\u2019{_SPACES}"))
"""What stands in a number beside its digits."""
_MAY_GROUP: Final = re.compile(r"-?[1-9][0-9]{0,2},[0-9]{3}|[^,]*")
_BARE: Final = re.compile(f"-?[0-9.,'\u2019{_SPACES}]+", re.ASCII)
"""Nothing beside the digits but a minus before them."""
_ROOM: Final = max(map(len, BESIDE)) + 8
"""Characters before or after the digits: a mark, and around it signs, brackets and blanks."""
_MAY_BE: Final = re.compile(f"[^0-9]{{0,{_ROOM}}}[0-9][0-9.,'\u2019{_SPACES}]*[^0-9]{{0,{_ROOM}}}[23]?[^0-9]{{0,{_ROOM}}}")
"""One number, and at most a square or a cube beside it: no date, no time, no phone, no prose."""
_MARK: Final = "|".join(map(re.escape, BESIDE))
_MINUS: Final = "[-\u2212]"
_BLANK: Final = f"[{_SPACES}]?"


@cache
def _written(prefix: str, suffix: str) -> re.Pattern[str]:
    """Return what a number with these before and after it looks like, whatever its sign and however its digits are grouped."""
    return re.compile(
        rf"(?P<open>\()?(?P<first>[-+\u2212])?(?P<prefix>{prefix})?{_BLANK}(?P<inner>\()?(?P<second>[-+\u2212])?"
        rf"(?P<digits>[.,]?[0-9][0-9.,'\u2019{_SPACES}]*?)"
        rf"(?P<close>\))?(?:{_BLANK}(?P<third>{_MINUS}))?{_BLANK}(?P<suffix>{suffix})?(?P<end>\))?(?:{_BLANK}(?P<last>{_MINUS}))?",
        re.IGNORECASE,
    )


@dataclass(frozen=True, slots=True)
class Dressed:
    """One number, taken apart: its digits, what stands before and after them, and how its sign is written."""

    digits: str
    prefix: str | None
    suffix: str | None
    sign: Literal["", "+", "-", "\u2212", "after", "parentheses"]


def sized(values: Sequence[str], parse: Parse) -> tuple[Type, Parse, tuple[str, ...]] | None:
    """Return bigint, decimal or double, whichever has room for these numbers, whose shape is that of the parse."""
    scale = max(len(text.rpartition(parse.decimal)[2]) if parse.decimal in text else 0 for text in values)
    digits = max(len(text.translate(_NO_DIGITS)) for text in values)
    ambiguous = parse.decimal == "," and not parse.thousands and all(map(_MAY_GROUP.fullmatch, values))
    doubts = (GROUPED,) if ambiguous else ()
    if not scale:
        return (Type("bigint"), parse, doubts) if digits <= MAX_BIGINT_DIGITS else None
    if digits > _MAX_DOUBLE_DIGITS and len({len(text) for text in values}) > 1:
        return Type("double"), parse, doubts
    return decimal_of(scale, digits), parse, doubts


def decimal_of(scale: int, digits: int) -> Type:
    """Return a decimal with that many digits after the point and, so far as they fit, the most before it."""
    return Type("decimal", _PRECISION_OF_A_WORD if digits <= _PRECISION_OF_A_WORD else 38, min(scale, 38))


def plain(values: Sequence[str]) -> tuple[Type, Parse, tuple[str, ...]] | None:
    """Return the first way to write numbers that all the texts follow: plain, with a decimal comma, with groups of digits."""
    for parse in _WAYS:
        if all(map(shape(parse).fullmatch, values)):
            return sized(values, parse)
    return None


def dressed(values: Sequence[str]) -> tuple[Type, Parse, tuple[str, ...]] | None:
    """Return how numbers with signs of money, units, and signs elsewhere than before them read, where all do so in one way."""
    if all(map(_BARE.fullmatch, values)) or not (found := list(parts(values))) or len(found) < len(values):
        return None
    marks = {(one.prefix, one.suffix) for one in found}
    sign = _sign({one.sign for one in found}, marked=marks != {(None, None)})
    if len(marks) > 1 or sign is None or (marks == {(None, None)} and sign == "minus"):
        return None
    ((prefix, suffix),) = marks
    digits = [one.digits for one in found]
    group = _group(digits, prefix or suffix)
    ways = [way for way in _WAYS if way.thousands == group] if group else _WAYS
    for way in ways:
        if all(map(shape(way).fullmatch, digits)) and (size := sized(digits, way)):
            doubts = (MONEY_GROUPED,) if group else size[2]
            return size[0], replace(way, prefix=prefix, suffix=suffix, sign=sign), doubts
    return None


def parts(values: Sequence[str]) -> Iterator[Dressed]:
    """Yield the numbers among these texts, taken apart; a text that is none, or that bears other marks than the first, ends it."""
    if not values or not _MAY_BE.fullmatch(values[0]):
        return
    written, marks = _written(_MARK, _MARK), None
    for value in values:
        found = written.fullmatch(value) if len(value) <= _LONGEST else None
        one = _one(found) if found else None
        if one is None:
            return
        yield one
        if marks != (one.prefix, one.suffix):
            marks = (one.prefix, one.suffix)
            written = _written(*(re.escape(mark) if mark else "(?!)" for mark in marks))


def _one(found: re.Match[str]) -> Dressed | None:
    """Return a number taken apart, None where it has two signs, or a bracket too few."""
    outer, inner = bool(found["open"]), bool(found["inner"])
    closed = (bool(found["close"]), bool(found["end"]))
    before, behind = [found[at] for at in ("first", "second") if found[at]], [found[at] for at in ("third", "last") if found[at]]
    brackets = outer or inner or any(closed)
    whole = (outer and not inner and sum(closed) == 1) or (inner and not outer and closed == (True, False))
    if len(before) + len(behind) + brackets > 1 or (brackets and not whole):
        return None
    sign = "parentheses" if brackets else "after" if behind else before[0] if before else ""
    return Dressed(found["digits"], found["prefix"], found["suffix"], sign)  # type: ignore[arg-type]  # one of the signs of the pattern


def _sign(signs: set[str], *, marked: bool) -> Literal["minus", "both", "after", "parentheses"] | None:
    """Return the one way to write signs that these are, None where there are several, or where nothing shows that they are signs."""
    if signs <= {"", "-"}:
        return "minus"
    if signs <= {"", "-", "+", "\u2212"}:
        return "both" if marked or signs & {"-", "\u2212"} else None  # a plus alone: a phone, a rating, a code
    if "" not in signs and not marked:
        return None
    return "after" if signs <= {"", "after"} else "parentheses" if signs <= {"", "parentheses"} else None


def _group(digits: Sequence[str], mark: str | None) -> str | None:
    """Return the point or the comma that has three digits after it in each of these amounts of money, and so groups; else None."""
    if not is_money(mark) or not all(re.fullmatch(r"[1-9][0-9]{0,2}[.,][0-9]{3}|[0-9]{1,3}", text) for text in digits):
        return None
    found = {mark for text in digits for mark in ".," if mark in text}
    return found.pop() if len(found) == 1 else None


@cache
def shape(parse: Parse) -> re.Pattern[str]:
    """Return what numbers so written look like, without marks."""
    group = _SEPARATORS.get(parse.thousands or "", re.escape(parse.thousands or ""))
    grouped = f"|[1-9][0-9]{{0,2}}(?:{group}[0-9]{{3}})+"
    if parse.grouping == "lakh":
        grouped = f"|[1-9][0-9]?(?:{group}[0-9]{{2}})*{group}[0-9]{{3}}"
    whole = f"(?:0|[1-9][0-9]*{grouped if group else ''})"
    return re.compile(f"-?(?:{whole}(?:{re.escape(parse.decimal)}([0-9]+))?|{re.escape(parse.decimal)}([0-9]+))", re.ASCII)
