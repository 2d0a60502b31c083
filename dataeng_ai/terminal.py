"""A terminal's one line of progress: rewritten in place on stderr, gone when the command ends, never there for a quick one.

What is over and worth keeping stands above it as a line of its own. And what asks the person who sits before it.
"""

from __future__ import annotations

import os
import sys
import threading
import time
import unicodedata
from contextlib import contextmanager
from getpass import getpass
from typing import TYPE_CHECKING, Final, TextIO

import click

from dataeng_ai.progress import heard

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from dataeng_ai.asking import Choice, Field
    from dataeng_ai.progress import Step

_QUICK: Final = 0.3
"""Seconds: what is over by then needs no line."""
_TURN: Final = 0.5
"""Seconds between two drawings: the clock in the line goes on while a step works."""
_LONG: Final = 2
"""Seconds from which a step says how long it takes already."""
_WIPE: Final = "\r\x1b[K"


def voice() -> Callable[[Choice], str] | None:
    """Return what asks a person here, or None where nobody reads and types."""
    return _ask if _sits() else None


def _ask(choice: Choice) -> str:
    """Show a choice and return the line that was typed.

    Raises:
        KeyboardInterrupt: Ctrl-C, or the end of all input.
    """
    width = _width(sys.stderr)
    lines = [f"{choice.place}: {choice.words}"]
    for number, (label, evidence) in enumerate(choice.options, 1):
        lines += [fitted(f"  {number}  {label}", width - 1), fitted(f"     {evidence}", width - 1)]
    own = ", words of your own" if choice.free else ""
    hint = f"Enter for 1, a number{own}; `.` 1 for all such, `!` 1 for all that is left: "
    remark = f"{fitted(choice.remark, width - 1)}\n" if choice.remark else ""
    sys.stderr.write("\n".join(["", *lines, f"{remark}{hint}"]))
    sys.stderr.flush()
    typed = sys.stdin.readline()
    if not typed:
        raise KeyboardInterrupt
    return typed


def form() -> Callable[[Field], str] | None:
    """Return what has a person type a field here, or None where nobody reads and types."""
    return _type if _sits() else None


def _sits() -> bool:
    """Say whether a person sits here: streams that were closed before we started are None."""
    return all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stderr))


def _type(asked: Field) -> str:
    """Show a field and return what was typed; of a hidden one nothing is shown.

    Raises:
        KeyboardInterrupt: Ctrl-C, or the end of all input.
    """
    remark = f"{fitted(asked.remark, _width(sys.stderr) - 1)}\n" if asked.remark else ""
    if asked.hidden:
        try:
            return getpass(f"{remark}{labelled(asked)}", sys.stderr)
        except EOFError:
            raise KeyboardInterrupt from None
    sys.stderr.write(f"{remark}{labelled(asked)}")
    sys.stderr.flush()
    typed = sys.stdin.readline()
    if not typed:
        raise KeyboardInterrupt
    return typed.rstrip("\r\n")


def labelled(asked: Field) -> str:
    """Return what stands before the place where a field is typed."""
    words = f" ({asked.words})" if asked.words else ""
    default = f" [{asked.default}]" if asked.default else ""
    return f"{asked.place}: {asked.name}{words}{default}: "


@contextmanager
def progress() -> Iterator[None]:
    """Show on stderr what the steps within say. Where it is no terminal, only what is over is said, a plain line each."""
    stream = sys.stderr
    if not _rewrites(stream):
        with heard(lambda step: _keep(stream, step)):
            yield
        return
    line = _Line(stream)
    try:
        with heard(line.hear):
            yield
    except (KeyboardInterrupt, click.Abort):
        line.wipe()  # the terminal itself has written `^C` there
        raise
    finally:
        line.close()


def shown(step: Step, seconds: float, width: int) -> str:
    """Return a step as one line that fits into so many columns."""
    count = f" ({step.done} of {step.of})" if step.done is not None and step.of is not None else ""
    clock = f" {seconds:.0f} s" if seconds >= _LONG else ""
    room = max(width - 1 - len(count) - len(clock), 1)
    return f"{fitted(step.what, room)}{count}{clock}"[: max(width - 1, 1)]


def fitted(text: str, room: int) -> str:
    """Return a text of one line, nothing in it but what prints, cut to so many columns of a terminal."""
    bare = "".join(letter if letter.isprintable() else " " for letter in text)
    if sum(map(_columns, bare)) <= room:
        return bare
    kept, used = [], 1
    for letter in bare:
        used += _columns(letter)
        if used > room:
            break
        kept.append(letter)
    return f"{''.join(kept)}…"


def _columns(letter: str) -> int:
    """Return how many columns a letter takes: two in Chinese, none on top of another."""
    if unicodedata.combining(letter):
        return 0
    return 2 if unicodedata.east_asian_width(letter) in "WF" else 1


def _width(stream: TextIO) -> int:
    """Return how many columns a terminal has now: a person may change its window at any time."""
    try:
        return os.get_terminal_size(stream.fileno()).columns or 80
    except (OSError, ValueError):
        return 80


def _rewrites(stream: TextIO | None) -> bool:
    """Say whether a stream is a terminal that takes a line back."""
    return stream is not None and stream.isatty() and os.environ.get("TERM") != "dumb"


def _keep(stream: TextIO, step: Step) -> None:
    if step.over:
        stream.write(f"{fitted(step.what, 10**6)}\n")
        stream.flush()


class _Line:
    """The line, and the thread that draws it while the command works."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._start = self._since = time.monotonic()
        self._step: Step | None = None
        self._drawn = False
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._thread: threading.Thread | None = None

    def hear(self, step: Step) -> None:
        """Take in what is done now; the first step starts the drawing."""
        with self._lock:
            if step.over:
                self._wipe()
                _keep(self._stream, step)
                return
            self._step, self._since = step if step.what else None, time.monotonic()
            if self._step is None:
                self._wipe()
            elif self._since - self._start > _QUICK:
                self._draw()
        if self._thread is None:
            self._thread = threading.Thread(target=self._turn, daemon=True)
            self._thread.start()

    def close(self) -> None:
        """Take the line away, whatever ended the command."""
        self._closed.set()
        with self._lock:
            self._wipe()
            self._step = None
        if self._thread is not None:
            self._thread.join()

    def _turn(self) -> None:
        pause = _QUICK
        while not self._closed.wait(pause):
            pause = _TURN
            with self._lock:
                self._draw()

    def _draw(self) -> None:
        if self._step is not None and not self._closed.is_set():
            self._write(_WIPE + shown(self._step, time.monotonic() - self._since, _width(self._stream)))
            self._drawn = True

    def wipe(self) -> None:
        """Take away whatever stands in the line."""
        self._write(_WIPE)
        self._drawn = False

    def _wipe(self) -> None:
        if self._drawn:
            self.wipe()

    def _write(self, text: str) -> None:
        try:
            self._stream.write(text)
            self._stream.flush()
        except (OSError, ValueError):
            self._step = None  # the terminal has gone; the command goes on
