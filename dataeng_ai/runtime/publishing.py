"""Step three: the staged rows become visible, in one transaction with the ledger that remembers it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from dataeng_ai.diagnostics import Diagnostic, Problems
from dataeng_ai.runtime import ledger
from dataeng_ai.runtime.failure import told
from dataeng_ai.runtime.faults import point
from dataeng_ai.runtime.reconciling import sums_of
from dataeng_ai.runtime.report import balance

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from dataeng_ai.runtime.bundle import Bundle
    from dataeng_ai.targets.session import Publishing, Report


def publish(bundle: Bundle, load: Mapping[str, Any], *, root: Path) -> Report:
    """Make the load visible: all of it or nothing, and once, however often it is repeated.

    Returns:
        What `stage` returned, with the counts as they are now; `state` is `published`, or `done` where another run was quicker.

    Raises:
        Problems: what is staged is gone (E505) or not what it was (E506), or another load was published meanwhile (E507, E510).
    """
    if load["state"] == "done":
        return dict(load)
    with told(bundle, "publish"), ledger.session(bundle, root) as storage:
        with storage.publishing(load["load_id"]) as work:
            point("publish.opened")
            report = _published(bundle, load, work)
            work.settle()
            point("publish.settled")
        point("publish.committed")
        storage.sweep()
        point("publish.swept")
        return ledger.handed(report)


def _published(bundle: Bundle, load: Mapping[str, Any], work: Publishing) -> Report:
    """Publish under the lock, unless the ledger has it already."""
    if ledger.published(bundle, load["load_id"], work):
        return {**load, "state": "done", "rows_loaded": 0, "rows_rejected": 0, "rows_skipped": load["rows_in"]}
    report = work.report()
    if report is None:
        message = f"the load `{load['load_id']}` is not staged any more: a later load was published, or the server lost it"
        raise Problems(Diagnostic("E505", message, help="run it again from its first step"))
    _recount(report, work)
    _refuse_loaded_files(bundle, report, work)
    sums = sums_of(bundle, work.rows("reconcile.staged")[0])
    point("publish.counted")
    loaded = _apply(bundle, report, work)
    if loaded != sums["rows"]:
        raise Problems(Diagnostic("E506", f"{loaded} rows were published where {sums['rows']} were counted", help="run it again"))
    point("publish.applied")
    skipped = report["rows_skipped"] + report["rows_staged"] - loaded
    report |= {"state": "published", "rows_loaded": loaded, "rows_skipped": skipped, "sums": sums}
    balance(report)
    ledger.record(report, work)
    point("publish.recorded")
    return report


def _recount(report: Report, work: Publishing) -> None:
    counted = work.rows("stage.count")[0][0]
    if counted != report["rows_staged"]:
        message = f"{counted} rows are staged where {report['rows_staged']} were put"
        raise Problems(Diagnostic("E506", message, help="run it again from its first step"))


def _refuse_loaded_files(bundle: Bundle, report: Report, work: Publishing) -> None:
    """In mode append a file must not be loaded twice: another run may have published it since this one was staged."""
    if report["mode"] != "append":
        return
    loaded = {(name, sha256) for _, _, name, sha256, _ in work.rows("ledger.files", pipeline=bundle.pipeline.name)}
    twice = [name for name, sha256, _ in report["files"] if (name, sha256) in loaded and name not in report["replaces"]]
    if twice:
        message = f"another load has brought `{twice[0]}` since this one was staged"
        raise Problems(Diagnostic("E507", message, help="run it again from its first step: it will take only what is new"))


def _apply(bundle: Bundle, report: Report, work: Publishing) -> int:
    """Run the statements of publish in their order; return how many rows the last one brought."""
    loaded = 0
    stamps = {"load_id": report["load_id"], "loaded_at": datetime.now(UTC)}
    for statement in bundle.having("publish."):
        if statement.name == "publish.conflicts":
            _refuse_conflicts(bundle, work.rows(statement.name)[0][0])
        elif statement.name == "publish.delete_file":
            for name in report["replaces"]:
                work.execute(statement.name, source_file=name)
        else:
            loaded = work.execute(statement.name, **stamps)
    return loaded


def _refuse_conflicts(bundle: Bundle, rows: int) -> None:
    if rows:
        key = ", ".join(bundle.pipeline.primary_key)
        have = "1 row has" if rows == 1 else f"{rows:,} rows have"
        message = f"{have} a key ({key}) that the table holds already, and mode append replaces nothing"
        raise Problems(Diagnostic("E510", message, help="load with `mode: merge`, or repair the file"))
