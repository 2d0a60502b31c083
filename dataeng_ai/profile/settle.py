"""From guesses to proof: measure every column, look at the cells that do not fit, guess again, until each type is settled.

One pass over all columns mostly does it. Only columns whose guess failed are read again. A type that nearly all cells have is
kept, with the rest counted as exceptions: dirty rows become rejects, they do not turn a column into text.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Final

import duckdb

from dataeng_ai.ir import Parse
from dataeng_ai.profile import candidates, moments
from dataeng_ai.profile.guess import NULL_WORDS, TEXT, Guess, guess
from dataeng_ai.profile.measure import VIEW, Measured, Wish, measure, misfits
from dataeng_ai.types import Type

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_FITTING: Final = Decimal("0.98")
"""The share of a column's values that must fit for the rest to count as dirt."""
_ROUNDS: Final = 4
"""A guess, two better ones, and text."""
_SAMPLE: Final = 2048
"""Rows from the start of the source on which the first guess rests; all rows then prove or refute it."""
_FEW: Final = 256
"""So few different values among those rows that counting them exactly costs nothing."""
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

    @property
    def type(self) -> Type:
        """Return the type with room to grow: integer or bigint, decimals of 10, 18 or 38 digits."""
        kind = self.wish.guess.type
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
    head: tuple[tuple[str, ...], ...]


def settle(con: duckdb.DuckDBPyConnection, names: Sequence[str], records: int) -> Table:
    """Return the proved facts about every column of `"__source__"`.

    Args:
        con: Where the view is.
        names: Its columns.
        records: About how many rows it has; decides how many the hash chooses.
    """
    head = _head(con, names)
    columns = zip(*head, strict=True) if head else ((),) * len(names)
    cells = {name: Counter(column) for name, column in zip(names, columns, strict=True)}
    guesses = {name: guess(name, cells[name]) for name in names}
    singles = candidates.singles(names, guesses, cells)
    wishes = [_wish(name, guesses[name], cells[name], exactly=name in singles) for name in names]
    done: dict[str, Settled] = {}
    rows = 0
    for left in reversed(range(_ROUNDS)):
        rows, found = measure(con, wishes, names, records)
        strays = _strays(con, wishes, found, rows)
        verdicts = [_judge(wish, one, strays.get(wish.name), rows, cells[wish.name], left) for wish, one in zip(wishes, found, strict=True)]
        done |= {verdict.name: verdict for verdict in verdicts if isinstance(verdict, Settled)}
        wishes = [verdict for verdict in verdicts if isinstance(verdict, Wish)]
        if not wishes:
            break
    return Table(rows, tuple(done[name] for name in names), head)


def _head(con: duckdb.DuckDBPyConnection, names: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    return tuple(con.view(VIEW).limit(_SAMPLE).select(*map(duckdb.ColumnExpression, names)).fetchall())


def _wish(name: str, found: Guess, cells: Mapping[str, int], *, exactly: bool) -> Wish:
    return Wish(name, found, exactly or len(cells) <= _FEW, moments.step(found.type, found.parse, cells))


def _strays(con: duckdb.DuckDBPyConnection, wishes: Sequence[Wish], found: Sequence[Measured], rows: int) -> dict[str, dict[str, int]]:
    """Return, for the columns where some cells are neither empty nor fit, those cells with their counts."""
    failing = [wish for wish, one in zip(wishes, found, strict=True) if wish.guess.type != TEXT and one.fits + one.empty < rows]
    return {wish.name: texts for wish, texts in zip(failing, misfits(con, failing) if failing else (), strict=True)}


def _judge(
    wish: Wish, measured: Measured, strays: Mapping[str, int] | None, rows: int, cells: Mapping[str, int], left: int
) -> Settled | Wish:
    """Return the settled column, or what to measure next."""
    if wish.step and measured.on_step != measured.fits and left:
        return replace(wish, step=moments.finer(wish.step, wish.guess.type))
    if strays is None:
        return Settled(wish.name, wish, measured, cells, rows - measured.fits, doubts=_resolved(wish.guess, measured))
    words = {text: times for text, times in strays.items() if text in NULL_WORDS}
    nulls = measured.empty + sum(words.values())
    exceptions = rows - measured.fits - nulls
    known = replace(wish.guess, parse=replace(wish.guess.parse, null_values=("", *sorted({*words, *wish.guess.parse.null_values} - {""}))))
    odd = {text: times for text, times in strays.items() if text not in words}
    if exceptions:
        better = _better(wish, cells, odd, left, room=measured.fits // max(1, sum(cells.values())) or 1)
        if better != wish.guess and (better.type, better.parse) != (known.type, known.parse):
            return Wish(wish.name, better, wish.distinct, moments.step(better.type, better.parse, cells))
        if measured.fits < _FITTING * (measured.fits + exceptions) or any(map(_LABEL.fullmatch, odd)):
            return Wish(wish.name, _as_text(wish, better), wish.distinct)
    kept = replace(wish, guess=known)
    return Settled(wish.name, kept, measured, cells, nulls, exceptions, tuple(odd)[:_EXAMPLES], _resolved(known, measured))


def _better(wish: Wish, cells: Mapping[str, int], odd: Mapping[str, int], left: int, room: int) -> Guess:
    """Guess again, now with the cells that did not fit; `room` weighs a cell of the first rows against all rows."""
    if left < 2:  # noqa: PLR2004  the last round is for text
        return wish.guess
    return guess(wish.name, Counter({text: times * room for text, times in cells.items()}) + Counter(odd))


def _as_text(wish: Wish, better: Guess) -> Guess:
    return better if better.type == TEXT else Guess(TEXT, Parse(null_values=("",)), wish.guess.doubts)


def _resolved(found: Guess, measured: Measured) -> tuple[str, ...]:
    """Return the doubts that the chosen rows do not settle: one day above 12 tells day from month."""
    sure = moments.AMBIGUOUS in found.doubts and any(int(text[8:10]) > 12 for text in measured.chosen)  # noqa: PLR2004  a year has 12 months
    return tuple(doubt for doubt in found.doubts if not (sure and doubt == moments.AMBIGUOUS))
