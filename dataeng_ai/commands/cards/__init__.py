"""Cards of commands: the objects behind a result become the plain values that a template of `templates/cards/` asks for.

One module for each module of commands. They are called only where a card is shown, so importing them costs nothing.
"""

from __future__ import annotations


def drawn(template: str, /, **values: object) -> str:
    """Return a card."""
    from dataeng_ai.pictures import card  # noqa: PLC0415  templates are read where a card is shown

    return card(template, **values)
