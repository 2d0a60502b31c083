"""Bytes of a file as they come: unpacked, without a byte order mark, in an encoding where every ASCII byte is that character."""

from __future__ import annotations

import codecs
from functools import cache
from typing import IO, TYPE_CHECKING, Final

from dataeng_ai.diagnostics import Diagnostic, Problems
from dataeng_ai.sources.foreign import refuse_foreign
from dataeng_ai.sources.unpacking import CHUNK, opened, packed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dataeng_ai.sources.files import File

__all__ = ["CHUNK", "ascii_safe", "chunks", "opened", "packed", "prefix", "refuse_foreign", "tail", "unassigned", "windows"]

_ASCII: Final = bytes(range(128))
_SHIFT: Final = b"\x1b$B!!\x1b(B"
"""Marks of ISO-2022-JP: what stands between them is no ASCII."""
_SEARCH: Final = 256 << 10
_SEARCHED: Final = 16 << 20
"""Unpacked bytes in which the first one beyond ASCII is looked for; twice as many where nothing is to be unpacked."""
_UNPACK_TWICE: Final = 64 << 20
"""Bytes, packed, up to which a file is unpacked just to see its end."""


def ascii_safe(encoding: str) -> bool:
    """Say whether in this encoding a byte below 128 always is the ASCII character, so that delimiters can be found in the raw bytes."""
    if codecs.lookup(encoding).name == "utf-8":
        return True
    ascii_bytes, all_bytes = bytes(range(128)), bytes(range(256))
    try:
        same = all(text.decode(encoding) == text.decode("ascii") for text in (ascii_bytes, _SHIFT))
        return same and len(all_bytes.decode(encoding, "replace")) == len(all_bytes)
    except UnicodeError:
        return False


@cache
def unassigned(encoding: str) -> tuple[bytes, ...]:
    """Return the bytes that are no character by themselves: a text without any of them is one, and need not be decoded to know that."""
    found = []
    for byte in (bytes((number,)) for number in range(256)):
        try:
            byte.decode(encoding)
        except UnicodeDecodeError:
            found.append(byte)
    return tuple(found)


def chunks(file: File, encoding: str, size: int = CHUNK) -> Iterator[bytes]:
    r"""Yield the file's bytes unpacked and without a BOM; no chunk but the last ends in `\r`, so no CRLF is ever cut.

    An encoding that is not ASCII-safe (UTF-16, GBK) comes out as UTF-8.

    Raises:
        Problems: E313, the packed stream is cut short or damaged; E315, the text is not in that encoding (UTF-16 and its like only).
    """
    with opened(file) as stream:
        source = _pieces(stream, size)
        if not ascii_safe(encoding):
            source = _recoded(file, source, encoding)
        first = True
        for chunk in _whole_line_ends(source):
            yield chunk.removeprefix(codecs.BOM_UTF8) if first else chunk
            first = False


def prefix(file: File, size: int) -> bytes:
    """Return the file's first bytes, unpacked.

    Raises:
        Problems: E313, the packed stream is damaged before that.
    """
    with opened(file) as stream:
        return stream.read(size)


def windows(file: File, size: int = 64 << 10, count: int = 16) -> bytes:
    """Return stretches of the file, from its start to its end and cut at line ends; of a packed one only the start.

    Where all of it is ASCII, what is not is looked for in between, and the stretch that begins with it comes on top.
    """
    if packed(file) or file.size <= size * count:
        found = [prefix(file, size * count)]
    else:
        found = []
        with file.path.open("rb") as stream:
            for place in range(count):
                stream.seek(place * (file.size - size) // (count - 1))
                piece = stream.read(size)
                found.append(piece if place == 0 else piece[piece.find(b"\n") + 1 :])
        found = [piece[: piece.rfind(b"\n") + 1] for piece in found]
    if all(piece.isascii() for piece in found) and (len(found) > 1 or len(found[0]) == size * count):
        found.append(_beyond_ascii(file, size))
    return b"".join(found)


def _beyond_ascii(file: File, size: int) -> bytes:
    """Return the lines from the first byte on that is not ASCII, where one is found soon enough."""
    done = 0
    with opened(file) as stream:
        for piece in _pieces(stream, _SEARCH):
            done += len(piece)
            if not piece.isascii():
                at = len(piece) - len(piece.lstrip(_ASCII))
                start = piece.rfind(b"\n", 0, at) + 1
                return piece[start:] if len(piece) - start >= size else piece[start:] + stream.read(size)
            if done >= (_SEARCHED if packed(file) else 2 * _SEARCHED):
                break
    return b""


def tail(file: File, size: int) -> bytes | None:
    """Return the file's last bytes, unpacked; None for a packed file that is large.

    Raises:
        Problems: E313, the packed stream is cut short or damaged.
    """
    if not packed(file):
        with file.path.open("rb") as stream:
            stream.seek(max(0, file.size - size))
            return stream.read()
    if file.size > _UNPACK_TWICE:
        return None
    end = b""
    with opened(file) as stream:
        for piece in _pieces(stream, CHUNK):
            end = (end + piece)[-size:]
    return end


def _pieces(stream: IO[bytes], size: int) -> Iterator[bytes]:
    while chunk := stream.read(size):
        yield chunk


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
