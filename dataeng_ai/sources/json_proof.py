"""The laws of plain JSON, held against all records of a file in one query: whether DuckDB's reader would lose or bend anything."""

from __future__ import annotations

import glob
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

import duckdb

from dataeng_ai.sources.json_flaws import MAX_DEPTH
from dataeng_ai.sources.json_paths import joined
from dataeng_ai.sources.prepared import Nested

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from dataeng_ai.sources.files import File
    from dataeng_ai.sources.json_shape import Spot

Form = Literal["newline_delimited", "array"]

_LARGEST: Final = 16 << 20
"""Bytes of the longest record."""
_SAID_ALIKE: Final = frozenset({None, "NULL", "VARCHAR", "BIGINT", "UBIGINT", "BOOLEAN"})
"""What is the same text in JSON and in a column of texts."""
_BLANK: Final = b" \t\r\n"
_CHUNK: Final = 1 << 20

_TEXTS: Final = """
SELECT json AS j, CAST(json AS VARCHAR) AS s
FROM read_json_objects($1, format=$2, maximum_object_size=$3, compression='uncompressed')
"""
_PROOF: Final = r"""
SELECT t, COLUMNS('^k[0-9]+$'), count(*) AS records, max(strlen(s)) AS longest,
    sum(strlen(replace(replace(replace(replace(s, ' ', ''), chr(9), ''), chr(10), ''), chr(13), ''))) AS solid,
    sum(strlen(s) - strlen(replace(s, '":', ''))) AS members,
    sum(strlen(l) - strlen(replace(l, '":', ''))) AS within,
    max(strlen(s) - strlen(replace(replace(s, '{', ''), '[', ''))) AS brackets,
    count(*) FILTER (
        WHERE s <> CAST(json(j) AS VARCHAR) OR NOT starts_with(s, '{')
            OR regexp_matches(s, '[:,\[]-?[nNiI][aAnN][nNfF]') OR contains(s, '\u00')
    ) AS odd,
    sum(COLUMNS('^n[0-9]+$'))
FROM "plain" GROUP BY ALL
"""


@dataclass(frozen=True, slots=True)
class Alike:
    """Records whose places hold things of the same kinds, all together."""

    kinds: Sequence[str | None]
    """Of each place, as DuckDB calls them: None where it is not there, NULL where it is null."""
    inner: Sequence[Sequence[str] | None]
    """Of the items in each place that stays JSON."""
    records: int
    longest: int
    """Bytes of the longest."""
    solid: int
    """Bytes that are no white space."""
    members: int
    """Bytes of `":`, which every key ends in …"""
    within: int | None
    """… and of those in what stays JSON."""
    brackets: int
    """Brackets that open, of the record with the most."""
    odd: int
    """Records that are another text when they are written anew, or hold what may be no JSON."""
    items: Sequence[int | None]


class DoubtError(Exception):
    """The careful reader has to read the file."""


def look(
    con: duckdb.DuckDBPyConnection, file: File, form: Form, places: Sequence[tuple[str, ...]], wholes: Sequence[tuple[str, ...]]
) -> list[Alike]:
    """Return what the one query over all records found; `wholes` are the places that stay JSON."""
    texts = con.sql(_TEXTS, params=[glob.escape(str(file.path)), form, _LARGEST])
    record = duckdb.ColumnExpression("j")
    cut = texts.select(
        duckdb.StarExpression(),
        _call("json_type", record, [_path(path) for path in places]).alias("t"),
        (_call("json_extract", record, [_path(path) for path in wholes]) if wholes else duckdb.ConstantExpression([])).alias("x"),
    )
    each = [_call("list_extract", duckdb.ColumnExpression("x"), place) for place in range(1, len(wholes) + 1)]
    kinds = [_call("list_distinct", _call("json_type", one, "$[*]")) for one in each]
    cut.select(
        *map(duckdb.ColumnExpression, ("j", "s", "t")),
        _call("array_to_string", duckdb.ColumnExpression("x"), " ").alias("l"),
        duckdb.ConstantExpression(None).cast("VARCHAR[]").alias("k0"),
        duckdb.ConstantExpression(0).alias("n0"),
        *(_call("list_sort", one).alias(f"k{place}") for place, one in enumerate(kinds, 1)),
        *(_call("json_array_length", one).alias(f"n{place}") for place, one in enumerate(each, 1)),
    ).create_view("plain")
    width = len(wholes) + 1
    return [_alike(row, width) for row in con.sql(_PROOF).fetchall()]


def _alike(row: tuple[Any, ...], width: int) -> Alike:  # Any: as the query's columns are
    records, longest, solid, members, within, brackets, odd = row[width + 1 : -width]
    inner, items = row[2 : width + 1], row[len(row) - width + 1 :]
    return Alike(row[0], inner, records, longest, solid, members, within, brackets, odd, items)


def _call(function: str, argument: duckdb.Expression, *constants: object) -> duckdb.Expression:
    return duckdb.FunctionExpression(function, argument, *map(duckdb.ConstantExpression, constants))


def _path(keys: Sequence[str]) -> str:
    return "$" + "".join(f'."{key}"' for key in keys)


def hold(found: Sequence[Alike], file: File, form: Form, places: Mapping[tuple[str, ...], str | Spot]) -> None:
    """Hold every law of plain JSON.

    Raises:
        DoubtError: something would be read otherwise.
    """
    records = sum(one.records for one in found)
    solid, lines = _counted(file)
    keys = sum(one.records * sum(kind is not None for kind in one.kinds) for one in found)
    laws = (
        records > 0,
        not any(one.odd or one.brackets > MAX_DEPTH for one in found),
        solid == sum(one.solid for one in found) + (records + 1 if form == "array" else 0),
        form == "array" or lines == records,
        sum(one.members - (one.within or 0) for one in found) == keys * len('":'),
        all(_fits(member, {one.kinds[place] for one in found} - {None, "NULL"}) for place, member in enumerate(places.values())),
    )
    if not all(laws):
        raise DoubtError


def is_json(member: str | Spot) -> bool:
    """Say whether a place stays JSON."""
    return not isinstance(member, str) and member.json


def raw(found: Sequence[Alike], place: int) -> bool:
    """Say whether numbers stand in a place that DuckDB would write in its own way as texts, `0.00001` as `1e-05`.

    Raises:
        DoubtError: texts stand there too.
    """
    kinds = {one.kinds[place] for one in found}
    if kinds <= _SAID_ALIKE:
        return False
    if "VARCHAR" in kinds:
        raise DoubtError
    return not kinds & {"OBJECT", "ARRAY"}


def _fits(member: str | Spot, kinds: AbstractSet[str | None]) -> bool:
    """Say whether nothing but such kinds of things stands in a place as the careful reader expects after the file's start."""
    if not isinstance(member, str) and member.members is not None:
        return kinds <= {"OBJECT"}
    if isinstance(member, str) or (member.column and not member.json):
        return not kinds & {"OBJECT", "ARRAY"}
    return bool(member.column) or not kinds


def _counted(file: File) -> tuple[int, int]:
    """Return how many bytes of a file are no white space, and how many lines it has."""
    solid = ends = 0
    last = b""
    with file.path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            solid += len(chunk.translate(None, _BLANK))
            ends += chunk.count(b"\n")
            last = chunk[-1:]
    return solid, ends + (last != b"\n")


def nested(alike: Sequence[Alike], wholes: Sequence[tuple[str, ...]], places: Sequence[tuple[str, ...]]) -> tuple[Nested, ...]:
    """Return the places that hold lists and nothing else, with what stands in them."""
    found = []
    for number, path in enumerate(wholes):
        at = places.index(path)
        items = sum(one.items[number] or 0 for one in alike)
        if items and {one.kinds[at] for one in alike} <= {"ARRAY", "NULL", None}:
            kinds = {kind for one in alike for kind in one.inner[number] or ()}
            found.append(Nested(joined(path), items, kinds == {"OBJECT"}))
    return tuple(found)
