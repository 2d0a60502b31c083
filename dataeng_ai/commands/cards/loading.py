"""Cards of `preview`, `run`, `rejects` and `sql`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from dataeng_ai.commands.cards import drawn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from dataeng_ai.runtime import RunReport
    from dataeng_ai.targets.session import Reject

_NUMBER = re.compile(r"[-+]?(0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?")
"""A number as people write one: `007` is a name for something."""
_COLUMNS = 40
_ROWS = 100
_PLACES = 5
_PARTS = ("loaded", "rejected", "filtered", "deduplicated", "skipped")
_PLAIN = re.compile(r"[a-z_][a-z0-9_]*(\.[a-z_][a-z0-9_]*)?")
"""The name of a table that needs no quotes."""


def table(title: str, columns: Sequence[str], rows: Sequence[Sequence[str | None]], more: str = "", of: int | None = None) -> str:
    """Draw the first rows of a table.

    Args:
        title: What it is.
        columns: Their names.
        rows: Texts; None is nothing, which is drawn otherwise than an empty text.
        more: How to see those that are left out here.
        of: How many rows there are, where these are only the first.
    """
    shown = rows[:_ROWS]
    numbers = [_is_number(row[place] for row in shown) for place in range(min(len(columns), _COLUMNS))]
    return drawn(
        "TABLE",
        title=title,
        columns=list(columns[:_COLUMNS]),
        numbers=numbers,
        rows=[list(row[:_COLUMNS]) for row in shown],
        count=max(len(rows), of or 0),
        beyond=max(len(columns) - _COLUMNS, 0),
        more=more,
        notes=(),
    )


def ran(name: str, report: RunReport, trial: str, turned_away: Callable[[], Iterable[Reject]], notes: Sequence[str]) -> str:
    """Draw where each record went, what was checked, what was turned away and why, and what to look at next."""
    from dataeng_ai.emit.docs import meaning  # noqa: PLC0415  start-up imports click alone

    reasons, unknown = _reasons(turned_away) if report.rows_rejected else ([], "")
    return drawn(
        "RAN",
        name=name,
        report=report,
        sums=[(word, getattr(report, f"rows_{word}")) for word in _PARTS],
        total=sum(report.seconds.values()),
        checks=[{"name": one.check.name, "means": meaning(one.check), "failing": one.failing} for one in report.checks],
        reasons=reasons,
        unknown=unknown,
        trial=trial,
        plain=_PLAIN.fullmatch(report.table) is not None,
        notes=notes,
    )


def _reasons(turned_away: Callable[[], Iterable[Reject]]) -> tuple[list[dict[str, object]], str]:
    """Return the reasons, the commonest first, each with the first places where it was met; or why they are not known."""
    from dataeng_ai.diagnostics import Problems  # noqa: PLC0415  start-up imports click alone

    try:
        rejects = list(turned_away())
    except Problems as problems:  # the storage may be busy by now: the card shows what it can
        return [], str(problems)
    places: dict[tuple[str, str], list[str]] = {}
    for one in rejects:
        places.setdefault((one.reason, one.column or ""), []).append(f"{one.file}:{one.line}")
    found = [
        {"reason": reason, "column": column, "count": len(those), "places": those[:_PLACES]} for (reason, column), those in places.items()
    ]
    return sorted(found, key=lambda one: -len(places[str(one["reason"]), str(one["column"])])), ""


def _is_number(cells: Iterable[str | None]) -> bool:
    texts = [cell for cell in cells if cell is not None]
    return bool(texts) and all(_NUMBER.fullmatch(text) for text in texts)
