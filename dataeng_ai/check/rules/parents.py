"""Rules about a spec that reads the rows of another one, its parent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from dataeng_ai.check.finding import Finding
from dataeng_ai.check.spelling import nearest
from dataeng_ai.project import spec_names
from dataeng_ai.sources import rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from dataeng_ai.check.look import Column, Look
    from dataeng_ai.draft import Path

_SPEC: Final = ("source", "spec")
_RECORDS: Final = ("source", "records")
_SOME: Final = 12
"""Names that a line holds."""


def unknown_parent(look: Look) -> Iterator[Finding]:
    """A spec reads the rows of a spec that there is not, that is not complete, or that reads its own rows in the end.

    What a child is compiled from is its parent's spec too: the parent's table, and the columns that it has.

    Example: `source: {spec: registr, records: items}` where the spec is called register
    Fix: `source: {spec: register, records: items}`
    """
    name = look.text(*_SPEC)
    if name is None:
        return
    names = spec_names(look.project)
    if name == look.text("name"):
        yield Finding(_SPEC, f"`{name}` would read its own rows", "name the spec whose rows hold the lists")
    elif name not in names:
        best = nearest(name, names)
        yield Finding(_SPEC, f"there is no spec `{name}`", f"did you mean `{best}`?" if best else f"write one: `spec new {name}`")
    elif (circle := _circle(look)) is not None:
        yield Finding(_SPEC, f"these specs read each other's rows in a circle: {circle}", "let one of them read files")
    elif not _is_complete(look):
        yield Finding(_SPEC, f"the spec `{name}`, whose rows are read, is not complete or not right", f"see `spec check {name}`")


def _circle(look: Look) -> str | None:
    """Return the names of specs that read each other's rows, this one among them."""
    names, parent = [str(look.text("name"))], look.parent
    while parent is not None and (name := parent.text("name")) is not None:
        names.append(name)
        if name in names[:-1]:
            return ", ".join(f"`{each}`" for each in names)
        parent = parent.parent
    return None


def _is_complete(look: Look) -> bool:
    from dataeng_ai.check import check  # noqa: PLC0415  the rules are a part of it

    return look.parent is not None and check(look.parent.draft, look.project).spec is not None


def unknown_list(look: Look) -> Iterator[Finding]:
    """The parent has no such column, or it does not hold JSON.

    `records` is the parent's column of lists, by its name or its name in the parent's source; `items.lots` are lists within the items.

    Example: `source: {spec: register, records: item}` where the column is called items
    Fix: `source: {spec: register, records: items}`
    """
    records, columns = look.text(*_RECORDS), _columns(look)
    if records is None or not columns:
        return
    found = rows.place(records, [(column.name, str(column.data.get("from") or column.name)) for column in columns])
    if found is None:
        lists = [column.name for column in columns if column.type and column.type.name == "json"]
        best = nearest(records, lists)
        listed = f"its columns of json are {_listed(lists)}" if lists else f"none of its columns is of type json: {_listed(columns)}"
        yield Finding(
            _RECORDS, f"`{look.text(*_SPEC)}` has no column `{records}`", f"did you mean `{best}`?" if best else listed, meant=best or ""
        )
    elif (kind := columns[found[0]].type) is not None and kind.name != "json":
        message = f"the column `{columns[found[0]].name}` of `{look.text(*_SPEC)}` is of type {kind}, and lists are json"
        yield Finding(_RECORDS, message, "name a column of type json")


def unknown_carried(look: Look) -> Iterator[Finding]:
    """A column is read from what an item does not have: a column that the parent lacks, or a word of ours that there is not.

    `../id` is the column `id` of the parent's table, `.position` the item's place in its list, from 1, and `.value` the item itself
    where items are no objects. All else is a path within the item; a key that begins with a point stands in double quotes.

    Example: `{name: order_id, from: ../order, type: bigint}` where the parent's column is called id
    Fix: `{name: order_id, from: ../id, type: bigint}`
    """
    if look.text(*_SPEC) is None:
        return
    known = _columns(look)
    for column in look.columns:
        source, path = str(column.data.get("from") or column.name), _place(column)
        if source.startswith(rows.PARENT) and known:
            name = source.removeprefix(rows.PARENT)
            if name not in (each.name for each in known):
                best = nearest(name, [each.name for each in known])
                advice = f"did you mean `{rows.PARENT}{best}`?" if best else f"its columns are {_listed(known)}"
                yield Finding(path, f"`{look.text(*_SPEC)}` has no column `{name}`", advice)
        elif source.startswith(".") and source not in rows.OWN and not source.startswith(rows.PARENT):
            best = nearest(source, rows.OWN)
            words = "write `.position`, `.value`, or `../` and a column of the parent"
            yield Finding(path, f"an item has no `{source}`", f"did you mean `{best}`?" if best else words)


def unmarked_parent(look: Look) -> Iterator[Finding]:
    """A child that takes the parent's loads one by one, from a table that does not say which load brought a row.

    Example: `load: {mode: append}` in the child, `load: {mode: append, stamp: []}` in the parent
    Fix: `stamp: [_load_id, _loaded_at, _source_file]` in the parent, or `mode: full` in the child
    """
    parent = look.parent
    if parent is None or look.text("load", "mode") not in ("append", "merge") or parent.text("load", "mode") == "full":
        return
    stamps = [word for _, word in parent.texts("load", "stamp")]
    if "stamp" in _block(parent) and "_load_id" not in stamps:
        message = f"the rows of `{look.text(*_SPEC)}` do not say which load brought them, so only its whole table can be read"
        yield Finding(("load", "mode"), message, "write `mode: full`, or let the parent stamp `_load_id`")


def _block(look: Look) -> dict[str, object]:
    load = look.data.get("load")
    return load if isinstance(load, dict) else {}


def _columns(look: Look) -> tuple[Column, ...]:
    """Return the columns of the parent's table."""
    return tuple(column for column in look.parent.columns if column.handling != "drop") if look.parent else ()


def _place(column: Column) -> Path:
    return (*column.path, "from" if "from" in column.data else "name")


def _listed(columns: Sequence[Column | str]) -> str:
    names = [f"`{column if isinstance(column, str) else column.name}`" for column in columns]
    return ", ".join(names[:_SOME]) + (" …" if len(names) > _SOME else "")
