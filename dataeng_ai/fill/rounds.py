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
from dataeng_ai.fill.model import RULES
from dataeng_ai.fill.neighbours import Neighbours
from dataeng_ai.fill.refresh import Proposal, proposals
from dataeng_ai.fill.table import lay_out
from dataeng_ai.project import spec_path

if TYPE_CHECKING:
    from dataeng_ai.draft import Draft
    from dataeng_ai.fill.lock import Lock
    from dataeng_ai.fill.model import Model
    from dataeng_ai.profile.facts import Profile
    from dataeng_ai.project import Project

_IN_TURN: Final = tuple(sorted(DECISIONS, key=lambda decision: decision.last))


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
    work = _Work(draft, draft, profile, project, model, only or ())
    while work.step():
        pass
    proposed = proposals(work.case(), lock, model, only or ()) if refresh and not work.interrupted else ()
    decided = tuple(work.decided.values())
    kept = _recorded(lock, decided, work.case()) if decided else lock
    return Filled(work.draft, kept, decided, work.open(), proposed, warnings, work.interrupted)


def _recorded(lock: Lock, decided: tuple[Decided, ...], case: Case) -> Lock:
    """Return the lock with what was decided; it is silent about what a person said, as if they had written it."""
    theirs = {one.place for one in decided if one.by == "person"}
    entries = {name: entry for name, entry in lock.entries.items() if name not in theirs}
    return locks.record(replace(lock, entries=entries), [one for one in decided if one.place not in theirs], case)


def spec_file(draft: Draft, project: Project) -> FilePath:
    """Return the file that a draft was read from, or, for a text that is no file, the one that its name says."""
    file = FilePath(draft.text.name)
    return file if file.is_file() else spec_path(project, draft.name)


def case_of(draft: Draft, profile: Profile, project: Project, others: Neighbours | None = None) -> Case:
    """Return what a decision may look at; `others` are its neighbours where a case of the same spec has met them."""
    return Case(_settled(with_defaults(draft.data, project.defaults)), profile, project, others=others)


@dataclass(slots=True)
class _Work:
    start: Draft
    """With its holes."""
    draft: Draft
    profile: Profile
    project: Project
    model: Model
    only: Path
    decided: dict[str, Decided] = field(default_factory=dict)
    """By the place in words, in the order of the decisions."""
    written: list[tuple[Path, object, tuple[Path, ...]]] = field(default_factory=list)
    """What was put where, and which holes were open then: enough to write it all again with other texts in it."""
    tried: set[Path] = field(default_factory=set)
    laid: list[Path] = field(default_factory=list)
    """Places in a list that fill wrote itself, which have their rule's value until a model is asked."""
    interrupted: bool = False
    others: Neighbours = field(init=False)

    def __post_init__(self) -> None:
        self.others = Neighbours(self.draft.name, self.profile, self.project)

    def case(self) -> Case:
        return case_of(self.draft, self.profile, self.project, self.others)

    def open(self) -> tuple[Path, ...]:
        """Return the holes that are asked for and that no default of the project closes."""
        return tuple(hole for hole in open_holes(self.draft, self.project) if _touch(hole, self.only))

    def step(self) -> bool:
        """Take the first decision that is open and whose needs are settled; say whether there was one."""
        case, holes = self.case(), self.open()
        for decision in _IN_TURN:
            places = [path for path in self._places(decision, case, holes) if path not in self.tried]
            if places and all(case.settled(*need) for need in decision.needs):
                self.tried.update(places)
                return self._finished(decision, case, places, holes)
        return False

    def _finished(self, decision: Decision, case: Case, places: list[Path], holes: tuple[Path, ...]) -> bool:
        """Take a decision whole or, where a person lost patience with the model meanwhile, not at all."""
        before, count = self.draft, len(self.written)
        try:
            done = self._take(decision, case, places, holes)
        except KeyboardInterrupt:
            self.draft, self.interrupted = before, True
            del self.written[count:]
            return False
        self.decided |= {one.place: replace(one, value=lookup(self.draft.plain, one.path)) for one in done}
        return True

    def _places(self, decision: Decision, case: Case, holes: tuple[Path, ...]) -> list[Path]:
        depth = len(decision.path)
        beneath = [hole for hole in holes if len(hole) == depth or not decision.rows]
        places = dict.fromkeys(hole[:depth] for hole in beneath if _matches(hole[:depth], decision.path))
        if decision.with_parent and decision.path[:-1] in self.draft.created and not case.settled(*decision.path):
            places[decision.path] = None
        if decision.beside in self.draft.created and not case.settled(*decision.path) and _is_anything(decision, case):
            places[decision.path] = None
        places |= dict.fromkeys(path for path in self.laid if _matches(path, decision.path))
        return list(places)

    def _take(self, decision: Decision, case: Case, places: list[Path], holes: tuple[Path, ...]) -> tuple[Decided, ...]:
        """Decide, and write what was decided into the draft."""
        texts: dict[Path, object] = {}

        def attempt(path: Path, value: object) -> bool:
            if path in self.laid:
                texts[path] = value
                return True
            changed = _put(self.draft, path, value, holes)
            if changed is None:
                return False
            self.draft = changed
            self.written.append((path, value, holes))
            return True

        if decision.rows:
            done = lay_out(decision, case, places[0], self.model, attempt)
            rows = range(len(self.case().rows))
            self.laid += [(*places[0], row, each.path[-1]) for each in decision.rows if each.last for row in rows]
            return done
        done = settle(decision, case, places, self.model, attempt)[1]
        return done if self._reworded(texts) else tuple(one for one in done if one.path not in texts)

    def _reworded(self, texts: Mapping[Path, object]) -> bool:
        """Write everything again with other texts in the lists that fill laid out; say whether the spec takes them."""
        if all(lookup(self.draft.plain, path) == text for path, text in texts.items()):
            return True
        draft: Draft | None = self.start
        written = [(path, _with(path, value, texts), holes) for path, value, holes in self.written]
        for path, value, holes in written:
            draft = draft and _put(draft, path, value, holes)
        if draft is None:
            return False
        self.draft, self.written = draft, written
        return True


def _is_anything(decision: Decision, case: Case) -> bool:
    """Say whether a decision offers more than nothing."""
    ready = all(case.settled(*need) for need in decision.needs)
    return ready and any(option.value for option in decision.options(case, decision.path))


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


def _with(path: Path, value: object, texts: Mapping[Path, object]) -> object:
    """Return what was put at a path with other texts in it: those of places in its list."""
    if not isinstance(value, list):
        return value
    rows = list(value)
    for place, text in texts.items():
        if place[: len(path)] == path:
            row = int(place[len(path)])
            rows[row] = {**rows[row], place[-1]: text}
    return rows


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
