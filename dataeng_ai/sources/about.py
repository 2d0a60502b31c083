"""What is behind a connection of the kind `files`: a folder, or a store. Looked at, not written."""

from __future__ import annotations

import os
import shutil
from itertools import islice
from time import perf_counter
from typing import TYPE_CHECKING, Final

from dataeng_ai.connections import Fact
from dataeng_ai.connections.drivers import folder_of
from dataeng_ai.diagnostics import Diagnostic, Unreachable
from dataeng_ai.sources import stores

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from dataeng_ai.connections import Connection, Use

_MANY: Final = 10_000
_GIB: Final = 2**30


def about(found: Connection, root: Path, uses: Sequence[Use]) -> Iterator[Fact]:  # noqa: ARG001  a folder is read, whoever uses it
    """Yield what the folder or the store holds, and what we may do there.

    Raises:
        Problems: the connection does not say which folder it means (E607).
        Unreachable: as the store's table of errors has it.
        Unreachable: it is not there, or is no folder (E616), or may not be read (E613).
    """
    if found.word in stores.STORES:
        yield from stores.module(found).about(found)
        return
    path = folder_of(found, root)
    yield Fact("folder", f"`{path}`")
    if not path.is_dir():
        what = "is a file, not a folder" if path.exists() else "is not there"
        advice = "mount it, make it, or correct `path` of the connection"
        raise Unreachable(Diagnostic("E616", f"the folder `{path}` {what}", help=advice))
    if not os.access(path, os.R_OK | os.X_OK, effective_ids=True):
        raise Unreachable(Diagnostic("E613", f"the folder `{path}` may not be read", help=f"chmod u+rx {path}, or ask its owner"))
    start = perf_counter()
    with os.scandir(path) as entries:
        count = sum(1 for _ in islice(entries, _MANY))
    took = (perf_counter() - start) * 1000
    yield Fact("holds", f"{'more than ' if count == _MANY else ''}{count} files and folders")
    yield Fact("latency", f"listed in {took:.1f} ms", number=round(took, 3))
    writable = os.access(path, os.W_OK | os.X_OK, effective_ids=True)
    yield Fact("rights", "may be read and written" if writable else "may be read, not written; nothing more is needed")
    yield Fact("room", f"{shutil.disk_usage(path).free / _GIB:.1f} GiB free")
