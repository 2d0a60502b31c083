"""How one decision is taken: the options are asked about, each answer is validated, and the rule has the last word."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from dataeng_ai.fill.decision import Case, Decision, Option, Path, as_text, ranked
from dataeng_ai.fill.model import Answer, Blank, Question
from dataeng_ai.fill.person import Person
from dataeng_ai.fill.places import places

if TYPE_CHECKING:
    from dataeng_ai.fill.model import Model
    from dataeng_ai.profile.facts import ColumnFacts

_SHORT: Final = 120
"""Characters of a model's name, or of a digest, that the lock keeps."""

_GROUND: Final = (("target", "storage"), ("primary_key",), ("load", "mode"))
"""What other choices are built on."""

Attempt = Callable[[Path, object], bool]
"""Tries to put a value at a place; says whether it could."""


@dataclass(frozen=True, slots=True)
class Decided:
    """A value that fill chose, and why."""

    place: str
    """In words, columns by name, such as `columns.price.type`."""
    path: Path
    value: object
    by: str
    """`profile` where only one value was possible, `rule:<id>`, `model`, or `person` where one was asked."""
    evidence: str
    reason: str
    runner_up: str | None
    """The label of the option that came next."""
    fingerprint: str
    """Of just the facts that mattered."""
    model: str | None = None
    prompt: str | None = None
    options: tuple[Option, ...] = field(default=(), compare=False)
    """All that was possible, what a rule likes best first."""
    refused: tuple[str, ...] = field(default=(), compare=False)
    """Why answers before this value were not taken. A model's own words are not among them."""


@dataclass(slots=True)
class _Taken:
    """What has come of the places of one question so far."""

    offered: Mapping[str, tuple[Option, ...]]
    done: list[Decided] = field(default_factory=list)
    refused: dict[str, list[str]] = field(default_factory=dict)


def settle(decision: Decision, case: Case, paths: Sequence[Path], model: Model, attempt: Attempt) -> tuple[Case, tuple[Decided, ...]]:
    """Decide the same thing at each of some places, in one question.

    A refused answer takes its option off the list and is asked for once more; then the rule decides.
    A place without a possible option is left open.
    """
    in_words = places(case)
    blanks = tuple(
        Blank(in_words(path), path, ranked(options), decision.free, len(options) == 1 and not decision.free, _column(decision, case, path))
        for path in paths
        if (options := decision.options(case, path))
    )
    taken = _Taken({blank.key: blank.options for blank in blanks})
    for _ in range(2):
        case, blanks = _take(decision, case, blanks, _ask(decision, case, blanks, model), attempt, taken)
    for blank in blanks:
        case = _by_rule(decision, case, blank, attempt, taken)
    order = {path: position for position, path in enumerate(paths)}
    return case, tuple(sorted(taken.done, key=lambda decided: order[decided.path]))


def fingerprint(decision: Decision, case: Case, path: Path) -> str:
    """Return a hash of just the facts that matter for a decision."""
    text = json.dumps(decision.facts(case, path), sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _ask(decision: Decision, case: Case, blanks: Sequence[Blank], model: Model) -> Answer:
    """Ask about the blanks that leave a choice; those that leave none are nobody's to answer."""
    asked = tuple(blank for blank in blanks if len(blank.options) > 1 or blank.free)
    if not asked:
        return Answer({})
    about = case.values.get("about")
    words = about if isinstance(about, str) else ""
    names = {facts.name: name for name, _, facts in case.columns()}
    answer = model.answer(Question(decision.id, decision.words, words, asked, case.profile, names, _so_far(case)))
    return _tamed(answer, person=isinstance(model, Person))


def _so_far(case: Case) -> tuple[tuple[str, str], ...]:
    return tuple((".".join(path), _in_words(case.get(*path))) for path in _GROUND if case.settled(*path))


def _in_words(value: object) -> str:
    if value is None:
        return "none, on purpose"
    return ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else as_text(value)


def _column(decision: Decision, case: Case, path: Path) -> ColumnFacts | None:
    return case.facts_at(path) if decision.free else None


def _tamed(answer: Answer, *, person: bool) -> Answer:
    """Return an answer of which only its words are left to be judged: texts for texts, by one of two, under a short name."""
    given: object = answer.texts
    items = given.items() if isinstance(given, Mapping) else ()
    texts = {key: text for key, text in items if isinstance(key, str) and isinstance(text, str)}
    who = "person" if person else "rule" if answer.by == "rule" else "model"
    return Answer(texts, who, _short(answer.model), _short(answer.prompt))


def _short(word: object) -> str | None:
    return "".join(filter(str.isprintable, word))[:_SHORT] if isinstance(word, str) else None


def _take(
    decision: Decision, case: Case, blanks: Sequence[Blank], answer: Answer, attempt: Attempt, taken: _Taken
) -> tuple[Case, tuple[Blank, ...]]:
    """Take what was answered well; return the blanks that must be asked about again, without the options that were refused."""
    left = []
    for blank in blanks:
        option = _picked(decision, case, blank, answer)
        if option is not None and _fits(decision, case, blank, option) and attempt(blank.path, option.value):
            taken.done.append(_record(decision, case, blank, option, answer, taken))
            case = case.put(blank.path, option.value)
        else:
            if blank.key in answer.texts:
                taken.refused.setdefault(blank.key, []).append(_refusal(decision, case, blank, option, answer))
            rest = tuple(other for other in blank.options if other is not option)
            if rest:
                left.append(replace(blank, options=rest))
    return case, tuple(left)


def _by_rule(decision: Decision, case: Case, blank: Blank, attempt: Attempt, taken: _Taken) -> Case:
    for option in blank.options:
        if _fits(decision, case, blank, option) and attempt(blank.path, option.value):
            taken.done.append(_record(decision, case, blank, option, Answer({}, by="rule"), taken))
            return case.put(blank.path, option.value)
    return case


def _picked(decision: Decision, case: Case, blank: Blank, answer: Answer) -> Option | None:
    """Return the option that an answer names, the text it made up where it may, or None."""
    text = answer.texts.get(blank.key)
    if len(blank.options) == 1 and not blank.free:
        return blank.options[0]
    named = next((option for option in blank.options if option.name == text), None)
    if named or text is None or decision.refuses is None or decision.refuses(case, blank.path, text):
        return named
    return Option(text, f"the {answer.by}'s own words", 0.0, "nothing speaks against it")


def _fits(decision: Decision, case: Case, blank: Blank, option: Option) -> bool:
    return decision.refuses is None or decision.refuses(case, blank.path, option.value) is None


def _refusal(decision: Decision, case: Case, blank: Blank, option: Option | None, answer: Answer) -> str:
    """Say why an answer was not taken, in our words: what a model made up may be anything."""
    if option is not None:
        return f"{option.name}: it does not fit the rest of the spec"
    reason = decision.refuses(case, blank.path, answer.texts[blank.key]) if decision.refuses else None
    return reason or "an answer that is none of the options"


def _record(decision: Decision, case: Case, blank: Blank, option: Option, answer: Answer, taken: _Taken) -> Decided:
    others = [other for other in blank.options if other is not option]
    by = "profile" if blank.sole else answer.by if blank.key in answer.texts else "rule"
    by_model = by == "model"
    return Decided(
        place=blank.key,
        path=blank.path,
        value=option.value,
        by=f"rule:{decision.id}" if by == "rule" else by,
        evidence=option.evidence,
        reason=option.reason,
        runner_up=others[0].name if others else None,
        fingerprint=fingerprint(decision, case, blank.path),
        model=answer.model if by_model else None,
        prompt=answer.prompt if by_model else None,
        options=taken.offered[blank.key],
        refused=tuple(taken.refused.get(blank.key, ())),
    )
