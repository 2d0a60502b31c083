"""No diagnostic shows a secret that stands in a spec: neither in its words nor in the line of the text that it draws."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from dataeng_ai.check.places import at

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from dataeng_ai.diagnostics import Diagnostic
    from dataeng_ai.draft import Draft, Path

_VEIL: Final = "•••"


def veiled(diagnostics: Iterable[Diagnostic], places: Collection[Path], draft: Draft) -> tuple[Diagnostic, ...]:
    """Return the diagnostics with the secrets at these places of the draft hidden."""
    if not places:
        return tuple(diagnostics)
    spans = tuple(draft.span(path) for path in places)
    words = [str(at(draft.data, path)) for path in places]
    return tuple(replace(_silent(diagnostic, words), hidden=spans) for diagnostic in diagnostics)


def _silent(diagnostic: Diagnostic, words: list[str]) -> Diagnostic:
    for word in words:
        diagnostic = replace(
            diagnostic,
            message=diagnostic.message.replace(word, _VEIL),
            help=diagnostic.help.replace(word, _VEIL),
            label=diagnostic.label.replace(word, _VEIL),
            notes=tuple(note.replace(word, _VEIL) for note in diagnostic.notes),
        )
    return diagnostic
