"""Step one: the source's rows into a staging that nobody reads, the records that are no rows aside."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from dataeng_ai.diagnostics import Diagnostic, Problems
from dataeng_ai.progress import say
from dataeng_ai.runtime import database, parent
from dataeng_ai.runtime.extract import extract, worker
from dataeng_ai.runtime.failure import told
from dataeng_ai.runtime.faults import point
from dataeng_ai.runtime.ledger import handed, session
from dataeng_ai.runtime.load import Interval, Load, find, plan
from dataeng_ai.runtime.report import balance, over_limit
from dataeng_ai.sources.scratch import scratch

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from dataeng_ai.runtime.bundle import Bundle
    from dataeng_ai.runtime.load import Found
    from dataeng_ai.sources.databases import Snapshot
    from dataeng_ai.sources.files import File
    from dataeng_ai.targets.session import Report, Session, Staging


def stage(bundle: Bundle, *, root: Path, interval: Interval | None = None) -> Report:
    """Read the source, type its rows without loss, put the others aside; readers of the table see nothing of it.

    Returns:
        What is handed on: `load_id`, the counts, and `state`: `staged`, or `done` where the load is published already.

    Raises:
        Problems: the source, the table or a connection is at fault, or too many records were rejected (E503).
    """
    with told(bundle, "stage"), database.opened(bundle, root) as snapshot:
        found = find(bundle, root, interval, snapshot)
        point("stage.found")
        with session(bundle, root) as storage:
            storage.create()
            point("stage.created")
            storage.sweep()
            point("stage.swept")
            return handed(_within_limit(bundle, _staged(bundle, found, storage, root, snapshot)))


def _staged(bundle: Bundle, found: tuple[Found, ...], storage: Session, root: Path, snapshot: Snapshot | None) -> Report:
    """Stage the load, planned again under the lock: another run may have finished it while this one waited."""
    while True:
        with storage.reading() as ledger:
            load = plan(bundle, found, ledger)
        if load.done:
            return _done(bundle, load)
        with scratch(storage.scratch) as folder, storage.staging(load.load_id, folder) as staging:
            if plan(bundle, found, staging) != load:
                continue
            report = staging.report()
            if report is None:
                report = _fill(bundle, load, staging, folder, lambda found: _file(bundle, found, folder, root, snapshot))
        point("stage.committed")
        return report


def _fill(bundle: Bundle, load: Load, staging: Staging, folder: Path, file_of: Callable[[Found], File]) -> Report:
    """Copy file after file into an empty staging."""
    staging.create()
    point("stage.opened")
    counts = dict.fromkeys(("rows_in", "rows_staged", "rows_rejected"), 0)
    files = []
    for place, found in enumerate(load.files, 1):
        say(f"staging {found.file.name}", place, len(load.files))
        file = file_of(found)
        # Each file's views go with its connection.
        with worker(bundle, folder) as connection:
            done = extract(bundle, file, connection, folder, lambda rows: staging.copy(rows, lambda: point("stage.copying")))
        point("stage.copied")
        staging.reject(done.rejects)
        point("stage.rejected")
        files.append([found.file.name, found.sha256, done.records])
        counts["rows_in"] += done.records
        counts["rows_staged"] += done.accepted
        counts["rows_rejected"] += len(done.rejects)
    limit = over_limit(bundle.pipeline.load, counts["rows_rejected"], counts["rows_in"])
    report = _report(bundle, load, "refused" if limit else "staged", counts) | {"files": files, "replaces": list(load.replaces)}
    balance(report)
    staging.finish(report)
    point("stage.finished")
    return report


def _file(bundle: Bundle, found: Found, folder: Path, root: Path, snapshot: Snapshot | None) -> File:
    """Return the file to read: the one that was found, or what is fetched of a table."""
    if snapshot is not None:
        return database.fetch(bundle, snapshot, folder)
    rows = bundle.pipeline.source.rows
    return found.file if rows is None else parent.fetch(bundle, rows, (found.file, found.sha256), folder, root)


def _report(bundle: Bundle, load: Load, state: str, counts: Mapping[str, int]) -> Report:
    return {
        "pipeline": bundle.pipeline.name,
        "load_id": load.load_id,
        "state": state,
        "mode": bundle.pipeline.load.mode,
        "spec_hash": bundle.spec_hash,
        "rows_in": counts["rows_in"] + load.skipped,
        "rows_loaded": counts["rows_staged"],
        "rows_staged": counts["rows_staged"],
        "rows_rejected": counts["rows_rejected"],
        "rows_filtered": 0,
        "rows_deduplicated": 0,
        "rows_skipped": load.skipped,
        "staged_at": datetime.now(UTC).isoformat(timespec="microseconds"),
    }


def _done(bundle: Bundle, load: Load) -> Report:
    return _report(bundle, load, "done", dict.fromkeys(("rows_in", "rows_staged", "rows_rejected"), 0))


def _within_limit(bundle: Bundle, report: Report) -> Report:
    read = report["rows_in"] - report["rows_skipped"]
    limit = over_limit(bundle.pipeline.load, report["rows_rejected"], read)
    if limit is not None and report["state"] != "done":
        message = f"{report['rows_rejected']} of {read} records were rejected, and `max_rejects` allows {limit}"
        raise Problems(
            Diagnostic("E503", message, help=f"look at them with `spec rejects {bundle.pipeline.name}`, then repair the file or the spec")
        )
    return report
