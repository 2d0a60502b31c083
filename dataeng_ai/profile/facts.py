"""What a profile says: plain frozen facts about a source, its columns and its keys. Serializes to JSON."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any, Final, Literal

from dataeng_ai import ir, plain
from dataeng_ai.profile.evidence import (  # noqa: TC001  `plain` reads the annotations at run time
    Calendar,
    Cursor,
    Decides,
    Estimate,
    Growth,
    NearKey,
    Order,
    Reference,
    Sketch,
    Updates,
)
from dataeng_ai.sources.databases.described import Declared, Described  # noqa: TC001  as above
from dataeng_ai.sources.prepared import Nested  # noqa: TC001  as above
from dataeng_ai.types import Type

DECLARED: Final = "the database keeps it"
"""Why a foreign key of a catalogue is one."""

Rhythm = Literal["minute", "hour", "day", "week", "month", "year"]
Role = Literal["identifier", "measure", "dimension", "time", "text", "flag", "geo", "empty"]


@dataclass(frozen=True, slots=True)
class Bin:
    """How many values lie from `low` on and below `high`; canonical texts of the column's type."""

    low: str
    high: str
    count: int


@dataclass(frozen=True, slots=True)
class Histogram:
    """How numbers or moments lie between the least and the greatest, in at most 24 bins with round ends."""

    bins: tuple[Bin, ...]
    """From low to high, without gaps; all are equally wide, but for those that reach beyond."""
    exact: bool
    """Whether all values were counted; if not, those in the rows that a hash chose."""
    values: int
    """How many were counted."""
    beyond: tuple[bool, bool] = (False, False)
    """Whether the first bin reaches down to the least value, and the last up to and with the greatest, where a few lie far out."""


@dataclass(frozen=True, slots=True)
class ColumnFacts:
    """One column, over all rows. Values are canonical texts, masked where `pii` is set and nobody asked to unmask."""

    name: str
    """As in the file's header, or `column_1`, `column_2`, … where there is none."""
    type: Type
    """The portable type that holds every cell without loss, but for the counted `exceptions`, with room to grow: whole numbers are
    integer or bigint, decimals have 10, 18 or 38 digits."""
    parse: ir.Parse
    """How the texts must be read for that proof to hold."""
    nulls: int
    empty: int
    """Cells that are null, or the empty text where that is nothing, before null words are taken for nothing."""
    distinct: int
    distinct_exact: bool
    minimum: str | None
    maximum: str | None
    mean: str | None
    """Exact for whole numbers and decimals; for doubles that of the hash-chosen rows."""
    quantiles: tuple[tuple[str, str], ...]
    """(share, value), such as ("0.5", "12.50"), from a hash-chosen set of rows."""
    top: tuple[tuple[str, int], ...]
    """The most frequent values with their counts, most frequent first: of all rows where there are few different values, else of a
    hash-chosen set of rows."""
    min_length: int | None
    max_length: int | None
    """In characters."""
    shape: str | None
    """The one pattern of most values, digits as 9 and letters as A, such as `+9 (999) 999-99-99`, or a word for a known make, such as
    `duration`."""
    role: Role
    pii: str | None
    """The category of personal data found: name, phone, email, address, card, passport, inn, snils, birthday, ssn, pesel, imei, login …"""
    exceptions: int = 0
    """Cells that do not fit `type`: a load would reject their rows."""
    exception_examples: tuple[str, ...] = ()
    """At most 3, masked."""
    redacted: bool = False
    """Parts of some values are hidden: a phone, a password or the like in the middle of a text."""
    wider: Type | None = None
    """The next type that would hold every cell, where there are exceptions."""
    doubts: tuple[str, ...] = ()
    """What could not be proved, in words, such as day/month order."""
    histogram: Histogram | None = None
    """Of numbers and moments that are not all the same; None where they are personal data."""
    unit: str | None = None
    """What the numbers of a measure count: what stands beside them, or what the header names."""


@dataclass(frozen=True, slots=True)
class Key:
    """Columns whose values together are never null and never the same twice, proved on all rows."""

    columns: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class TimeColumn:
    """A column of dates or timestamps: its range and, where there is one, its rhythm."""

    name: str
    minimum: str
    maximum: str
    rhythm: Rhythm | None
    """The widest step of which every value is a whole multiple, judged on all rows; None: finer than a minute or irregular."""
    calendar: Calendar | None = None
    """Which days or other steps have rows; None where that was not looked at."""
    order: Order | None = None
    """How moments follow each other in the source; None where its rows have no order, as those of a database."""


@dataclass(frozen=True, slots=True)
class Rejects:
    """Records that are no row: how many for one reason, and where the first stand."""

    reason: str
    count: int
    lines: tuple[int, ...]
    """Line numbers of the first three, from 1."""


@dataclass(frozen=True, slots=True)
class Sample:
    """What a quick look was at: blocks of files of `bytes` bytes, in which there are about so many rows."""

    about: int
    """Rows of the whole, estimated by the share of its bytes that was read."""
    share: float
    blocks: int


@dataclass(frozen=True, slots=True)
class Profile:
    """What is really in a source."""

    source: str
    """The path or glob as the person gave it."""
    format: str
    csv: ir.Csv | None
    reasons: tuple[str, ...]
    """Why this format and dialect, a sentence each, such as "delimiter ';': 27 fields in each of 1,000 records"."""
    files: int
    bytes: int
    fingerprint: str
    """A hash of the files' names, sizes and contents."""
    rows: int
    rejects: int
    reject_reasons: tuple[Rejects, ...]
    columns: tuple[ColumnFacts, ...]
    keys: tuple[Key, ...]
    """The best first."""
    times: tuple[TimeColumn, ...]
    duplicates: int
    """Rows that stand again, whole."""
    forecast: tuple[tuple[str, int], ...]
    """(storage, bytes), an estimate of what the rows will take there."""
    warnings: tuple[str, ...] = ()
    excel: ir.Excel | None = None
    records: str | None = None
    """The path of the repeated element, where the format has one and it is not the document itself."""
    uneven: tuple[str, ...] = ()
    """Columns that some of the files lack."""
    nested: tuple[Nested, ...] = ()
    """Columns of lists, whose items may be rows of a child table."""
    catalog: Described | None = None
    """What the catalogue of a database says of the table."""
    read: int | None = None
    """Rows of a database that were looked at, where those are not all."""
    read_bytes: int | None = None
    """What came over the line, of a database."""
    sample: Sample | None = None
    """Of a quick look: everything else is said of the rows that were looked at, `rows` among it."""

    grain: str | None = None
    """What a row is, in words, such as "one row per ticket (`ticket_id`)"; None where no key was found."""
    near_keys: tuple[NearKey, ...] = ()
    decides: tuple[Decides, ...] = ()
    """Columns that decide others, such as a city its region, proved on all rows."""
    references: tuple[Reference, ...] = ()
    """Columns whose values stand in the key of another spec; found where there is a project, and not kept."""
    cursors: tuple[Cursor, ...] = ()
    """Columns that may tell which rows are new, the best first."""
    updates: Updates | None = None
    """What each file is beside those before it, where there are several."""
    growth: Growth | None = None
    outlook: tuple[Estimate, ...] = ()
    """`forecast`, with what a year more will take, and by how much that may be wrong."""
    sketches: tuple[Sketch, ...] = ()
    """By which columns are compared with those of other sources; they are kept, and not shown."""

    def column(self, name: str) -> ColumnFacts:
        """Return the facts about the column of that name in the file.

        Raises:
            KeyError: there is none.
        """
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)

    def declared(self, name: str) -> Declared | None:
        """Return what a database's catalogue says about the column of that name; None where nothing is said."""
        columns = self.catalog.columns if self.catalog else ()
        return next((column for column in columns if column.name == name), None)

    def to_dict(self) -> dict[str, Any]:  # Any: JSON's own types
        """Return the profile as others may rely on it: plain data, types as a spec writes them, minimum and maximum as `min` and `max`."""
        data: dict[str, Any] = json.loads(json.dumps(asdict(self)))  # Any: as above
        data["columns"] = [_renamed(column, str(facts.type)) for column, facts in zip(data["columns"], self.columns, strict=True)]
        data["times"] = [_renamed(time) for time in data["times"]]
        data["foreign_keys"] = [*self._declared_keys(), *data.pop("references")]
        del data["sketches"]
        return data

    def _declared_keys(self) -> list[dict[str, Any]]:  # Any: JSON's own types
        """Return what the catalogue of a database says that columns refer to, in the shape of what is found."""
        keys = self.catalog.foreign_keys if self.catalog else ()
        known = {"share": 1.0, "compared": 0, "exact": True, "confidence": 1.0, "reason": DECLARED}
        return [{"columns": list(key.columns), "table": key.table, "references": list(key.references)} | known for key in keys]


def _renamed(data: dict[str, Any], kind: str | None = None) -> dict[str, Any]:  # Any: JSON's own types
    names = {"minimum": "min", "maximum": "max"}
    renamed = {names.get(key, key): value for key, value in data.items()}
    if kind:
        renamed |= {"type": kind, "wider": _word(data["wider"])}
    return renamed


def _word(kind: dict[str, Any] | None) -> str | None:  # Any: JSON's own types
    return str(Type(**kind)) if kind else None


def to_json(profile: Profile) -> str:
    """Return the profile as JSON that `from_json` reads back equal; the same profile, the same bytes."""
    return json.dumps(asdict(profile), ensure_ascii=False, indent=1) + "\n"


def ready() -> None:
    """Make ready what reads a profile."""
    plain.reader(Profile)


def from_json(text: str) -> Profile:
    """Return the profile that `to_json` wrote.

    Raises:
        ValueError: it is of another shape, by an older version perhaps.
    """
    return plain.read(Profile, json.loads(text))
