"""Rows as Arrow tables, and those as pandas and polars frames: every value as it is, no integer a float, no decimal rounded."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from dataeng_ai.diagnostics import Diagnostic, Problems
from dataeng_ai.frames.packages import needed
from dataeng_ai.progress import quiet

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd
    import polars as pl
    import pyarrow as pa
    from duckdb import DuckDBPyRelation

    from dataeng_ai.types import Type

ROWS: Final = "rows"
"""What a query calls the rows that it is asked of."""

_ALONE: Final[Mapping[str, Any]] = {  # Any: settings are words, numbers and truth values
    "enable_external_access": False,
    "python_enable_replacements": False,
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
}


def of_texts(columns: Sequence[str], types: Sequence[Type], rows: Sequence[Sequence[str | None]]) -> pa.Table:
    """Return rows of canonical texts as a table of their types."""
    from sqlglot import exp  # noqa: PLC0415  only typed rows need a compiler of SQL

    from dataeng_ai import cast  # noqa: PLC0415  as above
    from dataeng_ai.ir import Parse  # noqa: PLC0415  as above
    from dataeng_ai.types import Type  # noqa: PLC0415  as above

    table = _of_columns([f"c{place}" for place in range(len(columns))], [[row[place] for row in rows] for place in range(len(columns))])
    # A text of JSON is a text to Arrow, too, and one in which a personal value is covered need not be JSON any more.
    types = [Type("text") if kind.name == "json" else kind for kind in types]
    values = [
        exp.alias_(cast.cast(exp.column(f"c{place}", quoted=True), kind, Parse()), f"c{place}", quoted=True)
        for place, kind in enumerate(types)
    ]
    found = ask(table, exp.select(*values).from_(exp.to_identifier(ROWS, quoted=True)).sql("duckdb"))
    return found.rename_columns(list(columns))


def of_rows(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> pa.Table:
    """Return rows of Python's own values as a table, each column of the type that its values have."""
    return _of_columns(columns, [[row[place] for row in rows] for place in range(len(columns))])


def of_records(data: object) -> pa.Table:
    """Return a list of JSON objects as a table: what is nested within them as JSON text, and so are columns of mixed kinds.

    Raises:
        Problems: it is something else (E053).
    """
    if not isinstance(data, list) or not all(isinstance(item, dict) for item in data):
        raise Problems(Diagnostic("E053", "there are no rows in this", help="`.data` has what there is, `.text` is how it is shown"))
    names = list(dict.fromkeys(key for item in data for key in item))
    return _of_columns(names, [_plain([item.get(name) for item in data]) for name in names])


def ask(table: pa.Table, sql: str) -> pa.Table:
    """Return what a query finds in a table, which it calls `rows`; it sees nothing else.

    Raises:
        Problems: the query does not fit (E057).
    """
    import duckdb  # noqa: PLC0415  only a query needs it

    needed("pyarrow")
    with duckdb.connect(config=dict(_ALONE)) as connection:
        connection.execute("SET TimeZone = 'UTC'").fetchall()
        quiet(connection)
        connection.register(ROWS, table)
        try:
            found: DuckDBPyRelation | None = connection.sql(sql)
            return table.slice(0, 0).select([]) if found is None else found.to_arrow_table()
        except duckdb.Error as error:
            said = str(error).strip().splitlines()[0]
            help_ = f"write one SELECT in DuckDB's SQL; what it is asked of is called `{ROWS}`"
            raise Problems(Diagnostic("E057", f"the query does not fit these rows: {said}", help=help_)) from None


def cells(table: pa.Table) -> list[tuple[object, ...]]:
    """Return the rows of a table as Python's own values."""
    columns = [column.to_pylist() for column in table.columns]
    return list(zip(*columns, strict=True))


def to_pandas(table: pa.Table) -> pd.DataFrame:
    """Return a table as a pandas frame of Arrow's types: its own would make floats of integers where one is missing.

    Raises:
        Problems: pandas is not there (E052).
    """
    pandas = needed("pandas", "pyarrow")
    frame: pd.DataFrame = table.to_pandas(types_mapper=pandas.ArrowDtype)
    return frame


def to_polars(table: pa.Table) -> pl.DataFrame:
    """Return a table as a polars frame.

    Raises:
        Problems: polars is not there (E052).
    """
    frame: pl.DataFrame = needed("polars", "pyarrow").from_arrow(table)
    return frame


def _of_columns(names: Sequence[str], columns: Sequence[Sequence[object]]) -> pa.Table:
    arrow = needed("pyarrow")
    return arrow.Table.from_arrays([_array(values, arrow) for values in columns], names=list(names))


def _array(values: Sequence[object], arrow: Any) -> Any:  # noqa: ANN401  pyarrow's own, which nobody need have
    kinds = {type(value) for value in values if value is not None}
    if not kinds or kinds == {str}:
        return arrow.array(values, arrow.string())
    return arrow.array(values)


def _plain(values: list[object]) -> list[object]:
    """Return values of one kind as they are; what is nested, or mixed, as JSON text."""
    kinds = {type(value) for value in values if value is not None}
    if len(kinds) <= 1 and not kinds & {dict, list}:
        return values
    return [value if value is None or isinstance(value, str) else json.dumps(value, ensure_ascii=False) for value in values]
