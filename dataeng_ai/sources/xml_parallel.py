"""Stretches of a large XML file, gone through ahead of its reader by further processes, where the machine has cores to spare.

Each process begins where a record seems to begin and takes what matches, in one run or several. That proves nothing yet: a run counts
only when the reader comes to its first byte, and its parser says that a record has just ended there. All others are forgotten, and so
is whatever a process does not live to tell.
"""

from __future__ import annotations

import codecs
import gc
import json
import os
import re
import select
import signal
import warnings
from contextlib import ExitStack, suppress
from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

from dataeng_ai.sources.unpacking import packed
from dataeng_ai.sources.xml_grammar import GAP
from dataeng_ai.sources.xml_pattern import matching
from dataeng_ai.sources.xml_rows import Cells, CellsWriter

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from dataeng_ai.sources.files import File
    from dataeng_ai.sources.xml_pattern import Pattern

LEAST: Final = 16 << 20
"""Bytes of a stretch that is worth a process."""
_MOST: Final = 4
"""Processes for one file, with the reader's own."""
_RUNS: Final = 16
"""Runs of one process, at most: one ends at each record that does not match."""
PIECE: Final = 256 << 10
HELD: Final = 128 << 10
"""Bytes that wait for what comes behind them."""
_LOOKED: Final = 1 << 20
"""Bytes in which the begin of a record is looked for."""
_ALIVE: Final = b"."
"""What a process says as long as it has nothing to tell."""
_SILENCE: Final = 120.0
"""Seconds after which one that says nothing is given up."""
_GAP: Final = re.compile(GAP)


class Run(NamedTuple):
    """Records that match, one behind the other."""

    start: int
    """Where the first one begins in the file."""
    end: int
    records: int
    lines: int
    """Line ends among them."""
    longest: int
    ends: bool
    lists: list[tuple[int, list[str]]]
    """Of each list of the pattern: how many items it has, and of which kinds."""
    path: str

    def cells(self, how: Pattern) -> Cells:
        """Return the file of their texts."""
        from pathlib import Path  # noqa: PLC0415  only an annotation elsewhere

        return Cells(Path(self.path), how.columns, len(how.columns), self.longest, self.ends)


class _Child:
    """A process that goes through a stretch."""

    def __init__(self, start: int) -> None:
        """Be ready for it; `start` is where its stretch begins."""
        self.start, self.pid = start, 0
        reading, self.writing = os.pipe()
        self._pipe = open(reading, "rb", buffering=0)  # noqa: PTH123, SIM115  it is no path, and `end` closes it

    def heard(self) -> list[Run]:
        """Return what it has to tell, nothing if it died or fell silent."""
        said, part = b"", _ALIVE
        while part and select.select([self._pipe], [], [], _SILENCE)[0]:
            part = self._pipe.read(1 << 16)
            said = (said + part).lstrip(_ALIVE)
        self.end()
        return [] if part or not said else [Run(*run) for run in json.loads(said)]

    def mute(self) -> None:
        """Listen no longer: one that was never known to have begun ends when it speaks."""
        self._pipe.close()

    def end(self) -> None:
        """End it, however far it is."""
        self.mute()
        if self.pid:
            with suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)
            with suppress(ChildProcessError):
                os.waitpid(self.pid, 0)
            self.pid = 0


class Parallel:
    """The processes of one file."""

    def __init__(self, file: File, how: Pattern, path: Path) -> None:
        """Have none yet; `path` says where their files go."""
        self.how = how
        self._file, self._path = file, path
        self._children: list[_Child] = []
        self._runs: list[Run] = []

    def begin(self, place: int) -> None:
        """Begin them, for what lies behind a place in the file."""
        for start, end in _stretches(self._file, self.how, place):
            self._begin(start, end)

    def start(self) -> int | None:
        """Return where the next run begins."""
        if self._runs:
            return self._runs[0].start
        return self._children[0].start if self._children else None

    def at(self, place: int) -> Run | None:
        """Return the run that begins there, if there is one, and forget all that begins before its end."""
        if self._children and self._children[0].start <= place:
            self._runs += self._children[0].heard()
            self._children.pop(0)
        found = next((run for run in self._runs if run.start == place), None)
        done = found.end if found else place + 1
        self._runs = [run for run in self._runs if run.start >= done]
        return found

    def close(self) -> None:
        """End the processes that nobody waits for any more."""
        for child in self._children:
            child.end()
        self._children.clear()

    def _begin(self, start: int, end: int) -> None:
        path = self._path.with_suffix(f".ahead{len(self._children)}")
        child = _Child(start)
        self._children.append(child)  # before it lives: Ctrl-C may come as soon as it does
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # of threads: nothing that they may hold is asked for over there
            child.pid = os.fork()
        if child.pid:
            os.close(child.writing)
            return
        status = 1
        try:
            gc.disable()  # what it would end, such as a connection, may wait for threads that are not here
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            for one in self._children:
                one.mute()
            runs = list(_Going(self._file, self.how, path, child.writing).through(start, end))
            with open(child.writing, "wb") as out:  # noqa: PTH123  it is no path
                out.write(json.dumps(runs).encode())
            status = 0
        finally:  # whatever was wrong, the reader will meet it
            os._exit(status)


def worth(file: File, encoding: str, place: int) -> bool:
    """Say whether further processes pay, and can read what the reader reads: the file as it is."""
    able = hasattr(os, "fork") and cores() > 1
    return able and encoding == "utf-8" and file.size - place >= 2 * LEAST and not packed(file)


def mark(file: File) -> int:
    """Return how many bytes of a file its byte order mark is."""
    with file.path.open("rb") as stream:
        return len(codecs.BOM_UTF8) if stream.read(3) == codecs.BOM_UTF8 else 0


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _stretches(file: File, how: Pattern, place: int) -> Iterator[tuple[int, int]]:
    """Yield where the stretches begin and end, the reader's own left out."""
    count = min(_MOST, cores(), (file.size - place) // LEAST)
    starts: set[int] = set()
    with file.path.open("rb") as stream:
        for number in range(1, count):
            guess = place + (file.size - place) * number // count
            stream.seek(guess)
            found = _boundary(stream.read(_LOOKED), 0, how)
            if found is not None:
                starts.add(guess + found)
    yield from pairwise([*sorted(starts), file.size])


def _boundary(data: bytes, at: int, how: Pattern) -> int | None:
    """Return where a record seems to begin, behind another one."""
    for end in how.ends.finditer(data, at):
        gap = _GAP.match(data, end.end())
        start = gap.end() if gap else end.end()
        record = how.regex.match(data, start)
        if record and record[how.regex.groups] is None:
            return start
    return None


class _Going:
    """Goes through a stretch, in its own process."""

    def __init__(self, file: File, how: Pattern, path: Path, pipe: int) -> None:
        self._file, self._how, self._path, self._pipe = file, how, path, pipe
        self._records = self._lines = self._count = 0
        self._parent = os.getppid()

    def through(self, start: int, stop: int) -> Iterator[Run]:
        """Yield the runs of records that match."""
        at: int | None = start
        for _ in range(_RUNS):
            if at is None:
                return
            run, at = self._run(at, stop)
            if run.records:
                yield run

    def _run(self, start: int, stop: int) -> tuple[Run, int | None]:
        """Return the run that begins at a place, and where the next one may begin."""
        path = self._path.with_suffix(f"{self._path.suffix}-{self._count}")
        self._count += 1
        self._records = self._lines = 0
        for _, spot, _ in self._how.lists:
            spot.items, spot.kinds = 0, set()
        with ExitStack() as stack:
            writer = CellsWriter(path, stack.enter_context(path.open("wb")), self._how.columns, ())
            end, more = self._written(writer, start, stop)
        cells = writer.cells()
        lists = [(spot.items, [kind.__name__ for kind in spot.kinds]) for _, spot, _ in self._how.lists]
        return Run(start, end, self._records, self._lines, cells.longest, cells.lines, lists, str(path)), more

    def _written(self, writer: CellsWriter, start: int, stop: int) -> tuple[int, int | None]:
        held, place = b"", start
        with self._file.path.open("rb") as stream:
            stream.seek(start)
            while os.getppid() == self._parent:
                piece = stream.read(min(PIECE, stop - stream.tell()))
                data = held + piece
                count, end = matching(data, 0, self._how, lambda rows: writer.write(rows, self._how))
                self._records += count
                self._lines += data.count(b"\n", 0, end)
                if not piece or len(data) - end >= HELD:
                    found = _boundary(data[end:] + stream.read(min(_LOOKED, stop - stream.tell())), 1, self._how)
                    return place + end, None if found is None else place + end + found
                held, place = data[end:], place + end
                os.write(self._pipe, _ALIVE)
        return start, None
