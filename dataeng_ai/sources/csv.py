"""CSV as a source: found out (`detect`), gone through once (`prepare`), its records as they stand (`raw`), read by DuckDB (`relation`)."""

from __future__ import annotations

import glob
from contextlib import suppress
from dataclasses import fields, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from dataeng_ai import ir
from dataeng_ai.diagnostics import Diagnostic, Problems
from dataeng_ai.sources import ahead, sameness
from dataeng_ai.sources import detect as detection
from dataeng_ai.sources import prepare as preparation
from dataeng_ai.sources.detected import Detected
from dataeng_ai.sources.prepare import raw
from dataeng_ai.sources.prepared import LINE, Prepared, Proof, inner_encoding

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import duckdb

    from dataeng_ai.sources.files import File

__all__ = ["alike", "begun", "detect", "named", "prepare", "raw", "relation"]

_SMALL: Final = 64 << 10
"""Bytes of the longest record of files that are many and small, for each of which DuckDB makes buffers."""

_READ: Final = """
SELECT * FROM read_csv($1, columns=$2, delim=$3, quote=$4, escape=$5, skip=$6, force_not_null=$7, max_line_size=$8, buffer_size=$9,
    header=false, auto_detect=false, strict_mode=true, null_padding=false, ignore_errors=false, parallel=$10, encoding='utf-8',
    compression='none')
"""
"""DuckDB takes the line end from the first one that it sees, which `prepare` has looked at; what is packed, too, whatever it is called."""

_READ_LF: Final = r"""
SELECT * FROM read_csv($1, columns=$2, delim=$3, quote=$4, escape=$5, skip=$6, force_not_null=$7, max_line_size=$8, buffer_size=$9,
    header=false, auto_detect=false, strict_mode=true, null_padding=false, ignore_errors=false, parallel=$10, encoding='utf-8',
    compression='none',
    new_line='\n')
"""


def detect(files: Sequence[File], known: Mapping[str, Any]) -> Detected:  # Any: plain data of a spec
    """Find out how the files are written; what the block `csv` of `known` says already, holds.

    Raises:
        Problems: as `detect.detect`, or some of the files are written otherwise than the rest (E323).
    """
    found = detection.detect(files)
    block = known.get("csv")
    given = {field.name: block[field.name] for field in fields(ir.Csv) if field.name in block} if isinstance(block, dict) else {}
    if isinstance(given.get("null_values"), list):
        given["null_values"] = tuple(given["null_values"])
    source = ir.Source(None, files[0].name, "csv", written := replace(found.csv, **given))
    sameness.refuse(files, written)
    return Detected(source, found.reasons)


def prepare(file: File, source: ir.Source, scratch: Path) -> Prepared:
    """Read the file's bytes once and make it ready for DuckDB; a copy, where one is needed, goes into the folder `scratch`.

    Raises:
        Problems: as `prepare.prepare`, or the source does not say how its CSV is written (E404), or says another encoding (E315).
    """
    if source.csv is None:
        raise Problems(Diagnostic("E404", "the pipeline does not say how its CSV is written", help="compile it again"))
    with suppress(OSError):  # `prepare` says what keeps it from being read
        sameness.refuse_encoding(file, source.csv)
    return preparation.prepare(file, source.csv, scratch)


def begun(file: File, source: ir.Source, scratch: Path) -> Prepared | None:
    """Return what the file's start says of it, where all of it may be so and it is worth it; its proof goes through the bytes."""
    if source.csv is None:
        return None
    if inner_encoding(source.csv.encoding) != "utf-8":  # else DuckDB meets what is in another one
        try:
            sameness.refuse_encoding(file, source.csv)
        except (Problems, OSError):
            return None  # `prepare` says what it is
    found = ahead.begun(file, source.csv, scratch)
    return found and replace(found, proof=Proof(partial(ahead.prove, found), partial(prepare, file, source, scratch)))


def relation(con: duckdb.DuckDBPyConnection, prepared: Prepared) -> duckdb.DuckDBPyRelation:
    """Return what DuckDB reads: the good records, their fields as texts `c0`, `c1`, … in the header's order, in the file's order."""
    return alike(con, [prepared])


def alike(con: duckdb.DuckDBPyConnection, prepared: Sequence[Prepared]) -> duckdb.DuckDBPyRelation:
    """Return what DuckDB reads of files that are written alike, the good records of one after those of the other, in one query."""
    return _read(con, prepared, [f"c{place}" for place in range(len(prepared[0].header))])


def named(con: duckdb.DuckDBPyConnection, prepared: Prepared) -> duckdb.DuckDBPyRelation:
    """Return what `relation` does under the header's names: to name thousands of columns in a projection takes DuckDB minutes."""
    return _read(con, [prepared], list(prepared.header))


def _read(con: duckdb.DuckDBPyConnection, prepared: Sequence[Prepared], names: list[str]) -> duckdb.DuckDBPyRelation:
    lines = prepared[0].lines
    assert lines is not None  # noqa: S101  they are CSV files
    columns = dict.fromkeys(names, "VARCHAR")
    quote, escape = lines.csv.quote or "", lines.csv.escape or lines.csv.quote or ""  # without an escape only a mended record has one
    many = len(prepared) > 1 and all(one.path.stat().st_size < LINE for one in prepared)
    size = max(_SMALL if many else LINE, *(one.lines.longest for one in prepared if one.lines))
    how = [lines.csv.delimiter, quote, escape if quote else "", lines.skip, names, size, 2 * size, not lines.multiline]
    return con.sql(_READ_LF if lines.line_end == "\n" else _READ, params=[[glob.escape(str(one.path)) for one in prepared], columns, *how])
