"""Rules about what refers to other tables: foreign keys, and checks of relationships."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from dataeng_ai.check.finding import Finding
from dataeng_ai.check.places import at
from dataeng_ai.check.rules.schedule import waited
from dataeng_ai.check.spelling import nearest
from dataeng_ai.draft import AUTO
from dataeng_ai.project import spec_names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dataeng_ai.check.look import Look, Referring
    from dataeng_ai.draft import Path
    from dataeng_ai.types import Type

_NEEDED: Final = (("columns",), ("target", "storage"), ("target", "table"))
"""What must stand in a spec before another can refer to its table."""
_KINDS: Final = {
    **dict.fromkeys(("smallint", "integer", "bigint", "decimal", "double"), "number"),
    **dict.fromkeys(("boolean", "text", "date", "time", "timestamp", "timestamptz", "uuid", "bytes")),
}
"""Type -> what its values are compared as, where that is not the type itself. Values of other types are not compared."""
_SOME: Final = 12
"""Names that a line holds."""


def unknown_reference(look: Look) -> Iterator[Finding]:
    """What is referred to is the table of a spec that there is not, or that does not say enough yet.

    A check before each publish looks whether the values stand there. So the other spec's table, its columns and, where none are
    named, its primary key must be known. What no spec of the project loads is a `table`.

    Example: `references: {spec: museum}` where the spec is called museums
    Fix: `references: {spec: museums}`
    """
    names = spec_names(look.project)
    for one in look.referring:
        if one.spec is None or one.other is look:
            continue
        if one.spec not in names:
            best = nearest(one.spec, names)
            advice = f"did you mean `{best}`?" if best else "write one, or name a table that no spec loads: `{table: …, columns: […]}`"
            yield Finding(one.place, f"there is no spec `{one.spec}`", advice, meant=best or "")
        elif one.other is None:
            yield Finding(one.place, f"the spec `{one.spec}` cannot be read", f"see `spec check {one.spec}`")
        elif lacking := _lacking(one, one.other):
            message = f"the spec `{one.spec}`, to which this refers, is not complete: `{'.'.join(map(str, lacking))}` is open"
            yield Finding(one.place, message, f"fill it first: `spec fill {one.spec}`")


def _lacking(one: Referring, other: Look) -> Path | None:
    wanted = _NEEDED if one.named else (*_NEEDED, ("primary_key",))
    return next((path for path in wanted if _is_open(other, path)), None)


def _is_open(look: Look, path: Path) -> bool:
    block = at(look.data, path[:-1])
    return not isinstance(block, dict) or block.get(path[-1], AUTO) is AUTO


def elsewhere(look: Look) -> Iterator[Finding]:
    """What is referred to is loaded into another storage, or through another connection.

    Whether the values stand there is looked up where the rows are staged, by the storage itself; it does not see another one.

    Example: `references: {spec: museums}` where museums is loaded into duckdb, and this spec into postgres
    Fix: load both into one storage through one connection, or remove the reference
    """
    ours = _home(look)
    for one in look.referring:
        theirs = _home(one.other) if one.other else None
        if ours and theirs and ours != theirs:
            message = f"`{one.spec}` is loaded into {theirs}, this spec into {ours}: no check can see both"
            yield Finding(one.place, message, "load both into one storage through one connection, or remove this")


def _home(look: Look) -> str | None:
    storage, connection = look.text("target", "storage"), look.text("target", "connection")
    if storage is None or _is_open(look, ("target",)):
        return None
    return f"{storage} through `{connection}`" if connection else storage


def unknown_columns(look: Look) -> Iterator[Finding]:
    """The columns that are referred to are not there, are not stored as they are, or are not as many as those that refer.

    Columns are paired in their order. Without `columns` those of the other spec's primary key are meant. Personal data that is masked
    or dropped there cannot be referred to.

    Example: `{columns: [museum_id], references: {spec: museums, columns: [museum]}}` where the column is called id
    Fix: `{columns: [museum_id], references: {spec: museums, columns: [id]}}`
    """
    for one in look.referring:
        referred = one.referred
        if one.other is not None and one.other.columns:
            for path, name in referred:
                yield from _column(one, path, name, one.other)
            if not one.named and not referred and not _is_open(one.other, ("primary_key",)):
                yield Finding(one.place, f"`{one.spec}` has no primary key to refer to", "name its columns: `columns: [id]`")
        if referred and one.columns and len(referred) != len(one.columns):
            message = f"{_columns(len(one.columns))} cannot refer to {_columns(len(referred))}: {_listed([name for _, name in referred])}"
            yield Finding((*one.path, "columns"), message, "name as many on both sides, in the same order")


def _column(one: Referring, path: Path, name: str, other: Look) -> Iterator[Finding]:
    column, whose = other.column(name), "this spec" if other is one.look else f"`{one.spec}`"
    if column is None:
        known = [each.name for each in other.columns]
        best = nearest(name, known)
        yield Finding(path, f"{whose} has no column `{name}`", f"did you mean `{best}`?" if best else f"its columns are {_listed(known)}")
    elif column.handling in ("mask", "drop"):
        done = "masked" if column.handling == "mask" else "dropped"
        yield Finding(path, f"column `{name}` of {whose} is {done} (`pii`), so nothing can refer to it", "refer to another column")


def _columns(count: int) -> str:
    return f"{count} column{'s' * (count != 1)}"


def compared(look: Look) -> Iterator[Finding]:
    """The columns of both sides hold values that cannot be the same.

    Numbers are compared with numbers, texts with texts, dates with dates; json is compared with nothing.

    Example: museum_id is text, and the primary key of museums is bigint
    Fix: `{name: museum_id, type: bigint}`
    """
    for one in look.referring:
        referred = one.referred
        for place, (path, name) in enumerate(look.texts(*one.path, "columns")):
            mine = look.column(name)
            theirs = one.other.column(referred[place][1]) if one.other and place < len(referred) else None
            if mine and mine.type and kind_of(mine.type) is None:
                yield Finding(path, f"column `{name}` is {mine.type}, whose values are not compared", "refer with a column of plain values")
            elif mine and theirs and mine.type and theirs.type and kind_of(mine.type) != kind_of(theirs.type):
                message = f"`{name}` is {mine.type}, and `{theirs.name}` of `{one.spec}` is {theirs.type}: no value is the same"
                yield Finding(path, message, "give both the same type")


def kind_of(type: Type) -> str | None:  # noqa: A002  the word of the language
    """Return as what the values of a type are compared; None where they are not."""
    return (_KINDS[type.name] or type.name) if type.name in _KINDS else None


def no_key(look: Look) -> Iterator[Finding]:
    """A foreign key that refers to columns which are no key.

    Whoever joins two tables by a foreign key expects one row there. What is referred to is the primary key of the other spec, or
    columns that a check of it says are unique. Where it is enough that the values stand there, `relationships` asks for no more.

    Example: `foreign_keys: [{columns: [city], references: {spec: museums, columns: [city]}}]`
    Fix: `quality: [{check: relationships, columns: [city], references: {spec: museums, columns: [city]}}]`
    """
    for one in look.referring:
        names = {name for _, name in one.referred}
        other = one.other
        if one.path[0] != "foreign_keys" or other is None or not names or not all(map(other.column, names)):
            continue
        unique = ((*path, "columns") for path, block in other.blocks("quality") if block.get("check") == "unique")
        keys = [{name for _, name in other.texts(*place)} for place in (("primary_key",), *unique)]
        if names not in keys and not _is_open(other, ("primary_key",)):
            message = f"{_listed([name for _, name in one.referred])} of `{one.spec}` {'are' if len(names) > 1 else 'is'} no key of it"
            advice = "refer to its primary key, let a check there say `unique`, or write this as a check: `check: relationships`"
            yield Finding((*one.path, "references", "columns"), message, advice)


def circle(look: Look) -> Iterator[Finding]:
    """Specs that refer to each other, each so that it fails without the other's rows: none of them could be loaded first.

    One of the references must let rows pass that come early. A table that refers to itself is no circle.

    Example: orders refers to customers, and customers (its first order) to orders, both with `severity: error`
    Fix: `severity: warn` at one of them
    """
    name = look.text("name")
    for one in look.referring:
        way = _way(one.other, name) if one.severity == "error" and one.other is not None and one.other is not look and name else ()
        if way:
            listed = ", ".join(f"`{each}`" for each in (name, *way))
            yield Finding(one.place, f"these specs fail without each other's rows, in a circle: {listed}", "write `severity: warn` here")


def _way(first: Look, last: str) -> tuple[str, ...]:
    """Return the specs from one back to another, each failing without the next; empty where there is no such way."""
    begin = str(first.text("name"))
    ways: dict[str, tuple[str, ...]] = {begin: (begin,)}
    queue = [first]
    for stop in queue:
        way = ways[str(stop.text("name"))]
        for one in stop.referring:
            if one.severity != "error" or one.spec is None:
                continue
            if one.spec == last:
                return (*way, last)
            if one.spec not in ways and one.other is not None and one.other.text("name") == one.spec:
                ways[one.spec] = (*way, one.spec)
                queue.append(one.other)
    return ()


def before(look: Look) -> Iterator[Finding]:
    """A spec that fails where a row comes before the one that it refers to, and that does not wait for the other spec.

    Two clocks promise no order: a late load there makes this one fail, until it is run again.

    Example: `schedule: {cron: "0 3 * * *"}` in orders, which refers to customers, and in customers, too
    Fix: `schedule: {after: [customers]}` in orders, or `severity: warn` at the foreign key
    """
    if not isinstance(look.data.get("schedule"), dict):
        return
    earlier: set[str] | None = None
    for one in look.referring:
        other = one.other
        if one.severity != "error" or other is None or other is look or not isinstance(other.data.get("schedule"), dict):
            continue
        earlier = _earlier(look) if earlier is None else earlier
        if one.spec not in earlier:
            message = f"this fails where a row comes before the one that it refers to, and does not wait for `{one.spec}`"
            yield Finding(one.place, message, f"write `schedule: {{after: [{one.spec}]}}`, or `severity: warn` here")


def _earlier(look: Look) -> set[str]:
    """Return the specs that have published whenever this one begins."""
    queue = [name for _, name in look.texts("schedule", "after")]
    for name in queue:
        queue += [each for each in waited(name, look.project) if each not in queue]
    return set(queue)


def _listed(names: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in names[:_SOME]) + (" …" if len(names) > _SOME else "")
