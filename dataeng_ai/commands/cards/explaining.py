"""Cards of `why` and `show`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from dataeng_ai.commands.cards import drawn
from dataeng_ai.commands.cards.completing import by_column, is_of_a_column, who

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from dataeng_ai.draft import Draft
    from dataeng_ai.fill import Entry
    from dataeng_ai.project import Project


def reasons(title: str, entries: Iterable[tuple[str, Entry, str]], said: str, notes: Sequence[str]) -> str:
    """Draw who decided values and why; the third of each is what has become of the value since."""
    rows: list[dict[str, object]] = [
        {
            "place": place,
            "value": json.dumps(entry.value, ensure_ascii=False, default=str),
            "by": who(entry.by, entry.model),
            "since": since,
            "evidence": entry.evidence,
            "reason": entry.reason,
            "next": entry.runner_up,
            "line": None,
            "refused": [],
        }
        for place, entry, since in entries
    ]
    of_table = [row for row in rows if not is_of_a_column(str(row["place"]))]
    columns = [row for row in rows if is_of_a_column(str(row["place"]))]
    return drawn("REASONS", title=title, rows=of_table, columns=by_column(columns), count=len(columns), said=said, notes=notes)


def page(code: str, text: str) -> str:
    """Draw the page of a code."""
    return drawn("PAGE", code=code, paragraphs=text.split("\n\n"), notes=())


def spec(draft: Draft, project: Project) -> str:
    """Draw a spec, what is open in it marked."""
    from dataeng_ai.check import open_holes  # noqa: PLC0415  start-up imports click alone
    from dataeng_ai.draft import show  # noqa: PLC0415  as above

    holes = open_holes(draft, project)
    marks = {draft.spans[hole].line: "open" for hole in holes if hole in draft.spans}
    absent = [show(hole, draft.data) for hole in holes if hole not in draft.spans]
    return drawn("SPEC", title=draft.text.name, text=draft.text.text.rstrip("\n"), marks=marks, open=absent, notes=())


def resolved(name: str, values: Sequence[Mapping[str, object]]) -> str:
    """Draw every value of a spec with its origin."""
    rows = [
        {"path": one["path"], "value": json.dumps(one["value"], ensure_ascii=False, default=str), "origin": one["origin"]} for one in values
    ]
    return drawn("RESOLVED", name=name, rows=rows, notes=())
