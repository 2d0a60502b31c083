"""What a command hands back: a text for a terminal, plain data for a program, and the thing itself for a notebook."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True)
class Result:
    """The outcome of one command. Nothing was printed to make it; a face decides how to show it."""

    text: str
    """What a terminal shows, without a final newline."""
    data: object = None
    """The same as JSON's own types, where the command promises any."""
    notes: tuple[str, ...] = ()
    """Narration: what was done on the way and what to type next. A terminal shows it on stderr."""
    exit_code: int = 0
    value: object = field(default=None, compare=False)
    """The object behind the text: a Profile, a Pipeline, a report of a run."""
    as_json: bool = False
    """The person asked for `data`, not `text`."""
    html: Callable[[], str] | None = field(default=None, compare=False, repr=False)
    """Draws the result as a card for a notebook; called only where one is shown."""

    def to_dict(self) -> object:
        """Return the result as JSON's own types."""
        return {"text": self.text} if self.data is None else self.data

    def shown(self) -> str:
        """Return what belongs on stdout."""
        return json.dumps(self.to_dict(), ensure_ascii=False, indent=2) if self.as_json else self.text

    def __repr__(self) -> str:
        """Return the text: what an interactive session shows."""
        return "\n".join([self.shown(), *self.notes])

    def _repr_html_(self) -> str:
        if self.html is not None and not self.as_json:
            return self.html()
        return f"<pre>{escape(repr(self))}</pre>"
