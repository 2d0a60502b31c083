"""What a storage can do, as data: `check` refuses the rest, `fill` offers nothing else, documents list it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What one storage honours. What is False here is refused in a spec, never ignored."""

    title: str
    """What people call the storage."""
    modes: tuple[str, ...]
    """The load modes, each published in one transaction together with the ledger."""
    order_by: bool
    """`order_by` has a meaning: the rows are stored in that order."""
    partition: bool
    indexes: bool
    primary_key: bool
    """The storage itself holds the primary key; where False, our own check does, before each publish."""
    needs_connection: bool
    """Without a connection there is nowhere to write."""
    connection_kind: str
    """The kind that a connection in dataeng.yaml must have."""
    max_identifier_bytes: int | None
    """UTF-8 bytes; longer names are cut in silence by the storage, so `check` refuses them. None: no limit."""
    folds_case: bool
    """Names that differ in case alone are one name, quoted or not."""
    reserved_names: tuple[str, ...]
    """Names no column may have, because the storage keeps them for itself."""
    gives_up: Mapping[str, tuple[str, ...]]
    """Per portable type, what the storage does not keep of a value."""
    max_columns: int | None = None
    """Of a table, beside those that we add: three stamps and `_extra`. None: no limit that a file ever came to."""
