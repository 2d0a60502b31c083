"""The items of lists in a table's first column, unfolded by DuckDB where it is proved that `rows.prepare` would read the same."""

from __future__ import annotations

import glob
from typing import TYPE_CHECKING, Final

import duckdb

from dataeng_ai.sources import rows
from dataeng_ai.sources.json_decoding import DoubtError
from dataeng_ai.sources.json_paths import joined
from dataeng_ai.sources.json_plain import Plain
from dataeng_ai.sources.json_proof import Laws, nested
from dataeng_ai.sources.json_reading import Reading, trying
from dataeng_ai.sources.json_spelling import items, lists
from dataeng_ai.sources.prepared import Prepared
from dataeng_ai.sources.texts import Texts, place

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from dataeng_ai import ir
    from dataeng_ai.sources.files import File
    from dataeng_ai.sources.json_shape import Value

LEAST: Final = 1000
"""Rows of the parent from which on the proof is quicker than reading with care."""

_LOOKED: Final = 20_000
"""Rows of the parent that show the columns."""
_FIRST: Final = "SELECT r0 FROM read_parquet($1)"
_PARENTS: Final = """
SELECT count(*), count(*) FILTER (coalesce(len(json_extract(j, '$[*]')), 0) = 0), coalesce(bool_or(odd OR json_type(j) <> 'ARRAY'), false)
FROM "lists"
"""
_COUNT: Final = "SELECT count(*) FROM read_parquet($1)"


def prepare(file: File, source: ir.Source, scratch: Path, least: int = LEAST) -> Prepared | None:
    """Return the items of the lists in `r0` of a Parquet file, which bear what is in `r1`, …; None where there is any doubt.

    Args:
        file: Where the rows of the parent are.
        source: Which items are wanted.
        scratch: Where their texts are written, as columns.
        least: Rows of the parent below which nothing is tried.
    """
    wanted = source.rows
    if wanted is None or wanted.records is not None or wanted.value:
        return None
    found = None
    with trying(scratch) as (con, beside):
        [(parents,)] = con.execute(_COUNT, [glob.escape(str(file.path))]).fetchall()
        if parents >= least:
            found = _Items(con, file, source, wanted, beside).prepared(place(file, scratch, "parquet"), parents)
    return found


class _Items(Reading):
    """All items of such lists."""

    def __init__(self, con: duckdb.DuckDBPyConnection, file: File, source: ir.Source, wanted: ir.Rows, scratch: Path) -> None:
        self.file, self.wanted, self.childless = file, wanted, 0
        lists(con, file.path)
        super().__init__(con, source.json, scratch)

    def first(self) -> Iterator[tuple[dict[str, Value], str]]:
        for (text,) in self.con.sql(_FIRST, params=[glob.escape(str(self.file.path))]).limit(_LOOKED).fetchall():
            for item in rows.unfold(text):
                if item.flaw or not isinstance(item.value, dict):
                    raise DoubtError
                yield item.value, text
                text = ""  # noqa: PLW2901  each text is looked at once

    def spell(self, path: Path | None) -> None:
        items(self.con, path, self.together)

    def hold(self, laws: Laws) -> None:  # noqa: ARG002  others hold more against them
        [(lists_, self.childless, odd)] = self.con.execute(_PARENTS).fetchall()
        if odd:
            raise DoubtError
        self.childless -= lists_

    def prepared(self, path: Path, parents: int) -> Prepared:
        """Write the texts, and say what they are."""
        laws, raw = self.proved()
        own = {f"p{at}": f"{rows.PARENT}{carried.name}" for at, carried in enumerate(self.wanted.carried)}
        more = [duckdb.ColumnExpression(f"r{at}").alias(name) for at, name in enumerate(own, 1)]
        if self.wanted.position:
            own["at"] = rows.POSITION
            more.append(duckdb.ColumnExpression("at").cast("VARCHAR").alias("at"))
        self.write(path, laws, raw, *more)
        childless = parents + self.childless
        told = (f"{childless:,} of {parents:,} rows of `{self.wanted.pipeline}` have no items",) if childless else ()
        return Prepared(
            file=self.file,
            format="rows",
            path=path,
            header=(*own.values(), *(joined(leaf) for leaf, _ in self.leaves)),
            records=sum(one.records for one in laws.found),
            bad=(),
            blank=childless,
            kinds=(*(None for _ in own), *self.shape.kinds()),
            repairs=(*told, *self.shape.kept()),
            texts=Texts((*own, *(name for _, name in self.leaves)), max(one.longest for one in laws.found)),
            plain=Plain(marked=self.marked),
            nested=nested(laws.things()),
        )
