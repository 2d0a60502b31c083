"""The spec whose rows are read, as decisions look at it: what its rows are called, how it is loaded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dataeng_ai import draft as drafts
from dataeng_ai.check import with_defaults
from dataeng_ai.diagnostics import Problems
from dataeng_ai.fill.decision import lookup
from dataeng_ai.project import open_text, spec_path
from dataeng_ai.sources import rows

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dataeng_ai.fill.decision import Case


def parent(case: Case) -> str | None:
    """Return the name of the spec whose rows are read; None where files are."""
    name = case.get("source", "spec")
    return name if isinstance(name, str) else None


def said(case: Case) -> Mapping[str, object]:
    """Return what that spec says; nothing where it cannot be read."""
    name = parent(case)
    try:
        draft = drafts.read(open_text(spec_path(case.project, name))) if name else None
    except Problems:
        return {}
    return with_defaults(draft.data, case.project.defaults) if draft else {}


def mode(case: Case) -> str | None:
    """Return how that spec is loaded."""
    found = lookup(said(case), ("load", "mode"))
    return found if isinstance(found, str) else None


def header(source: str, case: Case) -> str:
    """Return the words of which a column's name is made: of a parent's `id` they are `register id`, unless it bears such a name."""
    name = parent(case)
    if name is None or not source.startswith("."):
        return source
    if not source.startswith(rows.PARENT):
        return source.removeprefix(".")
    carried = source.removeprefix(rows.PARENT)
    columns = said(case).get("columns")
    itself = any(
        isinstance(row, dict) and row.get("name") == carried and str(row.get("from") or "").startswith(rows.PARENT)
        for row in (columns if isinstance(columns, list) else ())
    )
    return carried if itself or carried.startswith(f"{name}_") else f"{name} {carried}"


def description(source: str, case: Case) -> str | None:
    """Return what a column that is no key of an item holds, in words; None for any other."""
    name = parent(case)
    if name is None:
        return None
    if source.startswith(rows.PARENT):
        return f"Foreign key: `{source.removeprefix(rows.PARENT)}` of its row in `{name}`"
    words = {
        rows.POSITION: f"Place in the list of its row in `{name}`, from 1",
        rows.VALUE: f"The item itself, of `{case.get('source', 'records')}`",
    }
    return words.get(source)
