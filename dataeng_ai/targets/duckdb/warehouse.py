"""DuckDB: the warehouse's file. DuckDB lets one process write it; a lock file beside it makes the others wait their turn."""

from __future__ import annotations

import fcntl
import os
import shutil
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import duckdb

from dataeng_ai.diagnostics import Diagnostic, Unreachable
from dataeng_ai.progress import quiet

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PATIENCE: Final = 300.0
"""Seconds to wait for others who have the warehouse open."""

_PAUSE: Final = 0.02
_OURS: Final = "another run"
_OTHERS: Final = "another program"
_ALONE: Final = {"autoinstall_known_extensions": False, "autoload_known_extensions": False}
"""Nothing is downloaded at run time."""


@dataclass(frozen=True, slots=True)
class Warehouse:
    """One DuckDB file, opened only for as long as a transaction takes. `patience` is in seconds."""

    path: Path
    threads: int | None = None
    memory: int | None = None
    patience: float = PATIENCE

    @property
    def staging(self) -> Path:
        """The folder beside the file in which loads are staged."""
        return self.path.with_name(f"{self.path.name}.staging")

    @contextmanager
    def open(self, *, write: bool) -> Iterator[duckdb.DuckDBPyConnection]:
        """Open the file, waiting for whoever has it.

        Raises:
            Unreachable: others had it for longer than `patience` (E614).
        """
        if not write and self.path.with_name(f"{self.path.name}.wal").exists():
            # What a killed writer left in the write-ahead log is folded in by the next who opens the file.
            with self.open(write=True):
                pass
        deadline = time.monotonic() + self.patience
        with self._locked(deadline, fcntl.LOCK_EX if write else fcntl.LOCK_SH):
            if write:
                self._sweep_spill()
            connection = self._connect(deadline, write=write)
            try:
                connection.execute("SET TimeZone = 'UTC'").fetchall()
                quiet(connection)
                yield connection
            finally:
                connection.close()

    def aside(self) -> duckdb.DuckDBPyConnection:
        """Connect to an empty database in memory, with the same settings."""
        connection = duckdb.connect(config=self.config())
        connection.execute("SET TimeZone = 'UTC'").fetchall()
        quiet(connection)
        return connection

    @contextmanager
    def _locked(self, deadline: float, kind: int) -> Iterator[None]:
        """Hold the lock file; the kernel lets go of it when this process dies."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        lock = os.open(self.path.with_name(f"{self.path.name}.lock"), os.O_RDWR | os.O_CREAT, 0o600)
        try:
            while not _taken(lock, kind):
                if time.monotonic() > deadline:
                    raise self._busy(_OURS)
                time.sleep(_PAUSE)
            yield
        finally:
            os.close(lock)

    def _connect(self, deadline: float, *, write: bool) -> duckdb.DuckDBPyConnection:
        """Connect, waiting for programs that know nothing of our lock file."""
        while True:
            try:
                return duckdb.connect(str(self.path), read_only=not write, config=self.config())
            except (duckdb.IOException, duckdb.ConnectionException) as error:
                if not any(word in str(error) for word in ("lock", "different configuration")):
                    raise
                if time.monotonic() > deadline:
                    raise self._busy(_OTHERS) from error
            time.sleep(_PAUSE)

    def _sweep_spill(self) -> None:
        """Remove what DuckDB spilled to disk in processes that were killed: whoever holds the lock alone is alone."""
        for folder in self.staging.glob("spill-*"):
            shutil.rmtree(folder, ignore_errors=True)

    def config(self) -> dict[str, Any]:
        """Return DuckDB's settings: what the spec allows, and nothing from the network."""
        found: dict[str, Any] = {**_ALONE, "temp_directory": str(self.staging / f"spill-{os.getpid()}")}
        if self.threads:
            found["threads"] = self.threads
        if self.memory:
            found["memory_limit"] = f"{self.memory}B"
        return found

    def _busy(self, who: str) -> Unreachable:
        message = f"`{self.path}` was held by {who} for more than {self.patience:.0f} seconds"
        return Unreachable(Diagnostic("E614", message, help="close what has the file open (a notebook, a shell), then run again"))


def _taken(lock: int, kind: int) -> bool:
    try:
        fcntl.flock(lock, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
