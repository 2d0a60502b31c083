"""Step four: what readers see now, against what was staged."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from dataeng_ai.diagnostics import Diagnostic, Problems
from dataeng_ai.runtime import ledger
from dataeng_ai.runtime.failure import told
from dataeng_ai.targets.table import value_columns

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from dataeng_ai.runtime.bundle import Bundle
    from dataeng_ai.targets.session import Report


def reconcile(bundle: Bundle, load: Mapping[str, Any], *, root: Path) -> Report:
    """Count the published rows and take their checksums, and compare both with those of what was staged.

    Returns:
        `{"reconciled": True, "rows": …, "columns": {name: checksum}}`; `reconciled` is False where there is nothing to compare: a later
        load has changed the table since, or its rows do not say which load brought them.

    Raises:
        Problems: they differ (E511).
    """
    with told(bundle, "reconcile"), ledger.session(bundle, root) as storage, storage.reading() as work:
        last = ledger.last(bundle, work)
        if last is None or last["load_id"] != load["load_id"] or "reconcile.published" not in bundle.statements:
            return {"reconciled": False}
        found = sums_of(bundle, work.rows("reconcile.published", load_id=load["load_id"])[0])
        expected = json.loads(last["checksums"])["sums"]
        wrong = [name for name, checksum in found["columns"].items() if expected["columns"][name] != checksum]
        if found["rows"] != expected["rows"] or wrong:
            message = f"the table has {found['rows']} rows of this load where {expected['rows']} were staged"
            message += f"; the checksums of {', '.join(f'`{name}`' for name in wrong)} differ" if wrong else ""
            raise Problems(Diagnostic("E511", message, help="find out who else writes this table, then load it anew"))
        return {"reconciled": True, **found}


def sums_of(bundle: Bundle, row: tuple[Any, ...]) -> dict[str, Any]:
    """Return a row of `reconcile.*` with names: the count of rows, and a checksum per column."""
    names = [column.name for column in value_columns(bundle.pipeline)]
    return {"rows": row[0], "columns": dict(zip(names, row[1:], strict=True))}
