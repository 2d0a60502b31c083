"""`source`: where the data is and how it is written there."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import Field

from dataeng_ai.spec.block import Block, Many
from dataeng_ai.spec.kinds import DECIDED, GIVEN
from dataeng_ai.spec.words import Character, Delimiter, Encoding, Identifier, Name

ROWS: Final = "rows"
"""The format that a source has where it names another spec."""

TABLE: Final = "table"
"""The format that a source has where it names a table of a database."""

QUERY: Final = "query"
"""The format that a source has where it asks a database."""

SAID: Final = {"spec": ROWS, "table": TABLE, "query": QUERY}
"""The keys that say what is read, so that nobody writes `format` beside them, with the format that each means."""


class Csv(Block):
    """How records stand in a CSV file."""

    delimiter: Annotated[Delimiter, DECIDED]
    """What stands between two fields: a character, or a few such as `||`."""
    quote: Annotated[Character | None, DECIDED]
    """The character around a field that holds a delimiter or a line end; null where fields are never quoted."""
    escape: Annotated[Character | None, DECIDED]
    """The character before a quote within a quoted field, most often the quote itself; null where there is none."""
    header: Annotated[bool, DECIDED]
    """Whether the first record names the columns."""
    encoding: Annotated[Encoding, DECIDED]
    """The encoding of the text, as Python calls it."""
    null_values: Annotated[Many[str], DECIDED]
    """Texts that stand for nothing."""
    skip: Annotated[int, Field(ge=0)] = 0
    """Lines before the header that belong to no record."""
    footer: Annotated[int, Field(ge=0)] = 0
    """Records at the end that are no data."""


class Excel(Block):
    """Where the table stands in a workbook."""

    sheet: Annotated[Identifier, DECIDED]
    """The sheet, by its name."""
    header: Annotated[bool, DECIDED]
    """Whether the first row names the columns."""
    skip: Annotated[int, Field(ge=0)] = 0
    """Rows before the header that belong to no record."""
    footer: Annotated[int, Field(ge=0)] = 0
    """Rows at the end that are no data."""


class CsvFiles(Block):
    """CSV files, on a connection or below the project's folder."""

    connection: Identifier | None = None
    """The name of a connection of dataeng.yaml; without one, `path` is relative to the project's folder."""
    path: Annotated[Identifier, GIVEN]
    """The file, or a glob such as `tickets/*.csv.gz`."""
    format: Annotated[Literal["csv"], DECIDED]
    """The format of the files."""
    csv: Annotated[Csv, DECIDED]
    """How records stand in a CSV file."""


class JsonFiles(Block):
    """JSON: one document with a list of records, or one record after another."""

    connection: Identifier | None = None
    """The name of a connection of dataeng.yaml; without one, `path` is relative to the project's folder."""
    path: Annotated[Identifier, GIVEN]
    """The file, or a glob such as `tickets/*.json.gz`."""
    format: Annotated[Literal["json", "ndjson"], DECIDED]
    """The format of the files."""
    records: Annotated[Identifier | None, DECIDED]
    """The path of the repeated element, such as `data.items`, or `countries.*`: the members of an object; null for the document itself."""


class XmlFiles(Block):
    """XML files, on a connection or below the project's folder."""

    connection: Identifier | None = None
    """The name of a connection of dataeng.yaml; without one, `path` is relative to the project's folder."""
    path: Annotated[Identifier, GIVEN]
    """The file, or a glob such as `registry/*.xml.gz`."""
    format: Annotated[Literal["xml"], DECIDED]
    """The format of the files."""
    records: Annotated[Identifier, DECIDED]
    """The path of the repeated element from the root, such as `company.branch`; names without their namespaces."""


class ParquetFiles(Block):
    """Parquet files, on a connection or below the project's folder."""

    connection: Identifier | None = None
    """The name of a connection of dataeng.yaml; without one, `path` is relative to the project's folder."""
    path: Annotated[Identifier, GIVEN]
    """The file, or a glob such as `tickets/*.parquet`."""
    format: Annotated[Literal["parquet"], DECIDED]
    """The format of the files."""


class ExcelFiles(Block):
    """Workbooks, on a connection or below the project's folder."""

    connection: Identifier | None = None
    """The name of a connection of dataeng.yaml; without one, `path` is relative to the project's folder."""
    path: Annotated[Identifier, GIVEN]
    """The file, or a glob such as `reports/*.xlsx`."""
    format: Annotated[Literal["excel"], DECIDED]
    """The format of the files."""
    excel: Annotated[Excel, DECIDED]
    """Where the table stands in a workbook."""


class Rows(Block):
    """The items of lists in another spec's table. Nobody writes `format` here: `spec` says enough."""

    spec: Annotated[Name, GIVEN]
    """The spec whose rows hold the lists."""
    records: Annotated[Identifier, GIVEN]
    """Its column that holds them, by its name here or there; `items.lots` for lists within the items."""
    format: Literal["rows"] = "rows"
    """What `spec` says already."""


class Table(Block):
    """A table or a view of a database. Nobody writes `format` here: `table` says enough."""

    connection: Annotated[Identifier, GIVEN]
    """The name of a connection of dataeng.yaml, of the kind postgres, mysql, clickhouse, sqlite or duckdb."""
    table: Annotated[Identifier, GIVEN]
    """The table as the database calls it, such as `public.orders`; a name with a point in it stands in double quotes."""
    format: Literal["table"] = "table"
    """What `table` says already."""


class Query(Block):
    """What a database answers to one SELECT. Nobody writes `format` here: `query` says enough."""

    connection: Annotated[Identifier, GIVEN]
    """The name of a connection of dataeng.yaml, of the kind postgres, mysql, clickhouse, sqlite or duckdb."""
    query: Annotated[Identifier, GIVEN]
    """One SELECT in the database's own SQL."""
    format: Literal["query"] = "query"
    """What `query` says already."""


Source = Annotated[CsvFiles | JsonFiles | XmlFiles | ParquetFiles | ExcelFiles | Rows | Table | Query, Field(discriminator="format")]
"""The source, by its format."""
