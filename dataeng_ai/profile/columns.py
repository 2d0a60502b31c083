"""What is said about one column, from what was proved and counted: mean, quantiles, top values, shape, role, personal data."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from decimal import Decimal
from heapq import nsmallest
from math import fsum
from typing import TYPE_CHECKING, Final

from dataeng_ai.profile.facts import ColumnFacts
from dataeng_ai.profile.guess import NULL_WORDS, TEXT
from dataeng_ai.profile.histogram import MOMENTS, NUMBERS, histogram, quantile, values_of
from dataeng_ai.profile.looks import look
from dataeng_ai.profile.personal import category, mask
from dataeng_ai.profile.personal_nested import category_within
from dataeng_ai.profile.roles import role
from dataeng_ai.profile.secrets import redact
from dataeng_ai.profile.units import unit_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from dataeng_ai.profile.settle import Settled

_TOP: Final = 12
_SHARES: Final = ("0.05", "0.25", "0.5", "0.75", "0.95")
_LONGEST_SHAPE: Final = 40
_WHOLE: Final = frozenset({"smallint", "integer", "bigint"})
_MORE_DIGITS: Final = 2
"""Digits that a mean has more than the values."""


def facts_of(column: Settled, *, key: int, unmask: bool) -> ColumnFacts:
    """Return the facts about a column, masked where they are personal data unless `unmask`.

    Args:
        column: The column, proved.
        key: How many columns the key has that it belongs to; 0: none, 1: it is the key.
        unmask: Show personal data as it is.
    """
    measured = column.measured
    times = Counter(measured.chosen)
    distinct, exact = _distinct(column, len(times), alone=key == 1)
    personal = category(column.name, column.type, measured.chosen)
    if personal is None and column.type.name == "json":
        personal = category_within(column.name, measured.chosen)
    chosen = values_of(times, column.type, exact=len(measured.chosen) == measured.fits)
    counted = chosen if column.counts is None else values_of(column.counts, column.type, exact=True)
    ordered = column.type.name in (*NUMBERS, *MOMENTS)
    ends = (measured.minimum, measured.maximum)
    kind = role(column.name, column.type, measured.fits, distinct, ends, measured.chosen, key=key)
    found = ColumnFacts(
        name=column.name,
        type=column.type,
        parse=column.wish.guess.parse,
        nulls=column.nulls,
        empty=measured.empty,
        distinct=distinct,
        distinct_exact=exact,
        minimum=measured.minimum,
        maximum=measured.maximum,
        mean=_mean(column),
        quantiles=tuple((share, quantile(chosen, share)) for share in _SHARES) if ordered and chosen.ordered else (),
        top=_most(times if column.counts is None else column.counts),
        min_length=measured.min_length,
        max_length=measured.max_length,
        shape=_shape(column, times),
        role=kind,
        pii=personal,
        exceptions=column.exceptions,
        exception_examples=column.examples,
        wider=TEXT if column.exceptions and column.type != TEXT else None,
        doubts=(*column.doubts, *_null_words(column, times)),
        unit=unit_of(column.name, column.wish.guess.parse) if kind == "measure" else None,
        histogram=histogram(counted, column.type, ends) if ordered else None,
    )
    if unmask:
        return found
    return _redacted(found) if personal is None else masked(found)


def _redacted(found: ColumnFacts) -> ColumnFacts:
    """Return the facts without what stands in the middle of a text and must not be shown."""
    examples = tuple(map(redact, found.exception_examples))
    if found.type.name not in ("text", "json"):
        return replace(found, exception_examples=examples)
    shown = replace(
        found,
        minimum=found.minimum and redact(found.minimum),
        maximum=found.maximum and redact(found.maximum),
        top=_merged((redact(value), count) for value, count in found.top),
        exception_examples=examples,
    )
    return replace(shown, redacted=shown != found)


def masked(found: ColumnFacts) -> ColumnFacts:
    """Return the facts with nothing in them that tells a person's data: values keep their make alone."""
    return replace(
        found,
        minimum=found.minimum and mask(found.minimum),
        maximum=found.maximum and mask(found.maximum),
        mean=None,
        quantiles=(),
        top=_merged((mask(value), count) for value, count in found.top),
        histogram=None,
        exception_examples=tuple(sorted({mask(text) for text in found.exception_examples})),
    )


def _merged(pairs: Iterable[tuple[str, int]]) -> tuple[tuple[str, int], ...]:
    counts: Counter[str] = Counter()
    for value, count in pairs:
        counts[value] += count
    return _ranked(counts)


def _ranked(counts: Mapping[str, int]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _most(counts: Mapping[str, int]) -> tuple[tuple[str, int], ...]:
    """Return the most frequent values, as `_ranked` does, without bringing thousands of others in order."""
    least = sorted(counts.values())[-_TOP:][0] if counts else 0
    above = {text: count for text, count in counts.items() if count > least}
    level = nsmallest(_TOP - len(above), (text for text, count in counts.items() if count == least))
    return (*_ranked(above), *((text, least) for text in level))


def _distinct(column: Settled, different: int, *, alone: bool) -> tuple[int, bool]:
    """Return the number of different values and whether it is exact: counted one by one, or proved unique, or all rows were chosen."""
    measured = column.measured
    if alone:
        return measured.fits, True
    if column.counts is not None:
        return len(column.counts), True
    if len(measured.chosen) == measured.fits:
        return different, True
    return min(measured.distinct, measured.fits, _room(column)), False


def _room(column: Settled) -> int:
    """Return how many different values there can be between the ends of whole numbers: an estimate may say more."""
    low, high = column.measured.minimum, column.measured.maximum
    if low is None or high is None or column.type.name not in _WHOLE:
        return column.measured.fits
    return int(high) - int(low) + 1


def _mean(column: Settled) -> str | None:
    """Return the exact mean of whole numbers and decimals; that of the chosen rows for doubles, whose sums depend on the order."""
    measured, kind = column.measured, column.type
    if measured.total is not None and measured.fits:
        scale = Decimal(1).scaleb(-(kind.scale or 0) - _MORE_DIGITS)
        return f"{(Decimal(measured.total) / measured.fits).quantize(scale):f}"
    if kind.name == "double" and measured.chosen:
        return repr(_mean_of([float(value) for value in measured.chosen]))
    return None


def _mean_of(values: Sequence[float]) -> float:
    """Return the mean, also of values whose sum no double holds."""
    try:
        return fsum(values) / len(values)
    except OverflowError:
        return fsum(value / len(values) for value in values)


class _Make(dict[int, str]):
    """What each character counts as in a shape; looked up once, since shapes are of many thousand characters."""

    def __missing__(self, code: int) -> str:
        letter = chr(code)
        made = "9" if letter in "0123456789" else "A" if letter.isalnum() and not letter.isdecimal() else letter
        self[code] = made
        return made


_MAKE: Final = _Make()


def _shape(column: Settled, times: Mapping[str, int]) -> str | None:
    """Return the make of most values, digits as 9 and letters as A, or the word for a known one; None where there is none."""
    if column.type.name != "text" or not column.measured.chosen:
        return None
    if known := look(sorted(times)):
        return known.name
    makes: Counter[str] = Counter()
    for text, count in times.items():
        makes[text[: _LONGEST_SHAPE + 1].translate(_MAKE)] += count
    make, count = min(makes.items(), key=lambda item: (-item[1], item[0]))
    return make if count * 2 > len(column.measured.chosen) and len(make) <= _LONGEST_SHAPE else None


def _null_words(column: Settled, times: Mapping[str, int]) -> Sequence[str]:
    """Return a doubt where a word that often means nothing stands in a text column, where it cannot be proved to."""
    if column.type != TEXT:
        return ()
    words = sorted(NULL_WORDS & times.keys())
    return [f"`{word}` is taken for a text, it may mean nothing" for word in words]
