"""Whether rows are unlike each other: which groups of columns the one pass over all rows counts as what may be a key.

The first rows say what is worth it. What they are wrong about is asked in a pass of its own, as ever.
"""

from __future__ import annotations

from contextlib import contextmanager
from itertools import islice
from operator import ne
from typing import TYPE_CHECKING, Final

from sqlglot import exp

from dataeng_ai.profile import candidates

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import duckdb
    from sqlglot.expressions import Expr

    from dataeng_ai.profile.guess import Guess
    from dataeng_ai.types import Type

Group = tuple[str, ...]

MANY: Final = 200_000
"""With more rows than this, one key is enough: each proof keeps as many hashes as there are rows."""
NEARLY: Final = 0.9
"""Numbers of different values are estimates: so much of the rows may be all of them."""
WHOLE: Final[Group] = ()
"""No columns: whole rows, by their texts."""
_MOST_SETS: Final = 2
_LARGE: Final = 3_000_000
"""With more rows, one group is counted: what is put aside for it fills the memory."""
_MOST_COLUMNS: Final = 100
"""Of wider tables, the pass takes all memory as it is."""
_APART: Final = "distinct_aggregate_rewrite"
"""What DuckDB 2 does to count different values: it keeps all rows aside, and goes through them once for each."""


def wanted(head: Sequence[Sequence[str | None]], guesses: Mapping[str, Guess], records: int, expected: Group = ()) -> tuple[Group, ...]:
    """Return the groups of columns whose different rows are worth counting, by the first rows: the expected key before others.

    What is never the same twice there, best first; sets of columns only where no single one is; and whole rows where none are.
    """
    names = list(guesses)
    if not len(head) < records or len(names) > _MOST_COLUMNS:
        return ()
    columns = dict(zip(names, zip(*head, strict=True), strict=True))
    whole = {name: column for name, column in columns.items() if all(column)}
    found = [expected] if expected and set(expected) <= set(names) else []
    unlike = [name for name, column in whole.items() if _may_identify(guesses[name].type, column)]
    singles = sorted(unlike, key=lambda name: candidates.merit(name, guesses[name].type))
    most = 1 if records > MANY else candidates.MOST_SINGLES
    if singles or found:
        return tuple(dict.fromkeys((*found, *((name,) for name in singles[:most]))))[: 1 if records > _LARGE else None]
    places = {name: (guesses[name].type, different(column, records)) for name, column in whole.items()}
    return tuple(
        islice(candidates.sets([*map(tuple, head)], places, names, int(NEARLY * records)), 1 if records > _LARGE else _MOST_SETS)
    ) or (WHOLE,)


def _may_identify(kind: Type, column: Sequence[str | None]) -> bool:
    return len(set(column)) == len(column) and candidates.may_identify(kind, {text: 1 for text in column if text})


def different(column: Sequence[str | None], records: int) -> int:
    """Return about how many different values a column has that has these in its first rows.

    What stands in runs goes on so; of what is strewn, the fewer values stand twice, the more there are.
    """
    there = [text for text in column if text]
    seen, rows = len(set(there)), len(there)
    runs: int = 1 + sum(map(ne, there, islice(there, 1, None)))
    if runs == seen > 1:
        return seen * records // len(column)
    again = rows - seen
    return seen if again * 2 >= rows else rows * rows // (2 * again)


def counts(group: Group, places: Mapping[str, int]) -> Expr | None:
    """Return how many different rows the group's values make, of those that have a value in its first column; by their hashes.

    `places` are the numbers of the columns of this pass; None where it lacks some.
    """
    if not set(group) <= places.keys():
        return None
    values = [exp.column(f"v{places[name]}") for name in group] or [exp.column(f"c{place}") for place in places.values()]
    hashed: Expr = exp.Anonymous(this="HASH", expressions=values)
    if group:
        hashed = exp.case().when(exp.not_(exp.Is(this=values[0].copy(), expression=exp.null()), copy=False), hashed, copy=False)
    return exp.Count(this=exp.Distinct(expressions=[hashed]))


@contextmanager
def frugal(con: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Let DuckDB count what is different while rows pass by, and put it aside on the disk in time: it always takes somewhat more."""
    held, plain = map(str, con.execute("SELECT current_setting('memory_limit'), current_setting('disabled_optimizers')").fetchall()[0])
    number, _, unit = held.partition(" ")
    known = con.execute("SELECT count(*) FROM duckdb_optimizers() WHERE name = $1", [_APART]).fetchall()[0][0]  # not in DuckDB 1
    con.execute("SET memory_limit = $1", [f"{float(number) * 3 / 4} {unit}"]).fetchall()
    con.execute("SET disabled_optimizers = $1", [",".join(filter(None, (plain, _APART if known else "")))]).fetchall()
    try:
        yield
    finally:
        con.execute("SET memory_limit = $1", [held]).fetchall()
        con.execute("SET disabled_optimizers = $1", [plain]).fetchall()
