"""One table in several storages, beside each other: its DDL there, which types its columns have, and what each storage gives up."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from dataeng_ai import targets
from dataeng_ai.emit.artifacts import ddl
from dataeng_ai.targets.table import table_columns

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from dataeng_ai.ir import Pipeline
    from dataeng_ai.targets.capabilities import Capabilities


@dataclass(frozen=True, slots=True)
class There:
    """The table in one storage."""

    storage: str
    title: str
    ddl: str
    types: tuple[tuple[str, str], ...]
    """(portable type, the storage's own), for the types that the table uses."""
    keeps: tuple[str, ...]
    """What of the spec the storage itself holds."""
    gives_up: tuple[str, ...]
    """What of the spec, or of a value, it does not."""


def beside(pipeline: Pipeline, storages: Sequence[str]) -> tuple[There, ...]:
    """Return the table in each of the storages."""
    return tuple(_there(pipeline, storage) for storage in dict.fromkeys(storages))


def _there(pipeline: Pipeline, storage: str) -> There:
    design = targets.design(storage)
    can: Capabilities = design.CAPABILITIES
    own = storage == pipeline.target.storage
    plain = pipeline if own else replace(pipeline, columns=tuple(replace(column, physical=None) for column in pipeline.columns))
    used = {str(column.type): column.type for column in table_columns(pipeline)}
    types = tuple((word, design.column_type(used[word]).sql(dialect=storage)) for word in sorted(used))
    found = [*_of_spec(pipeline, can), *_of_types(pipeline, can, own=own), *_of_names(pipeline, can)]
    kept, lost = (tuple(words for held, words in found if held is which) for which in (True, False))
    return There(storage, can.title, ddl(plain, storage).rstrip("\n"), types, kept, lost)


def _of_spec(pipeline: Pipeline, can: Capabilities) -> Iterator[tuple[bool, str]]:
    """Yield what the spec says of the table, and whether the storage holds it."""
    if key := ", ".join(pipeline.primary_key):
        words = (
            "the table refuses a row twice" if can.primary_key else "no PRIMARY KEY in the table, a check before each publish stands for it"
        )
        yield can.primary_key, f"key {key}: {words}"
    if order := ", ".join(pipeline.order_by):
        words = "rows lie in that order" if can.order_by else "rows lie as they come, and `order_by` is refused: set it to null"
        yield can.order_by, f"order by {order}: {words}"
    for index in pipeline.indexes:
        yield can.indexes, f"index on {', '.join(index)}" + ("" if can.indexes else ": there are none, and `indexes` is refused")
    if not can.partition:
        yield False, "partitions: it has none here"


def _of_types(pipeline: Pipeline, can: Capabilities, *, own: bool) -> Iterator[tuple[bool, str]]:
    """Yield what a storage does not keep of a value, and the physical types that were meant for another one."""
    used = {column.type.name for column in table_columns(pipeline)}
    for name in sorted(used & set(can.gives_up)):
        yield False, f"of {name}: {'; '.join(can.gives_up[name])}"
    physical = [column.name for column in pipeline.stored_columns() if column.physical]
    if physical:
        yield own, f"`physical` types of {', '.join(physical)}" + ("" if own else ": they are the other storage's, and not used here")


def _of_names(pipeline: Pipeline, can: Capabilities) -> Iterator[tuple[bool, str]]:
    """Yield the names that a storage would not take."""
    names = [column.name for column in pipeline.stored_columns()]
    most = can.max_identifier_bytes
    if most is not None and (long := [name for name in names if len(name.encode()) > most]):
        yield False, f"names longer than {most} bytes: {', '.join(long)}"
    if taken := [name for name in names if name in can.reserved_names]:
        yield False, f"names that it keeps for itself: {', '.join(taken)}"
    if can.folds_case and len({name.casefold() for name in names}) < len(names):
        yield False, "names that differ in case alone: they are one name there"
