"""Plain JSON, which DuckDB's own reader reads without loss: proved on all its bytes, or left to the careful reader.

One query over all records has to find nothing that would be read otherwise: each record is what it is when written anew, but for
blanks (where it has escapes, or a number such as `1.50`, its numbers are marked before, so that they stand as they are written);
its keys are those that are known, each once; what is a value, an object or a list is one everywhere; and every byte of the file
that is not white space stands in a record or between two. Then the texts are written as columns, once, for all who look at them.
Any doubt, and the careful reader reads the whole file: what comes of it is the same.
"""

from __future__ import annotations

import glob
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import duckdb

from dataeng_ai.sources import texts
from dataeng_ai.sources.json_decoding import DoubtError
from dataeng_ai.sources.json_lines import pieces
from dataeng_ai.sources.json_matched import Matched, matched, pattern
from dataeng_ai.sources.json_paths import joined
from dataeng_ai.sources.json_proof import Laws, Things, is_json, nested
from dataeng_ai.sources.json_reading import Reading, trying
from dataeng_ai.sources.json_records import Records
from dataeng_ai.sources.json_shape import Spot
from dataeng_ai.sources.json_spelling import objects, spelt
from dataeng_ai.sources.prepared import Prepared
from dataeng_ai.sources.texts import Texts, room
from dataeng_ai.sources.unpacking import packed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from collections.abc import Set as AbstractSet
    from pathlib import Path

    from dataeng_ai import ir
    from dataeng_ai.sources.files import File
    from dataeng_ai.sources.json_shape import Value
    from dataeng_ai.sources.json_spelling import Form

LEAST: Final = 1 << 20
"""Bytes of a file from which on the proof is quicker than reading with care."""
LEAST_PACKED: Final = 128 << 10

_READ: Final = """
SELECT * FROM read_json($1, columns=$2, format=$3, maximum_object_size=$4, auto_detect=false, records=true, compression='uncompressed')
"""
_WRITTEN: Final = "SELECT * FROM read_parquet($1)"


@dataclass(frozen=True, slots=True)
class Plain:
    """How DuckDB read such records, whose texts are columns of a Parquet file now."""

    marked: bool
    """Its numbers were marked, so that they stand as they are written."""
    matched: bool = False
    """Its records are what their text would be; the columns are in the files of a folder."""


def prepare(file: File, source: ir.Source, scratch: Path, least: int = LEAST) -> Prepared | None:
    """Return the file as DuckDB reads it, where it is proved that nothing of it would be read otherwise; else None.

    Args:
        file: A file of JSON records, one a line, or a list of them.
        source: What is said of it.
        scratch: Where its texts are written, as columns.
        least: Bytes below which nothing is tried.
    """
    if file.size < (min(least, LEAST_PACKED) if packed(file) else least):
        return None
    found: list[Prepared] = []
    with trying(scratch) as (con, beside):
        found.append(_Whole(con, file, source, beside).prepared(texts.place(file, scratch, "parquet")))
    return found[0] if found else None


def relation(con: duckdb.DuckDBPyConnection, path: Path, known: Texts) -> duckdb.DuckDBPyRelation:
    """Return the texts that were written: `c0`, `c1`, … in the header's order."""
    rows = con.sql(_WRITTEN, params=[pattern(path) if path.is_dir() else glob.escape(str(path))])
    return rows.select(*(duckdb.ColumnExpression(name).alias(f"c{place}") for place, name in enumerate(known.columns)))


class _Whole(Reading):
    """All records of a file."""

    def __init__(self, con: duckdb.DuckDBPyConnection, file: File, source: ir.Source, scratch: Path) -> None:
        self.file, self.source = file, source
        self.form: Form = "newline_delimited" if source.format == "ndjson" else "array"
        self.lines = source.format == "ndjson"
        super().__init__(con, source.json, scratch)

    def first(self) -> Iterator[tuple[dict[str, Value], str]]:
        records = Records(self.file, self.source.format, self.source.records)
        for found in records:
            if found.flaw or not isinstance(found.value, dict):
                raise DoubtError
            yield found.value, records.text.window[found.start : found.end]

    def spell(self, path: Path | None) -> None:
        objects(self.con, self.file, self.form)
        spelt(self.con, path, self.together)

    def hold(self, laws: Laws) -> None:
        laws.count(self.file)

    def rows(self, raw: AbstractSet[tuple[str, ...]], longest: int) -> duckdb.DuckDBPyRelation:
        if self.marked:
            return super().rows(raw, longest)
        types = _types(self.places, raw)
        rows = self.con.sql(_READ, params=[glob.escape(str(self.file.path)), types, self.form, room(longest)])
        self._named = {key: f"k{place}" for place, key in enumerate(types)}
        return rows.select(*(duckdb.ColumnExpression(rows.alias, key).alias(name) for key, name in self._named.items()))

    def top(self, key: str) -> duckdb.Expression:
        return super().top(key) if self.marked else duckdb.ColumnExpression(self._named[key])

    def prepared(self, path: Path) -> Prepared:
        """Write the texts, and say what they are.

        Raises:
            DoubtError: the careful reader has to read the file.
        """
        if found := self._matched(path):
            return self._known(path, found.records, found.longest, found.things, matched=True)
        if self.source.records is not None or packed(self.file):
            raise DoubtError
        path = path.with_suffix(".whole.parquet")
        laws, raw = self.proved()
        self.write(path, laws, raw)
        records, longest = sum(one.records for one in laws.found), max(one.longest for one in laws.found)
        return self._known(path, records, longest, laws.things(), matched=False)

    def _matched(self, path: Path) -> Matched | None:
        with suppress(duckdb.Error, DoubtError):  # what it is, the laws say
            return matched(self, lambda: pieces(self.file, self.source.format, self.source.records, self.scratch), path)
        return None

    def _known(self, path: Path, records: int, longest: int, things: Mapping[tuple[str, ...], Things], *, matched: bool) -> Prepared:
        ordered = {where: things[where] for where, member in self.places.items() if is_json(member)}
        return Prepared(
            file=self.file,
            format=self.source.format,
            path=path,
            header=tuple(joined(leaf) for leaf, _ in self.leaves),
            records=records,
            bad=(),
            repairs=self.shape.kept(),
            kinds=self.shape.kinds(),
            texts=Texts(tuple(name for _, name in self.leaves), longest, self.source.records),
            plain=Plain(marked=self.marked and not matched, matched=matched),
            nested=nested(ordered),
            hollow=self.shape.hollow(),
        )


def _types(places: Mapping[tuple[str, ...], str | Spot], raws: AbstractSet[tuple[str, ...]], above: tuple[str, ...] = ()) -> dict[str, str]:
    """Return the type of each key of an object, in DuckDB's words; in `raws` are numbers that have to stay as they are written."""
    found = {}
    for path, member in places.items():
        if path[:-1] != above:
            continue
        if isinstance(member, Spot) and member.members is not None:
            inner = ", ".join(f'"{key}" {kind}' for key, kind in _types(places, raws, path).items())
            found[path[-1]] = f"STRUCT({inner})" if inner else "JSON"
        else:
            found[path[-1]] = "JSON" if is_json(member) or path in raws else "VARCHAR"
    return found
