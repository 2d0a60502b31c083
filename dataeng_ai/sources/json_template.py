"""What a record of JSON would be written as, made of what was read of it: where that is the record itself, nothing of it was lost.

The text is put together from the keys in the order that `json_grammar` saw and the values that DuckDB read, none of them escaped. Read
from its start, a record that equals it has each key once and in its place, and behind each the very value that was read: one that was
written with an escape, a number that is spelt otherwise when it is read, a comma too many would make another text. A record that has
no such text is not wrong: it is `odd`, and others look at it.
"""

from __future__ import annotations

import json
import operator
from functools import reduce
from typing import TYPE_CHECKING, Final

import duckdb

from dataeng_ai.sources import json_written as written
from dataeng_ai.sources.json_flaws import MAX_DEPTH
from dataeng_ai.sources.json_grammar import PLAIN
from dataeng_ai.sources.json_proof import path_of
from dataeng_ai.sources.json_shape import Spot
from dataeng_ai.sources.json_written import RECORD, call

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from dataeng_ai.sources.json_grammar import Place, Style
    from dataeng_ai.sources.json_written import Part, Structure

JSON: Final = duckdb.ColumnExpression("j")
"""A record as it stands in the file …"""
READ: Final = duckdb.ColumnExpression("k")
"""… what was read of it …"""
ODD: Final = duckdb.ColumnExpression("odd")
"""… and the text again, where it is odd."""

_DEEP: Final = 16
_BEHIND: Final = ":"
"""Comes behind all that a number begins with, and before what else stands without quotes, but for these."""
_WORDS: Final = ("-nan", "-inf")
_NO_NUMBERS: Final = r"[:,\[]\s*-(nan|inf)"


class UnfitError(Exception):
    """There is no one text of such records."""


class Template:
    """The text of records, as an expression over what was read of them."""

    def __init__(self, root: Place, style: Style | None, places: Mapping[tuple[str, ...], str | Spot]) -> None:
        """Make it.

        Args:
            root: What the records are like.
            style: What stands between their keys and values; None: blanks do not count.
            places: What becomes of the places of records, as the careful reader has it.

        Raises:
            UnfitError: there is no such text.
        """
        self._places, self._exact, self.style = places, style is not None, style or PLAIN
        self._wholes: dict[tuple[str, ...], tuple[Place, duckdb.Expression]] = {}
        self._sound: list[duckdb.Expression] = []
        self.structure = json.dumps(self._structure(root, ()), ensure_ascii=False)
        if not self._exact and any(" " in key for key in written.keys(root)):
            raise UnfitError  # a blank within a key would not count either
        self._root = root
        self._text = written.whole(self._value(root, READ, (), self.style))

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
            found = [*map(written.unless_null, found), none.otherwise(duckdb.ConstantExpression(True))]  # noqa: FBT003  a value of SQL
        return reduce(operator.and_, found, duckdb.ConstantExpression(True))  # noqa: FBT003  as above

    def leaf(self, path: tuple[str, ...]) -> duckdb.Expression:
        """Return the text in a place; of an odd record the one that DuckDB finds there, which is of another type perhaps."""
        found, place = READ, self._root
        for key in path:
            found, place = call("struct_extract", found, key), place.keys[key]
        if path in self._wholes:
            if not self._typed(place):
                return found.cast("VARCHAR")
            text = written.or_null(found, written.whole(self._value(place, found, path, PLAIN)))
            other = call("nullif", call("json_extract", JSON, path_of(path)).cast("VARCHAR"), "null")
        elif written.scalar_type(place) == "BOOLEAN":
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
        if not path:
            return "object" in place.kinds
        known = self._places.get(path)
        if known is None:
            raise UnfitError
        return isinstance(known, Spot) and known.members is not None

    def _stays(self, path: tuple[str, ...]) -> bool:
        known = self._places.get(path)
        return isinstance(known, Spot) and known.json

    def _typed(self, place: Place, depth: int = 0) -> bool:
        """Say whether each thing in a place that stays JSON is of one kind, with a text of its own."""
        kinds = place.kinds - {"null"} if depth == 0 else place.kinds
        if depth > _DEEP or len(kinds) != 1:
            return False
        if kinds == {"list"}:
            return place.item is None or not place.item.kinds or self._typed(place.item, depth + 1)
        if kinds == {"object"}:
            return (
                depth > 0 and bool(place.keys) and place.ordered and written.distinct(place) and all(map(self._member, place.keys.values()))
            )
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
            return written.typed(place) if self._typed(place) else "JSON"
        if self._is_object(place, path):
            if not place.keys or not place.ordered or not written.distinct(place) or place.kinds - {"object", "null"}:
                raise UnfitError
            return {key: self._structure(place.keys[key], (*path, key)) for key in place.order}
        if place.kinds != {"text"} and place.kinds - {"null"} not in ({"text"}, {"number"}, {"bool"}, set()):
            raise UnfitError
        return written.scalar_type(place)

    def _value(self, place: Place, found: duckdb.Expression, path: tuple[str, ...], style: Style) -> list[Part]:
        """Return the text of a value that is there."""
        if path and self._stays(path):
            self._wholes[path] = (place, found)
            if self._typed(place):
                return written.items(place, found, 0, style)
            if not self._exact or style == PLAIN:
                self._raw(found)
                return [found.cast("VARCHAR")]
            raise UnfitError
        if self._is_object(place, path):
            return written.members(
                place, found, style, lambda key: self._value(place.keys[key], call("struct_extract", found, key), (*path, key), style)
            )
        return written.scalar(place, found)

    def _raw(self, found: duckdb.Expression) -> None:
        """Hold against JSON that is not looked into that no key of it stands twice, and what else a list of ours cannot have."""
        text = found.cast("VARCHAR")
        keys = call("list_distinct", call("json_keys", found))
        ends = call("strlen", text) - call("strlen", call("replace", text, '":', ""))
        known = ends == duckdb.CoalesceOperator(call("len", keys), duckdb.ConstantExpression(0)) * duckdb.ConstantExpression(2)
        short = call("strlen", text) <= 2 * MAX_DEPTH
        numbers = ~(call("contains", text, "NaN") | call("contains", text, "Infinity"))
        self._sound.append(written.unless_null(known & short & numbers))

    def _bare(self, place: Place, found: duckdb.Expression, path: tuple[str, ...]) -> Iterator[duckdb.Expression]:
        """Yield what stands without quotes."""
        if path and self._stays(path):
            if self._typed(place):
                yield from written.bare(place, found, 0)
        elif self._is_object(place, path):
            for key, member in place.keys.items():
                yield from self._bare(member, call("struct_extract", found, key), (*path, key))
        elif written.is_bare(place):
            yield found
