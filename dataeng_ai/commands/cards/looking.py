"""Cards of `status` and `doctor`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dataeng_ai.commands.cards import drawn

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from dataeng_ai.commands.looking import Standing
    from dataeng_ai.fill.doctor import Finding


def standings(every: Iterable[Standing], notes: Sequence[str] = ()) -> str:
    """Draw how far each spec has come, and what takes it further."""
    return drawn("STATUS", rows=[{"name": one.name, "state": one.state, "next": one.next} for one in every], notes=notes)


def findings(model: str, found: Iterable[Finding], notes: Sequence[str]) -> str:
    """Draw what was tried with a model, and how it went."""
    return drawn("DOCTOR", model=model, rows=[{"what": one.what, "good": one.good, "words": one.words} for one in found], notes=notes)
