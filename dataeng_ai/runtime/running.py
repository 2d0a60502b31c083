"""The whole way of a load: the four steps, one after the other here, or one task each under Airflow."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any, Final

from dataeng_ai.diagnostics import Problems
from dataeng_ai.runtime.bundle import Bundle
from dataeng_ai.runtime.checking import check
from dataeng_ai.runtime.failure import five_lines
from dataeng_ai.runtime.load import Interval, needs_interval
from dataeng_ai.runtime.publishing import publish
from dataeng_ai.runtime.reconciling import reconcile
from dataeng_ai.runtime.report import Held, RunReport
from dataeng_ai.runtime.staging import stage
from dataeng_ai.targets.checks import all_checks

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ROOT: Final = "DATAENG_ROOT"
"""The environment variable that names a project's root where it is not above the compiled pipeline."""

_OVERTAKEN: Final = {"E505", "E507"}
"""Another run published in between: what it left for this one is found by starting again."""

_ATTEMPTS: Final = 3


def run(bundle: Bundle, *, root: Path, interval: Interval | None = None) -> RunReport:
    """Load the source into the table: stage, check, publish, reconcile.

    Raises:
        Problems: the data, the table or the spec is at fault; the table is as it was, unless `reconcile` says otherwise.
        Unreachable: a service outside did not do its part.
    """
    for attempt in range(1, _ATTEMPTS + 1):
        moments = [monotonic()]
        try:
            load = stage(bundle, root=root, interval=interval)
            moments.append(monotonic())
            failed = check(bundle, load, root=root)["failed"]
            moments.append(monotonic())
            done = publish(bundle, load, root=root)
            moments.append(monotonic())
        except Problems as problems:
            if attempt == _ATTEMPTS or not _OVERTAKEN.issuperset(each.code for each in problems.diagnostics):
                raise
            continue
        reconcile(bundle, done, root=root)
        return _reported(bundle, done, failed, (*moments, monotonic()))
    raise AssertionError  # the last attempt returns or raises


def _reported(bundle: Bundle, done: Mapping[str, Any], failed: Mapping[str, int], moments: Sequence[float]) -> RunReport:
    target = bundle.pipeline.target
    held = all_checks(bundle.pipeline) if done["state"] == "published" else ()
    seconds = (after - before for before, after in pairwise(moments))
    own = f"the project's own {target.storage}, .dataeng/warehouse.duckdb"
    return replace(
        RunReport.of(done, tuple(f"{name}: {rows}" for name, rows in failed.items())),
        checks=tuple(Held(each, failed.get(each.name, 0)) for each in held),
        seconds=dict(zip(("stage", "check", "publish", "reconcile"), seconds, strict=True)),
        table=f"{target.schema}.{target.table}" if target.schema else target.table,
        place=f"{target.storage}, connection {target.connection}" if target.connection else own,
    )


def task(step: str, folder: Path, load: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Do one step of the pipeline compiled into `folder`, as a task of Airflow.

    `load` is what the task `stage` returned; `stage` itself takes its interval from Airflow, where the run has one.

    Raises:
        Problems: as the steps do; the five lines of the failure are its text, for the task's log.
    """
    try:
        bundle = Bundle.load(folder)
        root = root_of(folder)
        if step == "stage":
            return stage(bundle, root=root, interval=_airflow_interval() if needs_interval(bundle) else None)
        return {"check": check, "publish": publish, "reconcile": reconcile}[step](bundle, load or {}, root=root)
    except Problems as problems:
        raise _Failed(problems) from None


class _Failed(Problems):
    """A task's failure: the same problems, its text the five lines that a log shows."""

    def __init__(self, problems: Problems) -> None:
        super().__init__(*problems.diagnostics, texts=problems.texts)
        self.exit_code = problems.exit_code

    def __str__(self) -> str:
        return f"\n{five_lines(self)}"


def root_of(folder: Path) -> Path:
    """Return the project's root: DATAENG_ROOT, else the nearest folder above with a `dataeng.yaml`, else the one above `build`."""
    if given := os.environ.get(ROOT):
        return Path(given)
    above = folder.resolve().parents
    found = next((parent for parent in above if (parent / "dataeng.yaml").is_file()), None)
    return found or next((parent.parent for parent in above if parent.name == "build"), above[0])


def _airflow_interval() -> Interval | None:
    """Return the data interval of the task that this process runs; None where there is none."""
    if "airflow" not in sys.modules:
        return None
    from airflow.providers.common.compat.sdk import get_current_context  # noqa: PLC0415  only inside Airflow

    context = get_current_context()
    start, end = context.get("data_interval_start"), context.get("data_interval_end")
    return Interval(start, end) if start is not None and end is not None else None
