"""The shape of nested records, found while they pass by: each leaf is a column by its path, what has no fixed shape stays JSON.

Objects become columns `a.b.c`. A list stays one column of JSON text, and so does what is an object in one record and a value in
another, an object whose keys are data (a map), and one whose keys differ in case alone. `Shape.stale` says that such a place was
met too late, when columns of it had been handed out; another pass with a `Shape.again` knows it from the start.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Self, TypeAlias

from dataeng_ai.sources.json_paths import joined, keys_of
from dataeng_ai.sources.prepared import Nested
from dataeng_ai.sources.texts import MARK
from dataeng_ai.types import Type

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from dataeng_ai import ir

Value: TypeAlias = "dict[str, Value] | list[Value] | str | bool | None"
"""What is decoded: a number is its literal behind MARK."""

_DEEPEST: Final = 32
"""Objects within objects that become columns; what is deeper stays JSON."""
MANY: Final = 100
"""Keys of an object beyond which it may be a map …"""
_FULL: Final = 0.1
"""… where a record has, on the average, fewer than this share of them …"""
_MOST: Final = 1000
"""… and beyond which it is one in any case."""
MAX_COLUMNS: Final = 10_000

MIXED: Final = "it is an object or a list in some records and a single value in others"
MAP: Final = "its keys are data: there are very many, and a record has few of them"
CASE: Final = "some of its keys differ in upper and lower case alone, which names of columns do not"

_encoded = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False).encode


class TooManyColumnsError(Exception):
    """The records have more keys than a table has columns."""


class UnfitError(Exception):
    """A record has a value where the columns asked for need an object."""


@dataclass(slots=True)
class Spot:
    """A place that is not, or not yet, simply a column of values. Undecided while it has neither a column nor members."""

    path: tuple[str, ...]
    place: int
    """Its column's number, if it has one: the order in which places were first seen."""
    column: str | None = None
    json: bool = False
    """Its column holds JSON, with texts in quotes."""
    members: dict[str, str | Spot] | None = None
    """What stands below it, by key: a column of values is its name alone."""
    folded: set[str] = field(default_factory=set)
    """The keys of its members without upper case."""
    records: int = 0
    """Objects seen here."""
    cells: int = 0
    """Their members, all together."""
    items: int = 0
    """Items of the lists seen here."""
    kinds: set[type] = field(default_factory=set)
    """What the items are."""
    odd: bool = False
    """Something that is no list was seen here."""


class Shape:
    """The columns of the records seen so far."""

    def __init__(self, wanted: Iterable[tuple[str, ...]] = (), whole: Mapping[tuple[str, ...], str] | None = None) -> None:
        """Begin with what is known.

        Args:
            wanted: The places that a spec asks for: no odd record turns them into JSON.
            whole: The places that are kept as JSON, each with the reason.
        """
        self._wanted = frozenset(wanted)
        self._forced = {place[:size] for place in self._wanted for size in range(1, len(place))}
        self.whole = dict(whole or {})
        self.stale = False
        self._paths: list[tuple[str, ...] | None] = []
        self._root = Spot((), -1, members={})

    @classmethod
    def of(cls, said: ir.Json | None) -> Self:
        """Begin with what a source says of its nested records, nothing where it says nothing."""
        return cls() if said is None else cls(_places(said.columns), dict.fromkeys(_places(said.whole), ""))

    def again(self) -> Shape:
        """Return an empty shape that knows which places stay JSON."""
        return Shape(self._wanted, self.whole)

    @property
    def columns(self) -> dict[str, str]:
        """Return the path of each column by the key of its texts, in the order in which they were first seen."""
        return {f"c{place}": joined(path) for place, path in enumerate(self._paths) if path is not None}

    def kept(self) -> tuple[str, ...]:
        """Return a sentence on each object that gave no columns, and why."""
        return tuple(f"`{joined(path)}` is one column of JSON: {why}" for path, why in self.whole.items() if why)

    def keep(self, path: tuple[str, ...], why: str) -> None:
        """Keep a place as JSON, for which another pass is needed."""
        if path not in self.whole:
            self.whole[path] = why
            self.stale = True

    def ask(self) -> None:
        """Count every place that is asked for as seen."""
        for path in sorted(self._wanted):
            self._see(path)

    def nested(self) -> tuple[Nested, ...]:
        """Return the columns that hold lists and nothing else."""
        lists = sorted((spot for spot in _below(self._root) if spot.kinds and not spot.odd), key=lambda spot: spot.place)
        return tuple(Nested(joined(spot.path), spot.items, spot.kinds == {dict}) for spot in lists)

    def hollow(self) -> dict[str, bool]:
        """Return the columns of which no value was seen but null or, so it says of each, an empty object."""
        return {joined(spot.path): spot.records > 0 for spot in _below(self._root) if spot.column is None and spot.members is None}

    def kinds(self) -> tuple[Type | None, ...]:
        """Return what the columns are known to hold: JSON where a place is kept whole, nothing elsewhere."""
        whole = {spot.column for spot in _below(self._root) if spot.json}
        return tuple(Type("json") if column in whole else None for column in self.columns)

    def members(self) -> Iterator[tuple[tuple[str, ...], str | Spot]]:
        """Yield every place that was seen, an object before what is in it: a column of values is its name alone."""
        yield from _members(self._root)

    def row(self, record: dict[str, Value], row: dict[str, object]) -> None:
        """Put the texts of a record into a row.

        Raises:
            UnfitError: a value stands where the columns asked for need an object.
            TooManyColumnsError: it has one key too many.
        """
        self._spread(self._root, record, row)

    def _spread(self, spot: Spot, record: dict[str, Value], row: dict[str, object]) -> None:
        members = spot.members or {}
        spot.records += 1
        spot.cells += len(record)
        for key, cell in record.items():
            known = members.get(key)
            if known.__class__ is str and cell.__class__ is str:
                row[known] = cell
            elif cell is True and known.__class__ is str:
                row[known] = "true"
            elif cell is False and known.__class__ is str:
                row[known] = "false"
            elif known.__class__ is Spot and cell.__class__ is dict and known.column is None and known.members:
                self._spread(known, cell, row)
            elif cell is not None or known is None:
                self._put(spot, key, cell, row)

    def _put(self, spot: Spot, key: str, cell: Value, row: dict[str, object]) -> None:
        if spot.members is None:  # it turned out to be kept whole while this record passed by
            return
        known = spot.members.get(key)
        if known is None:
            known = self._new(spot, key)
            if known is None:
                return
        if isinstance(known, str):
            if isinstance(cell, str | bool):
                row[known] = _text(cell)
                return
            known = spot.members[key] = self._no_longer_simple((*spot.path, key), known)
        if known.column is None and known.members is None:
            self._decide(known, cell)
        self._fill(known, cell, row)
        if known.column is not None and isinstance(cell, str) and known.members is None and not (known.json or known.kinds):
            spot.members[key] = known.column

    def _new(self, spot: Spot, key: str) -> Spot | None:
        """Return a place that was not seen before; None where the object that it is in turns out to be no set of columns.

        Raises:
            TooManyColumnsError: it is one too many.
        """
        members = spot.members if spot.members is not None else {}
        fold, many = key.casefold(), len(members)
        if spot.path and spot.path not in self._forced:
            is_map = many > _MOST or (many > MANY and spot.cells < _FULL * spot.records * many)
            if is_map or fold in spot.folded:
                self._keep_whole(spot, MAP if is_map else CASE)
                return None
        path = (*spot.path, key)
        found = members[key] = Spot(path, len(self._paths))
        spot.folded.add(fold)
        self._paths.append(path)
        if len(self._paths) > MAX_COLUMNS:
            raise TooManyColumnsError
        if path in self._forced:
            found.members = {}
        if path in self.whole or path in self._wanted:
            found.column, found.json = f"c{found.place}", path in self.whole
        elif path in self._forced:
            self._paths[found.place] = None
        return found

    def _decide(self, spot: Spot, cell: Value) -> None:
        """Decide by its first value what a place is; null and an empty object say nothing."""
        if isinstance(cell, dict) and cell and len(spot.path) < _DEEPEST:
            spot.members = {}
            self._paths[spot.place] = None
        elif cell == {}:
            spot.records += 1
        elif cell is not None and spot.records:
            self._keep_whole(spot, MIXED)
        elif cell is not None:
            spot.column, spot.json = f"c{spot.place}", isinstance(cell, dict | list)

    def _no_longer_simple(self, path: tuple[str, ...], column: str) -> Spot:
        spot = Spot(path, int(column[1:]), column)
        if path not in self._wanted:
            self._keep_whole(spot, MIXED)
        return spot

    def _keep_whole(self, spot: Spot, why: str) -> None:
        """Keep a place as JSON from now on; what was written of it before no longer holds."""
        self.whole.setdefault(spot.path, why)
        self.stale = True
        spot.column, spot.json, spot.members = f"c{spot.place}", True, None
        self._paths[spot.place] = spot.path

    def _fill(self, spot: Spot, cell: Value, row: dict[str, object]) -> None:
        """Put what was found into the place's own column, and into those of its members."""
        if spot.members is not None and isinstance(cell, dict):
            self._spread(spot, cell, row)
        elif spot.members is not None and spot.column is None and cell is not None:
            if spot.path in self._forced:
                raise UnfitError
            self._keep_whole(spot, MIXED)
        if spot.column is None or cell is None:
            return
        row[spot.column] = encoded(cell) if spot.json or isinstance(cell, dict | list) else _text(cell)
        if isinstance(cell, list):
            spot.items += len(cell)
            spot.kinds.update(map(type, cell))
        else:
            spot.odd = True

    def _see(self, path: tuple[str, ...]) -> None:
        spot: str | Spot | None = self._root
        for key in path:
            if not isinstance(spot, Spot) or spot.members is None:
                return
            spot = spot.members.get(key) or self._new(spot, key)


def encoded(value: Value) -> str:
    """Return a decoded value as compact JSON, its numbers as they stood in the file."""
    first, *numbers = _encoded(value).split('"' + MARK)
    return "".join([first, *[number.replace('"', "", 1) for number in numbers]]) if numbers else first


def _text(value: str | bool) -> str:  # noqa: FBT001  a value of the data
    return value if isinstance(value, str) else "true" if value else "false"


def _members(spot: Spot) -> Iterator[tuple[tuple[str, ...], str | Spot]]:
    for key, member in (spot.members or {}).items():
        yield (*spot.path, key), member
        if isinstance(member, Spot):
            yield from _members(member)


def _below(spot: Spot) -> Iterator[Spot]:
    return (member for _, member in _members(spot) if isinstance(member, Spot))


def _places(columns: Iterable[str]) -> list[tuple[str, ...]]:
    return [keys for column in columns if (keys := keys_of(column))]
