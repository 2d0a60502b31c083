"""The lists in a source: each may be a table of its own, a row for each item."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

from dataeng_ai import ir
from dataeng_ai.profile.asked import find
from dataeng_ai.profile.opening import opened
from dataeng_ai.profile.unfolded import Level, descend
from dataeng_ai.sources import view
from dataeng_ai.types import Type

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import duckdb

    from dataeng_ai.sources.prepared import Prepared
    from dataeng_ai.sources.stores import Place

_LOOKED: Final = 1000
"""Rows from the start of a source whose cells are looked at."""


@dataclass(frozen=True, slots=True)
class Lists:
    """A column that holds lists, by its name in the source, and those that their items hold."""

    header: str
    below: tuple[Lists, ...]


def told(plain: Iterable[Mapping[str, Any]]) -> tuple[Lists, ...]:  # Any: JSON's own types
    """Return the lists that another process told of, as `asdict` makes each plain data."""
    return tuple(Lists(one["header"], told(one["below"])) for one in plain)


def lists(folder: Place, pattern: str, *, known: Mapping[str, Any]) -> tuple[Lists, ...]:  # Any: plain data of a spec
    """Return the columns that hold lists in the files that match `pattern` in `folder`.

    Raises:
        Problems: as `survey.profile`.
    """
    with TemporaryDirectory(prefix="dataeng-lists-") as scratch:
        beside = Path(scratch)
        with opened(find(folder, pattern, known), known, beside=beside) as (con, prepared, _):
            return _lists(con, prepared, beside)


def _lists(con: duckdb.DuckDBPyConnection, prepared: Sequence[Prepared], scratch: Path) -> tuple[Lists, ...]:
    """Return the columns that hold lists, as far down as there are items."""
    found = []
    for place, header in enumerate(_of_lists(con, prepared)):
        nowhere = ir.Rows("", ir.Target("", None, None, ""), "full", header, None)
        level = Level((ir.Column(header, header, Type("json")),), ir.Source(None, header, "rows", rows=nowhere))
        folder = scratch / f"lists{place}"
        folder.mkdir()
        below, _ = descend(con, prepared, [level], folder)
        if below[0].rows:
            found.append(Lists(header, _lists(con, below, folder)))
    return tuple(found)


def _of_lists(con: duckdb.DuckDBPyConnection, prepared: Sequence[Prepared]) -> tuple[str, ...]:
    """Return the columns in which lists were met, or stand in the first rows beside nothing but objects."""
    headers = tuple(dict.fromkeys(name for file in prepared for name in file.header))
    met = {nested.path for file in prepared for nested in file.nested}
    view.open_view(con, prepared, headers, missing="evolve")
    with view.reading(prepared):
        head = con.view(view.SOURCE).limit(_LOOKED).fetchall()
    for header, column in zip(headers, zip(*head, strict=True), strict=False):
        starts = {cell.lstrip()[:1] for cell in column if cell}
        if "[" in starts and starts <= {"[", "{"}:
            met.add(header)
    return tuple(header for header in headers if header in met)
