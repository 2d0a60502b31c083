"""Folders for passing work on the worker's disk, each owned by a living process: what a killed one left, the next run removes."""

from __future__ import annotations

import fcntl
import os
import shutil
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING

from dataeng_ai.diagnostics import Diagnostic, Problems

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def scratch(parent: Path) -> Iterator[Path]:
    """Make a folder in `parent`, give it, remove it; first remove those whose owners are dead.

    A folder's owner holds a lock on it, which the kernel lets go of when the owner dies, however it dies.
    """
    parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if parent.stat().st_uid != os.getuid():
        raise Problems(Diagnostic("E615", f"`{parent}` belongs to another user", help="remove it, or set TMPDIR to a folder of your own"))
    _sweep(parent)
    folder, lock = _owned(parent)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


def _owned(parent: Path) -> tuple[Path, int]:
    """Make a folder and lock it; again, should another process have swept it in between."""
    while True:
        folder = Path(mkdtemp(dir=parent))
        lock = _lock(folder)
        if lock is not None and folder.exists():
            return folder, lock
        if lock is not None:
            os.close(lock)


def _sweep(parent: Path) -> None:
    for folder in parent.iterdir():
        lock = _lock(folder)
        if lock is not None:
            shutil.rmtree(folder, ignore_errors=True)
            os.close(lock)


def _lock(folder: Path) -> int | None:
    """Lock the folder and return the lock; None where a living process has it, or where the folder is gone."""
    try:
        lock = os.open(folder, os.O_RDONLY)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        return None
    return lock
