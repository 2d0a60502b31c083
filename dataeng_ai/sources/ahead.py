"""A large CSV file is read before it is known to be sound: its start says what it most likely is, and its bytes prove it meanwhile.

What is taken for granted is little: no bad record, one kind of line end, no record of several lines unless the start has one. That a
text is UTF-8 is left to DuckDB here, which refuses what is not in every column that it reads. A file in which every character is one
byte is written again in UTF-8 first, as it stands: that is all that cannot be done while it is measured.
"""

from __future__ import annotations

import codecs
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from dataeng_ai.diagnostics import Problems
from dataeng_ai.sources import texts
from dataeng_ai.sources.prepare import NeedsCopyError, Pass, balanced, may_stay
from dataeng_ai.sources.prepared import Lines, Prepared, inner_encoding
from dataeng_ai.sources.streams import packed, refuse_foreign

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from dataeng_ai import ir
    from dataeng_ai.sources.files import File

_PLACES: Final = 16
_WINDOW: Final = 32 << 10
"""Stretches of a file that say about how many records it has."""
_CHUNK: Final = 128 << 10
"""Bytes that are written again at a time."""


def begun(file: File, csv: ir.Csv, scratch: Path) -> Prepared | None:
    """Return what the file's start says of it; None where it has to be copied but for its encoding, or its start is not sound already."""
    stays = may_stay(file, csv)
    if not (stays or _is_of_bytes(file, csv)):
        return None
    try:
        refuse_foreign(file)
        with balanced(file):
            one = Pass(file, csv, decodes=False)
            one.step()
            found = one.prepared()
        path = file.path if stays else _in_utf8(file, csv, scratch)
    except (Problems, NeedsCopyError, OSError, UnicodeDecodeError):
        return None  # `prepare` says what it is
    assert found.lines is not None  # noqa: S101  it is a CSV file
    lines = Lines(csv, found.lines.skip, found.lines.line_end, found.lines.multiline, 0)
    return Prepared(file, "csv", path, found.header, _about(file, lines), (), repairs=found.repairs, lines=lines)


def prove(assumed: Prepared, stopped: Callable[[], bool]) -> Prepared | None:
    """Go through all the bytes; None as soon as the file is not what it is taken for, or where it is `stopped`.

    Raises:
        Problems: as `prepare.prepare`.
    """
    lines = assumed.lines
    assert lines is not None  # noqa: S101  it is a CSV file
    try:
        with balanced(assumed.file):
            one = Pass(assumed.file, lines.csv, decodes=False)
            while one.step():
                if stopped() or one.multiline > lines.multiline:
                    return None
            found = one.prepared()
    except NeedsCopyError:
        return None
    return replace(found, path=assumed.path) if _read_alike(found, assumed) else None


def _is_of_bytes(file: File, csv: ir.Csv) -> bool:
    """Say whether every character of the file is one byte, and nothing but that keeps DuckDB from reading it where it lies."""
    name = codecs.lookup(csv.encoding).name
    return inner_encoding(name) == name != "utf-8" and not (csv.skip or csv.footer or packed(file))


def _in_utf8(file: File, csv: ir.Csv, scratch: Path) -> Path:
    """Write the file again in UTF-8, and return where.

    Raises:
        UnicodeDecodeError: a byte is no character of its encoding.
    """
    copy = texts.place(file, scratch, "utf8.csv")
    with file.path.open("rb") as stream, copy.open("wb") as out:
        while chunk := stream.read(_CHUNK):
            out.write(chunk if chunk.isascii() else chunk.decode(csv.encoding).encode())
    return copy


def _read_alike(found: Prepared, assumed: Prepared) -> bool:
    """Say whether DuckDB reads the file in the same way, now that it is known."""
    one, other = found.lines, assumed.lines
    assert one is not None and other is not None  # noqa: S101, PT018  it is a CSV file
    same = (one.skip, one.line_end, one.multiline, one.room) == (other.skip, other.line_end, other.multiline, other.room)
    return same and found.header == assumed.header and not found.bad and not found.mended


def _about(file: File, lines: Lines) -> int:
    """Return about how many records the file has, by the line ends in stretches from its start to its end."""
    end, count = lines.line_end.encode()[-1:], 0
    with file.path.open("rb") as stream:
        if file.size <= _PLACES * _WINDOW:
            return max(1, stream.read().count(end) - lines.skip)
        for place in range(_PLACES):
            stream.seek(place * (file.size - _WINDOW) // (_PLACES - 1))
            count += stream.read(_WINDOW).count(end)
    return max(1, count * file.size // (_PLACES * _WINDOW) - lines.skip)
