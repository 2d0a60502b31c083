"""What is learned of a source from its proved columns: keys that almost hold, what decides what, how moments lie, what may come.

Plain frozen facts, as those in `facts.py`, which a profile holds. Values are canonical texts, masked where they are personal.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Unit = Literal["hour", "day", "week", "month", "year"]
Update = Literal["new rows", "changed rows", "full copies", "overlapping times"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a row stands."""

    file: str
    record: int
    """Which of the data records of its file, from 1."""


@dataclass(frozen=True, slots=True)
class Repeated:
    """A value that several rows have, where each should have its own."""

    value: str
    rows: int
    places: tuple[Place, ...]
    """Of the first three."""


@dataclass(frozen=True, slots=True)
class NearKey:
    """A column that would be a key, but for a few rows."""

    column: str
    repeated: int
    """Rows whose value an earlier row has already."""
    missing: int
    """Rows without a value."""
    examples: tuple[Repeated, ...]
    """At most three values that stand again, the most frequent first."""
    without: tuple[Place, ...]
    """Of the first three rows without a value."""


@dataclass(frozen=True, slots=True)
class Decides:
    """A column of which each value always stands beside the same values of others, proved on all rows."""

    column: str
    decides: tuple[str, ...]
    values: int
    """Different values of the column."""


@dataclass(frozen=True, slots=True)
class Sketch:
    """Hashes of a column's different values, the least of them: enough to estimate how many of them another column has too."""

    column: str
    hashes: str
    """In base64, 8 bytes each, ascending."""
    whole: bool
    """Whether these are all there are."""
    chosen: bool
    """Whether only the values of rows that a hash chose are among them: then others may have any hash."""


@dataclass(frozen=True, slots=True)
class Reference:
    """Columns whose values stand in the key of another table, or of their own."""

    columns: tuple[str, ...]
    table: str
    """The spec, or the source, that has the key."""
    references: tuple[str, ...]
    share: float
    """Of the values that were compared, how many stand there."""
    compared: int
    """Different values that were compared."""
    exact: bool
    """Whether these are all values."""
    confidence: float
    """0 to 1, of names, types, ranges and values together."""
    reason: str


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch in which nothing happened, where something should have: its first and its last step."""

    first: str
    last: str
    steps: int


@dataclass(frozen=True, slots=True)
class Calendar:
    """Which steps between the first moment and the last have rows."""

    unit: Unit
    expected: int
    """Steps there are; without weekends where those are always empty."""
    present: int
    gaps: tuple[Gap, ...]
    """At most five, the longest first; none where rows come so rarely that an empty step says nothing."""
    missing: int
    """Steps in all gaps."""
    weekends_empty: bool
    per_step: tuple[int, int, int]
    """Rows in a step that has any: the lower quartile, the median, the upper."""


@dataclass(frozen=True, slots=True)
class Order:
    """How a column's moments follow each other in the source."""

    rows: int
    """Rows with a moment that were looked at, from the first on."""
    whole: bool
    """Whether these are all."""
    late: int
    """Rows whose moment lies before one that came earlier."""
    lag: int
    """Seconds by which the latest is late."""
    usual_lag: int
    """Seconds within which 95 of 100 late ones are."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """A column that may tell which rows are new since the last load."""

    column: str
    good: bool
    """It only grows, and every row has it."""
    lookback: str | None
    """How far a load should look back for those that come late, such as `2h`; None where none does, or where nobody can say."""
    reason: str


@dataclass(frozen=True, slots=True)
class Updates:
    """What each file is beside those before it, and the load mode that this speaks for."""

    kind: Update
    mode: Literal["append", "merge", "full"]
    reason: str


@dataclass(frozen=True, slots=True)
class Growth:
    """How many rows come in a day, by the moments of one column, and by how much that may be wrong."""

    column: str
    rows_per_day: float
    low: float
    high: float
    """Between these the mean of a year will lie, nine times of ten, if nothing changes but the luck of days and weeks."""
    days: int
    """On which it rests."""
    reason: str


@dataclass(frozen=True, slots=True)
class Estimate:
    """Bytes that the rows take in one storage: today and in a year, each with a bar of error."""

    storage: str
    bytes: int
    low: int
    high: int
    year: int | None
    """With the rows of one more year; None where nobody can tell how many come."""
    year_low: int | None
    year_high: int | None
