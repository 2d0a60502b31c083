"""Every failure of a run is told in the same five lines: what, where, is the old table still served, what to type, is it safe to retry."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from dataeng_ai.diagnostics import Diagnostic, Problems
from dataeng_ai.progress import say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dataeng_ai.runtime.bundle import Bundle

SERVED: Final = {
    "stage": "the table is as it was before this run, and is still served",
    "check": "the table is as it was before this run, and is still served",
    "publish": "a load is published whole or not at all: readers see the old table, or all of the new one",
    "reconcile": "the new rows are published and served; what was found wrong is in them",
}
"""What readers of the table see when a step has failed."""


@contextmanager
def told(bundle: Bundle, step: str) -> Iterator[None]:
    """Add to every problem of the step where it happened, what readers see, and whether a retry is safe."""
    say(f"{bundle.pipeline.name}: {step}", list(SERVED).index(step) + 1, len(SERVED))
    try:
        yield
    except Problems as problems:
        raise type(problems)(*(_told(each, bundle, step) for each in problems.diagnostics), texts=problems.texts) from problems


def _told(problem: Diagnostic, bundle: Bundle, step: str) -> Diagnostic:
    target = bundle.pipeline.target
    table = f"{target.schema}.{target.table}" if target.schema else target.table
    notes = (
        f"where: step {step} of the pipeline `{bundle.pipeline.name}`, table `{table}` in {target.storage}",
        f"readers: {SERVED[step]}",
        "retry: safe at any time; what is done already is not done twice",
    )
    return replace(problem, notes=(*problem.notes, *notes), help=problem.help or f"spec run {bundle.pipeline.name}")


def five_lines(problems: Problems) -> str:
    """Return the failure as a log shows it: five lines for each problem."""
    return "\n".join("\n".join((f"what: {each.message} [{each.code}]", *each.notes, f"type: {each.help}")) for each in problems.diagnostics)
