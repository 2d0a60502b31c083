"""What a run reports: where each record went. The numbers add up, or the run fails."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from dataeng_ai.diagnostics import Diagnostic, Problems

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dataeng_ai import ir

COUNTS = ("rows_in", "rows_loaded", "rows_rejected", "rows_filtered", "rows_deduplicated", "rows_skipped")
"""The numbers of a report: the first is the sum of the others."""

_NAMES = ("pipeline", "load_id", "state", *COUNTS)


@dataclass(frozen=True, slots=True)
class Held:
    """One check that the staged rows were held against."""

    check: ir.Check
    failing: int
    """Rows, or whatever it counts; the check only warns, or the load had ended there."""


@dataclass(frozen=True, slots=True)
class RunReport:
    """The outcome of one run. `state` is `published`, or `done` where nothing was new; `warnings` are failed checks that only warn."""

    pipeline: str
    load_id: str
    state: str
    rows_in: int
    rows_loaded: int
    rows_rejected: int
    rows_filtered: int
    rows_deduplicated: int
    rows_skipped: int
    warnings: tuple[str, ...] = ()
    checks: tuple[Held, ...] = field(default=(), compare=False)
    """Every check of a load that was published now."""
    seconds: Mapping[str, float] = field(default_factory=dict, compare=False)
    """What each step took."""
    table: str = field(default="", compare=False)
    place: str = field(default="", compare=False)
    """Where the table is, in words."""

    @classmethod
    def of(cls, load: Mapping[str, Any], warnings: tuple[str, ...] = ()) -> RunReport:
        """Take the report from what the steps handed on."""
        return cls(**{name: load[name] for name in _NAMES}, warnings=warnings)

    def to_dict(self) -> dict[str, Any]:
        """Return the report as JSON's own types: what is the same wherever and however fast it ran."""
        return {**{name: getattr(self, name) for name in _NAMES}, "warnings": list(self.warnings)}

    def text(self) -> str:
        """Return the report in one sentence for a person."""
        if self.state == "done":
            return f"{self.pipeline}: nothing new, all {self.rows_skipped:,} rows are loaded already (load {self.load_id})"
        others = (("rejected", self.rows_rejected), ("skipped", self.rows_skipped))
        rest = "".join(f", {count:,} {word}" for word, count in others if count)
        return f"{self.pipeline}: {self.rows_loaded:,} of {self.rows_in:,} rows loaded{rest} (load {self.load_id})"


def balance(load: Mapping[str, Any]) -> None:
    """Hold the law of every load: what came in is what was loaded, rejected, filtered, deduplicated or skipped.

    Raises:
        Problems: E509.
    """
    total = sum(load[name] for name in COUNTS[1:])
    if load["rows_in"] != total:
        said = ", ".join(f"{name} {load[name]}" for name in COUNTS)
        message = f"the rows of the load `{load['load_id']}` do not add up: {said}"
        raise Problems(Diagnostic("E509", message, help="nothing was published; this is a bug of dataeng_ai, please report it"))


def over_limit(load: ir.Load, rejected: int, rows_in: int) -> str | None:
    """Return the limit in words where more records were rejected than the spec allows, else None."""
    if load.max_rejects_percent is not None:
        allowed = Decimal(load.max_rejects_percent)
        return f"{allowed} % of {rows_in}" if rejected * 100 > allowed * rows_in else None
    if load.max_rejects is not None and rejected > load.max_rejects:
        return str(load.max_rejects)
    return None
