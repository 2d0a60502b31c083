"""What else could be chosen: per decision the possible values, the likeliest first, each with the line that takes it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from dataeng_ai.fill.decision import Option, lookup, ranked
from dataeng_ai.fill.decisions import DECISIONS, target_storage
from dataeng_ai.fill.homes import homes, looked_at
from dataeng_ai.fill.lock import Lock
from dataeng_ai.fill.places import places
from dataeng_ai.fill.refresh import set_line, standing
from dataeng_ai.fill.rounds import case_of, fill

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from dataeng_ai.draft import Draft
    from dataeng_ai.fill.decision import Case, Decision, Path
    from dataeng_ai.fill.homes import Home
    from dataeng_ai.profile.facts import Profile
    from dataeng_ai.project import Project


@dataclass(frozen=True, slots=True)
class Ranked:
    """One possible value, and how to take it."""

    option: Option
    line: str
    """The command."""
    taken: bool
    """It stands in the spec, or fill would choose it."""


@dataclass(frozen=True, slots=True)
class Recommendation:
    """What one place may hold."""

    place: str
    words: str
    """The question."""
    options: tuple[Ranked, ...]
    """The likeliest first."""
    notes: tuple[str, ...] = ()
    """What would be possible if something were there that is not."""
    homes: tuple[Home, ...] = ()
    """Where the rows could live, the best first: also where they cannot today."""
    facts: tuple[str, ...] = ()
    """What those were weighed on."""

    @property
    def leaves_a_choice(self) -> bool:
        """Say whether there is something to choose, to take, or to know."""
        return len(self.options) > 1 or bool(self.notes) or not any(option.taken for option in self.options)


def recommend(draft: Draft, profile: Profile, project: Project) -> tuple[Recommendation, ...]:
    """Return every place of the spec that leaves a choice, its holes filled in thought by the rules."""
    filled = fill(draft, profile, project, lock=Lock()).draft
    case = case_of(filled, profile, project)
    written = case_of(draft, profile, project, case.others)
    found = [one for one in _all(case, written) if one.leaves_a_choice and _is_settable(one, draft)]
    return tuple(sorted(found, key=lambda one: one.place.startswith("columns")))


def choices(draft: Draft, profile: Profile, project: Project) -> Mapping[str, Recommendation]:
    """Return what each place of a filled spec may hold, by the place in words: of what can be changed alone."""
    case = case_of(draft, profile, project)
    return {one.place: one for one in _all(case, case) if _is_settable(one, draft)}


def _is_settable(one: Recommendation, draft: Draft) -> bool:
    """Say whether the lines of a recommendation can be typed: what one column may hold is set where the columns stand."""
    return not one.place.startswith("columns.") or isinstance(draft.get(("columns",)), list)


def _all(case: Case, written: Case) -> Iterator[Recommendation]:
    name, in_words = str(case.get("name")), places(case)
    for decision in DECISIONS:
        if decision is target_storage.DECISION:
            yield _where(decision, case, written)
            continue
        for path in (*standing(decision, case), *_missing(decision, case)) if decision.alone else ():
            now, where = lookup(case.values, path), in_words(path)
            bare = _without_optional(decision, case)
            lines = tuple(
                Ranked(option, set_line(name, *_setting(decision, case, option, where)), option.value == now)
                for option in ranked(decision.options(bare, path))
            )
            if lines:
                yield Recommendation(where, decision.words, lines)


def _where(decision: Decision, case: Case, written: Case) -> Recommendation:
    """Return the storages: those that can be reached as options, whatever the spec says that only the present one has."""
    weighed = homes(case, written)
    free = replace(case, values={key: value for key, value in case.values.items() if key not in ("order_by", "partition", "indexes")})
    possible = {str(option.value): option for option in decision.options(free, decision.path)}
    reached = [home for home in weighed if home.built and not home.first and home.storage in possible]
    options = tuple(Ranked(possible[home.storage], home.line, home.taken) for home in reached)
    notes = tuple(f"{home.storage} is possible too: it needs a connection" for home in weighed if home.first)
    shown = tuple(home for home in weighed if home.storage in possible or home.first or not home.built)
    return Recommendation("target.storage", decision.words, options, notes, shown, looked_at(case))


def _beside(decision: Decision, case: Case) -> tuple[Decision, ...]:
    """Return the optional decisions of the same block as another that stands: they were built on it."""
    block = decision.path[:-1]
    if decision.with_parent or not block or not case.settled(*decision.path):
        return ()
    return tuple(other for other in DECISIONS if other.with_parent and other.path[:-1] == block)


def _without_optional(decision: Decision, case: Case) -> Case:
    """Return the case as it was before the optional values beside a decision were chosen."""
    block = case.get(*decision.path[:-1])
    gone = {other.path[-1] for other in _beside(decision, case)}
    if not gone or not isinstance(block, dict):
        return case
    return case.put(decision.path[:-1], {key: value for key, value in block.items() if key not in gone})


def _setting(decision: Decision, case: Case, option: Option, where: str) -> tuple[str, object]:
    """Return what to set to take an option: its place alone, or its block where a value beside it has no meaning any more."""
    block = case.get(*decision.path[:-1])
    chosen = _without_optional(decision, case).put(decision.path, option.value)
    mute = {other.path[-1] for other in _beside(decision, case) if case.settled(*other.path) and not other.options(chosen, other.path)}
    if not mute or not isinstance(block, dict):
        return where, option.value
    kept = {key: value for key, value in block.items() if key not in mute}
    return where.rpartition(".")[0], kept | {str(decision.path[-1]): option.value}


def _missing(decision: Decision, case: Case) -> tuple[Path, ...]:
    """Return the optional place of a decision in a block that the person wrote: fill leaves it alone, but it may be wanted."""
    absent = decision.with_parent and case.settled(*decision.path[:-1]) and not case.settled(*decision.path)
    return (decision.path,) if absent else ()
