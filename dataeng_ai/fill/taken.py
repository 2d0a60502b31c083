"""What a person has said of a decision: taken as it is, or another value in its place. From then on it is the person's."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from dataeng_ai import draft as drafts
from dataeng_ai.diagnostics import Diagnostic, Problems
from dataeng_ai.fill import lock as locks
from dataeng_ai.fill.decision import as_text
from dataeng_ai.fill.ranking import recommend
from dataeng_ai.fill.rounds import spec_file
from dataeng_ai.fill.trail import put

if TYPE_CHECKING:
    from dataeng_ai.draft import Draft
    from dataeng_ai.fill.lock import Entry
    from dataeng_ai.fill.ranking import Ranked
    from dataeng_ai.profile.facts import Profile
    from dataeng_ai.project import Project


def take(draft: Draft, project: Project, words: str, reason: str) -> tuple[str, ...]:
    """Mark what stands at or beneath a place as the person's, in the lock; return the places.

    Raises:
        Problems: fill decided nothing there (E398).
    """
    file = locks.beside(spec_file(draft, project))
    lock, _ = locks.read(file)
    taken = {name: _theirs(entry, value, reason) for name, entry, value in _decided(draft, lock, words)}
    if not taken:
        message = f"fill decided nothing at `{words}`"
        raise Problems(Diagnostic("E398", message, draft.text.name, help=f"`spec why {draft.name}` lists what it decided"))
    put(file, locks.dump(replace(lock, entries={**lock.entries, **taken})))
    return tuple(taken)


def runner_up(draft: Draft, facts: Profile, project: Project, words: str) -> Ranked:
    """Return what else may stand at a place, the likeliest first.

    Raises:
        Problems: nothing else may (E399).
    """
    found = next((one.options for one in recommend(draft, facts, project) if one.place == words), ())
    other = next((option for option in found if not option.taken), None)
    if other is None:
        message = f"the data leave no other choice at `{words}`"
        raise Problems(Diagnostic("E399", message, draft.text.name, help="give the value that you want instead"))
    return other


def _theirs(entry: Entry, value: object, reason: str) -> Entry:
    if entry.value == value:
        return replace(entry, by=locks.PERSON, reason=reason)
    old = as_text(entry.value)
    return replace(entry, by=locks.PERSON, value=value, evidence=f"in the place of {old}", reason=reason, runner_up=old)


def _decided(draft: Draft, lock: locks.Lock, words: str) -> list[tuple[str, Entry, object]]:
    """Return the entries of the lock at or beneath a place, with what stands there now."""
    found = []
    for name, entry in locks.why(lock, words):
        try:
            value = draft.get(drafts.parse_path(name, draft.data))
        except Problems:
            continue
        if value is not drafts.AUTO and (name == words or name.startswith((f"{words}.", f"{words}["))):
            found.append((name, entry, value))
    return found
