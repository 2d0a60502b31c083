"""Rows that are items of lists in other rows: each level unfolds the lists of the one before it, the files' own rows at first."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from glob import escape
from typing import TYPE_CHECKING, Any, Final

from sqlglot import exp

from dataeng_ai import ir
from dataeng_ai.profile.personal import mask
from dataeng_ai.profile.shown import Shown, accepted
from dataeng_ai.sources import view
from dataeng_ai.sources.detected import Detected
from dataeng_ai.sources.files import File
from dataeng_ai.types import Type

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Mapping, Sequence
    from pathlib import Path

    import duckdb

    from dataeng_ai.profile.facts import Profile
    from dataeng_ai.sources.prepared import Prepared

_JSON, _TEXT = Type("json"), Type("text")
_AT_ONCE: Final = 1000
_TOGETHER: Final = 20_480
"""Rows that are written together, so that few megabytes are held."""
_ROWS: Final = "SELECT * FROM read_parquet($1)"


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


def beneath(parent: Profile) -> Iterator[Level]:
    """Yield a step down for each list of objects in the rows of a profile, the items bearing the first key that was proved of these."""
    kinds = {one.name: one for one in parent.columns}
    key = parent.keys[0].columns if parent.keys else ()
    for one in parent.nested:
        if one.objects and one.path not in key:
            columns = tuple(ir.Column(name, name, kinds[name].type, parse=kinds[name].parse) for name in (*key, one.path))
            carried = tuple(ir.Carried(name, kinds[name].type) for name in key)
            unfolding = ir.Rows(
                parent.source, ir.Target("duckdb", None, None, ""), "full", one.path, None, carried, tuple(key), position=True
            )
            yield Level(columns, ir.Source(None, one.path, "rows", rows=unfolding))


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
    from dataeng_ai.sources import json_items, rows  # noqa: PLC0415  as above

    assert levels  # noqa: S101  nobody asks otherwise
    for depth, level in enumerate(levels):
        folder = scratch / str(depth)
        folder.mkdir()
        table = folder / "parent.parquet"
        with view.reading(prepared):
            masked = _stored(con, prepared, level, table)
        one = None if any(masked) else json_items.prepare(File(level.source.path, table, table.stat().st_size), level.source, folder)
        detected = Detected(level.source, ())
        if one is None:
            path = folder / "parent.rows"
            rows.write(path, _read(con, table, masked))
            file = File(level.source.path, path, path.stat().st_size)
            detected = rows.detect([file], {"source": level.source})
            one = rows.prepare(file, detected.source, folder)
        prepared = (one,)
    return tuple(prepared), detected


def _stored(con: duckdb.DuckDBPyConnection, prepared: Sequence[Prepared], level: Level, path: Path) -> list[bool]:
    """Write the rows of the parent as its table will have them: the lists, then what their items bear; say what of it is masked yet."""
    unfolding = level.source.rows
    assert unfolding is not None  # noqa: S101  a level is an unfolding
    named = {column.name: column for column in level.columns}
    wanted = [named[name] for name in (unfolding.column, *(carried.name for carried in unfolding.carried))]
    view.open_view(con, prepared, tuple(dict.fromkeys(column.source for column in level.columns)), "discard", "evolve")
    said = [pair for one in prepared if one.plain for pair in zip(one.header, one.kinds, strict=True)]
    other = {name for name, kind in said if kind != _JSON}
    proved = {name for name, _ in said if name not in other} if all(one.plain for one in prepared) else set()
    shown = {column.name: _shown(column, proved) for column in level.columns}
    query = accepted(list(shown.values()), [shown[column.name] for column in wanted], None)
    query.set("expressions", [exp.alias_(text, f"r{place}", quoted=True) for place, text in enumerate(query.expressions)])
    con.sql(query.sql("duckdb", identify=True)).write_parquet(str(path), compression="lz4_raw", row_group_size=_TOGETHER)
    return [column.pii is not None and column.pii.handling == "mask" for column in wanted]


def _shown(column: ir.Column, proved: Container[str]) -> Shown:
    """Return what a column shows: JSON that was proved to be some needs no proof for each cell again."""
    shown = Shown.of(column)
    return replace(shown, type=_TEXT) if column.source in proved and shown.type == _JSON and not shown.parse.null_values else shown


def _read(con: duckdb.DuckDBPyConnection, path: Path, masked: Sequence[bool]) -> Iterator[Sequence[str | None]]:
    """Yield such rows, what has to be masked masked."""
    found = con.execute(_ROWS, [escape(str(path))])
    while some := found.fetchmany(_AT_ONCE):
        for row in some:
            yield [mask(cell) if cell and veiled else cell for cell, veiled in zip(row, masked, strict=True)]
