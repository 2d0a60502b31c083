"""`load.max_rejects`: as many as this data needs, with a margin, where anyone can see it."""

from __future__ import annotations

from typing import Final

from dataeng_ai.fill.decision import Case, Decision, Option, Path

_STEPS: Final = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100)
"""Per cent."""
_DIRTY: Final = 10
"""Per cent. Where more would be needed, something else is wrong than a few dirty records: no share is proposed, `check` says what
does not fit, and the person decides."""
_FEW: Final = 100
"""Of fewer records a share says little."""
_MARGIN: Final = 2


def options(case: Case, path: Path) -> tuple[Option, ...]:  # noqa: ARG001  every decision has this shape
    """Return the least round share that lets this data pass with a margin; nothing where no row is rejected, or too many are."""
    bad = rejected(case)
    records = case.profile.rows + case.profile.rejects
    loose = next((step for step in _STEPS if step * records >= _MARGIN * bad * 100), _STEPS[-1])
    if not bad or (loose > _DIRTY and records >= _FEW):
        return ()
    evidence = f"at most {bad:,} of {records:,} records do not fit"
    return (Option(f"{loose}%", evidence, 1.0, "they are set aside and reported; more than twice as many fail the load"),)


def rejected(case: Case) -> int:
    """Return how many records a load would set aside at most: those that are no row, and those with a cell that does not fit."""
    misfits = sum(
        facts.exceptions for _, row, facts in case.columns() if facts.wider is None or row.get("type") not in ("text", str(facts.wider))
    )
    return case.profile.rejects + min(misfits, case.profile.rows)


def facts(case: Case, path: Path) -> object:
    """Return the share itself: it moves in steps, not with each row."""
    return [option.value for option in options(case, path)]


DECISION = Decision(
    "load.max_rejects",
    ("load", "max_rejects"),
    (("load", "mode"), ("columns",)),
    "How many rows may be set aside before a load fails?",
    options,
    facts,
    with_parent=True,
)
