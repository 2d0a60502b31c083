"""What a store of files is: it lists those that a pattern means, and gives the bytes of one from any place on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from dataeng_ai.diagnostics import Diagnostic, Problems, Unreachable

if TYPE_CHECKING:
    import hashlib
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class Object:
    """A file as its store lists it."""

    name: str
    """As the person would write it in `path`."""
    size: int | None
    """In bytes; None where the store does not say."""
    state: str = ""
    """Another text when the bytes are others: an ETag, a time and a length. Empty where the store has none."""


class Store(Protocol):
    """A place with files, opened."""

    where: str
    """As a person would write it: `s3://landing/tickets`."""

    def find(self, pattern: str) -> tuple[Object, ...]:
        """Return the files that a path or a glob means, in any order; none where there is none.

        Raises:
            Problems: it cannot be asked so (E663), or a right is missing.
            Unreachable: the store does not answer, or does not let us in.
        """

    def read(self, one: Object, start: int) -> Iterator[bytes]:
        """Yield the bytes of a file from `start` on, in pieces of bounded size; they are of that file as it was listed.

        Raises:
            Cut: the connection broke, and may hold another time.
            Problems: the file is another one now (E661), or is gone.
            Unreachable: as `find`.
        """


class Cut(Exception):  # noqa: N818  a connection that was cut is no error yet: it is tried again
    """The bytes stopped coming before the file's end."""


def checked(pieces: Iterator[bytes], wanted: bytes, digest: hashlib._Hash, name: str) -> Iterator[bytes]:
    """Yield the pieces of a whole file, and hold them against a checksum in the end.

    Raises:
        Unreachable: they have another (E662).
    """
    for piece in pieces:
        digest.update(piece)
        yield piece
    if digest.digest() != wanted:
        message = f"`{name}` came with another {digest.name} checksum than its store says"
        raise Unreachable(Diagnostic("E662", message, help="run again; if it stays so, the file is damaged where it is"))


def changed(name: str, where: str) -> Problems:
    """Return what is said of a file that became another one while it was being read."""
    message = f"`{name}` in `{where}` became another file while it was being read"
    return Problems(Diagnostic("E661", message, help="run again when whoever writes it is done; nothing of it was loaded"))


def gone(name: str, where: str) -> Problems:
    """Return what is said of a file that was listed, and is not there any more."""
    message = f"`{name}` was there when `{where}` was listed, and is gone now"
    return Problems(Diagnostic("E661", message, help="run again when whoever writes there is done; nothing of it was loaded"))
