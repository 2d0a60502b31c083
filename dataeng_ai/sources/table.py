"""A table of a database, or what it answers to a query, as a source: the file of texts that `databases.fetch` wrote.

Every text in it is quoted, and null is nothing at all, so that an empty text stays one.
"""

from __future__ import annotations

import glob
import json
from typing import TYPE_CHECKING, Any, Final

from dataeng_ai.sources.databases.written import lines
from dataeng_ai.sources.detected import Detected
from dataeng_ai.sources.prepared import MAX_RAW, BadRecord, Prepared
from dataeng_ai.types import Type

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from pathlib import Path

    import duckdb

    from dataeng_ai import ir
    from dataeng_ai.sources.files import File

_MARK: Final = "mark"
_LINE: Final = 1 << 20
_READ: Final = r"""
SELECT * FROM read_csv($1, columns=$2, max_line_size=$3, buffer_size=$4, delim=',', quote='"', escape='"', nullstr='',
    allow_quoted_nulls=false, header=false, auto_detect=false, strict_mode=true, null_padding=false, ignore_errors=false,
    parallel=false, encoding='utf-8', new_line='\n')
"""


def detect(files: Sequence[File], known: Mapping[str, Any]) -> Detected:  # Any: plain data of a spec  # noqa: ARG001  every format has this shape
    """Return what `known["source"]`, an `ir.Source`, says: a database leaves nothing to be found out."""
    source: ir.Source = known["source"]
    return Detected(source, ())


def prepare(file: File, source: ir.Source, scratch: Path) -> Prepared:  # noqa: ARG001  every format has this shape
    """Return what was written of the rows; nothing is left to do."""
    written = json.loads(file.path.with_suffix(".json").read_text(encoding="utf-8"))
    return Prepared(
        file=file,
        format="table",
        path=file.path,
        header=tuple(written["columns"]),
        records=written["rows"] + len(written["bad"]),
        bad=tuple(BadRecord(file.name, record, record, reason, text) for record, reason, text in written["bad"]),
        kinds=tuple(Type(**kind) if kind else None for kind in written["types"]),
        longest=written["longest"],
    )


def raw(prepared: Prepared, records: Collection[int]) -> Iterator[tuple[int, int, str]]:
    """Yield (row, row, its values) of the rows with these ordinals, in order; null is nothing between two commas."""
    wanted, bad = frozenset(records), {one.record for one in prepared.bad}
    ordinal = 0
    for row in lines(prepared.path):
        ordinal += 1
        while ordinal in bad:
            ordinal += 1
        if ordinal in wanted:
            text = row.decode()
            yield ordinal, ordinal, text if len(text) <= MAX_RAW else text[: MAX_RAW - 1] + "…"


def relation(con: duckdb.DuckDBPyConnection, prepared: Prepared) -> duckdb.DuckDBPyRelation:
    """Return the rows, their values as texts `c0`, `c1`, … in the header's order, null where the database has null."""
    places = [f"c{place}" for place in range(len(prepared.header))]
    size = max(_LINE, prepared.longest + 1)
    rows = con.sql(_READ, params=[glob.escape(str(prepared.path)), dict.fromkeys((_MARK, *places), "VARCHAR"), size, 2 * size])
    return rows.select(*places)
