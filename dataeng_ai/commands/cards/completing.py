"""Cards of `new`, `fill`, `set` and `undo`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dataeng_ai.commands.cards import drawn

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from dataeng_ai.fill import Decided, Filled, Option, Recommendation
    from dataeng_ai.fill.prompt import Prompt
    from dataeng_ai.profile import Profile
    from dataeng_ai.project import Project

_TOLD = ("value", "by", "evidence", "since", "next", "line", "refused")
_TYPED = 200
"""Characters of a command; what is longer is taken in Python, by `reject`."""
_NAME = 40
"""Characters of a model's name that are shown."""
_NEAR = 0.1
"""A difference of priors so small that another look is worth it."""


def started(text: str, file: str, notes: Sequence[str]) -> str:
    """Draw a new spec."""
    return drawn("SPEC", title=f"{file} is started", text=text, marks={}, open=(), notes=notes)


def changed(title: str, diff: str, notes: Sequence[str] = ()) -> str:
    """Draw what an edit changed in a spec."""
    return drawn("CHANGED", title=title, diff=diff, notes=notes)


def prompts(shown: Sequence[Prompt], notes: Sequence[str]) -> str:
    """Draw what a model would be told."""
    return drawn("PROMPTS", prompts=[prompt.text for prompt in shown], notes=notes)


def filled(name: str, done: Filled, seen: tuple[Profile, Project], diff: str, notes: Sequence[str], *, written: bool) -> str:
    """Draw each decision: the value, who chose it on what evidence, what came next, and the line that takes that instead."""
    from dataeng_ai.fill.ranking import choices  # noqa: PLC0415  start-up imports click alone

    lines = choices(done.draft, *seen)
    rows = [_decision(one, lines) for one in done.decided]
    return drawn(
        "FILLED",
        name=name,
        decided=[row for row in rows if not row["column"]],
        columns=by_column(row for row in rows if row["column"]),
        count=len(rows),
        by=_shares(done.decided),
        proposals=[
            {
                "place": one.new.place,
                "old": _text(one.old),
                "new": _text(one.new.value),
                "evidence": one.new.evidence,
                "line": _whole(one.line),
            }
            for one in done.proposals
        ],
        diff=diff,
        undo=written and bool(done.decided),
        notes=notes,
    )


def _decision(one: Decided, lines: Mapping[str, Recommendation]) -> dict[str, object]:
    next_best = next((option for option in one.options if option.name == one.runner_up), None)
    chosen = next((option for option in one.options if option.value == one.value), None)
    ranked = lines[one.place].options if one.place in lines else ()
    return {
        "place": one.place,
        "since": "",
        "column": is_of_a_column(one.place),
        "value": _text(one.value),
        "by": who(one.by, one.model),
        "evidence": one.evidence,
        "reason": one.reason,
        "next": one.runner_up,
        "next_evidence": next_best.evidence if next_best else "",
        "near": _nearness(chosen, next_best),
        "others": max(len(one.options) - 2, 0),
        "line": _whole(next((each.line for each in ranked if next_best and each.option.value == next_best.value), "")),
        "refused": list(dict.fromkeys(one.refused)),
    }


def _whole(line: str) -> str:
    """Return a command if there is room for all of it: one that is cut cannot be typed."""
    return line if len(line) <= _TYPED else ""


def _nearness(chosen: Option | None, other: Option | None) -> str:
    """Say in words how near the next best was, by what a rule thinks of both."""
    if other is None:
        return ""
    if chosen is None:
        return "what the rule would take"
    weighed = f"{chosen.prior:.2f} against {other.prior:.2f}"
    if chosen.prior < other.prior:
        return f"the rule likes it better: {weighed}"
    return f"{'nearly as good' if chosen.prior - other.prior < _NEAR else 'weighed'}: {weighed}"


def _shares(decided: Sequence[Decided]) -> list[tuple[str, int]]:
    """Return who decided how much."""
    names = [who(one.by, one.model) for one in decided]
    return [(name, names.count(name)) for name in dict.fromkeys(names)]


def is_of_a_column(place: str) -> bool:
    """Say whether a place in words lies in one column: there are many of them, and they are looked at last."""
    return place.startswith(("columns.", "columns["))


def by_column(rows: Iterable[Mapping[str, object]]) -> list[dict[str, object]]:
    """Return what was decided on columns, one entry a column, in the order in which they come."""
    found: dict[str, list[dict[str, object]]] = {}
    for row in rows:
        column, _, what = str(row["place"]).partition(".")[2].rpartition(".")
        found.setdefault(column or str(row["place"]), []).append({"what": what} | {key: row[key] for key in _TOLD})
    return [{"column": column, "decisions": decisions} for column, decisions in found.items()]


def who(by: str, model: str | None) -> str:
    """Say who decided, as a reader who knows no lock would."""
    if by == "model":
        return f"model {model[:_NAME]}" if model else "model"
    return "rule" if by.startswith("rule:") else by


def _text(value: object) -> str:
    from dataeng_ai.fill.decision import as_text  # noqa: PLC0415  start-up imports click alone

    return as_text(value)
