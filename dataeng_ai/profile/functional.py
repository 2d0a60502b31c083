"""Columns that decide others: each city always beside the same region. Guessed on the first rows, proved on all."""

from __future__ import annotations

from collections import Counter, defaultdict
from math import log
from typing import TYPE_CHECKING, Any, Final

from sqlglot import exp

from dataeng_ai.profile import beside
from dataeng_ai.profile.evidence import Decides

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sqlglot.expressions import Expr

    from dataeng_ai.profile.facts import Profile
    from dataeng_ai.profile.settle import Settled, Table

_MOST_COLUMNS: Final = 24
_MOST_PAIRS: Final = 24
_FEW_PAIRS: Final = 2
_LARGEST: Final = 5000
"""Different values of what decides: more mostly name one row each."""
_REPEATS: Final = 3
"""Rows that a value of what decides has on average, at least."""
_CHANCE: Final = log(1e-4)
"""Of all that is guessed here, hardly anything should hold by luck."""
_NEVER: Final = frozenset({"double", "decimal", "json", "bytes", "timestamp", "timestamptz", "time"})

Pair = tuple[str, str]


def candidates(table: Table, profile: Profile) -> tuple[Pair, ...]:
    """Return pairs of columns of which the first decides the second in the first rows, so often that it is no luck."""
    keys = {key.columns[0] for key in profile.keys if len(key.columns) == 1}
    usable = [one for one in table.columns if one.name not in keys and _usable(one, table.rows)]
    return _likely(table.head, [column.name for column in table.columns], {one.name: one.measured.distinct for one in usable}, _MOST_PAIRS)


def guessed(
    head: Sequence[tuple[str | None, ...]], names: Sequence[str], kinds: Mapping[str, str], few: Mapping[str, Sequence[str]]
) -> dict[Pair, tuple[str, ...]]:
    """Return such pairs by the first rows alone, a few, with their texts: what a large table's only pass is to prove.

    What decides is among the columns whose texts are `few`, all of which stand in the first rows.
    """
    places = {name: place for place, name in enumerate(names)}
    usable = {name: len(few[name]) for name in names if len(few[name]) > 1 and kinds[name] not in _NEVER}
    pairs = _likely(head, names, usable, _FEW_PAIRS)
    rows = {pair: [(str(row[places[pair[0]]]), row[places[pair[1]]]) for row in head if row[places[pair[0]]]] for pair in pairs}
    return {pair: texts for pair, some in rows.items() if (texts := beside.paired(some))}


def _likely(head: Sequence[tuple[str | None, ...]], names: Sequence[str], different: Mapping[str, int], most: int) -> tuple[Pair, ...]:
    """Return the pairs of columns, of which it is known how many different values they have, that hold in the first rows by no luck."""
    places = {name: place for place, name in enumerate(names)}
    columns = list(zip(*head, strict=True)) or [()] * len(names)
    usable = list(different)[:_MOST_COLUMNS]
    found = [
        (luck, (one, other))
        for one in usable
        for other in usable
        if one != other and different[one] >= 0.9 * different[other]
        if (luck := _luck(columns[places[one]], columns[places[other]])) < _CHANCE
    ]
    found.sort(key=lambda pair: (pair[0], places[pair[1][0]], places[pair[1][1]]))
    return tuple(pair for _, pair in found[:most])


def counted(table: Table, profile: Profile) -> tuple[tuple[Pair, ...], dict[str, int]]:
    """Return the pairs that were proved while the rows passed by, with the counts that prove them."""
    keys = {key.columns[0] for key in profile.keys if len(key.columns) == 1}
    pairs: list[Pair] = []
    counts: dict[str, int] = {}
    for one in table.columns:
        found = one.measured.beside.decides if one.name not in keys and _usable(one, table.rows) else ()
        for other in found:
            pairs.append((one.name, other))
            counts |= dict.fromkeys((f"alone {one.name}", f"pair {one.name}\0{other}"), len(one.measured.texts or ()))
    return tuple(pairs), counts


def _usable(one: Settled, rows: int) -> bool:
    """Say whether a column is a set of things of which each has several rows."""
    measured = one.measured
    if one.type.name in _NEVER or not 1 < measured.distinct <= _LARGEST or one.nulls * 2 > rows:
        return False
    return measured.distinct * _REPEATS <= measured.fits


def _luck(one: Sequence[str | None], other: Sequence[str | None]) -> float:
    """Return the logarithm of the chance that rows of equal values of one column agree in the other by luck; 0 where some do not."""
    groups: dict[str, str | None] = {}
    for left, right in zip(one, other, strict=True):
        if left and groups.setdefault(left, right) != right:
            return 0.0
    values = Counter(right for left, right in zip(one, other, strict=True) if left)
    if len(values) <= 1:
        return 0.0
    rows = values.total()
    same = sum((times / rows) ** 2 for times in values.values())
    return (rows - len(groups)) * log(same) if same < 1 else 0.0


def known(table: Table) -> dict[str, int]:
    """Return how many different values columns have, where each of them was counted."""
    return {f"alone {one.name}": len(one.counts) for one in table.columns if one.counts is not None and not one.exceptions and _plain(one)}


def _plain(one: Settled) -> bool:
    """Say whether a column's values are its texts, but for the empty one: then as many values differ as texts do."""
    return one.type.name == "text" and set(one.wish.guess.parse.null_values) <= {""}


def asks(pairs: Sequence[Pair], known: Mapping[str, int]) -> dict[str, Expr]:
    """Return the counts that prove pairs and are not known yet: as many different pairs as different values of the first column."""
    found = {}
    for one, other in pairs:
        if f"alone {one}" not in known:
            found[f"alone {one}"] = _different([one])
        if f"pair {one}\0{other}" not in known:
            found[f"pair {one}\0{other}"] = _different([one, other])
    return found


def _different(names: Sequence[str]) -> Expr:
    columns = [exp.column(name, quoted=True) for name in names]
    hashed = exp.Anonymous(this="HASH", expressions=[column.copy() for column in columns])
    there = exp.and_(
        exp.not_(exp.Is(this=columns[0].copy(), expression=exp.null())),
        exp.NEQ(this=columns[0].copy(), expression=exp.Literal.string("")),
    )
    return exp.Filter(this=exp.Count(this=exp.Distinct(expressions=[hashed])), expression=exp.Where(this=there))


def told(pairs: Sequence[Pair], answers: Mapping[str, Any]) -> tuple[Decides, ...]:  # Any: what DuckDB answers
    """Return what decides what; of a chain, a city its region and its country, each link and the whole."""
    proved: dict[str, list[str]] = defaultdict(list)
    for one, other in sorted(set(_proved(pairs, answers))):
        proved[one].append(other)
    counts = {one: int(answers[f"alone {one}"]) for one in proved}
    order = sorted(proved, key=lambda one: (-counts[one], one))
    return tuple(Decides(one, tuple(proved[one]), counts[one]) for one in order)


def _proved(pairs: Sequence[Pair], answers: Mapping[str, Any]) -> Iterator[Pair]:  # Any: as above
    for one, other in pairs:
        if answers[f"alone {one}"] == answers[f"pair {one}\0{other}"]:
            yield one, other
