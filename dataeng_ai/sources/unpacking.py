"""Packed files: known by their first bytes, whatever they are called, and unpacked as a stream.

What the packers' libraries raise becomes a diagnostic here. A stream that ends too early is never taken for a whole one: zstandard's
own reader says nothing of it, and those of bz2 and lzma leave out, in silence, a second stream that they cannot read.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import zlib
from contextlib import contextmanager, suppress
from typing import IO, TYPE_CHECKING, Any, Final, cast
from zipfile import BadZipFile

from dataeng_ai.diagnostics import Diagnostic, Problems
from dataeng_ai.sources import archives

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from typing_extensions import Buffer

    from dataeng_ai.sources.files import File

CHUNK: Final = 2 << 20
"""Bytes read at a time: larger is not faster, and what is held in memory is a small multiple of it."""

_FEED: Final = 4 << 10
"""Packed bytes unpacked at a time: what is made to unpack to very much becomes no more than a hundred MiB of them."""

_LARGE: Final = 1 << 30
_RATIO: Final = 1000
"""Data packs to a hundredth at best; what unpacks to more than this many times its size, and is large, was made to fill disks."""

_BLOCKS: Final = (b"\x31\x41\x59\x26\x53\x59", b"\x17\x72\x45\x38\x50\x90")
"""What stands behind the first four bytes of bzip2: digits of pi where there is data, of its root where there is none."""


def packing(start: bytes) -> str | None:
    """Return with what a file is packed that begins with these bytes; None for one that is not packed, and for an archive."""
    if start.startswith(b"\x1f\x8b"):
        return "gzip"
    if start.startswith(b"\x28\xb5\x2f\xfd") or (start[1:4] == b"\x2a\x4d\x18" and start[0] >> 4 == 5):  # noqa: PLR2004  0x50 to 0x5f: a frame to be skipped
        return "zstd"
    if start.startswith(b"BZh") and start[4:10] in _BLOCKS:
        return "bzip2"
    return "xz" if start.startswith(b"\xfd7zXZ\x00") else None


def packed(file: File) -> bool:
    """Say whether the file is packed, whatever its name says: by itself or in an archive."""
    return _packing(file) is not None


@contextmanager
def opened(file: File) -> Iterator[IO[bytes]]:
    """Open the file for reading, unpacking it where it is packed.

    While it is read it raises Problems: E313, the packed stream is cut short or damaged; E304, it unpacks to more than data does;
    E305, a package is missing.
    """
    if (kind := _packing(file)) is None:
        with file.path.open("rb") as plain:
            yield plain
        return
    with _bare(file, kind) as stream, io.BufferedReader(_Guarded(file, kind, stream), CHUNK) as unpacked:
        yield unpacked


def _packing(file: File) -> str | None:
    if file.member is not None:
        return "zip"
    with file.path.open("rb") as stream:
        return packing(stream.read(16))


@contextmanager
def _bare(file: File, kind: str) -> Iterator[IO[bytes]]:
    """Open the unpacked bytes; what the library raises is raised."""
    if file.member is not None:
        with archives.opened(file.name, file.path, file.member) as member:
            yield member
        return
    with file.path.open("rb") as plain:
        if kind == "gzip":
            with gzip.GzipFile(fileobj=plain) as stream:
                yield cast("IO[bytes]", stream)
        else:
            yield cast("IO[bytes]", _Unpacked(plain, _FRESH[kind]))


class _Guarded(io.RawIOBase):
    """Unpacked bytes of a file; what goes wrong while they are read is told in our words."""

    def __init__(self, file: File, kind: str, stream: IO[bytes]) -> None:
        self._file, self._kind, self._stream = file, kind, stream
        self._done = 0

    def readable(self) -> bool:
        """Say that it is for reading."""
        return True

    def readinto(self, buffer: Buffer) -> int:
        """Fill the buffer, as far as there are bytes.

        Raises:
            Problems: E313 cut short or damaged; E304 it unpacks to more than data does.
        """
        try:
            size = int(self._stream.readinto(buffer))  # type: ignore[attr-defined]  # every stream that `_bare` opens has it
        except _faults(self._kind) as error:
            raise _damaged(self._file, self._kind, error) from error
        self._done += size
        refuse_bomb(self._file.name, self._done, self._file.size)
        return size


def refuse_bomb(name: str, unpacked: int, size: int) -> None:
    """Refuse a file of `size` bytes that unpacks to more than data does.

    Raises:
        Problems: E304.
    """
    if unpacked > _LARGE and unpacked > _RATIO * size:
        message = f"`{name}` has {size:,} bytes and unpacks to {unpacked:,} or more"
        raise Problems(Diagnostic("E304", message, help="no data packs so well; if it is meant so, unpack it yourself"))


def _damaged(file: File, kind: str, error: Exception) -> Problems:
    what = "is cut short" if isinstance(error, EOFError) else "is damaged"
    done, lines = _sound(file, kind)
    message = f"the {kind} stream of `{file.name}` {what} after {done} unpacked bytes, in line {lines + 1}"
    return Problems(Diagnostic("E313", message, help="fetch the file again; nothing of it was loaded"))


def _sound(file: File, kind: str) -> tuple[int, int]:
    """Return how many bytes, and line ends in them, a damaged stream gives: reading by chunks loses the last ones."""
    done = lines = 0
    with suppress(*_faults(kind)), _bare(file, kind) as stream:
        read: Callable[[int], bytes] = getattr(stream, "read1", stream.read)
        while chunk := read(CHUNK):
            done += len(chunk)
            lines += chunk.count(b"\n")
    return done, lines


def _faults(kind: str) -> tuple[type[Exception], ...]:
    # zipfile says RuntimeError of a password, and of what it cannot unpack.
    faults = (EOFError, OSError, zlib.error, lzma.LZMAError, BadZipFile, RuntimeError)
    return (*faults, _zstandard().ZstdError) if kind == "zstd" else faults


class _Unpacked(io.RawIOBase):
    """The bytes of one packed stream after another, as the packers write them when files are put together or threads share the work."""

    def __init__(self, source: IO[bytes], fresh: Callable[[], Any]) -> None:
        self._source, self._fresh = source, fresh
        self._one: Any = None
        """What unpacks the present stream: bz2, lzma and zstandard give it the same names. None between streams."""
        self._rest, self._held = b"", memoryview(b"")

    def readable(self) -> bool:
        """Say that it is for reading."""
        return True

    def readinto(self, buffer: Buffer) -> int:
        """Fill the buffer, as far as what was unpacked goes.

        Raises:
            EOFError: the file ends within a stream.
        """
        while not self._held:
            if not self._unpack():
                return 0
        target = memoryview(buffer).cast("B")
        size = min(len(target), len(self._held))
        target[:size], self._held = self._held[:size], self._held[size:]
        return size

    def _unpack(self) -> bool:
        """Unpack a little more, if only padding; False at the end of the file."""
        more = getattr(self._one, "needs_input", True)  # what is held back comes before anything else is read
        piece = self._rest or (self._source.read(_FEED) if more else b"")
        self._rest = b""
        if self._one is None:
            if not piece:
                return False
            piece = piece.lstrip(b"\0")  # padding, as xz and tapes leave it
            if not piece:
                return True
            self._one = self._fresh()
        if not piece and more:
            raise EOFError
        # A few bytes of bzip2 can be gigabytes; zstandard has no such bound, and needs none: its blocks are small.
        most = (CHUNK,) if hasattr(self._one, "needs_input") else ()
        self._held = memoryview(self._one.decompress(piece, *most))
        if self._one.eof:
            self._rest, self._one = self._one.unused_data, None
        return True


def _zstandard() -> Any:  # noqa: ANN401  a module
    try:
        import zstandard  # noqa: PLC0415  an extra, and only for such files
    except ImportError as error:
        raise missing(package="zstandard", what="a file packed with zstd") from error
    return zstandard


def missing(package: str, what: str) -> Problems:
    """Return what is said where a package is not there that reads such files."""
    message = f"{what} is read by the package `{package}`, which is not installed"
    return Problems(Diagnostic("E305", message, help="pip install 'dataeng-ai[files]'"))


_FRESH: Final[dict[str, Callable[[], Any]]] = {
    "bzip2": bz2.BZ2Decompressor,
    "xz": lzma.LZMADecompressor,
    "zstd": lambda: _zstandard().ZstdDecompressor().decompressobj(),
}
