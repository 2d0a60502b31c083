"""What a profile tells beyond its table of columns, in sentences: a text in a terminal and a card say the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from dataeng_ai.profile.amounts import count, duration, size

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from dataeng_ai.profile.evidence import Calendar, Cursor, Estimate, Growth, NearKey, Order, Place, Reference
    from dataeng_ai.profile.facts import Profile, TimeColumn
    from dataeng_ai.sources.prepared import Nested

_MOST: Final = 8
"""Sentences of one kind."""
_EXAMPLES: Final = 3
_HEEDED: Final = 5
"""Sentences beside rows that are shown; a profile has all."""
_ONCE: Final = 1
_TIMES: Final = (("day", 1.0), ("week", 7.0), ("month", 365.25 / 12), ("year", 365.25))
_SOME: Final = 5
"""Rows of a time from which on it is told in whole ones."""
_ORDERED: Final = 0.2
"""The share of rows that may be late where rows stand in any order of a column at all."""


def of(profile: Profile) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return (what it is about, sentences) in the order in which they are shown; kinds without a sentence are left out."""
    declared = profile.catalog.foreign_keys if profile.catalog else ()
    kinds = (
        ("grain", (profile.grain,) if profile.grain else ()),
        ("nearly a key", tuple(map(near_key, profile.near_keys))),
        (
            "refers to",
            (*(f"{', '.join(key.columns)} -> {key.table}, as the database says" for key in declared), *map(reference, profile.references)),
        ),
        ("list", tuple(map(nested, profile.nested))),
        ("decides", tuple(f"`{one.column}` decides {_named(one.decides)}, in all {one.values:,} of its values" for one in profile.decides)),
        ("time", tuple(sentence for time in profile.times for sentence in moments(time))),
        ("cursor", tuple(cursors(profile.cursors))),
        ("files", (profile.updates.reason,) if profile.updates else ()),
        ("forecast", tuple(forecast(profile))),
    )
    return tuple((what, _cut(some)) for what, some in kinds if some)


def rejects(profile: Profile) -> list[str]:
    """Say which records are no rows: how many, why, and where the first stand."""
    return [f"{one.count:,} × {one.reason}, first in line {', '.join(f'{line:,}' for line in one.lines)}" for one in profile.reject_reasons]


def heeded(profile: Profile) -> tuple[str, ...]:
    """Say what who sees the rows alone would miss: what was left out, mended or doubtful."""
    around = (reason for reason in profile.reasons if reason.startswith(("skip ", "footer ")))
    found = [*(f"not a row: {words}" for words in rejects(profile)), *around, *(f"warning: {words}" for words in profile.warnings)]
    rest = len(found) - _HEEDED
    return (*found[:_HEEDED], *((f"{rest:,} more such: `spec profile {profile.source}`",) if rest > 0 else ()))


def _cut(some: Sequence[str]) -> tuple[str, ...]:
    return tuple(some) if len(some) <= _MOST else (*some[:_MOST], f"and {len(some) - _MOST:,} more")


def _named(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names[:_MOST]) + (" …" if len(names) > _MOST else "")


def cursors(found: Sequence[Cursor]) -> Iterator[str]:
    """Yield the columns that are good cursors; where there is none, why the likeliest is not."""
    good = [one for one in found if one.good]
    for one in good or found[:1]:
        yield f"`{one.column}`{'' if one.good else ' is none'}: {one.reason}{_back(one.lookback)}"


def _back(lookback: str | None) -> str:
    return f"; look back {lookback}" if lookback else ""


def nested(found: Nested) -> str:
    """Return in a sentence what a column of lists holds, and how its items become rows."""
    what = count(found.items, "object" if found.objects else "item")
    look = "`spec profile FILE --lists` looks at them, " if found.objects else ""
    return f"`{found.path}` has {what} in its lists; {look}`spec new NAME --source FILE --split` drafts a spec whose rows they are"


def reference(found: Reference) -> str:
    """Return in a sentence what columns refer to, and why that is so."""
    ours, theirs = (", ".join(columns) for columns in (found.columns, found.references))
    return f"{ours} -> {found.table}.{theirs} ({found.confidence:.0%}: {found.reason})"


def near_key(near: NearKey) -> str:
    """Return in a sentence what keeps a column from being a key, and where that stands."""
    but = []
    if near.repeated:
        but.append(f"{count(near.repeated, 'row')} that {'repeats' if near.repeated == _ONCE else 'repeat'} a value")
    if near.missing:
        but.append(f"{count(near.missing, 'row')} without one")
    shown = [f"{one.value} in {_places(one.places, one.rows)}" for one in near.examples]
    shown += [f"none in {_places(near.without, near.missing)}"] if near.without else []
    remedy = "; `load: {mode: merge}` with it as key keeps the last row of each" if near.repeated and not near.missing else ""
    return f"`{near.column}`, but for {' and '.join(but)}: {'; '.join(shown)}{remedy}"


def _places(places: Sequence[Place], rows: int) -> str:
    files = {place.file for place in places}
    told = [f"record {place.record:,}" if len(files) == _ONCE else f"{place.file} record {place.record:,}" for place in places]
    where = f" of {places[0].file}" if len(files) == _ONCE else ""
    more = f" and {rows - len(places):,} more" if rows > len(places) else ""
    return f"{', '.join(told)}{where}{more}"


def moments(time: TimeColumn) -> Iterator[str]:
    """Yield what there is to say of the days or hours of a column, and of rows that come late."""
    if time.calendar is not None:
        yield f"`{time.name}`: {calendar(time.calendar)}"
    if time.order is not None and 0 < time.order.late <= _ORDERED * time.order.rows:
        yield f"`{time.name}`: {_order(time.order)}"


def calendar(found: Calendar) -> str:
    """Return in a sentence which steps have rows, and which should have."""
    days = "but for weekends, which are empty, " if found.weekends_empty else ""
    whole = f"{days}every {found.unit} from the first to the last has rows"
    if found.present == found.expected:
        return whole
    if not found.missing:
        return f"{days}{found.present:,} of {found.expected:,} {found.unit}s have rows"
    gaps = [f"{gap.first} … {gap.last}" if gap.steps > _ONCE else gap.first for gap in found.gaps[:_EXAMPLES]]
    longest = f", the longest of {count(found.gaps[0].steps, found.unit)}" if found.gaps[0].steps > _ONCE else ""
    have = "has" if found.missing == _ONCE else "have"
    return f"{days}{found.missing:,} of {found.expected:,} {found.unit}s {have} no row{longest}: {', '.join(gaps)}"


def _order(order: Order) -> str:
    rows = f"{order.late:,} of {'all' if order.whole else 'the first'} {order.rows:,} rows ({order.late / order.rows:.1%})"
    return f"{rows} lie before one that came earlier, by {duration(order.lag)} at most, mostly by {duration(order.usual_lag)} or less"


def forecast(profile: Profile) -> Iterator[str]:
    """Yield what the rows will take today and in a year, and what that rests on."""
    for one in profile.outlook:
        yield estimate(one)
    if profile.growth is not None:
        yield f"{pace(profile.growth)}: {profile.growth.reason}"


def pace(growth: Growth) -> str:
    """Return how many rows come in a day, or in the shortest longer time in which one comes."""
    unit, days = next(((unit, days) for unit, days in _TIMES if growth.rows_per_day * days >= _SOME), _TIMES[-1])
    mean, low, high = (each * days for each in (growth.rows_per_day, growth.low, growth.high))
    return f"{mean:,.0f} rows a {unit} ({low:,.0f} … {high:,.0f})"


def estimate(one: Estimate) -> str:
    """Return in a sentence what the rows will take in a storage."""
    now = f"{one.storage} {size(one.bytes)} ({size(one.low)} … {size(one.high)})"
    if one.year is None or one.year_low is None or one.year_high is None:
        return now
    return f"{now}, in a year {size(one.year)} ({size(one.year_low)} … {size(one.year_high)})"
