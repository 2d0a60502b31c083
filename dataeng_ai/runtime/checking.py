"""Step two: the staged rows against every quality check."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from dataeng_ai.diagnostics import Diagnostic, Problems
from dataeng_ai.runtime.failure import told
from dataeng_ai.runtime.ledger import session
from dataeng_ai.targets.checks import all_checks

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from dataeng_ai.ir import Check
    from dataeng_ai.runtime.bundle import Bundle
    from dataeng_ai.targets.session import Report


def check(bundle: Bundle, load: Mapping[str, Any], *, root: Path) -> Report:
    """Hold the staged rows against every check.

    Returns:
        `{"failed": {name: number of rows}}` of the checks that only warn.

    Raises:
        Problems: checks of severity error fail (E504), all such at once.
    """
    if load["state"] == "done":
        return {"failed": {}}
    with told(bundle, "check"):
        failed = [(each, rows) for each, rows in _counted(bundle, load["load_id"], root) if rows]
        errors = [_error(bundle, each, rows) for each, rows in failed if each.severity == "error"]
        if errors:
            raise Problems(*errors)
    return {"failed": {each.name: rows for each, rows in failed}}


def _counted(bundle: Bundle, load_id: str, root: Path) -> list[tuple[Check, int]]:
    """Return each check with the number of rows, or of whatever it counts, that fail it."""
    now = datetime.now(UTC)
    with session(bundle, root) as storage, storage.reading(load_id) as staged:
        return [(each, int(staged.rows(f"check.{each.name}", now=now)[0][0])) for each in all_checks(bundle.pipeline)]


def _error(bundle: Bundle, each: Check, rows: int) -> Diagnostic:
    message = f"the check `{each.name}` ({each.kind} of {', '.join(each.columns) or 'the table'}) fails{_where(each, rows)}"
    advice = f"repair the file, or change the check in specs/{bundle.pipeline.name}.yaml, then `spec run {bundle.pipeline.name}`"
    return Diagnostic("E504", message, help=advice)


def _where(each: Check, rows: int) -> str:
    """Return in how many rows a check fails, where it counts rows."""
    if each.kind in ("row_count", "freshness"):
        return ""
    repeated = (" that repeats another" if rows == 1 else " that repeat others") if each.kind == "unique" else ""
    return f" in {rows:,} row{'s' * (rows != 1)}{repeated}"
