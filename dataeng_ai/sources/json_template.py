"""What a record of JSON would be written as, made of what was read of it: where that is the record itself, nothing of it was lost.

The text is put together from the keys in the order that `json_grammar` saw and the values that DuckDB read, none of them escaped. Read
from its start, a record that equals it has each key once and in its place, and behind each the very value that was read: one that was
written with an escape, a number that is spelt otherwise when it is read, a comma too many would make another text. A record that has
no such text is not wrong: it is `odd`, and others look at it.
"""

from __future__ import annotations

import json
import operator
import re
from functools import reduce
from typing import TYPE_CHECKING, Any, Final

import duckdb

from dataeng_ai.sources.json_flaws import MAX_DEPTH
from dataeng_ai.sources.json_grammar import PLAIN
from dataeng_ai.sources.json_proof import path_of
from dataeng_ai.sources.json_shape import Spot

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from dataeng_ai.sources.json_grammar import Place, Style

    Structure = str | dict[str, Any] | list[Any]  # Any: a tree of words

RECORD: Final = duckdb.ColumnExpression("r")
"""The record's text as it stands in the file …"""
JSON: Final = duckdb.ColumnExpression("j")
READ: Final = duckdb.ColumnExpression("k")
"""… what was read of it …"""
ODD: Final = duckdb.ColumnExpression("odd")
"""… and the text again, where it is odd."""

_KEY: Final = re.compile(r"[^\"\\\x00-\x1f]+")
_DEEP: Final = 16
_BEHIND: Final = ":"
"""Comes behind all that a number begins with, and before what else stands without quotes, but for these."""
_WORDS: Final = ("-nan", "-inf")
_NO_NUMBERS: Final = r"[:,\[]\s*-(nan|inf)"
_SCALARS: Final = frozenset({"number", "bool"})
_NONE: Final = duckdb.ConstantExpression(None).cast("VARCHAR")
_NOTHING: Final = duckdb.ConstantExpression("")

Part = str | duckdb.Expression


class UnfitError(Exception):
    """There is no one text of such records."""


def call(function: str, *arguments: object) -> duckdb.Expression:
    """Return a call of a function, of expressions and constants."""
    return duckdb.FunctionExpression(
        function, *(one if isinstance(one, duckdb.Expression) else duckdb.ConstantExpression(one) for one in arguments)
    )


class Template:
    """The text of records, as an expression over what was read of them."""

    def __init__(self, root: Place, style: Style | None, places: Mapping[tuple[str, ...], str | Spot] | None = None) -> None:
        """Make it.

        Args:
            root: What the records are like; a list, where each is one.
            style: What stands between their keys and values; None: blanks do not count.
            places: What becomes of the places of records, as the careful reader has it.

        Raises:
            UnfitError: there is no such text.
        """
        self._places, self._exact, self.style = places, style is not None, style or PLAIN
        self._wholes: dict[tuple[str, ...], tuple[Place, duckdb.Expression]] = {}
        self._sound: list[duckdb.Expression] = []
        self.structure = json.dumps(self._structure(root, ()), ensure_ascii=False)
        if not self._exact and any(" " in key for key in _keys(root)):
            raise UnfitError  # a blank within a key would not count either
        self._root = root
        self._text = _one(self._value(root, READ, (), self.style))

    @property
    def wholes(self) -> tuple[tuple[str, ...], ...]:
        """Return the places that stay JSON."""
        return tuple(self._wholes)

    def alike(self) -> duckdb.Expression:
        """Return the condition that a record is what its text would be."""
        return self._is_text() & self._are_values()

    def _is_text(self) -> duckdb.Expression:
        same = self._text == RECORD
        if self._exact:
            return same
        solid = RECORD
        for blank in " \t\r\n":
            solid = call("replace", solid, blank, "")
        return same | (solid == call("replace", self._text, " ", ""))

    def _are_values(self) -> duckdb.Expression:
        """Return the condition that what stands without quotes is a number, true or false."""
        bare = list(self._bare(self._root, READ, ()))
        found = self._sound
        if bare:
            found = [*(one < duckdb.ConstantExpression(_BEHIND) for one in bare), *found]
            words = [call("contains", RECORD, word) for word in _WORDS]
            none = duckdb.CaseExpression(words[0] | words[1], ~call("regexp_matches", RECORD, _NO_NUMBERS))
            found = [*map(_unless_null, found), none.otherwise(duckdb.ConstantExpression(True))]  # noqa: FBT003  a value of SQL
        return reduce(operator.and_, found, duckdb.ConstantExpression(True))  # noqa: FBT003  as above

    def leaf(self, path: tuple[str, ...]) -> duckdb.Expression:
        """Return the text in a place; of an odd record the one that DuckDB finds there, which is of another type perhaps."""
        found, place = READ, self._root
        for key in path:
            found, place = call("struct_extract", found, key), place.keys[key]
        if path in self._wholes:
            if not self._typed(place):
                return found.cast("VARCHAR")
            text = _or_null(found, _one(self._value(place, found, path, PLAIN)))
            other = call("nullif", call("json_extract", JSON, path_of(path)).cast("VARCHAR"), "null")
        elif _scalar_type(place) == "BOOLEAN":
            text, other = found.cast("VARCHAR"), call("json_extract_string", JSON, path_of(path))
        else:
            return found
        return duckdb.CaseExpression(ODD.isnull(), text).otherwise(other)

    def lists(self) -> Iterator[tuple[duckdb.Expression, duckdb.Expression, duckdb.Expression]]:
        """Yield, of each place that stays JSON, how many items its list has, whether all are objects, and whether it is a list."""
        for path in self._wholes:
            place, found = self._wholes[path]
            if place.kinds <= {"list", "null"} and self._typed(place):
                objects = place.item is not None and place.item.kinds == {"object"}
                yield call("len", found), duckdb.ConstantExpression(objects), duckdb.ConstantExpression(True)  # noqa: FBT003  a value of SQL
            else:
                kinds, thing = call("json_type", found, "$[*]"), duckdb.ConstantExpression("OBJECT")
                least, most = (call("list_aggregate", kinds, end) for end in ("min", "max"))
                is_list = found.isnull() | call("json_type", found).isin(*map(duckdb.ConstantExpression, ("ARRAY", "NULL")))
                yield call("len", kinds), (least == thing) & (most == thing), is_list

    def _is_object(self, place: Place, path: tuple[str, ...]) -> bool:
        """Say whether a place is the columns of an object.

        Raises:
            UnfitError: it is something that no text is made of.
        """
        if self._places is None or not path:
            return "object" in place.kinds
        known = self._places.get(path)
        if known is None:
            raise UnfitError
        return isinstance(known, Spot) and known.members is not None

    def _stays(self, path: tuple[str, ...]) -> bool:
        known = self._places.get(path) if self._places is not None else None
        return isinstance(known, Spot) and known.json

    def _typed(self, place: Place, depth: int = 0) -> bool:
        """Say whether each thing in a place that stays JSON is of one kind, with a text of its own."""
        kinds = place.kinds - {"null"} if depth == 0 else place.kinds
        if depth > _DEEP or len(kinds) != 1:
            return False
        if kinds == {"list"}:
            return place.item is None or not place.item.kinds or self._typed(place.item, depth + 1)
        if kinds == {"object"}:
            return depth > 0 and bool(place.keys) and place.ordered and _distinct(place) and all(map(self._member, place.keys.values()))
        return depth > 0

    def _member(self, place: Place) -> bool:
        """Say whether a value of an object within a list has a text."""
        kinds = place.kinds - {"null"}
        if len(kinds) > 1:
            return False
        return self._typed(place, 1) if not place.kinds - {"list"} or not place.kinds - {"object"} else not kinds & {"object", "list"}

    def _structure(self, place: Place, path: tuple[str, ...]) -> Structure:
        """Return what `from_json` makes of a place."""
        if len(path) > _DEEP:
            raise UnfitError
        if path and self._stays(path):
            return _typed(place) if self._typed(place) else "JSON"
        if self._places is None and not path:
            if not self._typed(place) or "list" not in place.kinds or place.item is None or place.item.kinds != {"object"}:
                raise UnfitError
            return _typed(place)
        if self._is_object(place, path):
            if not place.keys or not place.ordered or not _distinct(place) or place.kinds - {"object", "null"}:
                raise UnfitError
            return {key: self._structure(place.keys[key], (*path, key)) for key in place.order}
        if place.kinds != {"text"} and place.kinds - {"null"} not in ({"text"}, {"number"}, {"bool"}, set()):
            raise UnfitError
        return _scalar_type(place)

    def _value(self, place: Place, found: duckdb.Expression, path: tuple[str, ...], style: Style) -> list[Part]:
        """Return the text of a value that is there."""
        if self._places is None and not path:
            return _items(place, found, 0, style)
        if path and self._stays(path):
            self._wholes[path] = (place, found)
            if self._typed(place):
                return _items(place, found, 0, style)
            if not self._exact or style == PLAIN:
                self._raw(found)
                return [found.cast("VARCHAR")]
            raise UnfitError
        if self._is_object(place, path):
            return _members(
                place, found, style, lambda key: self._value(place.keys[key], call("struct_extract", found, key), (*path, key), style)
            )
        return _scalar(place, found)

    def _raw(self, found: duckdb.Expression) -> None:
        """Hold against JSON that is not looked into that no key of it stands twice, and what else a list of ours cannot have."""
        text = found.cast("VARCHAR")
        keys = call("list_distinct", call("json_keys", found))
        ends = call("strlen", text) - call("strlen", call("replace", text, '":', ""))
        known = ends == duckdb.CoalesceOperator(call("len", keys), duckdb.ConstantExpression(0)) * duckdb.ConstantExpression(2)
        short = call("strlen", text) <= 2 * MAX_DEPTH
        numbers = ~(call("contains", text, "NaN") | call("contains", text, "Infinity"))
        self._sound.append(_unless_null(known & short & numbers))

    def _bare(self, place: Place, found: duckdb.Expression, path: tuple[str, ...]) -> Iterator[duckdb.Expression]:
        """Yield what stands without quotes."""
        if (self._places is None and not path) or (path and self._stays(path)):
            if self._typed(place):
                yield from _bare(place, found, 0)
        elif self._is_object(place, path):
            for key, member in place.keys.items():
                yield from self._bare(member, call("struct_extract", found, key), (*path, key))
        elif _is_bare(place):
            yield found


def _unless_null(condition: duckdb.Expression) -> duckdb.Expression:
    return duckdb.CoalesceOperator(condition, duckdb.ConstantExpression(True))  # noqa: FBT003  a value of SQL


def _keys(place: Place) -> Iterator[str]:
    """Yield the keys of all objects."""
    for below in (*place.keys.values(), *([place.item] if place.item else [])):
        yield from _keys(below)
    yield from place.keys


def _distinct(place: Place) -> bool:
    """Say whether the keys of an object are told from each other by DuckDB, and stand in a text as they are."""
    return len({key.casefold() for key in place.keys}) == len(place.keys) and all(map(_KEY.fullmatch, place.keys))


def _typed(place: Place) -> Structure:
    kinds = place.kinds - {"null"}
    if kinds == {"list"}:
        return [_typed(place.item) if place.item is not None and place.item.kinds else "JSON"]
    if kinds == {"object"}:
        return {key: _typed(place.keys[key]) for key in place.order}
    return _scalar_type(place)


def _scalar_type(place: Place) -> str:
    return "BOOLEAN" if place.kinds - {"null"} == {"bool"} else "VARCHAR"


def _is_bare(place: Place) -> bool:
    """Say whether what stands here has no quotes, and is read as a text all the same."""
    return place.kinds - {"null"} in ({"number"}, set())


def _one(parts: Sequence[Part]) -> duckdb.Expression:
    """Return texts behind each other as one."""
    joined: list[Part] = []
    for part in parts:
        if isinstance(part, str) and joined and isinstance(joined[-1], str):
            joined[-1] += part
        else:
            joined.append(part)
    return call("concat", *joined)


def _or_null(found: duckdb.Expression, text: duckdb.Expression) -> duckdb.Expression:
    return duckdb.CaseExpression(found.isnull(), _NONE).otherwise(text)


def _scalar(place: Place, found: duckdb.Expression) -> list[Part]:
    return ['"', found, '"'] if "text" in place.kinds else [found]


def _members(place: Place, found: duckdb.Expression, style: Style, value: Any) -> list[Part]:  # noqa: ANN401  a function
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
        parts.append(duckdb.CaseExpression(there.isnull(), nothing).otherwise(_one([begin, *text])))
    if first:
        return ["{", *parts, "}"]
    return ["{", call("substr", _one(parts), len(style.comma) + 1), "}"]


def _items(place: Place, found: duckdb.Expression, depth: int, style: Style) -> list[Part]:
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
            inner = _one(_items(place.item, duckdb.ColumnExpression(name), depth + 1, style))
            texts = call("list_transform", found, duckdb.LambdaExpression(name, inner))
        return ["[", call("array_to_string", texts, style.comma), "]"]
    if "object" in place.kinds:
        return _members(place, found, style, lambda key: _items(place.keys[key], call("struct_extract", found, key), depth + 1, style))
    return _scalar(place, found)


def _bare(place: Place, found: duckdb.Expression, depth: int) -> Iterator[duckdb.Expression]:
    """Yield the greatest of what stands without quotes in a list, as texts."""
    if "object" in place.kinds:
        for key, member in place.keys.items():
            yield from _bare(member, call("struct_extract", found, key), depth + 1)
    elif "list" in place.kinds and place.item is not None and place.item.kinds:
        name = f"y{depth}"
        for one in _bare(place.item, duckdb.ColumnExpression(name), depth + 1):
            texts = found if place.item.kinds == {"number"} else call("list_transform", found, duckdb.LambdaExpression(name, one))
            yield call("list_aggregate", texts, "max")
    elif _is_bare(place) and "list" not in place.kinds:
        yield found
