"""Step two: the staged rows against every quality check."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from dataeng_ai.diagnostics import Diagnostic, Problems
from dataeng_ai.runtime.extract import shape
from dataeng_ai.runtime.failure import told
from dataeng_ai.runtime.ledger import session
from dataeng_ai.targets.checks import all_checks, other_rows

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from dataeng_ai.ir import Check, Pipeline
    from dataeng_ai.runtime.bundle import Bundle
    from dataeng_ai.targets.session import Reading, Report, Row

_LOG: Final = logging.getLogger(__name__)
_LONGEST: Final = 60
"""Characters of a value that a failure shows."""


@dataclass(frozen=True, slots=True)
class _Held:
    """A check, with the number of rows, or of whatever it counts, that fail it."""

    check: Check
    rows: int
    missing: tuple[Row, ...] = ()
    """Of relationships: some of the values that stand nowhere, as texts, each with the number of its rows."""
    absent: bool = False
    """Of relationships: the table in which they should stand is not there."""


def check(bundle: Bundle, load: Mapping[str, Any], *, root: Path) -> Report:
    """Hold the staged rows against every check.

    Returns:
        `{"failed": {name: number of rows}}` of the checks that only warn.

    Raises:
        Problems: checks of severity error fail (E504, E521), all such at once.
    """
    if load["state"] == "done":
        return {"failed": {}}
    with told(bundle, "check"):
        failed = [each for each in _counted(bundle, load["load_id"], root) if each.rows]
        errors = [_error(bundle, each) for each in failed if each.check.severity == "error"]
        if errors:
            raise Problems(*errors)
    for each in failed:
        if each.missing or each.absent:  # the values stay in the log: what one task hands to the next are counts
            _LOG.warning("%s", _orphans(each, bundle.pipeline))
    return {"failed": {each.check.name: each.rows for each in failed}}


def _counted(bundle: Bundle, load_id: str, root: Path) -> list[_Held]:
    """Return each check with what it found."""
    now = datetime.now(UTC)
    with session(bundle, root) as storage, storage.reading(load_id) as staged:
        return [_held(bundle.pipeline, each, staged, now) for each in all_checks(bundle.pipeline)]


def _held(pipeline: Pipeline, each: Check, staged: Reading, now: datetime) -> _Held:
    if other_rows(pipeline, each) and not staged.rows(f"there.{each.name}")[0][0]:
        return _Held(each, int(staged.rows(f"keyed.{each.name}")[0][0]), absent=True)
    rows = int(staged.rows(f"check.{each.name}", now=now)[0][0])
    missing = tuple(staged.rows(f"orphans.{each.name}")) if rows and each.kind == "relationships" else ()
    return _Held(each, rows, missing)


def _error(bundle: Bundle, each: _Held) -> Diagnostic:
    name = bundle.pipeline.name
    if each.absent:
        loader = each.check.references.pipeline if each.check.references else None
        first = f"load it first: `spec run {loader}`" if loader else "make it first"
        advice = f"{first}; where rows may come before those that they refer to, write `severity: warn`"
        return Diagnostic("E521", _orphans(each, bundle.pipeline), help=advice)
    columns = ", ".join(each.check.columns) or "the table"
    message = f"the check `{each.check.name}` ({each.check.kind} of {columns}) fails{_where(each.check, each.rows)}"
    advice = f"repair the file, or change the check in specs/{name}.yaml, then `spec run {name}`"
    if each.missing:
        message, advice = _orphans(each, bundle.pipeline), _loaded_before(each.check, name)
    return Diagnostic("E504", message, help=advice)


def _loaded_before(each: Check, name: str) -> str:
    other = each.references.pipeline if each.references else None
    before = f"load what is new there (`spec run {other}`), or repair" if other and other != name else "repair"
    return f"{before} the source, then `spec run {name}`; to be only told, write `severity: warn` in specs/{name}.yaml"


def _where(each: Check, rows: int) -> str:
    """Return in how many rows a check fails, where it counts rows."""
    if each.kind in ("row_count", "freshness"):
        return ""
    repeated = (" that repeats another" if rows == 1 else " that repeat others") if each.kind == "unique" else ""
    return f" in {rows:,} row{'s' * (rows != 1)}{repeated}"


def _orphans(each: _Held, pipeline: Pipeline) -> str:
    """Return in words what refers to nothing."""
    found = each.check.references
    assert found is not None  # noqa: S101  only such checks have orphans
    table = f"{found.schema}.{found.table}" if found.schema else found.table
    refer = f"{each.rows:,} row{'s refer' if each.rows != 1 else ' refers'}"
    ours = ", ".join(f"`{name}`" for name in each.check.columns)
    if each.absent:
        return f"the check `{each.check.name}`: {refer} by {ours} to the table `{table}`, which is not there yet"
    theirs = ", ".join(f"`{name}`" for name in found.columns)
    shown = "; ".join(_shown(row, each.check, pipeline) for row in each.missing)
    return f"the check `{each.check.name}`: {refer} by {ours} to what is not in {theirs} of `{table}`: {shown}{_more(each)}"


def _shown(row: Row, each: Check, pipeline: Pipeline) -> str:
    """Return values and the number of their rows; of personal data, which a log must not hold, the shape alone."""
    personal = {column.name for column in pipeline.columns if column.pii is not None}
    texts = [shape(str(value)) if name in personal else str(value) for name, value in zip(each.columns, row, strict=False)]
    plain = ["".join(letter if letter.isprintable() else " " for letter in text) for text in texts]
    cut = [text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…" for text in plain]
    times = f" ({row[-1]:,} rows)" if row[-1] > 1 else ""
    return ", ".join(f"`{text}`" for text in cut) + times


def _more(each: _Held) -> str:
    rest = each.rows - sum(row[-1] for row in each.missing)
    return f"; and {rest:,} more" if rest else ""
