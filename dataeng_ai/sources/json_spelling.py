r"""The records of a JSON file as texts in DuckDB: each as it is when written anew, with what that would bend kept apart.

Written anew a record has no blanks, its texts no needless escapes, and a number is not always spelt as it was: `1.50` becomes `1.5`.
Where a file has such numbers, or escapes, `marked` writes its records once more with every number a text that begins with MARK, so
that it stands as it did; they are found by an expression that goes from number to number over whole strings. Were it ever to begin
within a string, the quote it puts there would end the string before MARK, which is no JSON, and DuckDB would refuse the record.
"""

from __future__ import annotations

import glob
import re
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from pathlib import Path

    import duckdb

    from dataeng_ai.sources.files import File

Form = Literal["newline_delimited", "array"]

RECORDS: Final = "records"
"""The view: `j` and `s`, a record and its text, how many `bytes` it had, how many `solid` that are no white space, and whether it is
`odd`: what was written anew may be another record."""
MARK: Final = "\ue000"
"""Before a number that is written as a text. A record that has this character is odd."""

_LARGEST: Final = 4 << 20
"""Bytes of the longest record."""
_UNUSUAL: Final = re.compile(r"\\[u/]|[:\[,]\s*-?(?:0(?=[,\]}\s])(?<=-0)|\d+\.\d+0(?!\d)|\d+\.\d{16}|\d+(?:\.\d+)?[eE])")

_OBJECTS: Final = """
SELECT json AS j, CAST(json AS VARCHAR) AS r, $2 = 'newline_delimited' AS lines
FROM read_json_objects($1, format=$2, maximum_object_size=$3, compression='uncompressed')
"""
_PLAIN: Final = """
SELECT * EXCLUDE (r, lines), strlen(r) AS bytes,
    CASE WHEN r = s THEN false
        WHEN lines THEN replace(replace(replace(r, ' ', ''), chr(9), ''), chr(13), '') <> replace(s, ' ', '')
        ELSE replace(replace(replace(replace(r, ' ', ''), chr(9), ''), chr(13), ''), chr(10), '') <> replace(s, ' ', '') END AS odd,
    strlen(replace(CASE WHEN r = s THEN r ELSE replace(replace(replace(r, chr(9), ''), chr(10), ''), chr(13), '') END, ' ', '')) AS solid
FROM (SELECT *, CAST(json(j) AS VARCHAR) AS s FROM "objects")
"""
# The `0` behind a record is a number too, so that one is found wherever the search goes on: it never has to begin within a string.
_SPELT: Final = r"""
SELECT * EXCLUDE (j, r, m, lines), CAST(json(m) AS VARCHAR) AS s, strlen(r) AS bytes,
    strlen(replace(replace(replace(replace(r, ' ', ''), chr(9), ''), chr(13), ''), chr(10), '')) AS solid,
    regexp_matches(m, ',[ \t\r\n]*[\]}]') OR contains(r, chr(57344)) OR contains(r, '\ue000') OR contains(r, '\uE000')
        OR (lines AND contains(r, chr(10))) AS odd
FROM (
    SELECT *, left(regexp_replace(
        r || '0', '(?s)((?:"(?:[^"\\]|\\.)*"|[^"0-9\-])*)(-?[0-9][0-9.eE+\-]*)', '\1"' || chr(57344) || '\2"', 'g'
    ), -4) AS m
    FROM "objects"
)
"""
_LISTS: Final = "SELECT CAST(r0 AS JSON) AS j, r0 AS r, false AS lines, * EXCLUDE (r0) FROM read_parquet($1) WHERE r0 IS NOT NULL"
_ITEMS: Final = """
SELECT *, CAST(j AS VARCHAR) AS s, strlen(CAST(j AS VARCHAR)) AS bytes, 0 AS solid
FROM (SELECT * EXCLUDE (x), unnest(x) AS j, generate_subscripts(x, 1) AS at
    FROM (SELECT * EXCLUDE (j, s, bytes, solid), json_extract(j, '$[*]') AS x FROM "lists"))
"""
_MARKED: Final = "SELECT CAST(s AS JSON) AS j, * FROM read_parquet($1)"


def unusual(text: str) -> bool:
    """Say whether a part of a file has escapes, or numbers that are spelt otherwise when they are written anew."""
    return _UNUSUAL.search(text) is not None


def objects(con: duckdb.DuckDBPyConnection, file: File, form: Form) -> None:
    """Open the records of a file as they stand there."""
    con.sql(_OBJECTS, params=[glob.escape(str(file.path)), form, _LARGEST]).create_view("objects", replace=True)


def lists(con: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Open the lists in the first column of a table, with its other columns."""
    con.sql(_LISTS, params=[glob.escape(str(path))]).create_view("objects", replace=True)


def spelt(con: duckdb.DuckDBPyConnection, path: Path | None, together: int, view: str = RECORDS) -> None:
    """Open the view of the records as they are when written anew; with a path, their numbers marked, in a file there, so many together.

    One is odd where more than blanks was another.
    """
    if path is None:
        con.sql(_PLAIN).create_view(view, replace=True)
        return
    con.sql(_SPELT).write_parquet(str(path), compression="lz4_raw", row_group_size=together)
    con.sql(_MARKED, params=[glob.escape(str(path))]).create_view(view, replace=True)


def items(con: duckdb.DuckDBPyConnection, path: Path | None, together: int) -> None:
    """Open the view of the items of lists as records, each with its place `at` in its list."""
    spelt(con, path, together, "lists")
    con.sql(_ITEMS).create_view(RECORDS, replace=True)
