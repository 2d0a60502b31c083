"""The rows of prepared files as views of texts, whatever their format: what is profiled, previewed and loaded reads these.

The law of a load: `prepared.records == rows in "__source__" + len(prepared.bad)`. `verify` holds it; where it does not hold,
the file is refused and nothing of it is loaded.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from itertools import accumulate, groupby
from typing import TYPE_CHECKING, Final, Literal

import duckdb

from dataeng_ai.diagnostics import Diagnostic, Problems
from dataeng_ai.sources import csv, formats
from dataeng_ai.sources.json_flaws import NO_OBJECT

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from dataeng_ai.sources.prepared import BadRecord, Prepared

SOURCE: Final = "__source__"
"""The view of all good records as text."""

EXTRA: Final = "__extra__"
"""The column of JSON that holds the columns nobody asked for."""

FILE: Final = "__file__"
RECORD: Final = "__record__"

_OURS: Final = frozenset({EXTRA, FILE, RECORD, "__place__", "__row__"})
"""Names that no column of a file may have here. Other programs' stamps, such as `_file` and `_load_id`, are columns like any."""

_READERS: Final = ("CSV", "JSON", "Parquet", "parquet")
"""What a message of DuckDB is about when it stumbles over a file."""

_MANY: Final = 100
"""Files of which each is a part of one query: of some hundreds DuckDB says that they nest too deep, and each costs it memory."""
_AT_ONCE: Final = 1000
"""Files written alike that one query reads, one after the other."""
_INSIDE: Final = (duckdb.ConversionException, duckdb.InvalidInputException)
"""What DuckDB says of the inside of a Parquet file that is damaged, too, in words of no kind of their own."""
_ROWS: Final = "__kept__"
_STARTS: Final = """
CREATE OR REPLACE TABLE "__starts__" AS
SELECT unnest($1::VARCHAR[]) AS file, unnest($2::BIGINT[]) AS place, unnest($3::BIGINT[]) AS before
"""

_PLACED: Final = """
SELECT k.* EXCLUDE ("__n__"), s.file AS "__file__", s.place AS "__place__", k."__n__" - s.before AS "__row__"
FROM "__kept__" AS k ASOF JOIN "__starts__" AS s ON k."__n__" > s.before
"""
_NO_ROWS: Final = 'DROP TABLE IF EXISTS "__kept__"'

_GAPS: Final = """
CREATE OR REPLACE TABLE "__gaps__" AS
SELECT unnest($1::BIGINT[]) AS place, unnest($2::BIGINT[]) AS good, unnest($3::BIGINT[]) AS bad
"""

_NUMBERED: Final = """
CREATE OR REPLACE VIEW "__numbered__" AS
SELECT r.* EXCLUDE ("__place__", "__row__"), r."__row__" + coalesce(g.bad, 0) AS "__record__"
FROM "__rows__" AS r ASOF LEFT JOIN "__gaps__" AS g ON r."__place__" = g.place AND r."__row__" > g.good
"""

_NUMBERED_WHOLE: Final = """
CREATE OR REPLACE VIEW "__numbered__" AS
SELECT * EXCLUDE ("__place__", "__row__"), "__row__" AS "__record__" FROM "__rows__"
"""


def structural(prepared: Sequence[Prepared]) -> tuple[BadRecord, ...]:
    """Return the records that are no rows, file by file, in the files' order. Known as soon as the files are prepared."""
    return tuple(bad for one in prepared for bad in one.bad)


def verify(prepared: Sequence[Prepared], rows: int) -> None:
    """Hold the law of a load: DuckDB found as many rows as our own counter found good records.

    Raises:
        Problems: E319, the files are refused.
    """
    expected = sum(one.rows for one in prepared)
    if rows != expected:
        raise _refused(prepared, f"DuckDB reads {rows} rows, our own count of the bytes is {expected}")


@contextmanager
def reading(prepared: Sequence[Prepared]) -> Iterator[None]:
    """Around queries on the views: DuckDB stumbling over the text is the file's problem, not a traceback.

    Raises:
        Problems: E319, DuckDB refuses a record that our own scan took for good.
    """
    try:
        yield
    except duckdb.Error as error:
        if not _stumbles(error, prepared):
            raise
        raise _refused(prepared, str(error).splitlines()[0]) from error


def _stumbles(error: duckdb.Error, prepared: Sequence[Prepared]) -> bool:
    """Say whether an error is about a file. Of the inside of a damaged Parquet file DuckDB's errors have no kind of their own."""
    if any(one.format == "parquet" for one in prepared) and (type(error) is duckdb.Error or isinstance(error, _INSIDE)):
        return True
    about = isinstance(error, duckdb.InvalidInputException | duckdb.IOException)
    return about and any(word in str(error) for word in _READERS)


def _refused(prepared: Sequence[Prepared], doubt: str) -> Problems:
    names = ", ".join(f"`{one.file.name}`" for one in prepared[:3]) + (" …" if len(prepared) > 3 else "")  # noqa: PLR2004  three names are enough to find the file
    hint = "is it damaged? if it is not, please report it" if prepared[0].format == "parquet" else "please report this file as a bug"
    return Problems(Diagnostic("E319", f"{names} refused: {doubt}", help=f"nothing of it was loaded; {hint}"))


def open_view(
    con: duckdb.DuckDBPyConnection,
    prepared: Sequence[Prepared],
    columns: Sequence[str],
    extra: Literal["evolve", "freeze", "discard"] = "freeze",
    missing: Literal["evolve", "freeze"] = "freeze",
) -> None:
    """Create (or replace) the views `"__source__"` and `"__numbered__"` over the good records of all the files.

    `"__source__"` has one VARCHAR per name in `columns`, in that order, matched by the header's names; null is what the source itself
    says is nothing, which CSV never does (empty text stays ''). With `evolve` there is also `__extra__`, a JSON text of the columns
    nobody asked for, or null. `"__numbered__"` has the same columns, then `__file__` (the file's name) and `__record__`, the record's
    ordinal among all data records of its file from 1, bad ones counted too. `"__source__"` keeps the order of the files and of their
    records. With `missing` evolve, a column that only some files have is '' in the others, or null where the format has nulls.

    `con` should be an in-memory connection: the views are ordinary ones, DuckDB cannot bind a temporary one.

    Raises:
        Problems: E311 nobody asks for a column, since the files have none; E320 a column is not in a file, with `missing` evolve in none;
            E316 all that they have are records that are no rows; E321 with `freeze`, a file has a column that nobody asked for; E322
            two columns differ only in case, or one is named as a column of ours.
    """
    if not columns:
        _refuse_worthless(structural(prepared))
        message = f"there is no column in `{prepared[0].file.name}`" + (" and the others" if len(prepared) > 1 else "")
        raise Problems(Diagnostic("E311", message, help="no record has a value; was it written to its end?"))
    _check_names(columns)
    somewhere = {name for one in prepared for name in one.header} if missing == "evolve" else set()
    earlier: set[str] = set()
    for one in prepared:
        # A file that shares no column with those before it has no header, or is of another table; one without records says nothing.
        foreign = one.header and earlier and earlier.isdisjoint(one.header)
        _check_columns(one, columns, extra, set() if foreign else somewhere)
        earlier.update(one.header)
    if len(prepared) > _MANY:
        _many(con, prepared, columns, extra)
        return
    plain, placed = [], []
    for place, one in enumerate(prepared):
        text, wanted = _project(con, one, columns, extra)
        plain.append(text.select(*wanted))
        placed.append(text.select(*wanted, *_position(one, place)))
    _union(plain).create_view(SOURCE, replace=True)
    _number(con, prepared, _union(placed))


def _many(con: duckdb.DuckDBPyConnection, prepared: Sequence[Prepared], columns: Sequence[str], extra: str) -> None:
    """Create the views over so many files that DuckDB would not read them in one query: over a table of their rows, made in parts."""
    con.execute(_NO_ROWS)
    done = 0
    with reading(prepared):
        for _, run in groupby(prepared, _written):
            some = list(run)
            for part in (some[start : start + _AT_ONCE] for start in range(0, len(some), _AT_ONCE)):
                text, wanted = _project(con, part[0], columns, extra, part[1:])
                number = duckdb.SQLExpression("row_number() OVER ()") + duckdb.ConstantExpression(done)
                rows = text.select(*wanted, number.alias("__n__"))
                rows.insert_into(_ROWS) if done or part[0] is not prepared[0] else rows.create(_ROWS)
                done += sum(one.rows for one in part)
    rows = con.table(_ROWS)
    names = (*columns, *((EXTRA,) if extra == "evolve" else ()))
    rows.select(*(duckdb.ColumnExpression(_ROWS, name) for name in names)).create_view(SOURCE, replace=True)
    befores = accumulate((one.rows for one in prepared), initial=0)
    starts = [(one.file.name, place, before) for place, (one, before) in enumerate(zip(prepared, befores, strict=False)) if one.rows]
    con.execute(_STARTS, [list(column) for column in zip(*starts, strict=True)] or [[], [], []])
    _number(con, prepared, con.sql(_PLACED))


def _written(one: Prepared) -> object:
    """Return what is the same for files that one query reads, one after the other; each file of another format is read by itself."""
    lines = one.lines
    return (one.header, replace(lines, longest=0)) if lines else id(one)


def _refuse_worthless(bad: Sequence[BadRecord]) -> None:
    """Refuse files that have records, and not one of them is a row.

    Raises:
        Problems: E316.
    """
    if bad:
        one = bad[0]
        many = f"no record of `{one.file}` is a row" if len(bad) > 1 else f"the only record of `{one.file}` is no row"
        message = f"{many}, line {one.line}: {one.reason}"
        hint = "a record is a JSON object, `{...}`, or a list has them; `records` says which list" if one.reason == NO_OBJECT else None
        raise Problems(Diagnostic("E316", message, help=hint or "look at the file there; nothing of it was loaded"))


def _check_names(columns: Sequence[str]) -> None:
    seen: dict[str, str] = {}
    for name in columns:
        fold = name.casefold()
        if fold in _OURS:
            message = f"a column of the file is called `{name}`, a name that is used for something else while files are read"
            raise Problems(Diagnostic("E322", message, help="rename it in the file"))
        if other := seen.get(fold):
            message = f"the column `{name}` of the file clashes with `{other}`"
            raise Problems(Diagnostic("E322", message, help="DuckDB does not tell upper from lower case; rename it in the file"))
        seen[fold] = name


def _check_columns(one: Prepared, columns: Sequence[str], extra: str, elsewhere: Collection[str]) -> None:
    has, known = set(one.header), set(columns)
    absent = [name for name in columns if name not in has and name not in elsewhere]
    found = [Diagnostic("E320", f"`{one.file.name}` has no column `{name}`", help=_has(one)) for name in absent]
    if extra == "freeze":
        unknown = [name for name in one.header if name not in known]
        hint = "add it to `columns`, or set `on_schema_change.new_column` to evolve or discard"
        found += [Diagnostic("E321", f"`{one.file.name}` has a column `{name}` that the spec does not know", help=hint) for name in unknown]
    if found:
        raise Problems(*found)


def _has(one: Prepared) -> str:
    names = ", ".join(f"`{name}`" for name in one.header)
    return f"it has {names}; correct `from`, or set `on_schema_change.dropped_column` to evolve, so that a missing one is null"


def _project(
    con: duckdb.DuckDBPyConnection, one: Prepared, columns: Sequence[str], extra: str, more: Sequence[Prepared] = ()
) -> tuple[duckdb.DuckDBPyRelation, list[duckdb.Expression]]:
    """Return what DuckDB reads of the file, and the expressions that make the wanted columns of it.

    `more` are files written like it, whose rows come after its own.
    """
    if one.lines and not more and extra != "evolve" and tuple(columns) == one.header:
        return csv.named(con, one), [duckdb.StarExpression()]
    places = {name: f"c{place}" for place, name in enumerate(one.header)}
    found = {name: duckdb.ColumnExpression(place) for name, place in places.items()}
    absent = duckdb.ConstantExpression("" if one.lines else None).cast("VARCHAR")
    wanted = [found.get(name, absent).alias(name) for name in columns]
    if extra == "evolve":
        wanted.append(_extra([(name, place) for name, place in places.items() if name not in columns]).alias(EXTRA))
    return csv.alike(con, [one, *more]) if more else formats.of(one.format).relation(con, one), wanted


def _extra(unknown: Sequence[tuple[str, str]]) -> duckdb.Expression:
    if not unknown:
        return duckdb.ConstantExpression(None).cast("VARCHAR")
    pairs = [part for name, place in unknown for part in (duckdb.ConstantExpression(name), duckdb.ColumnExpression(place))]
    return duckdb.FunctionExpression("json_object", *pairs).cast("VARCHAR")


def _position(one: Prepared, place: int) -> tuple[duckdb.Expression, ...]:
    number = duckdb.SQLExpression("row_number() OVER ()")
    return (
        duckdb.ConstantExpression(one.file.name).alias(FILE),
        duckdb.ConstantExpression(place).alias("__place__"),
        number.alias("__row__"),
    )


def _union(relations: Sequence[duckdb.DuckDBPyRelation]) -> duckdb.DuckDBPyRelation:
    """Put the rows of all together, in halves, so that a thousand files do not nest a thousand deep."""
    if len(relations) == 1:
        return relations[0]
    half = len(relations) // 2
    return _union(relations[:half]).union(_union(relations[half:]))


def _number(con: duckdb.DuckDBPyConnection, prepared: Sequence[Prepared], rows: duckdb.DuckDBPyRelation) -> None:
    """Create `"__numbered__"`: the n-th good record of a file is the n-th of all plus the bad ones before it."""
    rows.create_view("__rows__", replace=True)
    gaps = {(place, bad.record - count): count for place, one in enumerate(prepared) for count, bad in enumerate(one.bad, 1)}
    con.execute(_GAPS, [[place for place, _ in gaps], [good for _, good in gaps], list(gaps.values())])
    con.execute(_NUMBERED if gaps else _NUMBERED_WHOLE)
