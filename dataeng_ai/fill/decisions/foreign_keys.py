"""`foreign_keys`: columns all values of which stand in the key of another spec's table, by the catalogue of a database or by proof.

It is optional: asked for by `auto`, or taken together with columns that fill writes, where there is anything to refer to. What fill
writes only warns: a copy is made of tables at several moments, and a row may come before the one that it refers to.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dataeng_ai import types
from dataeng_ai.check.rules.references import kind_of
from dataeng_ai.fill.decision import Case, Decision, Option, Path, lookup
from dataeng_ai.sources.databases import query

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from dataeng_ai.check.look import Look

Key = dict[str, object]


def options(case: Case, path: Path) -> tuple[Option, ...]:  # noqa: ARG001  every decision has this shape
    """Return all that is declared or proved, and none."""
    found = _found(case)
    none = Option([], "nothing is promised of other tables", 0.1, "no load looks into other tables", "none")
    if not found:
        return (none,)
    every = Option(
        [key for key, _ in found], "; ".join(evidence for _, evidence in found), 0.9, "a check costs little, and only warns", "all"
    )
    return every, none


def facts(case: Case, path: Path) -> object:  # noqa: ARG001  every decision has this shape
    """Return what refers to which spec; of a spec whose profile is not at hand, what this one says of it."""
    found = {(str(key["columns"]), str(lookup(key, ("references", "spec")))) for key, _ in _found(case)}
    said = case.get("foreign_keys")
    for key in said if isinstance(said, list) else ():
        spec = lookup(key, ("references", "spec"))
        if isinstance(spec, str) and case.neighbours.profile(spec) is None:
            found.add((str(lookup(key, ("columns",))), spec))
    return sorted(map(list, found))


def _found(case: Case) -> list[tuple[Key, str]]:
    """Return foreign keys, each with what speaks for it; of several to one table by the same columns the declared one."""
    others = _others(case)
    found: dict[tuple[tuple[str, ...], str], tuple[tuple[str, ...], str]] = {}
    for ours, other, theirs, evidence in (*_declared(case, others), *_proved(case, others)):
        found.setdefault((ours, other), (theirs, evidence))
    keys: list[tuple[Key, str]] = []
    for (ours, other), (theirs, evidence) in found.items():
        reference: Key = {"spec": other} if theirs == _key(case, others, other) else {"spec": other, "columns": list(theirs)}
        keys.append(({"columns": list(ours), "references": reference, "severity": "warn"}, evidence))
    return keys


def _others(case: Case) -> dict[str, Look]:
    """Return the other specs that are loaded into the same storage, with columns and a key."""
    home = (case.get("target", "storage"), case.get("target", "connection"))
    found = case.neighbours.with_columns.items()
    return {name: look for name, look in found if (look.text("target", "storage"), look.text("target", "connection")) == home}


def _key(case: Case, others: Mapping[str, Look], name: str) -> tuple[str, ...]:
    """Return the primary key of a spec, of this one, too."""
    if name in others:
        return tuple(column for _, column in others[name].texts("primary_key"))
    own = case.get("primary_key")
    return tuple(map(str, own)) if isinstance(own, list) else ()


Found = tuple[tuple[str, ...], str, tuple[str, ...], str]
"""Our columns, the other spec, its columns, what speaks for it."""


def _declared(case: Case, others: Mapping[str, Look]) -> Iterator[Found]:
    """Yield what the source's own catalogue says, as far as specs of this project read those tables, too."""
    catalog, connection = case.profile.catalog, case.get("source", "connection")
    own = case.get("source", "table")
    read_by = {
        _plain(look.text("source", "table")): name for name, look in others.items() if look.text("source", "connection") == connection
    }
    read_by |= {_plain(own): str(case.get("name"))} if isinstance(own, str) else {}
    for key in catalog.foreign_keys if catalog else ():
        other = read_by.get(_plain(key.table))
        if other is not None:
            evidence = f"{', '.join(key.columns)}: the database declares it a foreign key to {key.table}"
            yield from _fit(case, others, (key.columns, other, key.references), evidence)


def _plain(table: str | None) -> tuple[str, ...] | None:
    """Return a table's parts, however it is written."""
    return (query.parts(table) or (table,)) if table else None


def _proved(case: Case, others: Mapping[str, Look]) -> Iterator[Found]:
    """Yield what the profile proved: all values of the columns stand in the other's key, and were compared one by one."""
    for one in case.neighbours.references(others):
        if one.share == 1.0 and one.exact and one.compared:
            evidence = f"{', '.join(one.columns)} refers to {one.table}: {one.reason}"
            yield from _fit(case, others, (one.columns, one.table, one.references), evidence)


def _fit(case: Case, others: Mapping[str, Look], said: tuple[Sequence[str], str, Sequence[str]], evidence: str) -> Iterator[Found]:
    """Yield a reference in the names of both specs, where no rule would refuse it."""
    headers, name, theirs = said
    key = _key(case, others, name)
    ours = tuple(found for header in headers if (found := case.name_of(header)))
    kinds = {column: types.parse(str(row["type"])) for column, row, _ in case.columns() if row.get("type") and not _masked(row)}
    if name in others:
        stored = {str(one.data.get("from") or one.name): one for one in others[name].columns if one.handling not in ("drop", "mask")}
        there = {one.name: one.type for one in stored.values() if one.type}
        named = {header: one.name for header, one in stored.items()}
    else:
        there, named = kinds, {header: found for header in theirs if (found := case.name_of(header))}
    refers = tuple(named[header] for header in theirs if header in named) if theirs else key
    if set(refers) == set(key) and len(refers) == len(key) == len(ours) == len(headers):
        pairs = dict(zip(refers, ours, strict=True))
        alike = all(column in there and mine in kinds and kind_of(kinds[mine]) == kind_of(there[column]) for column, mine in pairs.items())
        if alike and all(kind_of(kinds[mine]) for mine in ours) and (name in others or set(ours) != set(key)):
            yield tuple(pairs[column] for column in key), name, key, evidence


def _masked(row: Mapping[str, object]) -> bool:
    return lookup(row, ("pii", "handling")) == "mask"


DECISION = Decision(
    "foreign_keys",
    ("foreign_keys",),
    (("columns",), ("target", "storage"), ("primary_key",)),
    "Which columns refer to other tables?",
    options,
    facts,
    beside=("columns",),
)
