"""A table of a database as a source: one snapshot, in which it is looked at, counted and read."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from dataeng_ai.sources import databases
from dataeng_ai.sources.databases import Asked
from dataeng_ai.sources.files import File

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dataeng_ai.runtime.bundle import Bundle
    from dataeng_ai.sources.databases import Snapshot


@contextmanager
def opened(bundle: Bundle, root: Path) -> Iterator[Snapshot | None]:
    """Open a snapshot for as long as a load is staged: what is found is what is read. None where files are read.

    Raises:
        Problems: the connection is not known, or the database refuses (E35x, E60x).
        Unreachable: the database does not answer (E61x).
    """
    source = bundle.pipeline.source
    if source.database is None or source.connection is None:
        yield None
        return
    with databases.snapshot(source.connection, source.database.kind, root, bundle.pipeline.run.timeout) as snapshot:
        yield snapshot


def find(bundle: Bundle, snapshot: Snapshot) -> tuple[File, str]:
    """Return what a run reads, with what tells it from an earlier state."""
    return File(bundle.pipeline.source.path, Path(bundle.pipeline.source.path), 0), snapshot.state(_asked(bundle))


def fetch(bundle: Bundle, snapshot: Snapshot, folder: Path) -> File:
    """Write the rows into a folder, as texts.

    Raises:
        Problems: another number of rows came than was counted (E319), or the database refuses (E35x).
        Unreachable: the database went away (E61x).
    """
    return databases.fetch(snapshot, _asked(bundle), folder)


def _asked(bundle: Bundle) -> Asked:
    source = bundle.pipeline.source
    assert source.database is not None  # noqa: S101  nobody asks otherwise
    rows, count = (bundle.statement(name).sql for name in ("source.rows", "source.count"))
    return Asked(source.connection or "", source.database.kind, source.path, rows, count, source.database.table)
