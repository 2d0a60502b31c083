"""Columns that would be a key, but for a few rows: how many, and which."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlglot import exp

from dataeng_ai.profile import candidates
from dataeng_ai.profile.evidence import NearKey, Place, Repeated
from dataeng_ai.profile.keys import content, different, told, value
from dataeng_ai.profile.personal import mask
from dataeng_ai.profile.secrets import redact
from dataeng_ai.sources.view import FILE, RECORD

if TYPE_CHECKING:
    from collections.abc import Sequence

    import duckdb
    from sqlglot.expressions import Expr

    from dataeng_ai.profile.facts import Profile
    from dataeng_ai.profile.settle import Settled, Table

_NEARLY: Final = 0.02
"""The share of rows that may spoil what is still nearly a key."""
_LEAST: Final = 20
"""Rows from which on it is no accident that nearly all differ."""
_MOST: Final = 2
"""Columns that are proved; of a table that has a key of one column, none but those that are named as ids are."""
_LARGE: Final = 300_000
"""With more rows, one column alone is worth a pass, and none of which it is known that hardly a value stands again."""
_EXAMPLES: Final = 3
_ROWS: Final = 2_000_000
"""With more rows, examples are looked for among a part of the values, chosen by their hash."""
_NUMBERED: Final = "__numbered__"


def find(con: duckdb.DuckDBPyConnection, table: Table, profile: Profile) -> tuple[NearKey, ...]:
    """Return the columns that nearly are a key, with the rows that spoil them; of a part of a table's rows nothing is told."""
    if profile.read is not None or table.rows < _LEAST:
        return ()
    worth = _worth(table, profile)
    if table.rows > _LARGE:
        worth = [one for one in worth if candidates.is_id(one.name) and not _differs(one, table)][:1]
    found = [near for one in worth[:_MOST] if (near := _near(con, one, table, profile))]
    return tuple(sorted(found, key=lambda near: near.repeated + near.missing))


def _differs(one: Settled, table: Table) -> bool:
    """Say whether every row has a value, and none of those whose hashes were kept stands again: then hardly any does."""
    least = one.measured.beside.least
    return one.measured.fits == table.rows and least is not None and len(set(least)) == len(least)


def _worth(table: Table, profile: Profile) -> list[Settled]:
    """Return what may nearly be a key: what nearly all differ in, by an estimate; best first."""
    alone = {key.columns[0] for key in profile.keys if len(key.columns) == 1}
    found = [
        one
        for one in table.columns
        if one.name not in alone
        and (not alone or candidates.is_id(one.name))
        and candidates.may_identify(one.type, one.cells)
        and one.nulls + one.exceptions <= _NEARLY * table.rows
        and one.measured.distinct >= (1 - _NEARLY) * 0.95 * one.measured.fits
        and one.type.name not in ("date", "timestamp", "timestamptz", "time")
    ]
    return sorted(found, key=lambda one: candidates.merit(one.name, one.type))


def _near(con: duckdb.DuckDBPyConnection, one: Settled, table: Table, profile: Profile) -> NearKey | None:
    counted = told(table, (one.name,))
    repeated = one.measured.fits - (different(con, [value(one)]) if counted is None else counted)
    missing = table.rows - one.measured.fits
    if not 0 < repeated + missing <= _NEARLY * table.rows:
        return None
    examples = _repeated(con, one, table, profile) if repeated else ()
    return NearKey(one.name, repeated, missing, examples, _without(con, one) if missing else ())


def _repeated(con: duckdb.DuckDBPyConnection, one: Settled, table: Table, profile: Profile) -> tuple[Repeated, ...]:
    """Return values that stand again, those of the most rows first, then in the order of the source."""
    text = exp.column(one.name, quoted=True)
    places = exp.Struct(
        expressions=[
            exp.PropertyEQ(this=exp.to_identifier(name), expression=exp.column(column, quoted=True))
            for name, column in (("file", FILE), ("record", RECORD))
        ]
    )
    ordered = exp.Anonymous(this="LIST_SORT", expressions=[exp.Anonymous(this="LIST", expressions=[places])])
    first = exp.Anonymous(this="LIST_SLICE", expressions=[ordered, exp.Literal.number(1), exp.Literal.number(_EXAMPLES)])
    count = exp.Count(this=exp.Star())
    query = (
        exp.select(exp.Min(this=text).as_("text"), count.as_("times"), first.as_("places"))
        .from_(exp.to_identifier(_NUMBERED, quoted=True))
        .where(_there(one), *_part(one, table.rows))
        .group_by(value(one))
        .having(exp.GT(this=count.copy(), expression=exp.Literal.number(1)))
        .order_by(exp.Ordered(this=exp.column("times"), desc=True), "places", "text")
        .limit(_EXAMPLES)
    )
    rows = con.execute(query.sql("duckdb", identify=True)).fetchall()
    shown = mask if profile.column(one.name).pii else redact
    return tuple(Repeated(shown(str(text)), times, tuple(Place(at["file"], at["record"]) for at in some)) for text, times, some in rows)


def _there(one: Settled) -> Expr:
    return exp.not_(exp.Is(this=value(one), expression=exp.null()))


def _part(one: Settled, rows: int) -> Sequence[Expr]:
    """Return the condition that keeps memory bounded: the same part of the values each time."""
    if rows <= _ROWS:
        return ()
    rest = exp.Mod(this=content([value(one)]), expression=exp.Literal.number(-(-rows // _ROWS)))
    return (exp.EQ(this=rest, expression=exp.Literal.number(0)),)


def _without(con: duckdb.DuckDBPyConnection, one: Settled) -> tuple[Place, ...]:
    """Return where the first rows without a value stand."""
    query = (
        exp.select(exp.column(FILE, quoted=True), exp.column(RECORD, quoted=True))
        .from_(exp.to_identifier(_NUMBERED, quoted=True))
        .where(exp.not_(_there(one)))
        .order_by(exp.column(FILE, quoted=True), exp.column(RECORD, quoted=True))
        .limit(_EXAMPLES)
    )
    return tuple(Place(file, record) for file, record in con.execute(query.sql("duckdb", identify=True)).fetchall())
