"""What texts look like that no type holds: durations, weeks, other scripts' digits. It is said, and they stay texts."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

from dataeng_ai.profile import numbers
from dataeng_ai.profile.units import unit_beside

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_NEARLY_ALL: Final = 0.95
_MOST: Final = 200
"""So many texts are looked at."""
_GLANCE: Final = 8
"""So many are looked at first: most columns look like none of these."""
_MONTHS: Final = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|янв|фев|мар|апр|май|июн|июл|авг|сен|окт|ноя|дек"
_CLOCK: Final = r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d(?::\d\d(?:\.\d+)?)?"


@dataclass(frozen=True, slots=True)
class Look:
    """A make of texts: its name, what such a text is, and the doubt that is said of a column of them."""

    name: str
    fits: Callable[[str], bool]
    doubt: str | None = None


def _like(pattern: str) -> Callable[[str], bool]:
    return lambda text: _compiled(pattern).fullmatch(text) is not None


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """Return the pattern, once it is needed."""
    return re.compile(pattern)


def is_address(text: str) -> bool:
    """Say whether a text is an address of the internet protocol."""
    if "." not in text and ":" not in text:
        return False
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _kept(what: str, why: str) -> str:
    return f"{what}: kept as text, {why}"


LOOKS: Final = (
    Look("ip", is_address),
    Look("mac", _like(r"(?i)[0-9a-f]{2}([:-])(?:[0-9a-f]{2}\1){4}[0-9a-f]{2}|(?:[0-9a-f]{4}\.){2}[0-9a-f]{4}")),
    Look("url", _like(r"(?i)(?:https?|ftp)://\S+")),
    Look("coordinates", _like(r"-?[0-9]{1,3}\.[0-9]+[,;] ?-?[0-9]{1,3}\.[0-9]+")),
    Look(
        "duration",
        _like(
            r"-?P(?=.)(?:[0-9]+Y)?(?:[0-9]+M)?(?:[0-9]+W)?(?:[0-9]+D)?(?:T(?=.)(?:[0-9]+H)?(?:[0-9]+M)?(?:[0-9]+(?:\.[0-9]+)?S)?)?"
            r"|(?:[0-9]+ days?,? )?[0-9]{1,4}:[0-5][0-9](?::[0-5][0-9](?:\.[0-9]+)?)?"
            r"|(?:[0-9]+ ?(?:d|h|m|s|д|ч|м|с|min|sec|мин|сек)\.?(?: |$)?){2,}"
        ),
        _kept("durations", "since no type holds them; a count of seconds would be a number"),
    ),
    Look(
        "moment",
        _like(rf"{_CLOCK}(?:Z|[+-]\d\d(?::?\d\d)?)?"),
        _kept("moments finer than a microsecond, or on no clock", "so that nothing is cut"),
    ),
    Look(
        "moment with a zone",
        _like(rf"{_CLOCK} ?(?:[A-Z]{{2,5}}|[A-Z][a-z]+/[A-Z][A-Za-z_]+)"),
        _kept("moments with the name of a zone", "since several zones have one name; an offset would settle it"),
    ),
    Look("week", _like(r"\d{4}-?W(?:0[1-9]|[1-4]\d|5[0-3])(?:-?[1-7])?"), _kept("weeks", "since no type holds them")),
    Look(
        "ordinal date",
        _like(r"(?:19|20)\d\d-(?:[0-2]\d\d|3[0-5]\d|36[0-6])"),
        _kept("days counted within a year", "since they may be codes too"),
    ),
    Look(
        "month",
        _like(
            rf"(?i)(?:19|20)\d\d[-./](?:0[1-9]|1[0-2])|(?:0[1-9]|1[0-2])[-./](?:19|20)\d\d"
            rf"|(?:{_MONTHS})[^\W\d_]*\.?[ -](?:19|20)?\d\d(?: г\.?)?"
        ),
        _kept("months", "since a date has a day"),
    ),
    Look(
        "quarter",
        _like(r"(?i)(?:19|20)\d\d[- ]?Q[1-4]|Q[1-4][- /]?(?:19|20)\d\d|[1-4] ?кв\.? ?(?:19|20)\d\d(?: ?г\.?)?"),
        _kept("quarters", "since a date has a day"),
    ),
    Look(
        "other digits", lambda text: text.isdecimal() and not text.isascii(), _kept("digits of another script", "since no type reads them")
    ),
    Look("hexadecimal", _like(r"(?i)0x[0-9a-f]+"), _kept("hexadecimal numbers", "since no type reads them")),
    Look("digits", _like(r"-?[0-9]{19,}"), _kept("numbers of more than 18 digits", "so that none is rounded")),
    Look("signed number", _like(r"[+-][0-9]+(?:[.,][0-9]+)?|0"), _kept("numbers with a plus", "since nothing shows that it is a sign")),
    Look("grouped by underscores", _like(r"[0-9]{1,3}(?:_[0-9]{3})+"), _kept("digits with underscores", "since they may be codes")),
    Look(
        "rounded number",
        _like(r"(?i)[$€₽]?-?[0-9]+(?:[.,][0-9]+)? ?(?:k|m|b|bn|mln|тыс|млн|млрд)\.?"),
        _kept("numbers in thousands or millions", "since they are rounded already"),
    ),
    Look(
        "range",
        _like(r"[0-9]+(?:[.,][0-9]+)? ?[-–—] ?[0-9]+(?:[.,][0-9]+)?|[<>≤≥] ?[0-9]+(?:[.,][0-9]+)?"),
        _kept("ranges and bounds", "since they are no single numbers"),
    ),
)


def look(values: Sequence[str]) -> Look | None:
    """Return what nearly all of these different texts look like, None where it is nothing known."""
    some = values[:: len(values) // _MOST + 1]
    glance = some[:: len(some) // _GLANCE + 1]
    likely = (one for one in LOOKS if any(map(one.fits, glance)))
    return next((one for one in likely if sum(map(one.fits, some)) >= _NEARLY_ALL * len(some)), None)


def doubts(values: Sequence[str]) -> tuple[str, ...]:
    """Return what to say of texts that look like something else."""
    some = values[:: len(values) // _MOST + 1]
    found = look(some)
    if found and found.doubt:
        return (found.doubt,)
    return _of_money(some)


def _of_money(values: Sequence[str]) -> tuple[str, ...]:
    """Return why numbers with marks beside them are no numbers here: they have several units, or some have none, or their signs differ."""
    glance = values[:: len(values) // _GLANCE + 1]
    if sum(len(list(numbers.parts([value]))) for value in glance) * 2 < len(glance):
        return ()
    amounts = [amount for value in values for amount in numbers.parts([value])]
    units = {unit_beside(one.suffix) or unit_beside(one.prefix) or "" for one in amounts}
    if not amounts or len(amounts) < _NEARLY_ALL * len(values) or units == {""}:
        return ()
    named = ", ".join(sorted(units - {""}))
    if len(units - {""}) > 1:
        return (_kept(f"numbers in several units ({named})", "since the numbers of a column have one"),)
    if "" in units:
        return (_kept(f"numbers in {named}, of which some do not say so", "since those may be something else"),)
    return (_kept(f"numbers in {named}", "since they are not all written in one way"),)
