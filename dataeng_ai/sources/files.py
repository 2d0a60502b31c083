"""Files of a source: found by a path or a glob, also in archives and stores, in one order everywhere, each with a fingerprint."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass
from glob import glob
from pathlib import Path
from typing import TYPE_CHECKING, Final

from dataeng_ai.diagnostics import Diagnostic, Problems
from dataeng_ai.sources import archives
from dataeng_ai.sources.stores.fetching import Remote, remotes
from dataeng_ai.sources.unpacking import opened, refuse_bomb

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from dataeng_ai.sources.stores import Place

_CHUNK: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class File:
    """One file. `name` is its path relative to the source's folder, with `/`; `size` counts its bytes, packed where it is packed."""

    name: str
    origin: Path | Remote
    size: int
    member: str | None = None
    """What the zip archive at `path` calls the file, where it is one of its members."""

    @property
    def path(self) -> Path:
        """Return where its bytes are on this machine; a file of a store is fetched when it is first asked for."""
        return self.origin if isinstance(self.origin, Path) else self.origin.path


def find(place: Place, pattern: str) -> tuple[File, ...]:
    """Return the files that `pattern` (a path or a glob, `**` for any depth) means in a folder or a store, sorted by name.

    A file of exactly that name wins over reading the name as a glob, so `data[1].csv` can be loaded. An archive is its members:
    `drops/*.zip` means all of them, `drops/*.zip/*.csv` those of such names.

    Raises:
        Problems: E301, there is no such file, or the folder is none; E302, the file may not be read; E303, E304, E313, an archive
            cannot be read.
        Unreachable: the store does not answer, or does not let us in.
    """
    found = list(_within(_named(place, pattern)))
    if not found and (parts := archives.split(pattern)):
        outer, inner = parts
        found = list(_within(_named(place, outer), inner))
    if not found:
        raise _absent(place, pattern)
    return tuple(sorted(found, key=lambda file: file.name))


def _named(place: Place, pattern: str) -> Iterable[tuple[str, Path | Remote]]:
    """Return the names that a pattern means, each with where the file is."""
    if not isinstance(place, Path):
        objects = {one.name: one for one in place.find(pattern)}
        return [(remote.one.name, remote) for remote in remotes(place, list(objects.values()))]
    if not place.is_dir():
        raise Problems(Diagnostic("E301", f"there is no folder `{place}`", help="check the connection's path"))
    exact = place / pattern
    names = [pattern] if exact.is_file() else glob(pattern, root_dir=place, recursive=True)  # noqa: PTH207  Path.glob refuses absolute patterns
    return [(name, place / name) for name in set(names) if (place / name).is_file()]


def _within(named: Iterable[tuple[str, Path | Remote]], inner: str | None = None) -> Iterator[File]:
    """Yield the files; of an archive its members, those that `inner` means."""
    for name, origin in named:
        try:
            yield from _files(name, origin, inner)
        except OSError as error:
            raise Problems(Diagnostic("E302", f"`{name}` cannot be read: {error.strerror}", help="check the file's permissions")) from error


def _files(name: str, origin: Path | Remote, inner: str | None) -> Iterator[File]:
    shown = Path(name).as_posix() if isinstance(origin, Path) else name
    if isinstance(origin, Remote) and not name.lower().endswith(".zip"):
        # What is not called an archive is not fetched just to see that it is none.
        size = origin.one.size
        yield from () if inner else [File(shown, origin, origin.path.stat().st_size if size is None else size)]
        return
    path = origin if isinstance(origin, Path) else origin.path
    members, size = archives.members(shown, path), path.stat().st_size
    if members is None:
        yield from () if inner else [File(shown, origin, size)]
        return
    for one in members:
        if inner is None or archives.fits(one.name, inner):
            refuse_bomb(f"{shown}/{one.name}", one.unpacked, one.packed)
            yield File(f"{shown}/{one.name}", origin, one.packed, one.key)


def _absent(place: Place, pattern: str) -> Problems:
    if not isinstance(place, Path):
        advice = f"write `{pattern.rstrip('/')}/*.csv` if it is a folder; else check the path: it is relative to `{place.where}`"
        return Problems(Diagnostic("E301", f"no file matches `{pattern}` in `{place.where}`", help=advice))
    is_folder = (place / pattern).is_dir()
    what = f"`{pattern}` is a folder" if is_folder else f"no file matches `{pattern}`"
    hint = f"write `{pattern.rstrip('/')}/*{_commonest(place / pattern)}`" if is_folder else "check the path: it is relative to that folder"
    return Problems(Diagnostic("E301", f"{what} in `{place}`", help=hint))


def _commonest(folder: Path) -> str:
    """Return how most files of a folder end, such as `.csv`; the alphabet decides between as many."""
    endings = Counter(path.suffix for path in folder.iterdir() if path.is_file() and not path.name.startswith("."))
    return min(endings, key=lambda ending: (-endings[ending], ending), default=".csv")


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


def state(file: File) -> str:
    """Return a text that is another one when the bytes have changed; a file of a store is not fetched for it where the store says one.

    Raises:
        Problems: as `fingerprint`.
    """
    said = file.origin.one.state if isinstance(file.origin, Remote) else ""
    return f"{said}\0{file.member or ''}" if said else fingerprint(file)


def spread(files: Sequence[File], most: int) -> tuple[File, ...]:
    """Return the first, the last, and some between, at most so many (two or more); all of them where they are few."""
    if len(files) <= most:
        return tuple(files)
    return tuple(files[place * (len(files) - 1) // (most - 1)] for place in range(most))
