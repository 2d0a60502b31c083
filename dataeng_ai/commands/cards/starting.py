"""Cards of `init`, `demo` and `schema`: what they say, with what to type next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dataeng_ai.commands.cards import drawn

if TYPE_CHECKING:
    from collections.abc import Sequence


def told(title: str, text: str, language: str = "", notes: Sequence[str] = ()) -> str:
    """Draw a text under a title."""
    return drawn("TOLD", title=title, text=text, language=language, notes=notes)
