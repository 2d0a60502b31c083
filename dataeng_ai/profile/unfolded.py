"""Rows that are items of lists in other rows: each level unfolds the lists of the one before it, the files' own rows at first."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from dataeng_ai.profile.personal import mask
from dataeng_ai.profile.shown import Shown, accepted
from dataeng_ai.sources import view
from dataeng_ai.sources.files import File

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    import duckdb

    from dataeng_ai import ir
    from dataeng_ai.sources.detected import Detected
    from dataeng_ai.sources.prepared import Prepared

_AT_ONCE: Final = 1000


@dataclass(frozen=True, slots=True)
class Level:
    """One step down: from the rows of a parent, as they are stored, to the items of its lists."""

    columns: tuple[ir.Column, ...]
    """The parent's."""
    source: ir.Source
    asked: Mapping[str, Any] | None = None  # Any: plain data, as `detect` takes it
    """What the parent asks for of nested records of its own source."""

    @property
    def key(self) -> tuple[str, ...]:
        """Return what by its nature tells one item from every other: the key of its parent, and its place in the list."""
        from dataeng_ai.sources import rows  # noqa: PLC0415  most sources have no lists to unfold

        unfolding = self.source.rows
        if unfolding is None or not unfolding.order or not unfolding.position:
            return ()
        return (*(f"{rows.PARENT}{name}" for name in unfolding.order), rows.POSITION)


def identity(pattern: str, fingerprint: str, levels: Sequence[Level]) -> tuple[str, str]:
    """Return what a profile says of its source, and the fingerprint of it: the files alone are not all, below the first level."""
    if not levels:
        return pattern, fingerprint
    return levels[-1].source.path, hashlib.sha256(f"{fingerprint}{levels!r}".encode()).hexdigest()


def descend(
    con: duckdb.DuckDBPyConnection, prepared: Sequence[Prepared], levels: Sequence[Level], scratch: Path
) -> tuple[tuple[Prepared, ...], Detected]:
    """Unfold level after level; the items of the last are what `view.open_view` takes then, and how they were read.

    Raises:
        Problems: too many items are no rows (E316, E332).
    """
    from dataeng_ai.sources import rows  # noqa: PLC0415  as above

    assert levels  # noqa: S101  nobody asks otherwise
    for depth, level in enumerate(levels):
        folder = scratch / str(depth)
        folder.mkdir()
        path = folder / "parent.rows"
        with view.reading(prepared):
            rows.write(path, _stored(con, prepared, level))
        file = File(level.source.path, path, path.stat().st_size)
        detected = rows.detect([file], {"source": level.source})
        prepared = (rows.prepare(file, detected.source, folder),)
    return tuple(prepared), detected


def _stored(con: duckdb.DuckDBPyConnection, prepared: Sequence[Prepared], level: Level) -> Iterator[Sequence[str | None]]:
    """Yield the rows of the parent as its table will have them: the lists, then what their items bear."""
    unfolding = level.source.rows
    assert unfolding is not None  # noqa: S101  a level is an unfolding
    named = {column.name: column for column in level.columns}
    wanted = [named[name] for name in (unfolding.column, *(carried.name for carried in unfolding.carried))]
    view.open_view(con, prepared, tuple(dict.fromkeys(column.source for column in level.columns)), "discard", "evolve")
    query = accepted([Shown.of(column) for column in level.columns], [Shown.of(column) for column in wanted], None)
    masked = [column.pii is not None and column.pii.handling == "mask" for column in wanted]
    found = con.execute(query.sql("duckdb", identify=True))
    while some := found.fetchmany(_AT_ONCE):
        for row in some:
            yield [mask(cell) if cell and veiled else cell for cell, veiled in zip(row, masked, strict=True)]
