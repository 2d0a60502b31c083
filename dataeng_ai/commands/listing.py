"""The tables of a database: listed, or a spec drafted for each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dataeng_ai.commands import cards
from dataeng_ai.commands.tree import here
from dataeng_ai.results import Result

if TYPE_CHECKING:
    from dataeng_ai.sources.databases.described import Listed

_FEW = 5
"""Commands that a note names."""


def tables(connection: str, *, every: bool, only: tuple[str, ...] = ()) -> Result:
    """List the tables of a database, those that fit a pattern, or draft a spec for each."""
    from dataeng_ai import fill  # noqa: PLC0415  start-up imports click alone

    if not every:
        found = fill.tables(connection, here(), only)
        width = max((len(table) for table, _ in found), default=0)
        lines = [f"{table:{width}}  {_estimated(one)}".rstrip() for table, one in found]
        data = [{"table": table, "view": one.view, "rows": one.estimate, "comment": one.comment} for table, one in found]
        notes = (f"next: `spec new NAME --source {connection}:TABLE`, or `spec new --connection {connection} --all`",)
        text = "\n".join(lines) or "there is no table that we may read"
        return Result(text, data, notes, html=lambda: cards.completing.started(text, f"the tables of {connection}", notes))
    drafted = fill.drafts(connection, here(), only=only)
    written = [{"name": each.name, "file": str(each.write())} for each in drafted]
    text = "\n---\n".join(each.text.rstrip("\n") for each in drafted) or "a spec reads each of these tables already"
    follow = ", then ".join(f"`spec fill {each.name}`" for each in drafted[:_FEW])
    notes = (f"next: {follow}" if follow else "next: `spec`",)
    return Result(text, written, notes, html=lambda: cards.completing.started(text, f"the tables of {connection}", notes))


def _estimated(one: Listed) -> str:
    """Return what is known of a table without reading it."""
    rows = f"about {one.estimate:,} rows" if one.estimate is not None else ""
    return ", ".join(part for part in ("view" if one.view else "", rows, one.comment or "") if part)
