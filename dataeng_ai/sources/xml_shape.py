"""The shape of records of XML, found while they pass by: that of nested records, where an element may also be repeated or have a text.

An element that is repeated in any record is one column of JSON, a list in every record that has it. One that is a text here and has
attributes or children there has columns for them, `a._x` and `a.b`, and its text is `a._VALUE`. Where a spec asks for columns, they
keep their shape: a second element where it has one value makes the record a bad one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from dataeng_ai.sources.json_shape import MANY, Shape, Spot, UnfitError
from dataeng_ai.sources.xml_reader import TEXT

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from dataeng_ai.sources.json_shape import Value

UNFIT: Final = "an element is repeated where the spec has it once"


class XmlShape(Shape):
    """The columns of the records seen so far."""

    def __init__(
        self,
        wanted: Iterable[tuple[str, ...]] = (),
        whole: Mapping[tuple[str, ...], str] | None = None,
        objects: Iterable[tuple[str, ...]] = (),
        *,
        plain: bool = False,
    ) -> None:
        """Begin with what is known: as for any shape, the places that have more than a text somewhere, and whether records have a text."""
        super().__init__(wanted, whole)
        self._plain = plain or (TEXT,) in self._wanted
        self._emptied = False
        self.wide = False
        """An object has so many keys that it could be a map, which the number of its records decides."""
        self._objects = set(objects)
        self._asked = {place[:size] for place in self._wanted for size in range(1, len(place) + 1)}
        self._forced |= self._objects

    @property
    def root(self) -> Spot:
        """The records themselves, as a place."""
        return self._root

    @property
    def known(self) -> int:
        """How much is known of the columns: it grows with every place that is new, or no longer what it was."""
        return len(self._paths) + len(self.whole) + len(self._objects)

    def again(self) -> XmlShape:
        """Return an empty shape that knows which places are lists, and which have more than a text."""
        return XmlShape(self._wanted, self.whole, self._objects, plain=self._plain)

    def row(self, record: dict[str, Value], row: dict[str, object]) -> None:
        """Put the texts of a record into a row. One that is empty has an empty text only where others have a text.

        Raises:
            UnfitError: an element is repeated for which the spec has one value.
            TooManyColumnsError: it has one name too many.
        """
        empty = record == {TEXT: ""} and not self._plain
        super().row({} if empty else record, row)
        self._emptied = self._emptied or empty
        if not self._plain and TEXT in record and not empty:
            self._plain = True
            self.stale = self.stale or self._emptied

    def _new(self, spot: Spot, key: str) -> Spot | None:
        self.wide = self.wide or (bool(spot.path) and len(spot.members or ()) > MANY)
        return super()._new(spot, key)

    def _put(self, spot: Spot, key: str, cell: Value, row: dict[str, object]) -> None:
        if spot.members is None:
            return
        path = (*spot.path, key)
        if key == TEXT or cell is None:
            super()._put(spot, key, cell, row)
        elif path in self.whole:
            super()._put(spot, key, cell if isinstance(cell, list) else [cell], row)
        elif isinstance(cell, list):
            self._repeated(spot, key, cell, row)
        elif isinstance(cell, dict):
            self._object(spot, key, cell, row)
        else:
            self._simple(spot, key, cell, row)

    def _repeated(self, spot: Spot, key: str, cell: list[Value], row: dict[str, object]) -> None:
        """Keep a place as a list from now on: in every record, and that of the earlier ones takes another pass.

        Raises:
            UnfitError: the spec asks for one value, or for columns of one element.
        """
        path = (*spot.path, key)
        if path in self._asked:
            raise UnfitError
        self.stale = self.stale or (spot.members is not None and key in spot.members)
        self.whole[path] = ""
        super()._put(spot, key, cell, row)

    def _object(self, spot: Spot, key: str, cell: dict[str, Value], row: dict[str, object]) -> None:
        """Put an element with more than a text into columns of its own, though it had only a text before."""
        assert spot.members is not None  # noqa: S101  `_put` has looked
        known = spot.members.get(key)
        if known is None:
            known = self._new(spot, key)
            if known is None:
                return
        if isinstance(known, str):
            known = spot.members[key] = Spot((*spot.path, key), int(known[1:]), known, members={})
            if known.path not in self._asked:
                self._objects.add(known.path)
                self.stale = True
        if known.column is None:
            super()._put(spot, key, cell, row)
            return
        known.members = {} if known.members is None else known.members
        rest = dict(cell)
        text = rest.pop(TEXT, None)
        if isinstance(text, str):
            row[known.column] = text
        elif text is not None:
            raise UnfitError
        self._spread(known, rest, row)

    def _simple(self, spot: Spot, key: str, cell: Value, row: dict[str, object]) -> None:
        """Put a text where it belongs: an empty one says nothing of what the place is."""
        assert spot.members is not None  # noqa: S101  `_put` has looked
        known = spot.members.get(key)
        if known is None:
            known = self._new(spot, key)
            if known is None:
                return
        if isinstance(known, str):
            super()._put(spot, key, cell, row)
        elif known.column is not None and not known.json:
            row[known.column] = cell
        elif known.members is not None:
            self._spread(known, {TEXT: cell} if cell else {}, row)
        elif cell == "":
            row[f"c{known.place}"] = ""
        else:
            super()._put(spot, key, cell, row)
