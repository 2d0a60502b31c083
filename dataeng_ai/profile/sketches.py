"""Sketches of columns that may be keys or refer to one: the least hashes of their different values.

Two columns whose values have the same least hashes have the same values, very likely; and of those of a column that lie below the
greatest of a key's, the share that the key has too is the share of all its values that stand in the key. So tables can be compared
without reading them again, by a few kilobytes each, and without keeping a value. What is personal is not sketched.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlglot import exp

from dataeng_ai import cast
from dataeng_ai.profile.candidates import is_id
from dataeng_ai.profile.evidence import Sketch
from dataeng_ai.profile.keys import value

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import duckdb
    from sqlglot.expressions import Expr

    from dataeng_ai.profile.facts import Profile
    from dataeng_ai.profile.settle import Settled, Table

KEPT: Final = 512
"""Hashes of one column."""
_MOST: Final = 48
"""Columns of a table that are sketched."""
_BYTES: Final = 8
_ALL: Final = 2**64
_FAMILIES: Final = {"smallint": "integer", "integer": "integer", "bigint": "integer", "text": "text", "uuid": "uuid", "date": "date"}
_LONGEST: Final = 64
"""Characters of what may be an id: prose is none."""


def family(kind: str) -> str | None:
    """Return what types are compared with each other, by a word; None: values of this type refer to nothing."""
    return _FAMILIES.get(kind)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A column to sketch: its values where all, or those of the chosen rows, are known; else they are asked for."""

    column: Settled
    values: tuple[str, ...] | None
    chosen: bool


def wanted(table: Table, profile: Profile, many: int) -> tuple[Wanted, ...]:
    """Return the columns to sketch: keys first, then what is named or made like an id, then other whole numbers and short texts.

    Args:
        table: The columns as proved.
        profile: What is said of them.
        many: With more rows than that, only keys are asked for all their values, unless they have no holes.
    """
    keys = {key.columns[0] for key in profile.keys if len(key.columns) == 1}
    fit = [one for one in table.columns if _fit(one, profile)]
    fit.sort(key=lambda one: (one.name not in keys, not is_id(one.name)))
    found = []
    for one in fit[:_MOST]:
        values = _known(one)
        if values is None and table.rows > many and (one.name not in keys or _dense(one)):
            found.append(Wanted(one, tuple(sorted(set(one.measured.chosen))), chosen=True))
        else:
            found.append(Wanted(one, values, chosen=profile.read is not None))
    return tuple(found)


def _dense(one: Settled) -> bool:
    """Say whether a key of whole numbers has no holes, so that its ends alone say what stands in it."""
    low, high = one.measured.minimum, one.measured.maximum
    return family(one.type.name) == "integer" and low is not None and high is not None and int(high) - int(low) + 1 == one.measured.fits


def _fit(one: Settled, profile: Profile) -> bool:
    facts = profile.column(one.name)
    if family(one.type.name) is None or facts.pii or facts.redacted or not one.measured.fits:
        return False
    if facts.distinct <= 1 < table_rows(profile) and not is_id(one.name):
        return False
    return one.type.name != "text" or (one.measured.max_length or 0) <= _LONGEST


def table_rows(profile: Profile) -> int:
    """Return how many rows were looked at."""
    return profile.rows if profile.read is None else profile.read


def _known(one: Settled) -> tuple[str, ...] | None:
    """Return the different values of a column, where all of them are known without looking again."""
    if one.counts is not None:
        return tuple(one.counts)
    return tuple(sorted(set(one.measured.chosen))) if len(one.measured.chosen) == one.measured.fits else None


def asks(columns: Sequence[Wanted]) -> dict[str, Expr]:
    """Return per column whose values are not known yet the aggregate that collects its least hashes."""
    return {
        f"sketch {one.column.name}": _least(one.column)
        for one in columns
        if one.values is None and one.column.measured.beside.least is None
    }


def _least(column: Settled) -> Expr:
    """Return the different hashes below a bound that about twice as many values as are kept lie under."""
    typed = value(column)
    hashed = _hash(cast.canonical(typed, column.type))
    bound = min(_ALL - 1, _ALL * KEPT * 2 // max(column.measured.distinct, 1))
    there = exp.not_(exp.Is(this=typed.copy(), expression=exp.null()))
    below = exp.and_(there, exp.LTE(this=hashed.copy(), expression=_number(bound)))
    collected = exp.Anonymous(this="LIST", expressions=[exp.Distinct(expressions=[hashed])])
    return exp.Filter(this=collected, expression=exp.Where(this=below))


def _number(number: int) -> Expr:
    return exp.Cast(this=exp.Literal.string(str(number)), to=exp.DataType.build("UBIGINT", dialect="duckdb"))


def _hash(text: Expr) -> Expr:
    """Return DuckDB's hash of a text; stored profiles are compared where they are made, by one version of it."""
    return exp.Anonymous(this="HASH", expressions=[text])


def told(con: duckdb.DuckDBPyConnection, columns: Sequence[Wanted], answers: Mapping[str, object]) -> tuple[Sketch, ...]:
    """Return the sketches, by the answers to what was asked."""
    known = {place: one.values for place, one in enumerate(columns) if one.values is not None}
    hashed = _hashed(con, known)
    found = []
    for place, one in enumerate(columns):
        least = one.column.measured.beside.least
        if place in known:
            hashes = hashed[place]
        elif least is not None:
            hashes = sorted(set(least))
        else:
            answer = answers[f"sketch {one.column.name}"]
            hashes = sorted(int(each) for each in answer) if isinstance(answer, list) else []
        whole = place in known or _ALL * KEPT * 2 // max(one.column.measured.distinct, 1) >= _ALL
        found.append(Sketch(one.column.name, _packed(hashes[:KEPT]), whole and len(hashes) <= KEPT, one.chosen))
    return tuple(found)


def _hashed(con: duckdb.DuckDBPyConnection, values: Mapping[int, tuple[str, ...]]) -> dict[int, list[int]]:
    """Return the hashes of values, sorted; the hash is DuckDB's, so it is asked."""
    places = [place for place, some in values.items() for _ in some]
    texts = [text for some in values.values() for text in some]
    found: dict[int, list[int]] = {place: [] for place in values}
    given = (("place", "BIGINT[]"), ("value", "VARCHAR[]"))
    unnested = [
        exp.Anonymous(
            this="UNNEST",
            expressions=[exp.Cast(this=exp.Parameter(this=exp.Literal.number(number)), to=exp.DataType.build(kind, dialect="duckdb"))],
        ).as_(name)
        for number, (name, kind) in enumerate(given, 1)
    ]
    query = exp.select("place", _hash(exp.column("value"))).from_(exp.select(*unnested).subquery("cells", copy=False))
    for place, hashed in con.execute(query.sql("duckdb", identify=True), [places, texts]).fetchall():
        found[place].append(hashed)
    return {place: sorted(set(hashes)) for place, hashes in found.items()}


def _packed(hashes: Iterable[int]) -> str:
    return b64encode(b"".join(each.to_bytes(_BYTES) for each in hashes)).decode()


def hashes(sketch: Sketch) -> tuple[int, ...]:
    """Return the hashes of a sketch, ascending."""
    raw = b64decode(sketch.hashes)
    return tuple(int.from_bytes(raw[place : place + _BYTES]) for place in range(0, len(raw), _BYTES))


@dataclass(frozen=True, slots=True)
class Inclusion:
    """How many of a column's values stand in another column: of those compared."""

    compared: int
    inside: int
    exact: bool

    @property
    def share(self) -> float:
        """Return the share of the compared values that stand there."""
        return self.inside / self.compared if self.compared else 0.0


def inclusion(child: Sketch, parent: Sketch) -> Inclusion:
    """Return how many of the child's values the parent has; what the parent's sketch says nothing of is not compared."""
    theirs, ours = set(hashes(parent)), hashes(child)
    if parent.chosen:
        return Inclusion(0, 0, exact=False)
    reach = _ALL if parent.whole else max(theirs, default=-1)
    compared = [one for one in ours if one <= reach]
    return Inclusion(len(compared), sum(one in theirs for one in compared), parent.whole and child.whole and not child.chosen)
