"""Cards of commands: the objects behind a result become the plain values that a template of `templates/cards/` asks for.

One module for each module of commands. Each is imported where its first card is shown: start-up pays for none of them.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import ModuleType

    from dataeng_ai.commands.cards import compiling, completing, connecting, explaining, loading, looking, recommending, starting

    __all__ = ["compiling", "completing", "connecting", "explaining", "loading", "looking", "recommending", "starting"]


def __getattr__(name: str) -> ModuleType:
    """Import a module of cards when it is first asked for."""
    try:
        return import_module(f"{__name__}.{name}")
    except ModuleNotFoundError as error:
        raise AttributeError(name) from error


def drawn(template: str, /, **values: object) -> str:
    """Return a card."""
    from dataeng_ai.pictures import card  # noqa: PLC0415  templates are read where a card is shown

    return card(template, **values)
