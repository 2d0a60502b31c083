"""The second half of a profile: what is learned from proved columns. All that needs the rows again is asked in one pass.

Each part says what it wants to know as aggregates, and makes facts of the answers. A source of many rows is read once more for all
parts together; what would need a pass of its own is then told of the rows that a hash chose, or of the first ones, and said so.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Any

import duckdb
from sqlglot import exp

from dataeng_ai.profile import cursors, forecast, functional, grain, growth, near_keys, rhythm, sketches, updates
from dataeng_ai.profile.beside import MANY
from dataeng_ai.profile.measure import VIEW
from dataeng_ai.profile.unlike import frugal
from dataeng_ai.progress import say
from dataeng_ai.sources import view

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlglot.expressions import Expr

    from dataeng_ai.profile.facts import Profile
    from dataeng_ai.profile.settle import Table
    from dataeng_ai.sources.prepared import Prepared


def told(profile: Profile, con: duckdb.DuckDBPyConnection, table: Table, prepared: Sequence[Prepared]) -> Profile:
    """Return the profile with all that is learned from its proved columns.

    Raises:
        Problems: as `view.reading`.
    """
    if not table.rows:
        return profile
    say("looking at how rows hang together, in time and among columns")
    with view.reading(prepared):
        sketched = sketches.wanted(table, profile, MANY)
        # A part of a table's rows proves nothing of all: it shows how fast rows come, and which values there are.
        pairs, counts = _deciding(table, profile)
        moments = rhythm.wanted(table, profile, few=table.rows > MANY)
        counts = counts | rhythm.known(moments)
        answers = counts | answered(con, sketches.asks(sketched) | functional.asks(pairs, counts) | rhythm.asks(moments))
        counted = rhythm.series(moments, answers)
        profile = replace(
            profile,
            sketches=sketches.told(con, sketched, answers),
            decides=functional.told(pairs, answers),
            near_keys=near_keys.find(con, table, profile),
            times=rhythm.told(con, profile, moments, counted),
        )
        profile = replace(profile, grain=grain.of(profile), updates=updates.of(con, table, profile, prepared))
    profile = replace(profile, cursors=cursors.of(profile, table), growth=growth.of(profile, counted))
    return replace(profile, outlook=growth.outlook(profile, forecast.BARS))


def _deciding(table: Table, profile: Profile) -> tuple[Sequence[functional.Pair], dict[str, Any]]:  # Any: what DuckDB answers
    """Return pairs of columns that may decide each other, and what is known of them; of a part of a table's rows, none."""
    if profile.read is not None:
        return (), {}
    return functional.counted(table, profile) if table.rows > MANY else (functional.candidates(table, profile), functional.known(table))


def answered(con: duckdb.DuckDBPyConnection, asked: Mapping[str, Expr]) -> dict[str, Any]:  # Any: what DuckDB answers
    """Return the answers to all questions, in one pass over the rows; in several where they need more memory together than there is."""
    if not asked:
        return {}
    named = [each.as_(f"a{place}") for place, each in enumerate(asked.values())]
    query = exp.select(*named).from_(exp.to_identifier(VIEW, quoted=True)).sql("duckdb", identify=True)
    try:
        with frugal(con):
            return dict(zip(asked, con.execute(query).fetchall()[0], strict=True))
    except duckdb.OutOfMemoryException:
        if len(asked) == 1:
            raise
    half = len(asked) // 2
    return answered(con, dict(islice(asked.items(), half))) | answered(con, dict(islice(asked.items(), half, None)))
