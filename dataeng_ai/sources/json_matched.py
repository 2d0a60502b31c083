"""Records of JSON that are what their text would be: read, proved and written as columns in one pass; the odd ones are proved apart.

`json_template` says what a record is written as. Where it is that, it is proved by the comparison; what is odd, a text with an escape or
a key that comes up late, is held against the laws of `json_proof`, as all records were otherwise. It costs a third of these.
"""

from __future__ import annotations

import glob
import operator
from dataclasses import dataclass
from functools import reduce
from shutil import rmtree
from typing import TYPE_CHECKING, Final

import duckdb

from dataeng_ai.sources.json_decoding import DoubtError
from dataeng_ai.sources.json_proof import NO_NUMBER, Laws, SpellingError, Things, path_of
from dataeng_ai.sources.json_spelling import spelt
from dataeng_ai.sources.json_template import ODD, Template, UnfitError
from dataeng_ai.sources.json_written import RECORD, call

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from dataeng_ai.sources.json_lines import Piece
    from dataeng_ai.sources.json_reading import Reading

LARGEST: Final = 4 << 20
"""Bytes of the longest record."""
_SAMPLE: Final = 2000
_MOSTLY: Final = 0.7
"""A template that fits fewer of the first records is not worth it."""
_ROUNDS: Final = 4

_LINES: Final = """
SELECT json AS j, CAST(json AS VARCHAR) AS r
FROM read_json_objects($1, format='newline_delimited', maximum_object_size=$2, compression='uncompressed')
"""
_WRITTEN: Final = "SELECT * FROM read_parquet($1)"
_ODD: Final = "SELECT CAST(odd AS JSON) AS j, odd AS r, true AS lines FROM read_parquet($1) WHERE odd IS NOT NULL"


@dataclass(frozen=True, slots=True)
class Matched:
    """What is known of all records once they are written."""

    records: int
    longest: int
    things: dict[tuple[str, ...], Things]
    """What stands in the places that stay JSON."""


def matched(reading: Reading, pieces: Callable[[], Iterator[Piece]], path: Path) -> Matched | None:
    """Write the texts of the records in pieces as columns into a folder; None where they are not written as a template has it.

    Raises:
        DoubtError: a record is for the careful reader.
    """
    for _ in range(_ROUNDS):
        rmtree(path, ignore_errors=True)
        path.mkdir()
        template = _write(reading, pieces(), path)
        if template is None:
            return None
        found = _Found(reading, template, path)
        if not found.odd:
            return found.sure(None)
        laws = found.laws()
        try:
            laws.hold(marked=False)
            strays = laws.strays()
            if not strays and found.bent(laws.raw()):
                return None
        except SpellingError:
            reading.marked = True
            return None
        if not strays:
            laws.refuse_twice()
            return found.sure(laws)
        reading.learn(strays)
    return None


def pattern(path: Path) -> str:
    """Return how the columns are read that were written into a folder."""
    return f"{glob.escape(str(path))}/*.parquet"


def _write(reading: Reading, pieces: Iterator[Piece], path: Path) -> Template | None:
    template = None
    records = size = 0
    for number, piece in enumerate(pieces):
        rows = reading.con.sql(_LINES, params=[glob.escape(str(piece.path)), LARGEST])
        template = template or _fitting(reading, rows)
        if template is None:
            return None
        columns = (*reading.texts(template.leaf), *_about(template))
        odd = duckdb.CaseExpression(template.alike(), duckdb.ConstantExpression(None).cast("VARCHAR")).otherwise(RECORD)
        seen = read(rows, template).select(duckdb.StarExpression(), odd.alias("odd"))
        seen.select(*columns).write_parquet(str(path / f"{number:05}.parquet"), compression="lz4_raw", row_group_size=reading.together)
        records, size = records + piece.records, size + piece.bytes
    rows = reading.con.sql(_WRITTEN, params=[pattern(path)])
    [(found, bytes_)] = rows.aggregate([call("count_star"), call("sum", duckdb.ColumnExpression("bytes"))]).fetchall()
    if (found, bytes_) != (records, size):
        raise DoubtError
    return template


def read(rows: duckdb.DuckDBPyRelation, template: Template) -> duckdb.DuckDBPyRelation:
    """Return records with what is read of them."""
    return rows.select(duckdb.StarExpression(), call("from_json", duckdb.ColumnExpression("j"), template.structure).alias("k"))


def _fitting(reading: Reading, rows: duckdb.DuckDBPyRelation) -> Template | None:
    """Return the template that most of the first records fit."""
    for style in dict.fromkeys((reading.style, None)):
        try:
            template = Template(reading.grammar, style, reading.places)
        except UnfitError:
            continue
        looked = read(rows.limit(_SAMPLE), template).select(template.alike()).fetchall()
        if looked and sum(alike for (alike,) in looked) >= _MOSTLY * len(looked):
            return template
    return None


def _about(template: Template) -> Iterator[duckdb.Expression]:
    """Yield what is to be known of a record beside its texts: whether it is odd, its size, and what its lists hold."""
    yield ODD
    yield call("strlen", RECORD).alias("bytes")
    for place, (items, objects, lists) in enumerate(template.lists()):
        yield items.alias(f"n{place}")
        yield objects.alias(f"o{place}")
        yield lists.alias(f"l{place}")


class _Found:
    """What was written."""

    def __init__(self, reading: Reading, template: Template, path: Path) -> None:
        self.reading, self.template, self.path = reading, template, path
        column = duckdb.ColumnExpression
        rows = reading.con.sql(_WRITTEN, params=[pattern(path)])
        [(self.records, self.longest, self.odd)] = rows.aggregate(
            [call("count_star"), call("max", column("bytes")), call("count", column("odd"))]
        ).fetchall()
        sums = [
            call(how, column(f"{what}{place}"))
            for place in range(len(template.wholes))
            for how, what in (("sum", "n"), ("bool_and", "o"), ("bool_and", "l"))
        ]
        found = rows.filter(column("odd").isnull()).aggregate(sums).fetchall()[0] if sums else ()
        self.things = {
            where: Things(found[3 * place] or 0, found[3 * place + 1] is not False, found[3 * place + 2] is not False)
            for place, where in enumerate(template.wholes)
        }

    def laws(self) -> Laws:
        """Return the laws, which are to be held against the odd records."""
        con = self.reading.con
        con.sql(_ODD, params=[pattern(self.path)]).create_view("objects", replace=True)
        spelt(con, None, self.reading.together)
        return Laws(con, self.reading.places, lines=True)

    def bent(self, numbers: set[tuple[str, ...]]) -> bool:
        """Say whether one of these numbers of an odd record is spelt otherwise as a text than it is in JSON, or is none."""
        names = [(name, path_of(leaf)) for leaf, name in self.reading.leaves if leaf in numbers]
        if not names:
            return False
        odd = duckdb.ColumnExpression("odd")
        cells = [(duckdb.ColumnExpression(name), call("json_extract_string", odd, path)) for name, path in names]
        word = (call("regexp_matches", text, NO_NUMBER) for text, _ in cells)
        other = (duckdb.CoalesceOperator(text != cell, text.isnull() != cell.isnull()) for text, cell in cells)
        bent = reduce(operator.or_, map(operator.or_, other, word))
        rows = self.reading.con.sql(_WRITTEN, params=[pattern(self.path)])
        return bool(rows.filter(odd.isnotnull()).filter(bent).limit(1).fetchall())

    def sure(self, laws: Laws | None) -> Matched:
        """Return what is known of all of them."""
        odd = laws.things() if laws else {}
        things = {where: (self.things[where] + odd[where] if where in odd else self.things[where]) for where in self.things}
        return Matched(self.records, self.longest, things)
