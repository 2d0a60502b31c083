"""When the evidence behind a value of fill's own has changed: say so, and propose another."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from dataeng_ai.diagnostics import Diagnostic
from dataeng_ai.draft.scalars import quote, resolve
from dataeng_ai.fill.choose import Decided, fingerprint, settle
from dataeng_ai.fill.decision import ANY, Case, Decision, Path, as_text, lookup
from dataeng_ai.fill.decisions import DECISIONS
from dataeng_ai.fill.lock import PERSON
from dataeng_ai.fill.places import places

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from dataeng_ai.draft import Draft
    from dataeng_ai.fill.lock import Lock
    from dataeng_ai.fill.model import Model

_PLAIN: Final = re.compile(r"\w[\w(), .%/-]*")
"""Texts that need no quotes where they stand alone, if YAML does not read them as a number or a word of its own."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A value that fill would choose otherwise today."""

    name: str
    """Of the spec."""
    old: object
    new: Decided

    @property
    def line(self) -> str:
        """Return the command that takes it."""
        return set_line(self.name, self.new.place, self.new.value)


def proposals(case: Case, lock: Lock, model: Model, only: Path = ()) -> tuple[Proposal, ...]:
    """Decide again what is stale at or beneath a path; return where the outcome is another."""
    found = []
    for decision, path in outdated(case, lock):
        if path[: len(only)] == only:
            old = lookup(case.values, path)
            _, done = settle(decision, case, [path], model, lambda *_: True)
            found += [Proposal(str(case.get("name")), old, one) for one in done if one.value != old]
    return tuple(found)


def stale(draft: Draft, case: Case, lock: Lock) -> tuple[Diagnostic, ...]:
    """Return a warning for each value of fill's own whose evidence is no longer what it was."""
    in_words = places(case)
    return tuple(
        Diagnostic(
            "W390",
            f"`{in_words(path)}` was decided on other evidence than there is today",
            draft.text.name,
            draft.span(path),
            help=f"see what fill would choose now: `spec fill {draft.name} --refresh`",
            severity="warning",
        )
        for _, path in outdated(case, lock)
    )


def outdated(case: Case, lock: Lock) -> Iterator[tuple[Decision, Path]]:
    """Yield the decisions of fill's own, by the lock, whose facts have changed. Another value than the lock's is the person's."""
    in_words = places(case)
    for decision in DECISIONS:
        for path in standing(decision, case):
            entry = lock.entries.get(in_words(path))
            ours = entry is not None and entry.by != PERSON and entry.value == lookup(case.values, path)
            if entry and ours and entry.fingerprint != fingerprint(decision, case, path):
                yield decision, path


def standing(decision: Decision, case: Case) -> Iterator[Path]:
    """Yield the places of a spec that a decision speaks about and at which a value stands."""
    if ANY not in decision.path:
        if case.settled(*decision.path):
            yield decision.path
        return
    head, _, last = decision.path
    for row in range(len(case.rows)):
        if case.settled(head, row, last):
            yield (head, row, last)


def set_line(name: str, where: str, value: object) -> str:
    """Return the command that puts a value at a place. A text that would read as something else is quoted."""
    return set_lines(name, [(where, value)])


def set_lines(name: str, settings: Sequence[tuple[str, object]]) -> str:
    """Return the command that puts several values at their places, all or none."""
    return " ".join(["spec set", shlex.quote(name), *(shlex.quote(f"{where}={_written(value)}") for where, value in settings)])


def _written(value: object) -> str:
    plain = not isinstance(value, str) or (_PLAIN.fullmatch(value) is not None and resolve(value) == value != "auto")
    return as_text(value) if plain else quote(str(value))
