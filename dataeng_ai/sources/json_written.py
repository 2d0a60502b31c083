"""What a value of JSON is written as, and what is read of it: expressions of DuckDB over a record's text `r` and what it is read as."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import duckdb

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from dataeng_ai.sources.json_grammar import Place, Style

    Structure = str | dict[str, Any] | list[Any]  # Any: a tree of words

RECORD: Final = duckdb.ColumnExpression("r")
"""The record's text as it stands in the file."""
_KEY: Final = re.compile(r"[^\"\\\x00-\x1f]+")
_SCALARS: Final = frozenset({"number", "bool"})
_NONE: Final = duckdb.ConstantExpression(None).cast("VARCHAR")
_NOTHING: Final = duckdb.ConstantExpression("")

Part = str | duckdb.Expression


def call(function: str, *arguments: object) -> duckdb.Expression:
    """Return a call of a function, of expressions and constants."""
    return duckdb.FunctionExpression(
        function, *(one if isinstance(one, duckdb.Expression) else duckdb.ConstantExpression(one) for one in arguments)
    )


def unless_null(condition: duckdb.Expression) -> duckdb.Expression:
    """Return a condition that holds of nothing, too."""
    return duckdb.CoalesceOperator(condition, duckdb.ConstantExpression(True))  # noqa: FBT003  a value of SQL


def keys(place: Place) -> Iterator[str]:
    """Yield the keys of all objects."""
    for below in (*place.keys.values(), *([place.item] if place.item else [])):
        yield from keys(below)
    yield from place.keys


def distinct(place: Place) -> bool:
    """Say whether the keys of an object are told from each other by DuckDB, and stand in a text as they are."""
    return len({key.casefold() for key in place.keys}) == len(place.keys) and all(map(_KEY.fullmatch, place.keys))


def typed(place: Place) -> Structure:
    """Return what `from_json` makes of a place within JSON."""
    kinds = place.kinds - {"null"}
    if kinds == {"list"}:
        return [typed(place.item) if place.item is not None and place.item.kinds else "JSON"]
    if kinds == {"object"}:
        return {key: typed(place.keys[key]) for key in place.order}
    return scalar_type(place)


def scalar_type(place: Place) -> str:
    """Return the type of a single value."""
    return "BOOLEAN" if place.kinds - {"null"} == {"bool"} else "VARCHAR"


def is_bare(place: Place) -> bool:
    """Say whether what stands here has no quotes, and is read as a text all the same."""
    return place.kinds - {"null"} in ({"number"}, set())


def whole(parts: Sequence[Part]) -> duckdb.Expression:
    """Return texts behind each other as one."""
    joined: list[Part] = []
    for part in parts:
        if isinstance(part, str) and joined and isinstance(joined[-1], str):
            joined[-1] += part
        else:
            joined.append(part)
    return call("concat", *joined)


def or_null(found: duckdb.Expression, text: duckdb.Expression) -> duckdb.Expression:
    """Return a text, and nothing where there is nothing."""
    return duckdb.CaseExpression(found.isnull(), _NONE).otherwise(text)


def scalar(place: Place, found: duckdb.Expression) -> list[Part]:
    """Return the text of a single value."""
    return ['"', found, '"'] if "text" in place.kinds else [found]


def members(place: Place, found: duckdb.Expression, style: Style, value: Any) -> list[Part]:  # noqa: ANN401  a function
    """Return the text of an object: its members in order, those that may be absent where they are there."""
    parts: list[Part] = []
    first = place.keys[place.order[0]].times == place.objects
    for number, key in enumerate(place.order):
        member = place.keys[key]
        begin = ("" if first and not number else style.comma) + f'"{key}"' + style.colon
        text = value(key)
        if member.times == place.objects and "null" not in member.kinds:
            parts += [begin, *text]
            continue
        there = call("struct_extract", found, key)
        nothing: duckdb.Expression = _NOTHING
        if member.times == place.objects:
            nothing = duckdb.ConstantExpression(begin + "null")
        elif "null" in member.kinds:
            null = f'"{key}"{style.colon}null'
            nothing = duckdb.CaseExpression(call("contains", RECORD, null), duckdb.ConstantExpression(begin + "null")).otherwise(_NOTHING)
        parts.append(duckdb.CaseExpression(there.isnull(), nothing).otherwise(whole([begin, *text])))
    if first:
        return ["{", *parts, "}"]
    return ["{", call("substr", whole(parts), len(style.comma) + 1), "}"]


def items(place: Place, found: duckdb.Expression, depth: int, style: Style) -> list[Part]:
    """Return the text of a value in a list, or of the list itself."""
    if "list" in place.kinds:
        if place.item is None or not place.item.kinds:
            return [
                duckdb.CaseExpression(call("len", found) == duckdb.ConstantExpression(0), duckdb.ConstantExpression("[]")).otherwise(
                    _NOTHING
                )
            ]
        texts = found
        if not place.item.kinds <= _SCALARS:
            name = f"x{depth}"
            inner = whole(items(place.item, duckdb.ColumnExpression(name), depth + 1, style))
            texts = call("list_transform", found, duckdb.LambdaExpression(name, inner))
        return ["[", call("array_to_string", texts, style.comma), "]"]
    if "object" in place.kinds:
        return members(place, found, style, lambda key: items(place.keys[key], call("struct_extract", found, key), depth + 1, style))
    return scalar(place, found)


def bare(place: Place, found: duckdb.Expression, depth: int) -> Iterator[duckdb.Expression]:
    """Yield the greatest of what stands without quotes in a list, as texts."""
    if "object" in place.kinds:
        for key, member in place.keys.items():
            yield from bare(member, call("struct_extract", found, key), depth + 1)
    elif "list" in place.kinds and place.item is not None and place.item.kinds:
        name = f"y{depth}"
        for one in bare(place.item, duckdb.ColumnExpression(name), depth + 1):
            texts = found if place.item.kinds == {"number"} else call("list_transform", found, duckdb.LambdaExpression(name, one))
            yield call("list_aggregate", texts, "max")
    elif is_bare(place) and "list" not in place.kinds:
        yield found
