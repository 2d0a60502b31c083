"""What could be decided otherwise: every choice with its reasons, and the line that takes it."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Literal

import click

from dataeng_ai.commands import cards
from dataeng_ai.commands.tree import command, here, name_argument
from dataeng_ai.results import Result

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dataeng_ai.fill import Recommendation
    from dataeng_ai.fill.homes import Home


@command("recommend", "tickets")
@name_argument
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def recommend(name: str, form: Literal["text", "json"] = "text") -> Result:
    """Rank what could be decided, with the line that takes it."""
    from dataeng_ai import fill as filling  # noqa: PLC0415  start-up imports click alone
    from dataeng_ai import lineage  # noqa: PLC0415  as above
    from dataeng_ai.project import open_spec  # noqa: PLC0415  as above

    project = here()
    draft = open_spec(name, project)
    found = filling.recommend(draft, lineage.profile_of(draft, project), project)
    text = "\n\n".join("\n".join(_told(one)) for one in found) or "every decision has one possible answer"
    notes = ("* stands in the spec, or fill would choose it",) if found else ()
    return Result(
        text,
        [_as_data(one) for one in found],
        notes,
        value=found,
        as_json=form == "json",
        html=lambda: cards.recommending.recommended(name, found, notes),
    )


def _as_data(one: Recommendation) -> dict[str, object]:
    options = [
        {"value": r.option.value, "evidence": r.option.evidence, "reason": r.option.reason, "line": r.line, "taken": r.taken}
        for r in one.options
    ]
    more = {"storages": [asdict(home) for home in one.homes], "facts": list(one.facts)} if one.homes else {}
    return {"path": one.place, "question": one.words, "options": options, "notes": list(one.notes), **more}


def _told(one: Recommendation) -> Iterator[str]:
    yield f"{one.place}: {one.words}"
    if one.homes:
        yield f"  weighed on: {'; '.join(one.facts)}"
        for place, home in enumerate(one.homes, 1):
            yield from _home(place, home)
        return
    for each in one.options:
        yield f"{'*' if each.taken else ' '} {each.option.name}: {each.option.evidence}; {each.option.reason}"
        yield f"    {each.line}"


def _home(place: int, home: Home) -> Iterator[str]:
    state = "" if home.built else ", advice only: not built yet"
    yield f"{'*' if home.taken else ' '} {place}. {home.title}{state}{', lacks a connection' if home.first else ''}"
    yield from (f"      + {pro}" for pro in home.pros)
    yield from (f"      - {con}" for con in home.cons)
    yield f"      {home.change}"
    yield from (f"      first, in {line.replace(': ', ':  ', 1)}" for line in home.first)
    if home.line:
        yield f"      then {home.line}" if home.first else f"    {home.line}"
