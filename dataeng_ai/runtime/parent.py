"""Another pipeline's table as a source: its published loads are what files are elsewhere."""

from __future__ import annotations

import hashlib
import json
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from dataeng_ai import targets
from dataeng_ai.diagnostics import Diagnostic, Problems
from dataeng_ai.sources import rows as items
from dataeng_ai.sources.files import File

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dataeng_ai.ir import Rows
    from dataeng_ai.runtime.bundle import Bundle
    from dataeng_ai.targets.session import Streaming

_FETCHED: Final = "parent.rows"


def find(bundle: Bundle, rows: Rows, root: Path) -> tuple[tuple[File, str], ...]:
    """Return what a run reads, each with what tells it from an earlier state: every load of the parent, or its table as a whole.

    Raises:
        Problems: the parent has not been loaded yet (E514).
    """
    with _reading(bundle, rows, root) as reading:
        return _published(bundle, rows, reading)


def fetch(bundle: Bundle, rows: Rows, found: tuple[File, str], folder: Path, root: Path) -> File:
    """Write the parent's rows into a folder, as they are to be unfolded.

    Raises:
        Problems: the parent was loaded again since it was looked at (E507).
    """
    name = found[0].name
    path = folder / _FETCHED
    with _reading(bundle, rows, root) as reading:
        if found not in _published(bundle, rows, reading):
            message = f"another load of `{rows.pipeline}` was published meanwhile"
            raise Problems(Diagnostic("E507", message, help="run it again from its first step: it reads what stands there now"))
        items.write(path, reading.stream("source.rows", load_id=name.rpartition("/")[2]))
    return File(name, path, path.stat().st_size)


@contextmanager
def _reading(bundle: Bundle, rows: Rows, root: Path) -> Iterator[Streaming]:
    """Open a view of the parent's storage, in which nothing is changed."""
    parent = replace(bundle.pipeline, name=rows.pipeline, target=rows.target)
    with targets.engine(rows.target.storage).connect(parent, bundle.statements, root) as session, session.reading() as reading:
        yield reading


def _published(bundle: Bundle, rows: Rows, reading: Streaming) -> tuple[tuple[File, str], ...]:
    loads = [str(load_id) for (load_id,) in reading.rows("source.loads", pipeline=rows.pipeline)]
    if not loads:
        message = f"`{rows.pipeline}` has not been loaded yet, and the rows of `{bundle.pipeline.name}` come of its table"
        raise Problems(Diagnostic("E514", message, help=f"spec run {rows.pipeline}"))
    mode = bundle.pipeline.load.mode
    if rows.whole(mode):
        return (_load(rows, loads[-1], loads[-1:] if rows.mode == "full" else loads),)
    # A merge under another spec brings every load again; what was appended stays as it is.
    return tuple(_load(rows, load_id, [load_id, *([bundle.spec_hash] if mode == "merge" else [])]) for load_id in loads)


def _load(rows: Rows, load_id: str, state: list[str]) -> tuple[File, str]:
    return File(f"{rows.pipeline}/{load_id}", Path(rows.pipeline), 0), hashlib.sha256(json.dumps(state).encode()).hexdigest()
