"""Rules about what names a row and tells newer rows from older ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dataeng_ai.check.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dataeng_ai.check.look import Look


def merge_without_key(look: Look) -> Iterator[Finding]:
    """A merge without a primary key.

    A merge replaces the rows that have the same key; without a key it cannot know which rows these are.

    Example: `load: {mode: merge}` with `primary_key: null`
    Fix: `primary_key: [order_id]`, or `load: {mode: append}`
    """
    if look.text("load", "mode") == "merge" and look.data.get("primary_key", ()) in (None, []):
        yield Finding(("load", "mode"), "`merge` needs a primary key", "write `primary_key: [order_id]`, or `mode: append`")


def nullable_key(look: Look) -> Iterator[Finding]:
    """A column of the primary key may hold nothing.

    Nothing equals nothing in no storage, so a row with a null in its key would be added again by every load. It must be said at the
    column that it holds a value; rows without one are set aside.

    Example: `primary_key: [order_id]` with `{name: order_id, type: bigint}`
    Fix: `{name: order_id, type: bigint, nullable: false}`
    """
    for path, name in look.texts("primary_key"):
        column = look.column(name)
        if column and column.data.get("nullable", True) is True:
            yield Finding(path, f"column `{name}` of the key may hold nothing", f"write `nullable: false` at column `{name}`")


def unordered_cursor(look: Look) -> Iterator[Finding]:
    """The cursor, or a column of the key, has a type whose values are not compared.

    Example: `load: {mode: merge, cursor: is_new}` where is_new is a boolean
    Fix: a date, a time or a number: `cursor: updated_at`
    """
    cursor = look.text("load", "cursor")
    column = look.column(cursor) if cursor else None
    if column and column.type and column.type.name in {"boolean", "json", "bytes", "uuid"}:
        yield Finding(("load", "cursor"), f"`{cursor}` is a {column.type}: it has no order in time", "choose a date, a time or a number")
    for path, name in look.texts("primary_key"):
        column = look.column(name)
        if column and column.type and column.type.name in {"json", "bytes"}:
            yield Finding(path, f"`{name}` is {column.type}: it cannot name a row", "choose a column with plain values")
