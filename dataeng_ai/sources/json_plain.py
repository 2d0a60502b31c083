"""Plain JSON, which DuckDB's own reader reads without loss where it lies: proved on all its bytes, or left to the careful reader.

The careful reader (`json_records`) sees the start of the file and says which columns there are. One query over all records then has
to find nothing that would be read otherwise: each record is, byte for byte, what it is when written anew (so numbers stand as they
are, and there is no blank, escape or comma too many); its keys are those that are known, each once; what is a value, an object or a
list is one everywhere; and every byte of the file that is not white space stands in a record or between two. Any doubt, and the
careful reader reads the whole file: what comes of it is the same.
"""

from __future__ import annotations

import glob
import re
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import duckdb

from dataeng_ai.diagnostics import Problems
from dataeng_ai.progress import quiet
from dataeng_ai.sources.json_paths import joined
from dataeng_ai.sources.json_proof import DoubtError, Form, hold, is_json, look, nested, raw
from dataeng_ai.sources.json_records import Records
from dataeng_ai.sources.json_shape import MANY, Shape, Spot, TooManyColumnsError, UnfitError
from dataeng_ai.sources.prepared import Prepared
from dataeng_ai.sources.texts import Texts, room
from dataeng_ai.sources.unpacking import packed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from collections.abc import Set as AbstractSet
    from pathlib import Path

    from dataeng_ai import ir
    from dataeng_ai.sources.files import File

LEAST: Final = 1 << 20
"""Bytes of a file from which on the proof is quicker than reading with care."""
_START: Final = 2 << 20
"""Bytes of the start that shows the columns."""
_KEY: Final = re.compile(r"[^\"\\\x00-\x1f]+")

_READ: Final = """
SELECT * FROM read_json($1, columns=$2, format=$3, maximum_object_size=$4, auto_detect=false, records=true, compression='uncompressed')
"""


@dataclass(frozen=True, slots=True)
class Plain:
    """How DuckDB reads such a file: the type of each key of a record, and where each column stands."""

    form: Form
    types: Mapping[str, str]
    leaves: Mapping[str, tuple[str, ...]]
    """The path of each column, by the key of its texts."""


def prepare(file: File, source: ir.Source, least: int = LEAST) -> Prepared | None:
    """Return the file as it lies, where it is proved that nothing of it would be read otherwise; else None.

    Args:
        file: A file of JSON records, one a line, or a list of them.
        source: What is said of it.
        least: Bytes below which nothing is tried.
    """
    if file.size < least or source.records is not None or packed(file):
        return None
    try:
        shape = _start(file, source)
        places = dict(shape.members())
        form: Form = "newline_delimited" if source.format == "ndjson" else "array"
        columns = _columns(shape, places)
        wholes = [path for path, _ in columns if is_json(places[path])]
        with closing(duckdb.connect()) as con:
            con.execute("SET memory_limit = '256MB'")
            quiet(con)
            found = look(con, file, form, list(places), wholes)
        hold(found, file, form, places)
        raws = {
            path for place, (path, member) in enumerate(places.items()) if _column(member) and not is_json(member) and raw(found, place)
        }
    except (DoubtError, Problems, TooManyColumnsError, UnfitError, duckdb.Error):
        return None
    leaves = tuple(path for path, _ in columns)
    return Prepared(
        file=file,
        format=source.format,
        path=file.path,
        header=tuple(joined(path) for path in leaves),
        records=sum(one.records for one in found),
        bad=(),
        repairs=shape.kept(),
        kinds=shape.kinds(),
        texts=Texts(tuple(name for _, name in columns), max(one.longest for one in found)),
        plain=Plain(form, _types(places, raws), dict(zip((name for _, name in columns), leaves, strict=True))),
        nested=nested(found, wholes, list(places)),
        hollow=shape.hollow(),
    )


def relation(con: duckdb.DuckDBPyConnection, path: Path, texts: Texts, plain: Plain) -> duckdb.DuckDBPyRelation:
    """Return the records in the file's order, their values as texts `c0`, `c1`, … in the order of `texts`."""
    rows = con.sql(_READ, params=[glob.escape(str(path)), dict(plain.types), plain.form, room(texts.longest)])
    named = {key: f"k{place}" for place, key in enumerate(plain.types)}
    rows = rows.select(*(duckdb.ColumnExpression(rows.alias, key).alias(name) for key, name in named.items()))
    leaves = [plain.leaves[name] for name in texts.columns]
    return rows.select(*(_leaf(named[leaf[0]], leaf[1:]).cast("VARCHAR").alias(f"c{place}") for place, leaf in enumerate(leaves)))


def _leaf(name: str, keys: Sequence[str]) -> duckdb.Expression:
    found = duckdb.ColumnExpression(name)
    for key in keys:
        found = duckdb.FunctionExpression("struct_extract", found, duckdb.ConstantExpression(key))
    return found


def _start(file: File, source: ir.Source) -> Shape:
    """Return the shape of the first records, as the careful reader finds it.

    Raises:
        DoubtError: one of them is no row.
    """
    shape = Shape.of(source.json)
    while True:
        size = 0
        for found in Records(file, source.format, None):
            if found.flaw or not isinstance(found.value, dict):
                raise DoubtError
            shape.row(found.value, {})
            size += found.end - found.start
            if size > _START:
                break
        if not shape.stale:
            return shape
        shape = shape.again()


def _columns(shape: Shape, places: Mapping[tuple[str, ...], str | Spot]) -> list[tuple[tuple[str, ...], str]]:
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
