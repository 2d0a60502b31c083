"""Rules about the columns of the table and the places that name them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from dataeng_ai import targets
from dataeng_ai.check.finding import Finding
from dataeng_ai.check.places import entry, phrase
from dataeng_ai.check.spelling import nearest
from dataeng_ai.targets.statements import STAGING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dataeng_ai.check.look import Look

_OURS: Final = "_"


def unknown_column(look: Look) -> Iterator[Finding]:
    """A key, an index, an order or a check names a column that the spec does not have.

    Names are those of the table (`name`), not of the file (`from`), and are compared letter by letter.

    Example: `primary_key: [id]` where the columns are `order_id` and `price`
    Fix: `primary_key: [order_id]`
    """
    if not look.columns:
        return
    names = [column.name for column in look.columns]
    sources = {str(column.data.get("from")): column.name for column in look.columns}
    for path, name in look.references:
        if name in names:
            continue
        best = sources.get(name) or nearest(name, names)
        listed = ", ".join(f"`{known}`" for known in names[:12]) + (" …" if len(names) > 12 else "")  # noqa: PLR2004  what a line holds
        yield Finding(path, f"there is no column `{name}`", f"did you mean `{best}`?" if best else f"the columns are {listed}")


def same_name(look: Look) -> Iterator[Finding]:
    """Two columns have one name, or names that the storage takes for one.

    DuckDB does not tell `Price` from `price`, quoted or not.

    Example: `columns: [{name: price, …}, {name: price, …}]`
    Fix: give one of them another name, and its name in the file as `from`
    """
    folds = look.capabilities is not None and look.capabilities.folds_case
    seen: dict[str, str] = {}
    for column in look.columns:
        folded = column.name.casefold() if folds else column.name
        first = seen.setdefault(folded, column.name) if folded in seen else seen.update({folded: column.name})
        if first == column.name:
            yield Finding((*column.path, "name"), f"two columns are called `{column.name}`", "give one of them another name")
        elif first is not None:
            message = f"`{column.name}` and `{first}` are one name to {look.text('target', 'storage')}"
            yield Finding((*column.path, "name"), message, "give one of them another name")


def long_name(look: Look) -> Iterator[Finding]:
    """A name is longer than the storage keeps.

    PostgreSQL cuts names at 63 bytes, in silence; a Cyrillic letter takes two. What is cut may become the name of something else.

    Example: a column whose name has 40 Cyrillic letters
    Fix: a shorter name
    """
    limit = look.capabilities.max_identifier_bytes if look.capabilities else None
    if limit is None:
        return
    cut: dict[bytes, str] = {}
    for column in look.columns:
        first = cut.setdefault(column.name.encode()[:limit], column.name)
        notes = (f"cut to that, it is the same as column `{first}`",) if first != column.name else ()
        yield from _too_long((*column.path, "name"), column.name, limit, notes)
    for part in (look.text("target", "table") or "").split("."):
        yield from _too_long(("target", "table"), part, limit, ())


def _too_long(path: tuple[str | int, ...], name: str, limit: int, notes: tuple[str, ...]) -> Iterator[Finding]:
    if (size := len(name.encode())) > limit:
        yield Finding(path, f"a name of {size} bytes, and the storage keeps {limit}", "shorten it", notes)


def reserved_name(look: Look) -> Iterator[Finding]:
    """A name that belongs to the loader or to the storage.

    Names with `_` in front are those that a load adds of its own (`_load_id`, `_loaded_at`, `_source_file`, `_extra`, the tables of
    the ledger, `__staging__`). PostgreSQL keeps a few for itself, such as `xmin`.

    Example: `{name: _loaded_at, type: timestamp}`
    Fix: `{name: loaded_at, from: _loaded_at, type: timestamp}`
    """
    kept = look.capabilities.reserved_names if look.capabilities else ()
    for column in look.columns:
        key = "from" if "from" in column.data else "name"
        if STAGING in (look.text(*column.path, key) or ""):
            message = f"`{STAGING}` stands for the staging table in every statement, so no column can be called so"
            yield Finding(
                (*column.path, key), message, "rename it in the file, or leave the column out: `on_schema_change: {new_column: discard}`"
            )
        elif column.name.startswith(_OURS):
            plain = column.name.lstrip(_OURS) or "column_1"
            advice = f"write `name: {plain}`" + ("" if "from" in column.data else f", and `from: {column.name}`")
            yield Finding((*column.path, "name"), f"`{column.name}`: names with `_` in front belong to the loader", advice)
        elif column.name in kept:
            message = f"{look.text('target', 'storage')} keeps the name `{column.name}` for itself"
            yield Finding((*column.path, "name"), message, "give it another name, and its name in the file as `from`")
    table = (look.text("target", "table") or "").rpartition(".")[2]
    if table.startswith(_OURS):
        yield Finding(("target", "table"), f"`{table}`: names with `_` in front belong to the loader", "give it another name")


def named_twice(look: Look) -> Iterator[Finding]:
    """A list names one column twice.

    Example: `primary_key: [order_id, order_id]`
    Fix: `primary_key: [order_id]`
    """
    for place in (*look.lists, ("load", "stamp"), ("schedule", "after")):
        seen = set()
        for path, name in look.texts(*place):
            if name in seen:
                yield Finding(path, f"`{name}` stands twice {phrase(place, look.data)}", "remove one")
            seen.add(name)


def not_one_value(look: Look) -> Iterator[Finding]:
    """A key, an order, an index or a check needs a column that is not stored as it is.

    Personal data that is masked becomes the same text for many people, so it names no row; what is dropped is not in the table.

    Example: `primary_key: [phone]` where phone has `pii: {category: phone, handling: mask}`
    Fix: another key, or `handling: keep`
    """
    for path, name in look.references:
        column = look.column(name)
        handling = column.handling if column else None
        needs_values = path[0] in {"primary_key", "foreign_keys", "load"} or look.text(*path[:2], "check") in {"unique", "relationships"}
        if handling == "drop":
            yield Finding(path, f"column `{name}` is dropped (`pii`), so it cannot stand here", "remove it here, or keep the column")
        elif handling == "mask" and needs_values:
            yield Finding(path, f"column `{name}` is masked (`pii`), so many rows have one value", "choose another column")


def physical_type(look: Look) -> Iterator[Finding]:
    """The storage has no such type.

    Example: `physical: {postgres: varchr(20)}`
    Fix: `physical: {postgres: varchar(20)}`
    """
    storage = look.text("target", "storage")
    for column in look.columns if storage in targets.STORAGES else ():
        word = look.text(*column.path, "physical", storage or "")
        if word is None or column.type is None:
            continue
        try:
            targets.design(storage or "").column_type(column.type, word)
        except ValueError as error:
            yield Finding(
                (*column.path, "physical", storage or ""), str(error), f"remove it: {entry(column.path, look.data)} has a usual type"
            )


def masked_type(look: Look) -> Iterator[Finding]:
    """A masked column that is no text.

    A mask turns letters and digits into others of their shape, so what is left is a text.

    Example: `{name: card, type: bigint, pii: {category: card, handling: mask}}`
    Fix: `type: text`, or `handling: drop`
    """
    for column in look.columns:
        if column.handling == "mask" and column.type and column.type.name != "text":
            message = f"`{column.name}` is masked (`pii`), so it cannot be {column.type}"
            yield Finding((*column.path, "type"), message, "write `type: text`, or `handling: drop`")


def none_stored(look: Look) -> Iterator[Finding]:
    """Every column is dropped, so nothing would be stored.

    Example: a table of one column, with `pii: {category: email, handling: drop}`
    Fix: keep or mask at least one column
    """
    if look.columns and all(column.handling == "drop" for column in look.columns):
        yield Finding(("columns",), "every column is dropped (`pii`), so the table would have none", "keep or mask at least one", key=True)


def too_many(look: Look) -> Iterator[Finding]:
    """The table has more columns than the storage can hold.

    PostgreSQL holds 1,600, of which up to four are ours. So many columns mostly are data: sensors, days or genes that want to be rows.

    Example: `target: {storage: postgres, …}` for a file of 2,000 columns
    Fix: `storage: duckdb`, which has no such limit, or fewer columns
    """
    limit = look.capabilities.max_columns if look.capabilities else None
    if limit is not None and len(look.columns) > limit:
        hint = "take another storage, such as duckdb, or leave columns out"
        yield Finding(("columns",), f"{len(look.columns):,} columns, and the storage holds {limit:,} beside ours", hint)
