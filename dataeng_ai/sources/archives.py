"""Zip archives: each member is a file of its own, called `archive.zip/member.csv`, and read without unpacking the archive."""

from __future__ import annotations

import re
import stat
import zipfile
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import lru_cache
from itertools import starmap
from typing import IO, TYPE_CHECKING, Final

from dataeng_ai.diagnostics import Diagnostic, Problems

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MAGIC: Final = (b"PK\x03\x04", b"PK\x05\x06")
"""How a zip archive begins, and an empty one."""

_BOOKS: Final = frozenset({"[Content_Types].xml", "xl/workbook.xml", "xl/workbook.bin", "content.xml"})
"""A zip with one of these is a workbook or another document, not an archive."""

_METHODS: Final = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA})
_ENCRYPTED: Final = 1
_UTF8: Final = 1 << 11
_INNER: Final = re.compile(r"(?i)(.*?\.zip)/(.+)", re.DOTALL)
_PARTED: Final = re.compile(r"[/\\]")
_NOISE: Final = frozenset({"__macosx", "thumbs.db", "desktop.ini"})


@dataclass(frozen=True, slots=True)
class Member:
    """A file in an archive: its name for us, its name in the archive's own directory, and its sizes."""

    name: str
    key: str
    packed: int
    unpacked: int


def split(pattern: str) -> tuple[str, str] | None:
    """Return the pattern of archives and that of members which `drops/*.zip/*.csv` means; None where it means no members."""
    match = _INNER.fullmatch(pattern)
    return (match[1], match[2]) if match else None


def fits(name: str, pattern: str) -> bool:
    """Say whether a member's name is meant by a pattern: `*` stays within a folder, `**` does not."""
    if "**" in pattern:
        return fnmatchcase(name, pattern.replace("**/", "*"))
    parts, wanted = name.split("/"), pattern.split("/")
    return len(parts) == len(wanted) and all(starmap(fnmatchcase, zip(parts, wanted, strict=True)))


def members(name: str, path: Path) -> tuple[Member, ...] | None:
    """Return the files in an archive: no folders, nothing hidden; None where the file is no archive, or a workbook.

    Raises:
        Problems: E313 the archive is cut short or damaged; E303 it cannot be read as it is.
    """
    with path.open("rb") as stream:
        if not stream.read(4).startswith(MAGIC):
            return None
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise _damaged(name, error) from error
    if not _BOOKS.isdisjoint(entry.filename for entry in entries):
        return None
    wanted = [(entry, _shown(entry).removeprefix("./")) for entry in entries if not entry.filename.endswith("/")]
    found = [(entry, shown) for entry, shown in wanted if not any(_is_noise(part) for part in _PARTED.split(shown))]
    if not found:
        raise Problems(Diagnostic("E303", f"the archive `{name}` holds no file", help="was it written to the end?"))
    seen: set[str] = set()
    for entry, shown in found:
        if doubt := _doubt(entry) or ("it holds two files of that name" if shown in seen else None):
            hint = "unpack it, or pack it anew without a password, in the usual way; gzip and zstd are read as they are"
            raise Problems(Diagnostic("E303", f"`{shown}` in the archive `{name}` cannot be read: {doubt}", help=hint))
        seen.add(shown)
    return tuple(Member(shown, entry.filename, entry.compress_size, entry.file_size) for entry, shown in found)


def _is_noise(part: str) -> bool:
    return (part.startswith(".") and bool(part.strip("."))) or part.lower() in _NOISE


def _doubt(entry: zipfile.ZipInfo) -> str | None:
    if not entry.filename:
        return "it has no name"
    if entry.flag_bits & _ENCRYPTED:
        return "it is encrypted"
    if stat.S_ISLNK(entry.external_attr >> 16):
        return "it is a link to another file"
    if entry.compress_type not in _METHODS:
        kind = zipfile.compressor_names.get(entry.compress_type, f"method {entry.compress_type}")  # type: ignore[attr-defined]  # the stubs lack it
        return f"it is packed with {kind}"
    return None


def _shown(entry: zipfile.ZipInfo) -> str:
    """Return the member's name as it was meant: without a mark for UTF-8, names from a Russian Windows are in its old code page."""
    if entry.flag_bits & _UTF8 or entry.filename.isascii():
        return entry.filename
    raw = entry.filename.encode("cp437", "replace")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        russian = raw.decode("cp866")
        letters = [letter for letter in russian if letter.isalpha() and not letter.isascii()]
        return russian if letters and all("а" <= letter.lower() <= "ё" for letter in letters) else entry.filename


@contextmanager
def opened(name: str, path: Path, key: str) -> Iterator[IO[bytes]]:
    """Open a member for reading. What is wrong with its bytes is raised while they are read, as the library does.

    Raises:
        Problems: E313, the archive is not what it was.
    """
    try:
        found = path.stat()
        stream = _archive(path, found.st_size, found.st_mtime_ns).open(key)
    except (zipfile.BadZipFile, OSError, KeyError, ValueError, RuntimeError) as error:
        raise _damaged(name, error) from error
    with stream:
        yield stream


@lru_cache(maxsize=1)
def _archive(path: Path, _size: int, _changed: int) -> zipfile.ZipFile:
    """Return an archive, open until another one is: to read its directory anew for each of many members would take their number squared."""
    return zipfile.ZipFile(path)


def _damaged(name: str, error: Exception) -> Problems:
    message = f"the zip archive `{name}` is cut short or damaged: {error}"
    return Problems(Diagnostic("E313", message, help="fetch the file again; nothing of it was loaded"))
