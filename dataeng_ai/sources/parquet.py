"""Parquet as a source: said by the file itself (`detect`, `prepare`), its rows as JSON (`raw`), read by DuckDB where it lies (`relation`).

The footer says how many rows there are; what DuckDB reads is held against that. Folders such as `day=2024-01-31` are columns too, as
Hive and Spark write them. `parquet_values` says what becomes of each type.
"""

from __future__ import annotations

import glob
import re
import shutil
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote

import duckdb

from dataeng_ai import ir
from dataeng_ai.diagnostics import Diagnostic, Problems
from dataeng_ai.progress import quiet
from dataeng_ai.sources.detected import Detected
from dataeng_ai.sources.parquet_values import leaves, shown
from dataeng_ai.sources.prepared import MAX_RAW, Prepared
from dataeng_ai.sources.texts import place
from dataeng_ai.sources.unpacking import opened, packed

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from pathlib import Path

    from dataeng_ai.sources.files import File

_MAGIC: Final = b"PAR1"
_ENCRYPTED: Final = b"PARE"
_LEAST: Final = 12
"""Bytes of the smallest file: the magic at both ends, and the size of the footer."""

_ROWS: Final = "SELECT * FROM read_parquet($1, hive_partitioning=false, filename=false, file_row_number=false, union_by_name=false)"
_FOOTER: Final = "SELECT num_rows, created_by, encryption_algorithm FROM parquet_file_metadata($1)"
_SCHEMA: Final = "SELECT name, type, num_children, logical_type, duckdb_type FROM parquet_schema($1)"
_WANTED: Final = 'CREATE TABLE "wanted" AS SELECT unnest($1::BIGINT[]) AS "record"'
_RAW: Final = """
SELECT r."record", left(r."raw", $1) FROM "numbered" AS r SEMI JOIN "wanted" AS w ON r."record" = w."record" ORDER BY r."record"
"""

_PARTITION: Final = re.compile(r"([^=/]+)=([^/]*)")
_HIVE_NULL: Final = "__HIVE_DEFAULT_PARTITION__"
_WIDE: Final = re.compile(r"DecimalType\(scale=\d+, precision=(\d+)\)")
_MAX_DIGITS: Final = 38


def detect(files: Sequence[File], known: Mapping[str, Any]) -> Detected:  # noqa: ARG001  every format has this shape; Any: plain data of a spec
    """Say that nothing is to be found out: a Parquet file tells itself what it holds."""
    partitions = _partitions(files[0])
    folders = f"; the folders of its path are columns: {', '.join(partitions)}" if partitions else ""
    return Detected(ir.Source(None, files[0].name, "parquet"), (f"Parquet: the file itself says what its columns are{folders}",))


def prepare(file: File, source: ir.Source, scratch: Path) -> Prepared:  # noqa: ARG001  every format has this shape
    """Read the file's footer; one that is packed, or in an archive, is unpacked into the folder `scratch`.

    Raises:
        Problems: E302 it cannot be read; E311 it has no column; E340 it is cut short, damaged, encrypted, or holds what is not read
            without loss.
    """
    path = _unpacked(file, scratch)
    _check_ends(file, path)
    with _told(file), closing(duckdb.connect()) as con:
        quiet(con)
        where = [glob.escape(str(path))]
        relation = con.sql(_ROWS, params=where)
        footer, schema = _footer(con, relation, where), con.execute(_SCHEMA, where).fetchall()
        found, names = leaves(relation), relation.columns
    if footer is None or footer[2] is not None:
        raise _encrypted(file)
    _check_digits(file, schema)
    partitions = [name for name in _partitions(file) if name not in names]
    return Prepared(
        file=file,
        format="parquet",
        path=path,
        header=(*(leaf.name for leaf in found), *partitions),
        records=int(footer[0]),
        bad=(),
        repairs=(*_renamed(schema, names), *_finer(schema)),
        kinds=(*(leaf.kind for leaf in found), *(None for _ in partitions)),
    )


def _footer(con: duckdb.DuckDBPyConnection, rows: duckdb.DuckDBPyRelation, where: Sequence[str]) -> tuple[Any, ...] | None:
    """Return what the footer says of the file."""
    try:
        return con.execute(_FOOTER, where).fetchone()
    except duckdb.InvalidInputException:
        rows.limit(1).fetchall()  # of an encrypted file whose footer is plain, this says so
        raise


def raw(prepared: Prepared, records: Collection[int]) -> Iterator[tuple[int, int, str]]:
    """Yield (record, record, the row as JSON) of the data records with these ordinals, in the file's order; reads the file again."""
    if not records:
        return
    with _told(prepared.file), closing(duckdb.connect()) as con:
        con.execute("SET TimeZone = 'UTC'")
        quiet(con)
        con.execute(_WANTED, [sorted(set(records))])
        rows = con.sql(_ROWS, params=[glob.escape(str(prepared.path))])
        numbered = rows.select(duckdb.SQLExpression("row_number() OVER ()").alias("record"), shown(leaves(rows)).alias("raw"))
        numbered.create_view("numbered")
        found = con.execute(_RAW, [MAX_RAW]).fetchall()
    for record, text in found:
        yield record, record, text if len(text) < MAX_RAW else text[: MAX_RAW - 1] + "…"


def relation(con: duckdb.DuckDBPyConnection, prepared: Prepared) -> duckdb.DuckDBPyRelation:
    """Return the rows in the file's order, their values as texts `c0`, `c1`, … in the header's order."""
    with _told(prepared.file):
        rows = con.sql(_ROWS, params=[glob.escape(str(prepared.path))])
        texts = [leaf.text for leaf in leaves(rows)]
        partitions = _partitions(prepared.file)
        texts += [duckdb.ConstantExpression(partitions[name]).cast("VARCHAR") for name in prepared.header[len(texts) :]]
        return rows.select(*(text.alias(f"c{place}") for place, text in enumerate(texts)))


def _unpacked(file: File, scratch: Path) -> Path:
    try:
        if not packed(file):
            return file.path
    except OSError as error:
        raise Problems(Diagnostic("E302", f"`{file.name}` cannot be read: {error.strerror}", help="was it moved meanwhile?")) from error
    copy = place(file, scratch, "parquet")
    with opened(file) as stream, copy.open("wb") as out:
        shutil.copyfileobj(stream, out, 1 << 20)
    return copy


def _check_ends(file: File, path: Path) -> None:
    """Look at both ends of the file: the magic, and a footer that has room.

    Raises:
        Problems: E311, it is empty; E340, it is no Parquet file, or not a whole one.
    """
    with path.open("rb") as stream:
        size = stream.seek(0, 2)
        stream.seek(0)
        start = stream.read(4)
        stream.seek(max(0, size - 8))
        end = stream.read(8)
    if not size:
        raise Problems(Diagnostic("E311", f"`{file.name}` is empty: there is not one byte", help="was it written to the end?"))
    if _ENCRYPTED in (start, end[4:]):
        raise _encrypted(file)
    if start != _MAGIC:
        raise _unreadable(file, "it does not begin as Parquet does", "correct `format`, or the path")
    if size < _LEAST or end[4:] != _MAGIC or int.from_bytes(end[:4], "little") > size - _LEAST:
        raise _unreadable(file, "it is cut short: its end holds no footer", "fetch the file again; nothing of it was loaded")


@contextmanager
def _told(file: File) -> Iterator[None]:
    """Around reading the file's footer and rows: what DuckDB says of it is the file's problem.

    Raises:
        Problems: E311, E340.
    """
    try:
        yield
    except (duckdb.OutOfMemoryException, duckdb.InterruptException):
        raise
    except duckdb.Error as error:
        if "at least one non-root column" in str(error):
            message = f"`{file.name}` has not one column"
            raise Problems(Diagnostic("E311", message, help="was it written as it should be?")) from error
        if "File is encrypted" in str(error):
            raise _encrypted(file) from error
        if "TProtocolException" in str(error):  # what DuckDB 1 says of a column that is encrypted, below a footer that is not
            raise _unreadable(file, "it is encrypted, or damaged", "write it without encryption, or fetch it again") from error
        said = str(error).splitlines()[0].partition("Error: ")[2] or str(error).splitlines()[0]
        raise _unreadable(file, said, "fetch the file again; nothing of it was loaded") from error


def _encrypted(file: File) -> Problems:
    return _unreadable(file, "it is encrypted", "write it without encryption; keys are not known here")


def _unreadable(file: File, why: str, hint: str) -> Problems:
    return Problems(Diagnostic("E340", f"`{file.name}` cannot be read as Parquet: {why}", help=hint))


def _check_digits(file: File, schema: Sequence[tuple[Any, ...]]) -> None:
    """Refuse decimals wider than DuckDB's, which it would read as doubles.

    Raises:
        Problems: E340.
    """
    for name, _, _, logical, _ in schema:
        match = _WIDE.fullmatch(logical or "")
        if match and int(match[1]) > _MAX_DIGITS:
            why = f"its column `{name}` is a decimal of {match[1]} digits, and no more than {_MAX_DIGITS} are read without loss"
            raise _unreadable(file, why, "write the column with fewer digits, or as text")


def _finer(schema: Sequence[tuple[Any, ...]]) -> Iterator[str]:
    """Yield a sentence for each column of moments of which DuckDB reads no more than microseconds."""
    for name, physical, _, logical, kind in schema:
        nanoseconds = "NanoSeconds" in (logical or "") and str(kind).startswith("TIMESTAMP") and not str(kind).endswith("_NS")
        if physical == "INT96" or nanoseconds:
            yield f"`{name}` is kept in nanoseconds, and read to the microsecond: anything finer is left out"


def _renamed(schema: Sequence[tuple[Any, ...]], names: Sequence[str]) -> Iterator[str]:
    """Yield a sentence for each column that DuckDB calls otherwise than the file: it holds `ID` and `id` for the same."""
    for number, (own, name) in enumerate(zip(_top(schema), names, strict=False), 1):
        if own != name:
            yield f"column {number} is named `{own}` in the file, which is empty or like another one: called `{name}`"


def _top(schema: Sequence[tuple[Any, ...]]) -> Iterator[str]:
    """Yield the names of the outermost columns: the schema lists them with all that is within them, depth first."""
    inside = 0
    for name, _, children, _, _ in schema[1:]:
        if not inside:
            yield name
        inside += (children or 0) - (1 if inside else 0)


def _partitions(file: File) -> dict[str, str | None]:
    """Return the columns that the folders of the file's path are, with their values."""
    pairs = (match for part in file.name.split("/")[:-1] if (match := _PARTITION.fullmatch(part)))
    return {unquote(match[1]): None if match[2] == _HIVE_NULL else unquote(match[2]) for match in pairs}
