"""The card of `recommend`."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from dataeng_ai.commands.cards import drawn

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dataeng_ai.fill import Recommendation


def recommended(name: str, found: Sequence[Recommendation], notes: Sequence[str]) -> str:
    """Draw each choice: the options with their reasons, and the line that takes each; the storages with what speaks for and against."""
    told = [{"column": one.place.startswith("columns."), **_plain(one)} for one in found]
    return drawn("RECOMMENDED", name=name, found=told, notes=notes)


def _plain(one: Recommendation) -> dict[str, object]:
    return {
        "place": one.place,
        "words": one.words,
        "facts": list(one.facts),
        "homes": [{**asdict(home), "first": [line.partition(": ")[::2] for line in home.first]} for home in one.homes],
        "options": [
            {
                "name": each.option.name,
                "evidence": each.option.evidence,
                "reason": each.option.reason,
                "taken": each.taken,
                "line": each.line,
            }
            for each in one.options
        ],
    }
