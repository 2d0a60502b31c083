"""What fill decided, put once more into a text that still leaves it open: a cell that is run again keeps its decisions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dataeng_ai import draft as drafts
from dataeng_ai.check import check, open_holes
from dataeng_ai.diagnostics import Problems

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dataeng_ai.draft import Draft, Path
    from dataeng_ai.fill.lock import Lock
    from dataeng_ai.project import Project

_GONE = object()
OPEN = "E101"
"""The code of a decision that is open, which is no fault of a draft: fill is there to close it."""


def decided_again(draft: Draft, standing: Draft, lock: Lock, project: Project) -> tuple[Draft, tuple[Path, ...]]:
    """Return a draft with what the lock says fill decided in the spec that stands there, and the places that were closed.

    A value is taken where the draft leaves it open, and where nothing is wrong with the draft for it; all else stays open.
    """
    tried: set[Path] = set()
    kept: list[Path] = []
    while (place := next((outer for outer in _open(draft, project) if outer not in tried), None)) is not None:
        tried.add(place)
        value = standing.get(place)
        if value is not drafts.AUTO and _is_decided(place, standing, lock):
            closed = _closed(draft, place, value, project)
            kept += [place] * (closed is not None)
            draft = closed or draft
    return draft, tuple(kept)


def _open(draft: Draft, project: Project) -> Iterator[Path]:
    """Yield the places that are open: of a block that nobody began, the block."""
    for hole in open_holes(draft, project):
        yield next(hole[:depth] for depth in range(1, len(hole) + 1) if draft.get(hole[:depth]) is drafts.AUTO)


def _closed(draft: Draft, place: Path, value: object, project: Project) -> Draft | None:
    """Return the draft with a value in it, or None where it cannot stand there or makes something wrong."""
    try:
        closed = drafts.fill(draft, {place: value})
    except (Problems, ValueError):
        return None
    wrong = {found.code for found in check(closed, project).diagnostics if found.severity == "error"}
    return None if wrong - {OPEN} else closed


def _is_decided(place: Path, standing: Draft, lock: Lock) -> bool:
    """Say whether the lock speaks for all that it knows at or beneath a place, as it stands there now."""
    words = drafts.show(place, standing.data)
    said = [(name, entry) for name, entry in lock.entries.items() if name == words or name.startswith((f"{words}.", f"{words}["))]
    there = [(entry.value, value) for name, entry in said if (value := _value(name, standing)) is not _GONE]
    return bool(there) and all(old == now for old, now in there)


def _value(name: str, standing: Draft) -> object:
    try:
        return standing.get(drafts.parse_path(name, standing.data), _GONE)
    except Problems:
        return _GONE
