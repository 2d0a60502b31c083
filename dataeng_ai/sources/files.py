"""Files of a source: found by a path or a glob, in one order everywhere, each with a fingerprint of its bytes."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from glob import glob
from pathlib import Path
from typing import Final

from dataeng_ai.diagnostics import Diagnostic, Problems

_CHUNK: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class File:
    """One file. `name` is its path relative to the source's folder, with `/`; `size` counts bytes on disk."""

    name: str
    path: Path
    size: int


def find(folder: Path, pattern: str) -> tuple[File, ...]:
    """Return the files that `pattern` (a path or a glob, `**` for any depth) means in `folder`, sorted by name.

    A file of exactly that name wins over reading the name as a glob, so `data[1].csv` can be loaded.

    Raises:
        Problems: E301, there is no such file, or `folder` is none; E302, the file may not be read.
    """
    if not folder.is_dir():
        raise Problems(Diagnostic("E301", f"there is no folder `{folder}`", help="check the connection's path"))
    exact = folder / pattern
    names = [pattern] if exact.is_file() else glob(pattern, root_dir=folder, recursive=True)  # noqa: PTH207  Path.glob refuses absolute patterns
    found = [_file(folder, name) for name in sorted(set(names)) if (folder / name).is_file()]
    if not found:
        what = f"`{pattern}` is a folder" if exact.is_dir() else f"no file matches `{pattern}`"
        hint = f"write `{pattern.rstrip('/')}/*.csv`" if exact.is_dir() else "check the path: it is relative to that folder"
        raise Problems(Diagnostic("E301", f"{what} in `{folder}`", help=hint))
    return tuple(found)


def _file(folder: Path, name: str) -> File:
    path = folder / name
    try:
        with path.open("rb"):
            return File(Path(name).as_posix(), path, path.stat().st_size)
    except OSError as error:
        raise Problems(Diagnostic("E302", f"`{name}` cannot be read: {error.strerror}", help="check the file's permissions")) from error


def fingerprint(file: File) -> str:
    """Return the SHA-256 of the file's bytes, in hex."""
    digest = hashlib.sha256()
    with file.path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
