"""All that a report may say: what the spec is, what its data are, what its last load did. What is not known is None, never guessed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dataeng_ai.profile.pace import Pace, pace

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from dataeng_ai.emit.facts import Facts
    from dataeng_ai.profile.facts import ColumnFacts, Profile


@dataclass(frozen=True, slots=True)
class LastLoad:
    """What the ledger says of a load."""

    load_id: str
    state: str
    at: str
    """When it was staged, ISO."""
    rows_in: int
    rows_loaded: int
    rows_rejected: int
    rows_filtered: int
    rows_deduplicated: int
    rows_skipped: int
    reasons: tuple[tuple[str | None, str, int], ...] = ()
    """(column, reason, records) of what was turned away, the most frequent first."""

    @classmethod
    def of(cls, load: Mapping[str, Any], reasons: Iterable[tuple[str | None, str, int]]) -> LastLoad:
        """Take a load from the ledger's line."""
        counts = ("rows_in", "rows_loaded", "rows_rejected", "rows_filtered", "rows_deduplicated", "rows_skipped")
        return cls(load["load_id"], load["state"], load["staged_at"], **{name: load[name] for name in counts}, reasons=tuple(reasons))


@dataclass(frozen=True, slots=True)
class Known:
    """What there is to tell."""

    facts: Facts
    profile: Profile | None
    """Fresh: of the data as they are."""
    load: LastLoad | None
    """The last one that was published."""
    refused: LastLoad | None
    """One that came after it and was not."""
    ddl: str
    made: str
    """The day, ISO."""

    def column(self, source: str) -> ColumnFacts | None:
        """Return what the profile says of a column of the source."""
        return next((column for column in self.profile.columns if column.name == source), None) if self.profile else None

    def names(self, sources: Iterable[str]) -> tuple[str, ...]:
        """Return columns of the source by their names in the table; those that the spec leaves out by their own."""
        ours = {column.source: column.name for column in self.facts.columns}
        return tuple(ours.get(source, source) for source in sources)

    @property
    def pace(self) -> Pace | None:
        """Return how fast rows come, where loads go on and the data say it."""
        goes_on = self.facts.pipeline.schedule is not None
        return pace(self.profile) if self.profile and goes_on else None
