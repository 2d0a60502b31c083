"""A person's turn: a face with a person before it lends its voice to a command; where none is lent, nobody is asked.

What a choice means, and what an answer makes of it, is known by whoever asks; the voice shows a choice and returns the line that was typed.
A form does the same for what is typed freely, a password among it.
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


@dataclass(frozen=True, slots=True)
class Field:
    """One thing to type."""

    name: str
    words: str
    """What it is, where the name alone does not say it."""
    default: str = ""
    """What an empty line means."""
    hidden: bool = False
    """It is a secret: nothing of it is shown while it is typed."""
    place: str = ""
    """What it belongs to."""
    remark: str = ""
    """Why it is asked again."""


_voice: ContextVar[Callable[[Choice], str] | None] = ContextVar("dataeng_asking", default=None)
_form: ContextVar[Callable[[Field], str] | None] = ContextVar("dataeng_typing", default=None)


def voice() -> Callable[[Choice], str] | None:
    """Return the voice that was lent, or None where nobody is there."""
    return _voice.get()


def form() -> Callable[[Field], str] | None:
    """Return what has a person type a field, or None where nobody is there."""
    return _form.get()


@contextmanager
def lent(ask: Callable[[Choice], str] | None, form: Callable[[Field], str] | None = None) -> Iterator[None]:
    """Lend a voice and a form to all that is done within. They raise KeyboardInterrupt where the person has had enough."""
    voices, forms = _voice.set(ask), _form.set(form)
    try:
        yield
    finally:
        _voice.reset(voices)
        _form.reset(forms)
