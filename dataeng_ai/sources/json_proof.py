"""The laws of plain JSON, held against all records of a file in one query: whether DuckDB's reader would lose or bend anything."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import duckdb

from dataeng_ai.sources.json_decoding import DoubtError, strict
from dataeng_ai.sources.json_flaws import MAX_DEPTH
from dataeng_ai.sources.json_paths import joined
from dataeng_ai.sources.json_spelling import RECORDS
from dataeng_ai.sources.prepared import Nested

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dataeng_ai.sources.files import File
    from dataeng_ai.sources.json_shape import Spot

_SAID_ALIKE: Final = frozenset({None, "NULL", "VARCHAR", "BIGINT", "UBIGINT", "BOOLEAN"})
"""What is the same text in JSON and in a column of texts."""
_NUMBERS: Final = frozenset({"BIGINT", "UBIGINT", "HUGEINT", "UHUGEINT", "DOUBLE"})
_BLANK: Final = b" \t\r\n"
_CHUNK: Final = 1 << 20
_ASTRAY: Final = 1000
"""Records that have a place of their own, and are looked at."""

NO_NUMBER: Final = "^-?[nNiI]"
"""How a word begins that is no JSON, and DuckDB takes for a number."""
_PROOF: Final = r"""
SELECT t, count(*) AS records, max(bytes) AS longest, sum(bytes) AS bytes, sum(solid) AS solid, sum(keys) AS keys,
    bool_or(odd OR NOT starts_with(s, '{') OR contains(s, '\u0000')
        OR CASE WHEN bytes > 2 * $1 THEN strlen(s) - strlen(replace(replace(s, '{', ''), '[', '')) > $1 ELSE false END
        OR (l <> '' AND (regexp_matches(l, '[:,\[]-?[nNiI][aAnN][nNfF]') OR contains(l, '\u00')))) AS odd,
    sum(COLUMNS('^n[0-9]+$')), bool_and(COLUMNS('^o[0-9]+$'))
FROM "laid" GROUP BY t
"""
_SOLID: Final = 'SELECT sum(solid) FROM "records"'
_STRAYS: Final = 'SELECT s FROM "laid" WHERE keys <> list_count(t) OR list_contains($1::VARCHAR[][], t) LIMIT $2'
_KEYED: Final = """
SELECT t FROM (SELECT c, CAST(c AS VARCHAR) AS t FROM "cells" WHERE c IS NOT NULL)
WHERE contains(t, '":') AND (strlen(t) - strlen(replace(t, '":', ''))) // 2 <> coalesce(CASE json_type(c)
    WHEN 'ARRAY' THEN list_sum(list_transform(json_extract(c, '$[*]'), lambda one: len(list_distinct(json_keys(one)))))
    ELSE len(list_distinct(json_keys(c))) END, 0)
"""
"""Cells of which it has to be seen whether a key stands twice in an object: those whose objects have no objects are known by their keys."""
_KEYS: Final = """
SELECT *, (strlen(s) - strlen(replace(s, '":', '')) - strlen(l) + strlen(replace(l, '":', ''))) // 2 AS keys
FROM (SELECT * REPLACE (coalesce(l, '') AS l) FROM "cut")
"""


@dataclass(frozen=True, slots=True)
class Alike:
    """Records whose places hold things of the same kinds, all together."""

    kinds: Sequence[str | None]
    """Of each place, as DuckDB calls them: None where it is not there, NULL where it is null."""
    records: int
    longest: int
    """Bytes of the longest."""
    bytes: int
    solid: int
    """Bytes that are no white space, where they are counted."""
    keys: int
    """How often `":` stands in them, in which every key ends, but in what stays JSON."""
    odd: bool
    """One of them may be another record when it is written anew, or holds what may be no JSON."""
    items: Sequence[int | None]
    """In each place that stays JSON, of its lists …"""
    objects: Sequence[bool | None]
    """… and whether all of them are objects."""

    @property
    def known(self) -> int:
        """Return how many of the known places exist, in all of them."""
        return self.records * sum(kind is not None for kind in self.kinds)


@dataclass(frozen=True, slots=True)
class Things:
    """What stands in a place that stays JSON, in all records."""

    items: int
    """Of its lists …"""
    objects: bool
    """… which are all objects."""
    lists: bool
    """There are lists and nothing else."""

    def __add__(self, other: Things) -> Things:
        """Return what stands there in these records and those."""
        return Things(self.items + other.items, self.objects and other.objects, self.lists and other.lists)


class SpellingError(DoubtError):
    """A record would be another one if it were written anew: its numbers have to be marked."""


class Laws:
    """What is expected of the records in the view that `json_spelling` opened."""

    def __init__(self, con: duckdb.DuckDBPyConnection, places: Mapping[tuple[str, ...], str | Spot], *, lines: bool) -> None:
        """Let the one query over all records find what there is; of a file of `lines` their bytes mostly say enough."""
        self._con, self._places, self._lines = con, places, lines
        self.wholes = [path for path, member in places.items() if is_json(member)]
        self._lay()
        width = len(self.wholes) + 1
        self.found = [_alike(row, width) for row in con.execute(_PROOF, [MAX_DEPTH]).fetchall()]

    def _lay(self) -> None:
        """Create the view of what is asked of each record."""
        record, cells = duckdb.ColumnExpression("j"), duckdb.ColumnExpression("x")
        kept = ("s", "bytes", "solid", "odd", "t")
        solid = duckdb.ConstantExpression(0) if self._lines else duckdb.ColumnExpression("solid")
        cut = self._con.view(RECORDS).select(
            *map(duckdb.ColumnExpression, ("s", "bytes", "odd")),
            solid.alias("solid"),
            call("json_type", record, list(map(path_of, self._places))).alias("t"),
            (call("json_extract", record, list(map(path_of, self.wholes))) if self.wholes else duckdb.ConstantExpression([])).alias("x"),
        )
        kinds = [call("json_type", call("list_extract", cells, place), "$[*]") for place in range(1, len(self.wholes) + 1)]
        cut = cut.select(
            *map(duckdb.ColumnExpression, kept),
            call("array_to_string", cells, " ").alias("l"),
            *(one.alias(f"y{place}") for place, one in enumerate(kinds)),
        )
        thing = duckdb.ConstantExpression("OBJECT")
        each = [duckdb.ColumnExpression(f"y{place}") for place in range(len(kinds))]
        cut.select(
            *map(duckdb.ColumnExpression, (*kept, "l")),
            *(call("len", one).alias(f"n{place}") for place, one in enumerate(each)),
            *(
                ((call("list_aggregate", one, "min") == thing) & (call("list_aggregate", one, "max") == thing)).alias(f"o{place}")
                for place, one in enumerate(each)
            ),
            duckdb.ConstantExpression(0).alias(f"n{len(kinds)}"),
            duckdb.ConstantExpression(True).alias(f"o{len(kinds)}"),  # noqa: FBT003  a value of a column
        ).create_view("cut", replace=True)
        self._con.sql(_KEYS).create_view("laid", replace=True)

    def hold(self, *, marked: bool) -> None:
        """Hold that every record is what it is when written anew.

        Raises:
            SpellingError: numbers have to be marked.
            DoubtError: something is no JSON, such as `NaN`.
        """
        if any(one.odd for one in self.found):
            raise SpellingError
        if not self.found or (marked and any(kind in _NUMBERS for one in self.found for kind in one.kinds)):
            raise DoubtError

    def count(self, file: File) -> None:
        """Hold that every byte of a file that is not white space stands in a record or between two.

        Raises:
            DoubtError: something else is there.
        """
        records, size = sum(one.records for one in self.found), sum(one.bytes for one in self.found)
        solid = sum(one.solid for one in self.found) + records + 1
        if self._lines:
            ends, last = _ends(file)
            if ends + (not last) != records:
                raise DoubtError
            if size + ends == file.size:
                return
            [(solid,)] = self._con.execute(_SOLID).fetchall()
        if _solid(file) != solid:
            raise DoubtError

    def strays(self) -> list[str]:
        """Return the first records that have a key which is not known, or hold something else in a place than is expected there."""
        unfit = [
            one.kinds
            for one in self.found
            if not all(_fits(member, kind) for member, kind in zip(self._places.values(), one.kinds, strict=True))
        ]
        if not unfit and all(one.keys == one.known for one in self.found):
            return []
        return [text for (text,) in self._con.execute(_STRAYS, [unfit, _ASTRAY]).fetchall()]

    def raw(self) -> set[tuple[str, ...]]:
        """Return the places of numbers that DuckDB would write in its own way as texts, `0.00001` as `1e-05`.

        Raises:
            SpellingError: texts stand there too.
        """
        found = set()
        for place, (path, member) in enumerate(self._places.items()):
            kinds = {one.kinds[place] for one in self.found}
            if is_json(member) or kinds <= _SAID_ALIKE or kinds & {"OBJECT", "ARRAY"}:
                continue
            if "VARCHAR" in kinds:
                raise SpellingError
            found.add(path)
        return found

    def things(self) -> dict[tuple[str, ...], Things]:
        """Return what stands in the places that stay JSON."""
        found = {}
        for number, path in enumerate(self.wholes):
            at = list(self._places).index(path)
            items = sum(one.items[number] or 0 for one in self.found)
            lists = {one.kinds[at] for one in self.found} <= {"ARRAY", "NULL", None}
            found[path] = Things(items, all(one.objects[number] is not False for one in self.found), lists)
        return found

    def refuse_twice(self) -> None:
        """Look for a key that stands twice in an object of a place that stays JSON.

        Raises:
            DoubtError: there is one.
        """
        if not self.wholes:
            return
        cells = call("json_extract", duckdb.ColumnExpression("j"), list(map(path_of, self.wholes)))
        self._con.view(RECORDS).select(call("unnest", cells).alias("c")).create_view("cells", replace=True)
        found = self._con.execute(_KEYED)
        while some := found.fetchmany(_ASTRAY):
            for (text,) in some:
                strict(text)


def nested(things: Mapping[tuple[str, ...], Things]) -> tuple[Nested, ...]:
    """Return the places that hold lists and nothing else, with what stands in them."""
    return tuple(Nested(joined(path), one.items, objects=one.objects) for path, one in things.items() if one.items and one.lists)


def _alike(row: tuple[Any, ...], width: int) -> Alike:  # Any: as the query's columns are
    kinds, records, longest, size, solid, keys, odd, *rest = row
    return Alike(kinds, records, longest, size, solid, keys, odd, rest[: width - 1], rest[width : 2 * width - 1])


def call(function: str, argument: duckdb.Expression, *constants: object) -> duckdb.Expression:
    """Return a call of a function."""
    return duckdb.FunctionExpression(function, argument, *map(duckdb.ConstantExpression, constants))


def path_of(keys: Sequence[str]) -> str:
    """Return how DuckDB is told of a place."""
    return "$" + "".join(f'."{key}"' for key in keys)


def is_json(member: str | Spot) -> bool:
    """Say whether a place stays JSON."""
    return not isinstance(member, str) and member.json


def _fits(member: str | Spot, kind: str | None) -> bool:
    """Say whether such a thing may stand in a place, by what the careful reader knows of it."""
    if kind in (None, "NULL"):
        return True
    if isinstance(member, str):
        return kind not in ("OBJECT", "ARRAY")
    if member.members is not None:
        return kind == "OBJECT"
    if member.column:
        return member.json or kind not in ("OBJECT", "ARRAY")
    return kind == "OBJECT" and member.records > 0


def _ends(file: File) -> tuple[int, bool]:
    """Return how many line ends a file has, and whether it ends in one."""
    ends = 0
    last = b""
    with file.path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            ends += chunk.count(b"\n")
            last = chunk[-1:]
    return ends, last == b"\n"


def _solid(file: File) -> int:
    """Return how many bytes of a file are no white space."""
    with file.path.open("rb") as stream:
        return sum(len(chunk.translate(None, _BLANK)) for chunk in iter(lambda: stream.read(_CHUNK), b""))
