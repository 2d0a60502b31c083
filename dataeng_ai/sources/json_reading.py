"""How records of JSON are read by DuckDB: what is known of them grows until the laws of `json_proof` hold, or are seen not to.

The careful reader sees the first records and says which columns there are, and so it does of every record that strays from these
later: one with a key that is new, or another kind of thing in a place.
"""

from __future__ import annotations

import glob
import json
import operator
import os
import re
from abc import ABC, abstractmethod
from collections import Counter
from contextlib import closing, contextmanager, suppress
from functools import reduce
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

import duckdb

from dataeng_ai.diagnostics import Problems
from dataeng_ai.progress import quiet
from dataeng_ai.sources.json_decoding import DoubtError, strict
from dataeng_ai.sources.json_grammar import Place, Style, style
from dataeng_ai.sources.json_paths import joined
from dataeng_ai.sources.json_proof import NO_NUMBER, Laws, SpellingError, call, is_json
from dataeng_ai.sources.json_shape import MANY, Shape, Spot, TooManyColumnsError, UnfitError
from dataeng_ai.sources.json_spelling import MARK, RECORDS, unusual

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from collections.abc import Set as AbstractSet

    from dataeng_ai import ir
    from dataeng_ai.sources.json_shape import Value

_START: Final = 2 << 20
"""Characters of the start that show the columns."""
_KEY: Final = re.compile(r"[^\"\\\x00-\x1f]+")
_ROUNDS: Final = 4
"""How often the laws are held, each time with more that is known of the records."""
_THREADS: Final = 4
_HELD: Final = 2048 * 8
"""Records that one of them holds at a time, and how often: their texts as they were, written anew, and cut."""
_ROOM: Final = 96 << 20
"""Bytes that all of them may hold so."""
_GROUP: Final = 8 << 20
"""Bytes of rows that are written together, about, in so many rows."""
_LEAST_ROWS, _MOST_ROWS = 2048, 122_880

_TEXTS: Final = "SELECT * FROM read_parquet($1)"


@contextmanager
def trying(scratch: Path) -> Iterator[tuple[duckdb.DuckDBPyConnection, Path]]:
    """Open what a proof is tried in, a DuckDB and a folder; nothing comes of it where there is any doubt."""
    with (
        suppress(DoubtError, Problems, TooManyColumnsError, UnfitError, duckdb.Error),
        closing(duckdb.connect()) as con,
        TemporaryDirectory(dir=scratch) as beside,
    ):
        con.execute("SET memory_limit = '200MB'")
        con.execute("SET temp_directory = $1", [beside])
        quiet(con)
        yield con, Path(beside)


class Reading(ABC):
    """How records are read: what is known of them grows until the laws hold, or are seen not to."""

    lines = False
    """Their bytes are counted by lines."""

    def __init__(self, con: duckdb.DuckDBPyConnection, said: ir.Json | None, scratch: Path) -> None:
        """Look at the first records."""
        self.con, self.said, self.scratch = con, said, scratch
        self.marked = False
        self.together = _MOST_ROWS
        self.strays: list[str] = []
        self.grammar = Place()
        self.style: Style | None = None
        self.shape = self._start()
        self.places = dict(self.shape.members())
        self.leaves = columns(self.shape, self.places)
        size = _GROUP // self.together
        con.execute("SET threads = $1", [max(1, min(_THREADS, os.cpu_count() or 1, _ROOM // (_HELD * size)))])

    @abstractmethod
    def first(self) -> Iterator[tuple[dict[str, Value], str]]:
        """Yield the first records, each with its text."""

    @abstractmethod
    def spell(self, path: Path | None) -> None:
        """Open the view of the records, with a path their numbers marked."""

    @abstractmethod
    def hold(self, laws: Laws) -> None:
        """Hold that these are all the records there are.

        Raises:
            DoubtError: there is something else.
        """

    def rows(self, raw: AbstractSet[tuple[str, ...]], longest: int) -> duckdb.DuckDBPyRelation:  # noqa: ARG002  others need it
        """Return the records with what is in them as `k`; in `raw` are numbers that have to stay as they are written."""
        structure = json.dumps(_structure(self.places, frozenset() if self.marked else raw))
        return self.con.view(RECORDS).select(duckdb.StarExpression(), call("from_json", duckdb.ColumnExpression("j"), structure).alias("k"))

    def top(self, key: str) -> duckdb.Expression:
        """Return what stands under a key of a record."""
        return call("struct_extract", duckdb.ColumnExpression("k"), key)

    def proved(self) -> tuple[Laws, set[tuple[str, ...]]]:
        """Return the laws, which hold, and the numbers that have to stay as they are written.

        Raises:
            DoubtError: something would be read otherwise.
        """
        self.spell(self.scratch / "marked.parquet" if self.marked else None)
        for _ in range(_ROUNDS):
            laws = Laws(self.con, self.places, lines=self.lines)
            try:
                laws.hold(marked=self.marked)
                self.hold(laws)
                if not (strays := laws.strays()):
                    laws.refuse_twice()
                    return laws, laws.raw()
                self.learn(strays)
            except SpellingError:
                if self.marked:
                    raise DoubtError from None
                self.marked = True
                self.spell(self.scratch / "marked.parquet")
        raise DoubtError

    def learn(self, strays: list[str]) -> None:
        """Let the careful reader see the records that do not fit what is known.

        Raises:
            DoubtError: it learns nothing from them.
        """
        self.strays += strays
        before, self.shape = _known(self.places), self._start()
        self.places = dict(self.shape.members())
        self.leaves = columns(self.shape, self.places)
        if before == _known(self.places):
            raise DoubtError

    def _start(self) -> Shape:
        """Return the shape of the first records, and of those that strayed, as the careful reader finds it."""
        shape = Shape.of(self.said)
        while True:
            size, self.grammar = 0, Place()
            for place, (record, text) in enumerate(self.first(), 1):
                shape.row(record, {})
                self.grammar.learn(record)
                self.style = self.style or style(text)
                size += len(text)
                self.together = max(_LEAST_ROWS, min(_MOST_ROWS, _GROUP * place // (size + 1)))
                self.marked = self.marked or unusual(text)
                if size > _START:
                    break
            for text in self.strays:
                record = decoded(text)
                shape.row(record, {})
                self.grammar.learn(record)
            if not shape.stale:
                return shape
            shape = shape.again()

    def write(self, path: Path, laws: Laws, raw: AbstractSet[tuple[str, ...]], *more: duckdb.Expression) -> None:
        """Write the texts as columns, behind `more`.

        Raises:
            DoubtError: a number is none, such as `NaN`.
        """
        rows = self.rows(raw, max(one.longest for one in laws.found))
        rows.select(*more, *self.texts(self._leaf)).write_parquet(str(path), compression="lz4_raw", row_group_size=self.together)
        doubtful = [call("regexp_matches", duckdb.ColumnExpression(name), NO_NUMBER) for leaf, name in self.leaves if leaf in raw]
        written = self.con.sql(_TEXTS, params=[glob.escape(str(path))])
        if doubtful and written.filter(reduce(operator.or_, doubtful)).limit(1).fetchall():
            raise DoubtError

    def texts(self, text: Callable[[tuple[str, ...]], duckdb.Expression]) -> Iterator[duckdb.Expression]:
        """Yield the columns: nothing where all that was seen there is null, or an empty object, and else the text of its place."""
        for path, name in self.leaves:
            member = self.places[path]
            hollow = not isinstance(member, str) and not member.column
            yield (duckdb.ConstantExpression(None).cast("VARCHAR") if hollow else text(path)).alias(name)

    def _leaf(self, path: tuple[str, ...]) -> duckdb.Expression:
        member = self.places[path]
        found = self.top(path[0])
        for key in path[1:]:
            found = call("struct_extract", found, key)
        found = found.cast("VARCHAR")
        if not self.marked:
            return found
        if is_json(member):
            return call("regexp_replace", found, f'"{MARK}([^"]*)"', r"\1", "g")
        return call("ltrim", found, MARK)


def decoded(text: str) -> dict[str, Value]:
    """Decode a record that DuckDB wrote anew.

    Raises:
        DoubtError: it is no row.
    """
    found = strict(text)
    if not isinstance(found, dict):
        raise DoubtError
    return found


def _known(places: Mapping[tuple[str, ...], str | Spot]) -> dict[tuple[str, ...], tuple[str | None, bool]]:
    return {path: (_column(member), is_json(member)) for path, member in places.items()}


def columns(shape: Shape, places: Mapping[tuple[str, ...], str | Spot]) -> list[tuple[tuple[str, ...], str]]:
    """Return the path of each column and the key of its texts, in the order in which they were first seen.

    Raises:
        DoubtError: DuckDB has other thoughts on such keys, or there are so many that they may be data.
    """
    found = [(path, _column(member)) for path, member in places.items()]
    siblings = Counter((path[:-1], path[-1].casefold()) for path in places)
    crowded = max(Counter(path[:-1] for path in places).values(), default=0) > MANY
    if not places or crowded or max(siblings.values(), default=0) > 1 or not all(_KEY.fullmatch(key) for path in places for key in path):
        raise DoubtError
    columns = sorted(((path, name) for path, name in found if name), key=lambda one: int(one[1][1:]))
    if {name: joined(path) for path, name in columns} != shape.columns:
        raise DoubtError
    return columns


def _column(member: str | Spot) -> str | None:
    if isinstance(member, str):
        return member
    return None if member.members is not None else f"c{member.place}"


def _structure(
    places: Mapping[tuple[str, ...], str | Spot], raw: AbstractSet[tuple[str, ...]], above: tuple[str, ...] = ()
) -> dict[str, Any]:  # Any: a tree of words
    """Return what `from_json` makes of an object: texts, and JSON where a place stays whole or a number as it is written."""
    return {
        path[-1]: _structure(places, raw, path)
        if isinstance(member, Spot) and member.members
        else "JSON"
        if is_json(member) or path in raw
        else "VARCHAR"
        for path, member in places.items()
        if path[:-1] == above
    }
