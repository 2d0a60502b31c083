"""A profile as a picture for a notebook or a page: what the source is, how it is written, what each column holds, what to look at.

Everything a drawing shows stands in words beside it or in its alternative text, so the card reads without colour and without eyes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from dataeng_ai.pictures import bar, card, histogram, meter, timeline
from dataeng_ai.profile import alerts, sentences
from dataeng_ai.profile.amounts import count, rows_of, size
from dataeng_ai.profile.personal import mask

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dataeng_ai.profile.evidence import Estimate
    from dataeng_ai.profile.facts import ColumnFacts, Histogram, Key, Profile, TimeColumn

MOST_BYTES: Final = 96_000
"""Of a card; a page around it takes some hundred more, and 100 KB is the promise."""
_FIRST: Final = 64
"""Columns to try first; more never fit."""
_TOP: Final = 4
_ALERTS: Final = 12
_TIMES: Final = 12
_KEYS: Final = 5
_STEPS: Final = {"minute": 60, "hour": 3600, "day": 86_400, "week": 604_800, "month": 2_629_746, "year": 31_556_952}
"""Seconds of a step, of months and years the mean."""
_MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\d \d\d:")
_TO_MINUTES: Final = len("2024-01-31 10:00")
_HEADINGS: Final = {
    "grain": "What a row is",
    "nearly a key": "Nearly a key",
    "refers to": "Refers to",
    "list": "Lists",
    "decides": "What decides what",
    "time": "Gaps, and rows that come late",
    "cursor": "What is new since the last load",
    "files": "One file after another",
}
_STRIP: Final = ("encoding", "delimiter", "quote", "escape", "header", "skip", "footer")


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture and the same in words."""

    image: str
    words: str


@dataclass(frozen=True, slots=True)
class Top:
    """A frequent value, with a bar as long as it is frequent beside the most frequent."""

    image: str
    value: str
    count: int


@dataclass(frozen=True, slots=True)
class Row:
    """What the table of columns says about one."""

    facts: ColumnFacts
    unit: str | None
    key: str
    refers: tuple[str, ...]
    missing: Drawn
    shape: Drawn | None
    ends: tuple[str, ...]
    lines: tuple[str, ...]
    masked: bool
    """Its values are of a person and have been masked, so how often each occurs says nothing."""
    top: tuple[Top, ...]
    left: int
    """Different values that are not among `top`; 0 where their number is not exact."""


@dataclass(frozen=True, slots=True)
class Span:
    """A column of moments on the line that all of them share."""

    facts: TimeColumn
    drawn: Drawn


@dataclass(frozen=True, slots=True)
class Forecast:
    """What the rows take in one storage, today and in a year; in words, each with its bar of error."""

    storage: str
    image: str
    now: str
    about: str
    year: str
    year_about: str


def html(profile: Profile, command: str = "print(_.text)") -> str:
    """Return the card, at most some 100 KB; where not all columns fit, it says how many are left out, and what shows them.

    Args:
        profile: What to draw.
        command: What to type for a list of all columns, where some do not fit.
    """
    rows = [_row(column, profile) for column in profile.columns[:_FIRST]]
    drawn = _draw(profile, rows, command)
    while len(rows) > 1 and (weight := len(drawn.encode("utf-8", "replace"))) > MOST_BYTES:
        rows = rows[: max(1, min(len(rows) - 1, len(rows) * MOST_BYTES // weight - 1))]
        drawn = _draw(profile, rows, command)
    return drawn


def page(profile: Profile, command: str) -> str:
    """Return the card as a whole page, to be kept as a file."""
    return card("DOCUMENT", title=f"Profile of {profile.source}", body=html(profile, command))


def _draw(profile: Profile, rows: Sequence[Row], command: str) -> str:
    found = alerts.of(profile)
    spans = _spans(profile.times[:_TIMES])
    return card(
        "PROFILE",
        profile=profile,
        facts=_facts(profile),
        strip=[_because(reason) for reason in profile.reasons],
        alerts=found[:_ALERTS],
        more_alerts=max(0, len(found) - _ALERTS),
        keys=profile.keys[:_KEYS],
        spans=spans,
        more_spans=len(profile.times) - len(spans),
        told=[(_HEADINGS[what], some) for what, some in sentences.of(profile) if what in _HEADINGS],
        estimates=[_estimate(one, profile) for one in profile.outlook],
        growth=f"{sentences.pace(profile.growth)}: {profile.growth.reason}" if profile.growth else "",
        forecast=[(storage, size(bytes_)) for storage, bytes_ in profile.forecast] if not profile.outlook else [],
        rows=rows,
        left=len(profile.columns) - len(rows),
        command=command,
        sampled=any(not row.facts.distinct_exact for row in rows),
        partial=profile.sample is not None,
    )


def _estimate(one: Estimate, profile: Profile) -> Forecast:
    """Return what the rows take in a storage, with a bar that is as long as the most of all in a year."""
    widest = max(each.year_high or each.high for each in profile.outlook) or 1
    year = "" if one.year is None or one.year_low is None or one.year_high is None else size(one.year)
    bar_of = "" if one.year_low is None or one.year_high is None else f"{size(one.year_low)} … {size(one.year_high)}"
    most = one.year or one.bytes
    return Forecast(one.storage, bar(most / widest), size(one.bytes), f"{size(one.low)} … {size(one.high)}", year, bar_of)


def _facts(profile: Profile) -> list[str]:
    found = [
        rows_of(profile),
        count(len(profile.columns), "column"),
        "one snapshot" if profile.catalog else count(profile.files, "file"),
        size(profile.bytes),
    ]
    if profile.duplicates:
        found.append(f"{count(profile.duplicates, 'row')} stand twice")
    return [*found, f"{count(profile.rejects, 'record')} rejected" if profile.rejects else "no record rejected"]


def _because(reason: str) -> tuple[str, str]:
    """Return what was found about the dialect, and why; a sentence of another make is whole."""
    what, _, why = reason.partition(": ")
    return (what, why) if why and what.startswith(_STRIP) else (reason, "")


def _row(column: ColumnFacts, profile: Profile) -> Row:
    most = max((times for _, times in column.top), default=0)
    masked = column.pii is not None and all(mask(value) == value for value, _ in column.top)
    repeated = most > 1 and column.distinct * 2 <= profile.rows - column.nulls
    shown = column.top[:_TOP] if repeated and not masked else ()
    return Row(
        facts=column,
        unit=column.unit,
        key=_key(column.name, profile.keys),
        refers=refers(column.name, profile),
        missing=_missing(column.nulls, profile.rows),
        shape=_shape(column.histogram) if column.histogram else None,
        ends=_ends(column),
        lines=_lines(column),
        masked=masked,
        top=tuple(Top(bar(times / most), value, times) for value, times in shown),
        left=column.distinct - len(shown) if shown and column.distinct_exact else 0,
    )


def _key(name: str, keys: Sequence[Key]) -> str:
    widths = [len(key.columns) for key in keys if name in key.columns]
    return "" if not widths else "key" if min(widths) == 1 else "in a key"


def refers(name: str, profile: Profile) -> tuple[str, ...]:
    """Return to what a column refers, such as `orders.id`: by the specs where they tell, else as its database says."""
    found = [f"{one.table}.{', '.join(one.references)}" for one in profile.references if name in one.columns]
    said = profile.catalog.foreign_keys if profile.catalog and not found else ()
    return (*found, *(".".join(filter(None, (key.table, ", ".join(key.references)))) for key in said if name in key.columns))


def _missing(nulls: int, rows: int) -> Drawn:
    share = nulls / rows if rows else 0.0
    return Drawn(meter(share), percent(share) if nulls else "none")


def percent(share: float) -> str:
    """Return a share in percent; one that is neither nothing nor all is never written as 0 or 100."""
    least = 0.001
    if 0 < share < least:
        return "< 0.1 %"
    if 1 - least < share < 1:
        return "> 99.9 %"
    return f"{share:.1%}".replace(".0%", "%").replace("%", " %")


def _shape(found: Histogram) -> Drawn:
    counts = [each.count for each in found.bins]
    highest = max(found.bins, key=lambda each: each.count)
    all_ = f"{found.values:,} values" if found.exact else f"{found.values:,} values of rows that a hash chose"
    ends = f"from {found.bins[0].low} to {found.bins[-1].high}"
    peak = f"most, {highest.count:,}, from {highest.low} to {highest.high}"
    return Drawn(
        histogram(counts, open_ends=found.beyond),
        f"histogram of {all_} in {count(len(counts), 'bin')} {ends}: {peak}; counts {', '.join(map(str, counts))}",
    )


def _ends(column: ColumnFacts) -> tuple[str, ...]:
    """Return the least and the greatest value, once where they are the same."""
    if column.minimum is None or column.maximum is None:
        return ()
    low, high = _cut(column.minimum), _cut(column.maximum)
    return (low,) if low == high else (f"{low} …", high)


def _lines(column: ColumnFacts) -> tuple[str, ...]:
    """Return what is said of a column's values beside their ends: middle, lengths."""
    drawn = "" if column.histogram is None or column.histogram.exact else f"drawn from {column.histogram.values:,} chosen values"
    if column.role == "identifier":
        return tuple(filter(None, (_lengths(column), drawn)))  # the mean of what only names something means nothing
    quantiles = dict(column.quantiles)
    middle = [f"mean {column.mean}"] if column.mean is not None else []
    if column.histogram and "0.5" in quantiles:
        middle.append(f"median {_minute(quantiles['0.5'])}")
    low, high = quantiles.get("0.05"), quantiles.get("0.95")
    most = f"90 % in {low} … {high}" if column.mean is not None and low != high else ""
    return tuple(line for line in (", ".join(middle), most, _lengths(column), drawn) if line)


def _minute(value: str) -> str:
    """Return a moment without its seconds and zone, anything else as it is."""
    return value[:_TO_MINUTES] if _MOMENT.match(value) else value


def _lengths(column: ColumnFacts) -> str:
    low, high = column.min_length, column.max_length
    if low is None or high is None:
        return ""
    return count(low, "character") if low == high else f"{low:,} … {high:,} characters"


def _cut(value: str, most: int = 40) -> str:
    return value if len(value) <= most else f"{value[: most - 1]}…"


def _spans(times: Sequence[TimeColumn]) -> list[Span]:
    """Return each column of moments as a stretch of the line from the first moment of all to the last."""
    ends = [(_seconds(time.minimum), _seconds(time.maximum)) for time in times]
    first, last = min((low for low, _ in ends), default=0.0), max((high for _, high in ends), default=0.0)
    whole = (last - first) or 1.0
    found = []
    for time, (low, high) in zip(times, ends, strict=True):
        steps = round((high - low) / _STEPS[time.rhythm]) if time.rhythm else 0
        words = f"{time.minimum} … {time.maximum}"
        found.append(Span(time, Drawn(timeline((low - first) / whole, (high - first) / whole, ticks=steps), words)))
    return found


def _seconds(moment: str) -> float:
    when = datetime.fromisoformat(moment).replace(tzinfo=None)
    return when.toordinal() * 86_400.0 + when.hour * 3600 + when.minute * 60 + when.second
