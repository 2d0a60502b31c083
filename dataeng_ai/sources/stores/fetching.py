"""Files of a store as files of this machine: fetched when one is first asked for, several at a time, checked, removed in the end.

A file is whole or refused: its length is held against what came, and a store holds it against a checksum, where it has one. A connection
that was cut is taken up again where it broke; what was another file by then is refused.
"""

from __future__ import annotations

import errno
import os
import shutil
import weakref
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import gettempdir
from threading import Event, Lock
from typing import TYPE_CHECKING, Final

from dataeng_ai.diagnostics import Diagnostic, Problems, Unreachable
from dataeng_ai.progress import say
from dataeng_ai.sources.scratch import scratch
from dataeng_ai.sources.stores.store import Cut, changed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dataeng_ai.sources.stores.store import Object, Store

_AT_ONCE: Final = 8
"""Files fetched at a time: what is small waits for answers, not for the line."""
_TRIES: Final = 5
"""How often a broken connection is taken up again before a mebibyte more has come."""
_PAUSE: Final = 0.25
"""Seconds before the second try; each further one waits twice as long."""
_FAR: Final = 1 << 20
_ROOM: Final = 256 << 20
"""Bytes of the disk that stay free: what is read of the files needs room, too."""


@dataclass(frozen=True, slots=True, eq=False)
class Remote:
    """One file of a store, of those that a run reads."""

    one: Object
    batch: Batch = field(repr=False)

    @property
    def path(self) -> Path:
        """Return the copy on this machine, once it is whole.

        Raises:
            Problems: the file changed meanwhile (E661), or what came is not what the store has (E662).
            Unreachable: the store does not answer any more, or the disk has no room (E666).
        """
        return self.batch.path(self.one.name)


class Batch:
    """The files of a store that one run reads. Their copies lie in a folder that goes when nobody holds any of them."""

    def __init__(self, store: Store, objects: Sequence[Object]) -> None:
        """Fetch nothing yet."""
        self._fetching = _Fetching(store, objects)
        # Not `__del__`: this also runs when the program ends, and must not keep the batch itself alive.
        weakref.finalize(self, self._fetching.close)

    def path(self, name: str) -> Path:
        """Return the copy of one file; the first that is asked for starts them all."""
        return self._fetching.path(name)


def remotes(store: Store, objects: Sequence[Object]) -> tuple[Remote, ...]:
    """Return the files that a run reads; nothing is fetched yet."""
    batch = Batch(store, objects)
    return tuple(Remote(one, batch) for one in objects)


class _Fetching:
    """The work behind a batch."""

    def __init__(self, store: Store, objects: Sequence[Object]) -> None:
        self._store, self._objects = store, objects
        self._lock, self._over = Lock(), Event()
        self._stack = ExitStack()
        self._found: dict[str, Future[Path]] = {}
        self._fault: BaseException | None = None
        """What went wrong first; the rest is given up."""

    def path(self, name: str) -> Path:
        with self._lock:
            if not self._found:
                self._start()
        future = self._found[name]
        if not future.done():
            done = sum(one.done() for one in self._found.values())
            say(f"fetching {name}", done, len(self._objects))
        try:
            fault = None if future.cancelled() else future.exception()
        except KeyboardInterrupt:
            self._over.set()
            raise
        if fault is None and not future.cancelled():
            return future.result()
        first = self._fault or fault or CancelledError()
        # Another one like it: the one that is kept would keep alive, by its traceback, whoever waits here, and the copies with them.
        raise type(first)(*first.diagnostics) if isinstance(first, Problems) else first

    def _start(self) -> None:
        folder = self._stack.enter_context(scratch(Path(gettempdir()) / f"dataeng_ai-{os.getuid()}"))
        self._refuse_too_large(folder)
        pool = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="fetching")
        for number, one in enumerate(self._objects):
            # The suffix stays: a reader of workbooks goes by it.
            self._found[one.name] = pool.submit(self._fetch, one, folder / f"{number:06}{Path(one.name).suffix[:16]}")
        pool.shutdown(wait=False)

    def _refuse_too_large(self, folder: Path) -> None:
        size, free = sum(one.size or 0 for one in self._objects), shutil.disk_usage(folder).free
        if size > free - _ROOM:
            message = (
                f"{len(self._objects):,} files of `{self._store.where}` have {size:,} bytes, and `{gettempdir()}` has room for {free:,}"
            )
            raise Unreachable(Diagnostic("E666", message, help="set TMPDIR to a folder with more room, or let `path` mean fewer files"))

    def _fetch(self, one: Object, path: Path) -> Path:
        try:
            self._copy(one, path)
        except Exception as fault:
            self._fault = self._fault or fault
            self._over.set()
            raise
        if self._over.is_set():
            raise CancelledError
        return path

    def _copy(self, one: Object, path: Path) -> None:
        try:
            with path.open("wb", buffering=0) as file:
                _Copy(self._store, one, file.fileno(), self._over).run()
        except OSError as error:
            if error.errno not in (errno.ENOSPC, errno.EDQUOT):
                raise
            message = f"`{one.name}` does not fit into `{gettempdir()}`: {error.strerror}"
            raise Unreachable(Diagnostic("E666", message, help="set TMPDIR to a folder with more room")) from error

    def close(self) -> None:
        self._over.set()
        for future in self._found.values():
            future.cancel()
        self._stack.close()


class _Copy:
    """One file on its way."""

    def __init__(self, store: Store, one: Object, target: int, over: Event) -> None:
        self._store, self._one, self._target, self._over = store, one, target, over
        self._done = self._since = 0

    def run(self) -> int:
        """Copy all of it; return how many bytes there were."""
        tries = 0
        while not self._over.is_set():
            self._since = self._done
            try:
                self._go_on()
            except Cut as cut:
                tries = 1 if self._done - self._since >= _FAR else tries + 1
                if tries > _TRIES:
                    raise self._short(str(cut)) from cut
                if not self._one.state:
                    # Without a sign that it is the same file, what came before may be of another one.
                    self._done = 0
                    os.ftruncate(self._target, 0)
                self._over.wait(_PAUSE * 2 ** (tries - 1))
                continue
            break
        return self._done

    def _go_on(self) -> None:
        for piece in self._store.read(self._one, self._done):
            if self._over.is_set():
                return
            os.pwrite(self._target, piece, self._done)
            self._done += len(piece)
            if self._one.size is not None and self._done > self._one.size:
                raise changed(self._one.name, self._store.where)
        if self._one.size is not None and self._done < self._one.size:
            message = "it ended too early"
            raise Cut(message)

    def _short(self, why: str) -> Problems:
        of = f" of {self._one.size:,}" if self._one.size is not None else ""
        message = f"`{self._one.name}` broke off after {self._done:,}{of} bytes, {_TRIES + 1} times: {why}"
        return Unreachable(
            Diagnostic("E662", message, help=f"look at the line to `{self._store.where}`, then run again: nothing was loaded")
        )
