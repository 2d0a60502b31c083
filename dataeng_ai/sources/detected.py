"""What was found out about files before they are read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from dataeng_ai import ir
    from dataeng_ai.sources.databases.described import Described, Extremes
    from dataeng_ai.sources.prepared import BadRecord


@dataclass(frozen=True, slots=True)
class Detected:
    """How the files are written, as a pipeline's source says it (its connection and path apart), and why: a sentence each."""

    source: ir.Source
    reasons: tuple[str, ...]
    described: Described | None = None
    """What the catalogue of a database says."""
    rows: int | None = None
    """How many rows a database has, where a part of them was read."""
    extremes: Mapping[str, Extremes] | None = None
    """Where a part of the rows was read: what the database counted itself, over all of them."""
    bad: tuple[BadRecord, ...] = ()
    """What was found to be no row before there was a file."""
    prove: Callable[[Sequence[str]], bool] | None = None
    """Then, too: whether all rows differ in some columns, by the database's own count."""
