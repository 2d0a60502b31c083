"""What the ledger says of the loads of a pipeline, and what is written into it. It is the one memory that runs share."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from dataeng_ai import targets

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from pathlib import Path

    from dataeng_ai.runtime.bundle import Bundle
    from dataeng_ai.targets.session import Publishing, Reading, Report, Session

_HANDED = ("pipeline", "load_id", "state", "rows_in", "rows_loaded", "rows_rejected", "rows_filtered", "rows_deduplicated", "rows_skipped")


def session(bundle: Bundle, root: Path) -> AbstractContextManager[Session]:
    """Open the pipeline's storage."""
    engine = targets.engine(bundle.pipeline.target.storage)
    opened: AbstractContextManager[Session] = engine.connect(bundle.pipeline, bundle.statements, root)
    return opened


def handed(report: Report) -> Report:
    """Return what one step hands to the next: few numbers, never a list of files."""
    return {name: report[name] for name in _HANDED}


def last(bundle: Bundle, ledger: Reading) -> dict[str, Any] | None:
    """Return the ledger's line of the load that was published last."""
    return _line(bundle, ledger.rows("ledger.last_load", pipeline=bundle.pipeline.name))


def published(bundle: Bundle, load_id: str, ledger: Reading) -> dict[str, Any] | None:
    """Return the ledger's line of this load if the table holds it: for a full load, if it is the last one.

    A table that is read as a whole may come back to a state that it had before, so a merge of it has to be the last one, too.
    """
    if bundle.pipeline.load.mode == "full" or bundle.pipeline.source.database is not None:
        found = last(bundle, ledger)
    else:
        found = _line(bundle, ledger.rows("ledger.find_load", pipeline=bundle.pipeline.name, load_id=load_id))
    return found if found is not None and found["load_id"] == load_id and found["state"] == "published" else None


def record(report: Report, work: Publishing) -> None:
    """Write a published load and its files, in the place of what staging wrote there."""
    key = {"pipeline": report["pipeline"], "load_id": report["load_id"]}
    for name in ("ledger.delete_load", "ledger.delete_files"):
        work.execute(name, **key)
    times = {"staged_at": datetime.fromisoformat(report["staged_at"]), "published_at": datetime.now(UTC)}
    known = {name: value for name, value in report.items() if name != "files"}
    work.execute("ledger.insert_load", **{**report, **times, "checksums": json.dumps(known)})
    for name, sha256, rows in report["files"]:
        work.execute("ledger.insert_file", **key, name=name, sha256=sha256, rows=rows)


def _line(bundle: Bundle, rows: list[tuple[Any, ...]]) -> dict[str, Any] | None:
    return dict(zip(bundle.statement("ledger.insert_load").params, rows[0], strict=True)) if rows else None
