"""Fill: holes are closed, one decision after another, until none is open that the profile can close."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Final

from dataeng_ai import draft as drafts
from dataeng_ai.check import open_holes, with_defaults
from dataeng_ai.diagnostics import Diagnostic, Problems
from dataeng_ai.fill import lock as locks
from dataeng_ai.fill.choose import Decided, settle
from dataeng_ai.fill.decision import ANY, Case, Decision, Path, lookup
from dataeng_ai.fill.decisions import DECISIONS
from dataeng_ai.fill.model import Rules
from dataeng_ai.fill.refresh import Proposal, proposals
from dataeng_ai.fill.table import lay_out
from dataeng_ai.project import spec_path

if TYPE_CHECKING:
    from dataeng_ai.draft import Draft
    from dataeng_ai.fill.lock import Lock
    from dataeng_ai.fill.model import Model
    from dataeng_ai.profile.facts import Profile
    from dataeng_ai.project import Project

RULES: Final = Rules()
"""Who chooses when nobody else is named."""


@dataclass(frozen=True, slots=True)
class Filled:
    """What fill did: nothing is written yet. `fill.save` writes it, `fill.undo` takes it back."""

    draft: Draft
    lock: Lock
    decided: tuple[Decided, ...]
    """In the order of the decisions."""
    left: tuple[Path, ...]
    """Holes that no decision could close: there the person must write."""
    proposals: tuple[Proposal, ...]
    """Where `refresh` was asked for: values of fill's own that it would choose otherwise today. They are not applied."""
    warnings: tuple[Diagnostic, ...]
    interrupted: bool = False
    """Ctrl-C ended it early; what was decided before stands here, whole decisions only."""


def fill(
    draft: Draft,
    profile: Profile,
    project: Project,
    model: Model = RULES,
    lock: Lock | None = None,
    *,
    only: Path | None = None,
    refresh: bool = False,
) -> Filled:
    """Close the draft's holes; not a byte outside them changes.

    Args:
        draft: The spec with its holes.
        profile: What is really in its source.
        project: Its connections and defaults.
        model: Who chooses where more than one value is possible.
        lock: Who decided what so far; read from beside the spec when not given.
        only: Close only the holes at or beneath this path.
        refresh: Also propose new values where the evidence of old ones has changed.
    """
    warnings: tuple[Diagnostic, ...] = ()
    if lock is None:
        lock, warnings = locks.read(locks.beside(spec_file(draft, project)))
    work = _Work(draft, profile, project, model, only or ())
    while work.step():
        pass
    proposed = proposals(work.case(), lock, model, only or ()) if refresh and not work.interrupted else ()
    kept = locks.record(lock, work.decided, work.case()) if work.decided else lock
    return Filled(work.draft, kept, tuple(work.decided), work.open(), proposed, warnings, work.interrupted)


def spec_file(draft: Draft, project: Project) -> FilePath:
    """Return the file that a draft was read from, or, for a text that is no file, the one that its name says."""
    file = FilePath(draft.text.name)
    return file if file.is_file() else spec_path(project, draft.name)


def case_of(draft: Draft, profile: Profile, project: Project) -> Case:
    """Return what a decision may look at."""
    return Case(_settled(with_defaults(draft.data, project.defaults)), profile, project)


@dataclass(slots=True)
class _Work:
    draft: Draft
    profile: Profile
    project: Project
    model: Model
    only: Path
    decided: list[Decided] = field(default_factory=list)
    tried: set[Path] = field(default_factory=set)
    interrupted: bool = False

    def case(self) -> Case:
        return case_of(self.draft, self.profile, self.project)

    def open(self) -> tuple[Path, ...]:
        """Return the holes that are asked for and that no default of the project closes."""
        return tuple(hole for hole in open_holes(self.draft, self.project) if _touch(hole, self.only))

    def step(self) -> bool:
        """Take the first decision that is open and whose needs are settled; say whether there was one."""
        case, holes = self.case(), self.open()
        for decision in DECISIONS:
            places = [path for path in self._places(decision, case, holes) if path not in self.tried]
            if places and all(case.settled(*need) for need in decision.needs):
                self.tried.update(places)
                return self._finished(decision, case, places, holes)
        return False

    def _finished(self, decision: Decision, case: Case, places: list[Path], holes: tuple[Path, ...]) -> bool:
        """Take a decision whole or, where a person lost patience with the model meanwhile, not at all."""
        before = self.draft
        try:
            self._take(decision, case, places, holes)
        except KeyboardInterrupt:
            self.draft, self.interrupted = before, True
        return not self.interrupted

    def _places(self, decision: Decision, case: Case, holes: tuple[Path, ...]) -> list[Path]:
        depth = len(decision.path)
        beneath = [hole for hole in holes if len(hole) == depth or not decision.rows]
        places = dict.fromkeys(hole[:depth] for hole in beneath if _matches(hole[:depth], decision.path))
        if decision.with_parent and decision.path[:-1] in self.draft.created and not case.settled(*decision.path):
            places[decision.path] = None
        return list(places)

    def _take(self, decision: Decision, case: Case, places: list[Path], holes: tuple[Path, ...]) -> None:
        def attempt(path: Path, value: object) -> bool:
            changed = _put(self.draft, path, value, holes)
            self.draft = changed or self.draft
            return changed is not None

        if decision.rows:
            done = lay_out(decision, case, places[0], self.model, attempt)
        else:
            done = settle(decision, case, places, self.model, attempt)[1]
        self.decided += [replace(one, value=lookup(self.draft.plain, one.path)) for one in done]


def _put(draft: Draft, path: Path, value: object, holes: tuple[Path, ...]) -> Draft | None:
    """Return the draft with a value in the holes at or beneath a path, or None where the edit is refused.

    A block that nobody began to write is written whole, with what is optional in it.
    """
    below = [hole for hole in holes if hole[: len(path)] == path]
    begun = lookup(_settled(draft.data), path) is not None
    parts = {hole: lookup(value, hole[len(path) :]) for hole in below} if begun else {path: value}
    try:
        return drafts.fill(draft, parts)
    except Problems:
        return None


def _settled(values: Mapping[str, object]) -> dict[str, object]:
    """Return the values without the holes among them."""
    return {key: _without_holes(value) for key, value in values.items() if value is not drafts.AUTO}


def _without_holes(value: object) -> object:
    if isinstance(value, Mapping):
        return _settled(value)
    if isinstance(value, (list, tuple)):
        return [_without_holes(item) for item in value]
    return value


def _matches(path: Path, pattern: tuple[str, ...]) -> bool:
    if len(path) != len(pattern):
        return False
    return all(isinstance(part, int) if want == ANY else part == want for part, want in zip(path, pattern, strict=True))


def _touch(one: Path, other: Path) -> bool:
    """Say whether one of the places lies at or beneath the other."""
    return all(left == right for left, right in zip(one, other, strict=False))
