"""Rows of a Parquet file from begin, middle and end, as a smaller one: its row groups let a reader skip the others."""

from __future__ import annotations

import glob
from contextlib import closing
from typing import TYPE_CHECKING, Final

import duckdb

from dataeng_ai.progress import quiet
from dataeng_ai.sources.sampled.part import Taken
from dataeng_ai.sources.streams import packed

if TYPE_CHECKING:
    from pathlib import Path

    from dataeng_ai.sources.files import File

_ROWS: Final = "SELECT * FROM read_parquet($1, hive_partitioning=false, filename=false, file_row_number=false, union_by_name=false)"
_COUNT: Final = "SELECT num_rows FROM parquet_file_metadata($1)"
_EACH: Final = 4000
"""Rows of a block."""
_BLOCKS: Final = 5


def rows(file: File, _budget: int, target: Path) -> Taken | None:
    """Write some rows of a Parquet file; None where it has few, is packed, or cannot be read: then whoever reads it says why."""
    if packed(file):
        return None
    try:
        with closing(duckdb.connect()) as con:
            quiet(con)
            whole = con.sql(_ROWS, params=[glob.escape(str(file.path))])
            count = sum(int(rows) for (rows,) in con.execute(_COUNT, [glob.escape(str(file.path))]).fetchall())
            if count <= _EACH * _BLOCKS:
                return None
            part = whole.limit(_EACH)
            for place in range(1, _BLOCKS):
                part = part.union(whole.limit(_EACH, place * (count - _EACH) // (_BLOCKS - 1)))
            part.write_parquet(str(target))
    except duckdb.Error:
        return None
    return Taken(_EACH * _BLOCKS / count, _BLOCKS)
