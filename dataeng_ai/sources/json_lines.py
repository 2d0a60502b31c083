"""The records of a JSON file as DuckDB reads them on all cores: each in a line, in files that are written a piece at a time.

Lines that stand in a file as it is are left there. A list is cut where the bytes stand that are seen between its first two records,
a key of the second included: what is cut wrongly is no record, and refused. What stands before the first record and behind the last
has to be a document by itself, whose list is empty. Line ends within records become tabs, which are white space as much as they are,
and forbidden within texts as much.
"""

from __future__ import annotations

import codecs
import itertools
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from dataeng_ai.sources.json_decoding import DoubtError, strict
from dataeng_ai.sources.json_paths import record_keys
from dataeng_ai.sources.json_records import Records
from dataeng_ai.sources.streams import chunks, prefix
from dataeng_ai.sources.unpacking import packed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from dataeng_ai.sources.files import File

PIECE: Final = 64 << 20
"""Bytes of lines that are written before they are read."""
_HEAD: Final = 1 << 20
"""Bytes before the second record, or behind the last, beyond which a document is left alone."""
_RECORD: Final = 4 << 20
_BEGIN: Final = re.compile(rb'\{[ \t\r\n]*"[^"\\]*"[ \t\r\n]*:')
_GAP: Final = re.compile(rb"[ \t\r\n]*,[ \t\r\n]*")
_FLAT: Final = bytes.maketrans(b"\r\n", b"\t\t")
_CHUNK: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Piece:
    """Some of the records, each in a line."""

    path: Path
    records: int
    bytes: int
    """Of the records, without line ends."""


def pieces(file: File, form: str, records: str | None, scratch: Path) -> Iterator[Piece]:
    """Yield the records of a file in pieces; each is there until the next is asked for.

    Raises:
        DoubtError: it cannot be cut into records so.
        Problems: it cannot be read.
    """
    encoding = json.detect_encoding(prefix(file, 4) or b" ").removesuffix("-sig")
    source = chunks(file, encoding, _CHUNK)
    if form == "ndjson":
        if not packed(file) and encoding == "utf-8" and prefix(file, 3) != codecs.BOM_UTF8:
            yield _whole(file)
            return
        lines = _lines(source)
    else:
        lines = _items(file, source, records)
    for number in itertools.count():
        path, size, count = scratch / f"piece{number}.ndjson", 0, 0  # each a name of its own: DuckDB remembers what it read of one
        with path.open("wb") as out:
            for some in lines:
                out.write(some)
                size, count = size + len(some), count + some.count(b"\n")
                if size > PIECE:
                    break
        if count:
            yield Piece(path, count, size - count)
        path.unlink()
        if not count:
            break


def _whole(file: File) -> Piece:
    """Return a file of lines as it is."""
    ends, last = 0, b"\n"
    with file.path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            ends, last = ends + chunk.count(b"\n"), chunk[-1:]
    return Piece(file.path, ends + (last != b"\n"), file.size - ends)


def _lines(source: Iterator[bytes]) -> Iterator[bytes]:
    """Yield whole lines, as many as there are in each part of a file."""
    held: list[bytes] = []
    for chunk in source:
        end = chunk.rfind(b"\n") + 1
        if not end:
            held.append(chunk)
            continue
        yield b"".join([*held, chunk[:end]])
        held = [chunk[end:]]
    if any(held):
        yield b"".join([*held, b"\n"])


def _items(file: File, source: Iterator[bytes], records: str | None) -> Iterator[bytes]:
    """Yield the items of a list as lines."""
    keys, each = record_keys(records) if records is not None else ((), False)
    if keys is None or each:
        raise DoubtError
    first, second = _first(file, records)
    start = b""
    for chunk in source:
        start += chunk
        at = start.find(first)
        then = start.find(second, at + len(first)) if at >= 0 else -1
        if then >= 0 or len(start) > 2 * _HEAD + len(first) + len(second):
            break
    begin, other = _BEGIN.match(first), _BEGIN.match(second)
    if at < 0 or then < 0 or not begin or not other or begin[0] != other[0] or not _GAP.fullmatch(start, at + len(first), then):
        raise DoubtError
    head, flat = start[:at], b"\n" in first + second or b"\r" in first + second
    mark, cut = b"}" + start[at + len(first) : then] + begin[0], b"}\n" + begin[0]
    left = b""
    if flat:
        mark, cut = mark.translate(_FLAT), cut[:2] + begin[0].translate(_FLAT)
    for chunk in itertools.chain([start[at:]], source):
        data = left + (chunk.translate(_FLAT) if flat else chunk)
        end = data.rfind(mark)
        if end < 0:
            if len(data) > _RECORD:
                raise DoubtError
            left = data
            continue
        yield data[: end + 1].replace(mark, cut) + b"\n"
        left = data[end + len(mark) - len(begin[0]) :]
    yield _last(left, head, keys)


def _last(left: bytes, head: bytes, keys: Sequence[str]) -> bytes:
    """Return the last record of a list; hold that what stands around all of them is a document.

    Raises:
        DoubtError: it is not.
    """
    try:
        text = left.decode()
        _, end = json.JSONDecoder().raw_decode(text)
        value = strict(head.decode() + text[end:])
    except (ValueError, RecursionError):
        raise DoubtError from None
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    if value != []:
        raise DoubtError
    return text[:end].encode() + b"\n"


def _first(file: File, records: str | None) -> tuple[bytes, bytes]:
    """Return the first two records of a list as they stand there."""
    scan = Records(file, "json", records)
    found = [scan.text.window[one.start : one.end].encode() for one in itertools.islice(scan, 2) if not one.flaw]
    if len(found) < 2 or sum(map(len, found)) > _HEAD:  # noqa: PLR2004  between two is what stands between all
        raise DoubtError
    return found[0], found[1]
