"""Bytes of a file as they come: unpacked, without a byte order mark, in an encoding where every ASCII byte is that character."""

from __future__ import annotations

import codecs
import gzip
import zlib
from contextlib import contextmanager, suppress
from typing import IO, TYPE_CHECKING, Final

from dataeng_ai.diagnostics import Diagnostic, Problems

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dataeng_ai.sources.files import File

CHUNK: Final = 2 << 20
"""Bytes read at a time: larger is not faster, and what is held in memory is a small multiple of it."""

_UNPACK_TWICE: Final = 64 << 20
"""Bytes, packed, up to which a file is unpacked just to see its end."""

_GZIP: Final = b"\x1f\x8b"
_FOREIGN: Final = {
    b"PK\x03\x04": "a zip archive or an Excel workbook",
    b"PAR1": "a Parquet file",
    b"BZh": "packed with bzip2",
    b"\xfd7zXZ\x00": "packed with xz",
    b"\x28\xb5\x2f\xfd": "packed with zstd",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook",
    b"SQLite format 3\x00": "an SQLite database",
}


def packed(file: File) -> bool:
    """Say whether the file is packed with gzip, whatever its name says."""
    with file.path.open("rb") as stream:
        return stream.read(2) == _GZIP


def refuse_foreign(file: File) -> None:
    """Refuse a file whose first bytes say that it is no text.

    Raises:
        Problems: E302, the file cannot be read; E314, it is no text.
    """
    try:
        with file.path.open("rb") as stream:
            start = stream.read(16)
    except OSError as error:
        raise Problems(Diagnostic("E302", f"`{file.name}` cannot be read: {error.strerror}", help="was it moved meanwhile?")) from error
    for magic, what in _FOREIGN.items():
        if start.startswith(magic):
            raise Problems(
                Diagnostic("E314", f"`{file.name}` is {what}, not CSV", help="unpack or export it as CSV; gzip is read as it is")
            )


def ascii_safe(encoding: str) -> bool:
    """Say whether in this encoding a byte below 128 always is the ASCII character, so that delimiters can be found in the raw bytes."""
    if codecs.lookup(encoding).name == "utf-8":
        return True
    ascii_bytes, all_bytes = bytes(range(128)), bytes(range(256))
    try:
        same = ascii_bytes.decode(encoding) == ascii_bytes.decode("ascii")
        return same and len(all_bytes.decode(encoding, "replace")) == len(all_bytes)
    except UnicodeError:
        return False


def chunks(file: File, encoding: str, size: int = CHUNK) -> Iterator[bytes]:
    r"""Yield the file's bytes unpacked and without a BOM; no chunk but the last ends in `\r`, so no CRLF is ever cut.

    An encoding that is not ASCII-safe (UTF-16, GBK) comes out as UTF-8.

    Raises:
        Problems: E313, the gzip stream is cut short or damaged; E315, the text is not in that encoding (UTF-16 and its like only).
    """
    with opened(file) as stream:
        source = _raw(file, stream, size)
        if not ascii_safe(encoding):
            source = _recoded(file, source, encoding)
        first = True
        for chunk in _whole_line_ends(source):
            yield chunk.removeprefix(codecs.BOM_UTF8) if first else chunk
            first = False


@contextmanager
def opened(file: File) -> Iterator[IO[bytes] | gzip.GzipFile]:
    """Open the file for reading, unpacking it where it is packed."""
    with file.path.open("rb") as plain:
        if not packed(file):
            yield plain
            return
        with gzip.GzipFile(fileobj=plain) as unpacked:
            yield unpacked


def prefix(file: File, size: int) -> bytes:
    """Return the file's first bytes, unpacked.

    Raises:
        Problems: E313, the gzip stream is damaged before that.
    """
    with opened(file) as stream:
        return next(_raw(file, stream, size), b"")


def windows(file: File, size: int = 64 << 10, count: int = 16) -> bytes:
    """Return stretches of the file, from its start to its end and cut at line ends; of a packed one only the start."""
    if packed(file) or file.size <= size * count:
        return prefix(file, size * count)
    found = []
    with file.path.open("rb") as stream:
        for place in range(count):
            stream.seek(place * (file.size - size) // (count - 1))
            piece = stream.read(size)
            found.append(piece if place == 0 else piece[piece.find(b"\n") + 1 :])
    return b"".join(piece[: piece.rfind(b"\n") + 1] for piece in found)


def tail(file: File, size: int) -> bytes | None:
    """Return the file's last bytes, unpacked; None for a packed file that is large.

    Raises:
        Problems: E313, the gzip stream is cut short or damaged.
    """
    if not packed(file):
        with file.path.open("rb") as stream:
            stream.seek(max(0, file.size - size))
            return stream.read()
    if file.size > _UNPACK_TWICE:
        return None
    end = b""
    with opened(file) as stream:
        for piece in _raw(file, stream, CHUNK):
            end = (end + piece)[-size:]
    return end


def _raw(file: File, stream: IO[bytes] | gzip.GzipFile, size: int) -> Iterator[bytes]:
    while True:
        try:
            chunk = stream.read(size)
        except (EOFError, OSError, zlib.error) as error:
            what = "is cut short" if isinstance(error, EOFError) else "is damaged"
            done, lines = _sound(file)
            message = f"the gzip stream of `{file.name}` {what} after {done} unpacked bytes, in line {lines + 1}"
            raise Problems(Diagnostic("E313", message, help="fetch the file again; nothing of it was loaded")) from error
        if not chunk:
            return
        yield chunk


def _sound(file: File) -> tuple[int, int]:
    """Return how many bytes, and line ends in them, a damaged gzip stream gives: reading by chunks loses the last ones."""
    done = lines = 0
    with opened(file) as stream, suppress(EOFError, OSError, zlib.error):
        while chunk := stream.read1(CHUNK) if isinstance(stream, gzip.GzipFile) else b"":
            done += len(chunk)
            lines += chunk.count(b"\n")
    return done, lines


def _recoded(file: File, source: Iterator[bytes], encoding: str) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    done = 0
    try:
        for chunk in source:
            if text := decoder.decode(chunk):
                yield text.encode("utf-8", "surrogatepass")
            done += len(chunk)
        yield decoder.decode(b"", final=True).encode()
    except UnicodeError as error:
        message = f"`{file.name}` is not {encoding}: after {done} unpacked bytes, {error}"
        raise Problems(Diagnostic("E315", message, help="set `encoding` in the csv block to what the file is in")) from error


def _whole_line_ends(source: Iterator[bytes]) -> Iterator[bytes]:
    held = b""
    for piece in source:
        chunk = held + piece if held else piece
        held = b"\r" if chunk.endswith(b"\r") else b""
        if chunk := chunk.removesuffix(b"\r"):
            yield chunk
    if held:
        yield held
