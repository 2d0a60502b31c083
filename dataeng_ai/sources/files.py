"""Files of a source: found by a path or a glob, also within archives, in one order everywhere, each with a fingerprint of its bytes."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from glob import glob
from pathlib import Path
from typing import Final

from dataeng_ai.diagnostics import Diagnostic, Problems
from dataeng_ai.sources import archives
from dataeng_ai.sources.unpacking import opened, refuse_bomb

_CHUNK: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class File:
    """One file. `name` is its path relative to the source's folder, with `/`; `size` counts bytes on disk."""

    name: str
    path: Path
    size: int
    member: str | None = None
    """What the zip archive at `path` calls the file, where it is one of its members."""


def find(folder: Path, pattern: str) -> tuple[File, ...]:
    """Return the files that `pattern` (a path or a glob, `**` for any depth) means in `folder`, sorted by name.

    A file of exactly that name wins over reading the name as a glob, so `data[1].csv` can be loaded. An archive is its members:
    `drops/*.zip` means all of them, `drops/*.zip/*.csv` those of such names.

    Raises:
        Problems: E301, there is no such file, or `folder` is none; E302, the file may not be read; E303, E304, E313, an archive
            cannot be read.
    """
    if not folder.is_dir():
        raise Problems(Diagnostic("E301", f"there is no folder `{folder}`", help="check the connection's path"))
    exact = folder / pattern
    names = [pattern] if exact.is_file() else glob(pattern, root_dir=folder, recursive=True)  # noqa: PTH207  Path.glob refuses absolute patterns
    found = [file for name in set(names) if (folder / name).is_file() for file in _files(folder, name)]
    if not found and (parts := archives.split(pattern)):
        outer, inner = parts
        names = [outer] if (folder / outer).is_file() else glob(outer, root_dir=folder, recursive=True)  # noqa: PTH207  as above
        found = [file for name in set(names) if (folder / name).is_file() for file in _files(folder, name, inner)]
    if not found:
        what = f"`{pattern}` is a folder" if exact.is_dir() else f"no file matches `{pattern}`"
        hint = f"write `{pattern.rstrip('/')}/*.csv`" if exact.is_dir() else "check the path: it is relative to that folder"
        raise Problems(Diagnostic("E301", f"{what} in `{folder}`", help=hint))
    return tuple(sorted(found, key=lambda file: file.name))


def _files(folder: Path, name: str, inner: str | None = None) -> list[File]:
    """Return the file of that name; of an archive its members, those that `inner` means."""
    path, shown = folder / name, Path(name).as_posix()
    try:
        members = archives.members(shown, path)
        size = path.stat().st_size
    except OSError as error:
        raise Problems(Diagnostic("E302", f"`{name}` cannot be read: {error.strerror}", help="check the file's permissions")) from error
    if members is None:
        return [] if inner else [File(shown, path, size)]
    wanted = [one for one in members if inner is None or archives.fits(one.name, inner)]
    for one in wanted:
        refuse_bomb(f"{shown}/{one.name}", one.unpacked, one.packed)
    return [File(f"{shown}/{one.name}", path, one.packed, one.key) for one in wanted]


def fingerprint(file: File) -> str:
    """Return the SHA-256 of the file's bytes, in hex; of a member of an archive, of its unpacked bytes.

    Raises:
        Problems: E313, the archive is damaged.
    """
    digest = hashlib.sha256()
    with opened(file) if file.member else file.path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
