"""A folder of HDFS, by whichever protocol its files are asked for: HDFS's own (`hdfs`), or HTTP (`webhdfs`)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from time import perf_counter
from typing import TYPE_CHECKING, Protocol

from dataeng_ai.connections import Fact
from dataeng_ai.sources.stores import matching
from dataeng_ai.sources.stores.hdfs_errors import ours
from dataeng_ai.sources.stores.store import Object, changed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from dataeng_ai.connections import Connection


class Status(Protocol):
    """What HDFS knows of a file or a folder."""

    @property
    def path(self) -> str:
        """Return the whole path."""

    @property
    def length(self) -> int:
        """Return how many bytes it has."""

    @property
    def isdir(self) -> bool:
        """Say whether it is a folder."""

    @property
    def modification_time(self) -> int:
        """Return when it was closed last, in milliseconds."""


class Reader(Protocol):
    """An open file."""

    def __len__(self) -> int:
        """Return how many bytes it has."""

    def read_range_stream(self, offset: int, len: int, /) -> Iterator[bytes]:  # noqa: A002  the driver's name
        """Yield so many bytes from there on."""


class Client(Protocol):
    """What speaks to a cluster. What is not there is a FileNotFoundError; all else a RuntimeError or an OSError with the server's words."""

    def get_file_info(self, path: str, /) -> Status:
        """Return what is known of a path."""

    def list_status(self, path: str, recursive: bool = ...) -> Iterable[Status]:  # noqa: FBT001  the driver's own
        """Return what is in a folder, or below it."""

    def read(self, path: str, /) -> Reader:
        """Open a file."""


@dataclass(frozen=True)
class Folder:
    """The files below a folder, whose path begins with `/` and ends in it."""

    connection: Connection
    url: str
    path: str
    connect: Callable[[Connection, str], Client]

    @property
    def where(self) -> str:
        """Return it as the field writes it."""
        return f"{self.url}{self.path}".rstrip("/")

    def find(self, pattern: str) -> tuple[Object, ...]:
        """Return the files that a pattern means; only the folder of its fixed beginning is listed.

        Raises:
            Problems, Unreachable: as the table of `hdfs_errors` has it.
        """
        with ours(self.where):
            named = self._named(pattern)
            if named is not None or not matching.is_glob(pattern):
                return () if named is None else (named,)
            found = {one.name: one for one in self._listed(pattern)}
        return tuple(found[name] for name in sorted(matching.meant(pattern, list(found))))

    def _named(self, name: str) -> Object | None:
        """Return the file of exactly that name."""
        try:
            status = self.client.get_file_info(self.path + name)
        except (FileNotFoundError, NotADirectoryError):
            return None
        return None if status.isdir else self._object(status)

    def _listed(self, pattern: str) -> Iterator[Object]:
        below = matching.fixed(pattern).rpartition("/")[0]
        try:
            for status in self.client.list_status(self.path + below, recursive=not matching.is_flat(pattern)):
                if not status.isdir:
                    yield self._object(status)
        except (FileNotFoundError, NotADirectoryError):
            return

    def read(self, one: Object, start: int) -> Iterator[bytes]:
        """Yield the bytes of a file, which is still the one that was listed when the last of them has come.

        Raises:
            Cut, Problems, Unreachable: as `Store.read`.
        """
        with ours(self.where, one.name):
            self._same(one)
            reader = self.client.read(self.path + one.name)
            yield from reader.read_range_stream(start, len(reader) - start)
            self._same(one)

    def _same(self, one: Object) -> None:
        if self._object(self.client.get_file_info(self.path + one.name)) != one:
            raise changed(one.name, self.where)

    def _object(self, status: Status) -> Object:
        return Object(status.path.removeprefix(self.path), status.length, f"{status.modification_time} {status.length}")

    @cached_property
    def client(self) -> Client:
        """Return what speaks to the cluster."""
        with ours(self.where):
            return self.connect(self.connection, self.url)


def seen(folder: Folder, user: str) -> Iterator[Fact]:
    """Yield what is seen of a folder.

    Raises:
        Problems, Unreachable: it cannot be listed, and why.
    """
    yield Fact("folder", f"`{folder.where}`")
    yield Fact("user", user)
    start = perf_counter()
    with ours(folder.where):
        entries = list(folder.client.list_status(folder.path))
    took = (perf_counter() - start) * 1000
    yield Fact("holds", f"{len(entries):,} files and folders")
    yield Fact("latency", f"listed in {took:.1f} ms", number=round(took, 3))
    files = [entry for entry in entries if not entry.isdir and entry.length]
    if files:
        with ours(folder.where, files[0].path.removeprefix(folder.path)):
            next(folder.client.read(files[0].path).read_range_stream(0, 1))
    yield Fact("rights", "may be listed and read" if files else "may be listed; there is no file yet to try reading")
