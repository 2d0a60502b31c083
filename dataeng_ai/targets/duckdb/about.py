"""DuckDB: what is behind a connection. The file is opened read-only and closed again; one that is not there is not made."""

from __future__ import annotations

import os
import re
from time import perf_counter
from typing import TYPE_CHECKING, Final

import duckdb

from dataeng_ai.connections import Fact
from dataeng_ai.diagnostics import Diagnostic, Problems, Unreachable
from dataeng_ai.targets.duckdb.engine import path_of
from dataeng_ai.targets.duckdb.errors import ours

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from dataeng_ai.connections import Connection, Use

_MAGIC: Final = slice(8, 12)
_HOLDER: Final = re.compile(r"lock is held in (?P<program>.+?) \(PID (?P<pid>\d+)\)(?: by user (?P<user>\S+?))?\.")
_SIZE: Final = "SELECT database_size FROM pragma_database_size()"
_TABLES: Final = "SELECT count(*) FROM duckdb_tables() WHERE NOT internal"
_OFFLINE: Final = {"autoinstall_known_extensions": False, "autoload_known_extensions": False}


def about(found: Connection, root: Path, uses: Sequence[Use]) -> Iterator[Fact]:
    """Yield what the file holds, and whether it may be written.

    Raises:
        Problems: its folder is not there (E607), or it is no DuckDB file (E629).
        Unreachable: somebody else has it open (E614), or it cannot be read (E610).
    """
    path = path_of(found, root)
    yield Fact("file", f"`{path}`")
    loads = [use.spec for use in uses if use.role == "target"]
    if not path.exists():
        yield _first(path)
        return
    _refuse_other(path)
    start = perf_counter()
    with _opened(path) as connection:
        opened = (perf_counter() - start) * 1000
        size = connection.execute(_SIZE).fetchone()
        tables = connection.execute(_TABLES).fetchone()
        yield Fact("version", f"DuckDB {duckdb.__version__} reads it")
        yield Fact("holds", f"{tables[0] if tables else 0} tables, {size[0] if size else 'nothing'}")
        yield Fact("latency", f"opened in {opened:.1f} ms", number=round(opened, 3))
    writable = os.access(path, os.W_OK, effective_ids=True) and os.access(path.parent, os.W_OK | os.X_OK, effective_ids=True)
    words = "may be read and written" if writable else "may be read, not written"
    needed = bool(loads) and not writable
    yield Fact("rights", words, good=not needed, fix=f"chmod u+w {path} {path.parent}" if needed else "")


def _first(path: Path) -> Fact:
    """Return what there is to say of a file that the first run will make."""
    above = next(folder for folder in path.parents if folder.exists())
    if not os.access(above, os.W_OK | os.X_OK, effective_ids=True):
        return Fact("rights", f"it is not there, and `{above}` may not be written", good=False, fix=f"chmod u+w {above}")
    return Fact("rights", "it is not there yet: the first run makes it")


def _refuse_other(path: Path) -> None:
    """Refuse what is no DuckDB file, without asking DuckDB: that would take a text for one of its own and call it corrupt."""
    try:
        with path.open("rb") as file:
            start = file.read(64)
    except OSError as error:
        message = f"`{path}` cannot be read: {error.strerror}"
        raise Unreachable(Diagnostic("E610", message, help="look at its rights, and whether it is a file")) from None
    if start and start[_MAGIC] != b"DUCK":
        raise Problems(Diagnostic("E629", f"`{path}` is no DuckDB file", help="let the connection name another; this one is left as it is"))


def _opened(path: Path) -> duckdb.DuckDBPyConnection:
    with ours(f"the file `{path}`"):
        try:
            return duckdb.connect(str(path), read_only=True, config=_OFFLINE)  # type: ignore[arg-type]  # its hint has no booleans
        except duckdb.ConnectionException as error:
            if "different configuration" not in str(error):
                raise
            message = f"`{path}` is open in this very program (a notebook, a shell)"
            raise Unreachable(Diagnostic("E614", message, help="close that connection, then try again")) from None
        except duckdb.IOException as error:
            held = _HOLDER.search(str(error))
            if held is None:
                raise
            who = f" of the user {held['user']}" if held["user"] else ""
            message = f"`{path}` is held by the process {held['pid']}{who}: {held['program']}"
            raise Unreachable(Diagnostic("E614", message, help="close it there, or wait until it ends; runs wait by themselves")) from None
