"""Which columns of some tables refer to the keys of others, and which key of each table is the one that is meant.

Values alone prove little: ids that begin at 1 stand in every table's. So inclusion is needed, and names, ranges and numbers of
different values must speak for it; a column refers to one table, the one for which most speaks.

The file is long because what speaks for a reference is one weighing, whether names say something or values alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from dataeng_ai.profile import alike
from dataeng_ai.profile.candidates import is_id
from dataeng_ai.profile.evidence import Reference, Sketch
from dataeng_ai.profile.sketches import Inclusion, family, inclusion

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from dataeng_ai.profile.facts import ColumnFacts, Profile

_NEARLY: Final = 0.97
"""The share of values that must stand in the key; a few orphans are dirt, and told."""
_CODES: Final = 0.7
_SURE: Final = 0.88
"""Names that speak so much need no more than inclusion."""
_LEAST: Final = 0.6
_FEW: Final = 24
"""Rows of which one column may be unique by accident."""
_COMPARED: Final = 16
"""Values that must be compared where names say nothing."""
_CODES_NEARLY: Final = 0.9
_WIDE: Final = 1000
"""Values of a key into whose range a column falls by no accident, if it is nearly as wide and has many values."""
_MANY: Final = 100


@dataclass(frozen=True, slots=True)
class Relations:
    """The key of each table that has one, and what its columns refer to."""

    keys: Mapping[str, tuple[str, ...]]
    references: Mapping[str, tuple[Reference, ...]]


@dataclass(frozen=True, slots=True)
class _Side:
    """A column with all that is known of it, and the name of its table."""

    table: str
    facts: ColumnFacts
    plain: str
    """Its name without what all columns of the table begin with."""
    sketch: Sketch

    @property
    def names(self) -> tuple[str, ...]:
        """Return what it may be called by, elsewhere: its name, and that without a prefix."""
        return tuple(dict.fromkeys((self.facts.name, self.plain)))


@dataclass(frozen=True, slots=True)
class _Match:
    child: _Side
    parent: _Side
    found: Inclusion
    names: alike.Alike
    score: float


def relations(tables: Mapping[str, Profile]) -> Relations:
    """Return the keys of tables, and the references between them, by their profiles alone.

    Args:
        tables: The profile of each, by the name of its spec or its file.
    """
    keys = {name: key for name, profile in tables.items() if (key := primary(name, profile))}
    sides = {name: _sides(name, profile) for name, profile in tables.items()}
    parents = [side for name, profile in tables.items() for side in _parents(name, profile, sides[name], keys)]
    best = [match for name in tables for side in sides[name].values() if (match := _best(side, parents, keys, tables))]
    best = [match for match in best if not _mirrored(match, best)]
    for _ in range(2):  # what is found beside a column tells of those of its name
        best += [match for name in tables for side in sides[name].values() if (match := _beside(side, best, keys))]
    keys |= {name: key for name in keys if (key := _linked(name, tables[name], keys[name], best))}
    found = {name: tuple(_reference(match) for match in best if match.child.table == name) for name in tables}
    together = {name: tuple(_together(name, tables, keys, sides, found)) for name in tables}
    return Relations(keys, {name: (*found[name], *together[name]) for name in tables})


def primary(name: str, profile: Profile) -> tuple[str, ...]:
    """Return the key that is meant, of those that are proved: one that is called as the table, or `id`, else the best."""
    called = alike.table_words(name)
    plain = alike.without_prefix([one.name for one in profile.columns])
    for key in profile.keys:
        if len(key.columns) == 1 and is_id(key.columns[0]) and alike.core(plain[key.columns[0]]) in ((), called):
            return key.columns
    return profile.keys[0].columns if profile.keys else ()


def _sides(name: str, profile: Profile) -> dict[str, _Side]:
    plain = alike.without_prefix([one.name for one in profile.columns])
    return {one.column: _Side(name, profile.column(one.column), plain[one.column], one) for one in profile.sketches}


def _parents(name: str, profile: Profile, sides: Mapping[str, _Side], keys: Mapping[str, tuple[str, ...]]) -> Iterator[_Side]:
    """Yield what may be referred to: the key that is meant first; other proved ones that are named as ids."""
    singles = [key.columns[0] for key in profile.keys if len(key.columns) == 1]
    meant = keys.get(name, ())
    for column in sorted(singles, key=lambda column: (column,) != meant):
        if column in sides and ((column,) == meant or is_id(column)):
            yield sides[column]


def _best(child: _Side, parents: Sequence[_Side], keys: Mapping[str, tuple[str, ...]], tables: Mapping[str, Profile]) -> _Match | None:
    """Return the reference of a column for which most speaks; None where nothing speaks enough."""
    found = [match for parent in parents if (match := _match(child, parent, keys, tables[child.table]))]
    found.sort(key=lambda one: (-one.score, keys.get(one.parent.table) != (one.parent.facts.name,), -one.parent.facts.distinct))
    if found:
        return found[0]
    is_key = (child.facts.name,) == keys.get(child.table)
    wide = [parent for parent in parents if _falls_into(child, parent) or _is_code_of(child, parent, keys)] if not is_key else []
    if len(wide) != 1:
        return None
    return _Match(child, wide[0], included(child, wide[0]), alike.Alike(0, "no other key has such values"), _LEAST)


def _match(child: _Side, parent: _Side, keys: Mapping[str, tuple[str, ...]], profile: Profile) -> _Match | None:
    own = child.table == parent.table
    if (own and child.facts.name == parent.facts.name) or family(child.facts.type.name) != family(parent.facts.type.name):
        return None
    ours, theirs = ((child.plain,), (parent.plain,)) if own else (child.names, parent.names)
    names = max((alike.alike(one, other, parent.table, own=own) for one in ours for other in theirs), key=lambda found: found.score)
    is_key = (child.facts.name,) == keys.get(child.table)
    if is_key and not own and any(alike.is_short_for(one, child.table) for one in child.names):
        return None
    if names.score < (alike.TABLE if is_key else alike.SHORT) or not _plausible(child, names, profile):
        return None
    found = included(child, parent)
    if found.share < _least(child, names) or not _within(child.facts, parent.facts):
        return None
    meant = keys.get(parent.table) == (parent.facts.name,)
    cover = min(1.0, child.facts.distinct / max(parent.facts.distinct, 1))
    called = max(alike.is_called(one, parent.table) for one in parent.names)
    score = names.score + 0.04 * called - (0 if meant else 0.15) + 0.01 * cover - (1 - found.share) / 3
    return _Match(child, parent, found, names, score)


def _least(child: _Side, names: alike.Alike) -> float:
    """Return the share of values that must stand in the key: of codes with the key's very name so many are no accident."""
    return _CODES if names.score >= alike.EQUAL and family(child.facts.type.name) != "integer" else _NEARLY


def included(child: _Side, parent: _Side) -> Inclusion:
    """Return how many of a column's values stand in a key; of a key without holes, the ends alone say it."""
    one, key = child.facts, parent.facts
    if family(key.type.name) == "integer" and _dense(key) and _within(one, key, slack=False):
        return Inclusion(one.distinct, one.distinct, exact=True)
    return inclusion(child.sketch, parent.sketch)


def _dense(key: ColumnFacts) -> bool:
    """Say whether a key of whole numbers has no holes."""
    if key.minimum is None or key.maximum is None or not key.distinct_exact:
        return False
    return int(key.maximum) - int(key.minimum) + 1 == key.distinct


def _plausible(child: _Side, names: alike.Alike, profile: Profile) -> bool:
    """Say whether a name that says little may be believed: of an id, or of a role; never of an amount or a moment."""
    if child.facts.type.name == "date":
        return names.score >= alike.TABLE
    if names.score < alike.TABLE and family(child.facts.type.name) == "integer" and alike.is_count(child.facts.name):
        return False
    if names.score >= _SURE:
        return True
    one_of_many = child.facts.distinct * 2 <= max(profile.rows - child.facts.nulls, 1) or is_id(child.facts.name)
    return child.facts.type.name != "text" and one_of_many and not alike.is_amount(child.facts.name)


def _within(child: ColumnFacts, parent: ColumnFacts, *, slack: bool = True) -> bool:
    """Say whether the ends of a column lie within those of the key; a few orphans may lie outside."""
    ends = (child.minimum, child.maximum, parent.minimum, parent.maximum)
    if None in ends or family(child.type.name) != "integer":
        return True
    low, high, least, most = (int(str(end)) for end in ends)
    beyond = (most - least) // 50 if slack else 0
    return least - beyond <= low and high <= most + beyond


def _falls_into(child: _Side, parent: _Side) -> bool:
    """Say whether a nameless column is a wide sample of a large key's values: of whole numbers, nearly all different, up to its end."""
    one, key = child.facts, parent.facts
    if child.table == parent.table or family(one.type.name) != "integer" or family(key.type.name) != "integer":
        return False
    if key.distinct < _WIDE or one.distinct < _MANY or one.distinct * 20 < (key.distinct or 0) or not _within(one, key):
        return False
    found = included(child, parent)
    wide = int(str(one.maximum)) * 20 >= 19 * int(str(key.maximum))
    return found.share == 1.0 and found.compared >= _COMPARED and wide and not alike.is_amount(one.name)


def _is_code_of(child: _Side, parent: _Side, keys: Mapping[str, tuple[str, ...]]) -> bool:
    """Say whether a column without a telling name has the codes of a key: many short texts of the same make, nearly all of them there."""
    one, key = child.facts, parent.facts
    if child.table == parent.table or one.type.name != "text" or one.shape is None or one.shape != key.shape or " " in one.shape:
        return False
    if keys.get(parent.table) != (key.name,) or one.distinct < _COMPARED:
        return False
    found = inclusion(child.sketch, parent.sketch)
    return found.share >= _CODES_NEARLY and found.compared >= _COMPARED


def _beside(child: _Side, best: Sequence[_Match], keys: Mapping[str, tuple[str, ...]]) -> _Match | None:
    """Return the reference of a column of codes to what another of its table, or one of its name, refers to: `origin` beside `dest`."""
    if child.facts.type.name != "text" or child.facts.distinct <= 1 or (child.facts.name,) == keys.get(child.table):
        return None
    if any(match.child == child for match in best):
        return None
    near = [match for match in best if child.table == match.child.table or child.facts.name == match.child.facts.name]
    parents = {match.parent.table: match.parent for match in near if _codes_alike(child, match)}
    if len(parents) != 1:
        return None
    (parent,) = parents.values()
    found = inclusion(child.sketch, parent.sketch)
    names = alike.Alike(0, "so does a column beside it, or of its name")
    return _Match(child, parent, found, names, _LEAST) if found.share == 1.0 and found.compared else None


def _codes_alike(child: _Side, match: _Match) -> bool:
    """Say whether a column has the make of a key that another refers to, which is that of codes."""
    shape = child.facts.shape
    return shape is not None and " " not in shape and shape == match.parent.facts.shape and match.parent.table != child.table


def _mirrored(match: _Match, matches: Sequence[_Match]) -> bool:
    """Say whether of two keys that refer to each other this is the wrong way round: the table is named as the key, or has more rows."""
    back = [one for one in matches if one.child == match.parent and one.parent == match.child]
    if not back:
        return False
    return (match.score, match.parent.facts.distinct, match.child.table) < (
        back[0].score,
        back[0].parent.facts.distinct,
        back[0].child.table,
    )


def _linked(name: str, profile: Profile, key: tuple[str, ...], matches: Sequence[_Match]) -> tuple[str, ...]:
    """Return the key of a table that joins others: all that it joins, where a part of it is unique by accident."""
    refers = {match.child.facts.name: match for match in matches if match.child.table == name and match.parent.table != name}
    if len(key) != 1 or key[0] not in refers:
        return ()
    called = alike.table_words(name)
    others = [
        one.name
        for one in profile.columns
        if one.name in refers
        and one.name not in key
        and not one.nulls
        and refers[one.name].parent.table != refers[key[0]].parent.table  # of another thing: a part of the same one is an attribute
        and _named_in(refers[one.name], called)
    ]
    if not others:
        return ()
    whole = {*key, *others[:1]}
    return tuple(one.name for one in profile.columns if one.name in whole)


def _named_in(match: _Match, called: Sequence[str]) -> bool:
    """Say whether a table's name has a word of what it refers to, or of the column that does."""
    own = {word for name in match.child.names for word in alike.core(name)}
    return bool({*own, *alike.table_words(match.parent.table)} & set(called))


def _reference(match: _Match) -> Reference:
    found = match.found
    inside = "all" if found.inside == found.compared else f"{found.inside:,} of"
    how = "values" if found.exact else "values that a hash chose"
    about = inside == "all" and found.compared == match.child.facts.distinct and not match.child.facts.distinct_exact
    reason = f"{match.names.reason}; {inside} {'of about ' * about}{found.compared:,} {how} stand there"
    return Reference(
        (match.child.facts.name,), match.parent.table, (match.parent.facts.name,), round(found.share, 4), found.compared, found.exact,
        round(min(match.score, 1.0), 2), reason,
    )  # fmt: skip


def _together(
    name: str,
    tables: Mapping[str, Profile],
    keys: Mapping[str, tuple[str, ...]],
    sides: Mapping[str, Mapping[str, _Side]],
    found: Mapping[str, tuple[Reference, ...]],
) -> Iterator[Reference]:
    """Yield references of several columns to a key of as many: each by the same name, each included, not all of them the own key."""
    ours = {side.plain: side for side in sides[name].values()}
    for table, key in keys.items():
        if table == name or len(key) == 1 or any(column not in sides[table] for column in key):
            continue
        theirs = [sides[table][column] for column in key]
        if not all(side.plain in ours for side in theirs) or {ours[side.plain].facts.name for side in theirs} <= set(keys.get(name, ())):
            continue
        mine = [ours[side.plain] for side in theirs]
        if tables[name].rows < tables[table].rows or any(ours[side.plain].facts.nulls for side in theirs):
            continue
        shares = [inclusion(one.sketch, other.sketch) for one, other in zip(mine, theirs, strict=True)]
        if all(one.share >= _NEARLY for one in shares) and not _of_other(mine, table, found[name]):
            reason = "the same names; each column's values stand there, together they were not compared"
            least = min(shares, key=lambda one: one.share)
            columns = tuple(one.facts.name for one in mine)
            yield Reference(columns, table, key, round(least.share, 4), least.compared, exact=False, confidence=0.6, reason=reason)


def _of_other(mine: Sequence[_Side], table: str, found: Sequence[Reference]) -> bool:
    """Say whether the columns are explained without that table: one of them refers to nothing else, and so is no key."""
    refers = {one.columns[0] for one in found if one.table != table}
    return not all(side.facts.name in refers for side in mine)
