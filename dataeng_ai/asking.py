"""A person's turn: a face with a person before it lends its voice to a command; where none is lent, nobody is asked.

What a choice means, and what an answer makes of it, is known by whoever asks; the voice shows a choice and returns the line that was typed.
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing to choose."""

    place: str
    """What is decided, in the spec's words."""
    words: str
    """The question."""
    options: tuple[tuple[str, str], ...]
    """Label and what speaks for it, the best first. None of them is the value of a cell."""
    free: bool = False
    """Words of one's own will do."""
    remark: str = ""
    """Why it is asked again."""


_voice: ContextVar[Callable[[Choice], str] | None] = ContextVar("dataeng_asking", default=None)


def voice() -> Callable[[Choice], str] | None:
    """Return the voice that was lent, or None where nobody is there."""
    return _voice.get()


@contextmanager
def lent(ask: Callable[[Choice], str] | None) -> Iterator[None]:
    """Lend a voice to all that is done within. It raises KeyboardInterrupt where the person has had enough."""
    token = _voice.set(ask)
    try:
        yield
    finally:
        _voice.reset(token)
