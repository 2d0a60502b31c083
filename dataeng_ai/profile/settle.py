"""From guesses to proof: measure every column, look at the cells that do not fit, guess again, until each type is settled.

One pass over all columns mostly does it. Only columns whose guess failed are read again. A type that nearly all cells have is
kept, with the rest counted as exceptions: dirty rows become rejects, they do not turn a column into text.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Final, cast

from sqlglot import exp

from dataeng_ai.ir import Parse
from dataeng_ai.profile import beside, commas, functional, moments, unlike
from dataeng_ai.profile.few import aside, drifts, few, measure
from dataeng_ai.profile.guess import NULL_WORDS, TEXT, Guess, guess
from dataeng_ai.profile.measure import VIEW, Measured, Wish, tally
from dataeng_ai.profile.misfits import misfits
from dataeng_ai.progress import say
from dataeng_ai.types import Type

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import duckdb

_FITTING: Final = Decimal("0.98")
"""The share of a column's values that must fit for the rest to count as dirt."""
_ROUNDS: Final = 4
"""A guess, two better ones, and text."""
_SAMPLE: Final = 2048
"""Rows from the start of the source on which the first guess rests; all rows then prove or refute it."""
_FEW: Final = 200
"""So few different values that each is counted."""
_TELLING: Final = 3
"""Columns whose content chooses rows: those with the most different values."""
_LABEL: Final = re.compile(r"-?0[0-9]+", re.ASCII)
_EXAMPLES: Final = 3
_INTEGER: Final = 2**31


@dataclass(frozen=True, slots=True)
class Settled:
    """A column whose type is proved on all rows. `cells` are the texts of the first rows, with their counts."""

    name: str
    wish: Wish
    measured: Measured
    cells: Mapping[str, int]
    nulls: int
    exceptions: int = 0
    examples: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()
    counts: Mapping[str, int] | None = None
    """Every value with how often it occurs, where there are few different ones."""
    declared: bool = False
    """The source itself says the type."""

    @property
    def type(self) -> Type:
        """Return the type with room to grow, integer or bigint, decimals of 10, 18 or 38 digits; a declared one as it is."""
        kind = self.wish.guess.type
        if self.declared:
            return kind
        ends = [
            Decimal(end) for end in (self.measured.minimum, self.measured.maximum) if end is not None and kind.name in ("bigint", "decimal")
        ]
        if kind.name == "bigint" and ends and all(-_INTEGER <= end < _INTEGER for end in ends):
            return Type("integer")
        if kind.name == "decimal" and kind.scale is not None and ends:
            digits = max(len(str(int(abs(end)))) for end in ends) + kind.scale
            return replace(kind, precision=next(size for size in (10, 18, 38) if digits <= size or size == 38))  # noqa: PLR2004  the widest decimal
        return kind


@dataclass(frozen=True, slots=True)
class Table:
    """All columns, settled, with the first rows as they stand in the source (a tuple of texts each)."""

    rows: int
    columns: tuple[Settled, ...]
    head: tuple[tuple[str | None, ...], ...]


def settle(
    con: duckdb.DuckDBPyConnection,
    names: Sequence[str],
    records: int,
    kinds: Mapping[str, Type] | None = None,
    *,
    csv: bool = True,
    comma: bool = False,
    key: tuple[str, ...] = (),
) -> Table:
    """Return the proved facts about every column of `"__source__"`.

    Args:
        con: Where the view is.
        names: Its columns.
        records: About how many rows it has; decides how many the hash chooses.
        kinds: The types that the source itself declares; what is declared is only proved.
        csv: The source has no null of its own: an empty text means nothing.
        comma: Commas stand between its fields.
        key: The columns that should be its key.
    """
    head = _head(con, names)
    columns = tuple(zip(*head, strict=True)) if head else ((),) * len(names)
    cells = {name: _cells(column) for name, column in zip(names, columns, strict=True)}
    nothing = ("",) if csv else ()
    declared = {name: Guess(kind, _spelled(kind, cells[name])) for name, kind in (kinds or {}).items()}
    guesses = commas.told({name: declared.get(name) or guess(name, cells[name], nothing) for name in names}, cells, comma=comma)
    by = sorted(names, key=lambda name: (-len(cells[name]), names.index(name)))[:_TELLING]
    placed = dict(zip(names, columns, strict=True))
    steady = {name: () if drifts(guesses[name].type, placed[name]) else few(cells[name], records) for name in names}
    wishes = [_wish(name, guesses[name], cells[name], steady[name]) for name in names]
    if records > beside.MANY:
        decides = functional.guessed(head, names, {name: guesses[name].type.name for name in names}, steady)
        more = beside.wanted(cells, guesses, decides)
        wishes = [replace(wish, beside=more[wish.name]) for wish in wishes]
    wishes = [aside(wish, steady[wish.name], placed[wish.name], records) for wish in wishes]
    wishes = _unlike(wishes, unlike.wanted(head, guesses, records, key))
    done: dict[str, Settled] = {}
    rows, changed = 0, set[str]()
    for left in reversed(range(_ROUNDS)):
        say(f"proving the types of {len(wishes)} columns on all rows")
        rows, found = measure(con, wishes, by, records)
        strays = _strays(con, wishes, found, rows)
        judge = partial(_judge, rows=rows, left=left, nothing=nothing)
        verdicts = [judge(wish, one, strays.get(wish.name), cells[wish.name]) for wish, one in zip(wishes, found, strict=True)]
        done |= {verdict.name: verdict for verdict in verdicts if isinstance(verdict, Settled)}
        wishes = [verdict for verdict in verdicts if isinstance(verdict, Wish)]
        if not wishes:
            break
        changed |= {wish.name for wish in wishes}
    done = {name: replace(one, measured=_without(one.measured, changed)) for name, one in done.items()}
    every = [replace(done[name], declared=name in declared and done[name].wish.guess.type == declared[name].type) for name in names]
    settled = _with_file_words(con, every, by, rows) if csv else every
    return Table(rows, _tallied(con, settled), head)


def _cells(column: Sequence[str | None]) -> Counter[str]:
    """Return how often each text stands there, in the order in which they came."""
    counts = Counter(column)
    counts.pop(None, None)
    return cast("Counter[str]", counts)


def _unlike(wishes: Sequence[Wish], groups: Sequence[unlike.Group]) -> list[Wish]:
    """Give each group of columns to the first of them, whole rows to the first of all."""
    of = {wish.name: tuple(group for group in groups if (group or (wishes[0].name,))[0] == wish.name) for wish in wishes}
    return [replace(wish, beside=replace(wish.beside, unlike=of[wish.name])) if of[wish.name] else wish for wish in wishes]


def _without(measured: Measured, changed: set[str]) -> Measured:
    return replace(measured, beside=measured.beside.without(changed)) if changed else measured


def _spelled(kind: Type, cells: Mapping[str, int]) -> Parse:
    """Return how the values of a declared type read: a database that has no truth values keeps them as 1 and 0."""
    return Parse(true=("1",), false=("0",)) if kind.name == "boolean" and cells and cells.keys() <= {"0", "1"} else Parse()


def _tallied(con: duckdb.DuckDBPyConnection, columns: Sequence[Settled]) -> tuple[Settled, ...]:
    """Count every value of the columns that have few different ones; the chosen rows are all rows of a small source already."""
    small = [one for one in columns if 0 < one.measured.distinct <= _FEW and len(one.measured.chosen) < one.measured.fits]
    counts = {one.name: one.measured.counts for one in small if one.measured.counts is not None}
    rest = [one for one in small if one.name not in counts]
    counts |= zip((one.name for one in rest), tally(con, [one.wish for one in rest]) if rest else (), strict=True)
    return tuple(replace(one, counts=counts.get(one.name)) for one in columns)


def _with_file_words(con: duckdb.DuckDBPyConnection, columns: Sequence[Settled], by: Sequence[str], rows: int) -> tuple[Settled, ...]:
    """Give every column the words that stand for nothing in this file: in typed columns they cannot be values, texts are counted again.

    What is proved to mean nothing in most columns that have such words means nothing in a text column too.
    """
    words = file_words(columns)
    if not words:
        return tuple(columns)
    texts = [_widened(column, words) for column in columns if column.wish.guess.type == TEXT]
    again = measure(con, texts, by, rows)[1] if texts else ()
    counted = {wish.name: _texts(wish, one, rows) for wish, one in zip(texts, again, strict=True)}
    found = []
    for column in columns:
        if wish_and_doubts := counted.get(column.name):
            wish, measured, nulls = wish_and_doubts
            more = nulls - column.nulls
            doubts = (f"{more:,} cells like `{words[0]}` are taken for nothing, as in other columns",) if more else ()
            found.append(replace(column, wish=wish, measured=measured, nulls=nulls, doubts=(*column.doubts, *doubts)))
        else:
            found.append(replace(column, wish=_widened(column, words)))
    return tuple(found)


def file_words(columns: Sequence[Settled]) -> tuple[str, ...]:
    """Return the words that at least two typed columns, and most of those with any such word, use for nothing."""
    used = [set(column.wish.guess.parse.null_values) - {""} for column in columns if column.wish.guess.type != TEXT]
    used = [words for words in used if words]
    counts = Counter(word for words in used for word in words)
    return tuple(sorted(word for word, count in counts.items() if count > 1 and count * 2 > len(used)))


def _widened(column: Settled, words: Sequence[str]) -> Wish:
    parse = column.wish.guess.parse
    known = ("", *sorted({*parse.null_values, *words} - {""}))
    return replace(column.wish, guess=replace(column.wish.guess, parse=replace(parse, null_values=known)))


def _texts(wish: Wish, measured: Measured, rows: int) -> tuple[Wish, Measured, int]:
    return wish, measured, rows - measured.fits


def _head(con: duckdb.DuckDBPyConnection, names: Sequence[str]) -> tuple[tuple[str | None, ...], ...]:
    columns = (exp.column(name, quoted=True) for name in names)
    query = exp.select(*columns).from_(exp.to_identifier(VIEW, quoted=True)).limit(_SAMPLE)
    return tuple(con.execute(query.sql("duckdb", identify=True)).fetchall())


def _wish(name: str, found: Guess, cells: Mapping[str, int], texts: tuple[str, ...]) -> Wish:
    step = moments.step(found.type, found.parse, cells)
    return Wish(name, found, step, () if step or ("" in cells and "" not in found.parse.null_values) else texts)


def _strays(con: duckdb.DuckDBPyConnection, wishes: Sequence[Wish], found: Sequence[Measured], rows: int) -> dict[str, dict[str, int]]:
    """Return, for the columns where some cells are neither empty nor fit, those cells with their counts."""
    failing = [wish for wish, one in zip(wishes, found, strict=True) if wish.guess.type != TEXT and one.fits + one.empty < rows]
    return {wish.name: texts for wish, texts in zip(failing, misfits(con, failing) if failing else (), strict=True)}


def _judge(
    wish: Wish,
    measured: Measured,
    strays: Mapping[str, int] | None,
    cells: Mapping[str, int],
    *,
    rows: int,
    left: int,
    nothing: tuple[str, ...],
) -> Settled | Wish:
    """Return the settled column, or what to measure next."""
    if wish.step and measured.on_step != measured.fits and left:
        return replace(wish, step=moments.finer(wish.step, wish.guess.type))
    if strays is None:
        worded = nothing or set(wish.guess.parse.null_values) - {""}
        unfit = 0 if worded else rows - measured.fits - measured.empty  # texts with NUL, which CSV cannot hold
        nulls = rows - measured.fits - unfit
        return Settled(wish.name, wish, measured, cells, nulls, unfit, doubts=_resolved(wish.guess, measured))
    words = {text: times for text, times in strays.items() if text in NULL_WORDS or not text}
    nulls = measured.empty + sum(words.values())
    exceptions = rows - measured.fits - nulls
    known = replace(wish.guess, parse=replace(wish.guess.parse, null_values=tuple(sorted({*words, *wish.guess.parse.null_values}))))
    odd = {text: times for text, times in strays.items() if text not in words}
    if exceptions:
        room = measured.fits // max(1, sum(cells.values())) or 1
        better = _better(wish, cells, odd, room, nothing) if left > 1 else wish.guess  # the last round is for text
        if better != wish.guess and (better.type, better.parse) != (known.type, known.parse):
            return Wish(wish.name, better, moments.step(better.type, better.parse, cells), beside=wish.beside)
        if measured.fits < _FITTING * (measured.fits + exceptions) or any(map(_LABEL.fullmatch, odd)):
            return Wish(wish.name, _as_text(wish, better, nothing), beside=wish.beside)
    kept = replace(wish, guess=known)
    return Settled(wish.name, kept, measured, cells, nulls, exceptions, tuple(odd)[:_EXAMPLES], _resolved(known, measured))


def _better(wish: Wish, cells: Mapping[str, int], odd: Mapping[str, int], room: int, nothing: tuple[str, ...]) -> Guess:
    """Guess again, now with the cells that did not fit; `room` weighs a cell of the first rows against all rows."""
    return commas.like(wish.guess, guess(wish.name, Counter({text: times * room for text, times in cells.items()}) + Counter(odd), nothing))


def _as_text(wish: Wish, better: Guess, nothing: tuple[str, ...]) -> Guess:
    return better if better.type == TEXT else Guess(TEXT, Parse(null_values=nothing), wish.guess.doubts)


def _resolved(found: Guess, measured: Measured) -> tuple[str, ...]:
    """Return the doubts that the chosen rows do not settle: one day above 12 tells day from month."""
    sure = any(int(text[8:10]) > 12 for text in measured.chosen) if moments.ORDERS & {*found.doubts} else False  # noqa: PLR2004  a year has 12 months
    return tuple(doubt for doubt in found.doubts if not (sure and doubt in moments.ORDERS))
