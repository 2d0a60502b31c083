"""The Pipeline: a spec fully resolved, the only thing that the emitters and the runtime see.

Plain frozen dataclasses, every field decided, every default applied. `to_json` and `from_json` lose nothing, so a pipeline
compiled on one machine runs on another. Long because the whole of that shape stands in one place.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Final, Literal

from dataeng_ai import plain
from dataeng_ai.types import Type  # noqa: TC001  `plain` reads the annotations at run time

VERSION: Final = 1
"""The version of this shape. A runtime refuses a pipeline of a newer one."""


@dataclass(frozen=True, slots=True)
class Csv:
    """How records stand in a CSV file. `quote` and `escape` are one character or None; `encoding` is a Python codec's name."""

    delimiter: str
    quote: str | None
    escape: str | None
    header: bool
    encoding: str
    null_values: tuple[str, ...]
    skip: int = 0
    """Lines before the header (or before the first record) that belong to no record."""
    footer: int = 0
    """Records at the end that are no data."""


@dataclass(frozen=True, slots=True)
class Excel:
    """Where the table stands in a workbook."""

    sheet: str
    header: bool
    skip: int = 0
    """Rows before the header (or before the first record) that belong to no record."""
    footer: int = 0
    """Rows at the end that are no data."""


@dataclass(frozen=True, slots=True)
class Json:
    """What of nested records is asked for, as paths: no odd record gives these columns another shape."""

    columns: tuple[str, ...]
    whole: tuple[str, ...]
    """Those of them that are kept as JSON, whatever stands there."""


Format = Literal["csv", "json", "ndjson", "xml", "parquet", "excel", "rows", "table"]


@dataclass(frozen=True, slots=True)
class Carried:
    """A column of the parent that its items bear, as `../name`."""

    name: str
    type: Type


@dataclass(frozen=True, slots=True)
class Rows:
    """The items of lists in a column of another pipeline's table, its parent."""

    pipeline: str
    target: Target
    """The parent's."""
    mode: Literal["full", "append", "merge"]
    """How the parent is loaded."""
    column: str
    """The parent's column that holds the lists, as JSON."""
    records: str | None
    """The path of the lists below that column; None: the column itself."""
    carried: tuple[Carried, ...] = ()
    order: tuple[str, ...] = ()
    """The parent's key."""
    stamped: bool = True
    """The parent's rows say which load brought them."""
    position: bool = False
    """The place of an item in its parent's list is asked for, as `.position`."""
    value: bool = False
    """Items that are no objects are asked for, as `.value`."""

    def whole(self, mode: str) -> bool:
        """Say whether a load in this mode reads the parent's whole table, and not its loads one by one."""
        return mode == "full" or self.mode == "full" or not self.stamped


@dataclass(frozen=True, slots=True)
class Database:
    """A table of a database, or what it answers to a query: one of both is set."""

    kind: Literal["postgres", "sqlite", "duckdb", "mysql", "clickhouse"]
    """The database's, which is also the dialect of its SQL."""
    table: tuple[str, ...] | None = None
    """The table's schema, where one is named, and its name."""
    query: str | None = None
    """One SELECT, as a person wrote it."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where the data is. `path` is relative to the connection, or to the project's root when there is none; it may be a glob."""

    connection: str | None
    path: str
    format: Format
    csv: Csv | None = None
    excel: Excel | None = None
    records: str | None = None
    """The path of the element that is repeated, such as `data.items`; None: the document itself."""
    json: Json | None = None
    rows: Rows | None = None
    """What is read instead of files: `path` only names it then."""
    database: Database | None = None
    """What is read instead of files, too."""


@dataclass(frozen=True, slots=True)
class Parse:
    """How one column's texts read. `format` is a strptime pattern; the rest says what stands for the point, true, false and nothing."""

    format: str | None = None
    decimal: str = "."
    thousands: str | None = None
    true: tuple[str, ...] = ("true",)
    false: tuple[str, ...] = ("false",)
    timezone: str | None = None
    null_values: tuple[str, ...] = ()
    grouping: Literal["thousand", "lakh"] = "thousand"
    """Whether digits stand in threes, or in twos before the last three, as in India."""
    prefix: str | None = None
    suffix: str | None = None
    """What every number bears before or after it, such as `$` or `%`, with or without a blank between."""
    sign: Literal["minus", "both", "after", "parentheses"] = "minus"
    """How the sign is written: a minus before; a minus (also U+2212) or a plus; a minus behind; a negative in parentheses."""
    locale: str | None = None
    """The language of the months' names in `format`."""


@dataclass(frozen=True, slots=True)
class Pii:
    """Personal data in a column: what kind it is and what is done with it before it is stored."""

    category: str
    handling: Literal["keep", "mask", "drop"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the table. `source` is its name in the file; `physical` overrides the storage's type for `type`."""

    name: str
    source: str
    type: Type
    nullable: bool = True
    description: str | None = None
    unit: str | None = None
    values: tuple[str, ...] | None = None
    parse: Parse = Parse()
    pii: Pii | None = None
    physical: str | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """Where the rows go. `schema` is None where the storage's own default is meant."""

    storage: str
    connection: str | None
    schema: str | None
    table: str
    adopt: bool = False


@dataclass(frozen=True, slots=True)
class Load:
    """How a load changes the table. Of `max_rejects` one is set: a number of rows, or a percentage of them as a decimal text."""

    mode: Literal["full", "append", "merge"]
    cursor: str | None = None
    max_rejects: int | None = 0
    max_rejects_percent: str | None = None
    stamp: tuple[str, ...] = ("_load_id", "_loaded_at", "_source_file")
    changed_file: Literal["replace", "append", "fail"] = "fail"


@dataclass(frozen=True, slots=True)
class Reference:
    """A table in the pipeline's own storage in which values must stand, and its columns, in the order of those that refer to them."""

    schema: str | None
    table: str
    columns: tuple[str, ...]
    pipeline: str | None = None
    """The pipeline that loads it; None where none of the project does."""


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """Columns whose values stand together in a key of another table, or of the same one."""

    columns: tuple[str, ...]
    references: Reference
    severity: Literal["error", "warn"] = "error"


@dataclass(frozen=True, slots=True)
class Check:
    """One quality check. `name` is unique within the pipeline; which of the arguments are set depends on `kind`."""

    name: str
    kind: Literal["not_null", "unique", "accepted_values", "range", "pattern", "row_count", "freshness", "relationships"]
    columns: tuple[str, ...]
    severity: Literal["error", "warn"] = "error"
    minimum: str | None = None
    """A number or a date as its canonical text; also the least number of rows."""
    maximum: str | None = None
    """A number or a date as its canonical text; also the greatest number of rows."""
    values: tuple[str, ...] = ()
    pattern: str | None = None
    max_age: int | None = None
    """Seconds."""
    references: Reference | None = None


@dataclass(frozen=True, slots=True)
class Schedule:
    """When the pipeline runs: a cron expression in a time zone from a date (ISO) on, or after other pipelines."""

    cron: str | None
    timezone: str = "UTC"
    start_date: str = "2026-01-01"
    catchup: bool = False
    after: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Run:
    """How it runs. Times in seconds, memory in bytes; None leaves the choice to the machine."""

    retries: int = 2
    retry_delay: int = 300
    timeout: int = 3600
    pool: str | None = None
    memory: int | None = None
    threads: int | None = None


@dataclass(frozen=True, slots=True)
class Drift:
    """What happens when the source's columns are no longer the spec's."""

    new_column: Literal["evolve", "freeze", "discard"] = "freeze"
    dropped_column: Literal["evolve", "freeze"] = "freeze"
    type_change: Literal["freeze"] = "freeze"


@dataclass(frozen=True, slots=True)
class Pipeline:
    """Everything that the emitters and the runtime need to know about one pipeline."""

    name: str
    about: str
    source: Source
    target: Target
    columns: tuple[Column, ...]
    load: Load
    primary_key: tuple[str, ...] = ()
    order_by: tuple[str, ...] = ()
    indexes: tuple[tuple[str, ...], ...] = ()
    quality: tuple[Check, ...] = ()
    drift: Drift = Drift()
    schedule: Schedule | None = None
    run: Run = Run()
    owner: str | None = None
    tags: tuple[str, ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()

    def stored_columns(self) -> tuple[Column, ...]:
        """Return the columns that reach the table: all but those whose personal data is dropped."""
        return tuple(column for column in self.columns if column.pii is None or column.pii.handling != "drop")

    def has_extra(self) -> bool:
        """Say whether the table has `_extra`, where columns that the spec does not know land as JSON."""
        return self.drift.new_column == "evolve"


def to_dict(pipeline: Pipeline) -> dict[str, object]:
    """Return the pipeline as JSON's own types."""
    return json.loads(json.dumps(asdict(pipeline)))  # type: ignore[no-any-return]  # asdict of a dataclass is an object


def from_dict(data: dict[str, object]) -> Pipeline:
    """Return the pipeline that `to_dict` wrote.

    Raises:
        ValueError: the data has another shape.
    """
    return plain.read(Pipeline, data)
