"""How records of JSON are written, as the first of them show: the order of their keys, what stands under each, which may be absent.

It is a guess and proves nothing: `json_template` makes a text of it for each record, and that text is held against the record's own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Final

from dataeng_ai.sources.texts import MARK

if TYPE_CHECKING:
    from dataeng_ai.sources.json_shape import Value

_ITEMS: Final = 200
"""Items of one list that are looked at."""
_COLON: Final = re.compile(r'^[\[{]?\s*"[^"\\]*"(\s*:\s*)')
_COMMA: Final = re.compile(r'["}\]0-9el](\s*,\s*)"[^"\\]*"\s*:')


@dataclass(slots=True)
class Place:
    """What was seen in one place of all records."""

    kinds: set[str] = field(default_factory=set)
    """Of `text`, `number`, `bool`, `null`, `object`, `list`."""
    keys: dict[str, Place] = field(default_factory=dict)
    """What stands under the keys of its objects …"""
    order: list[str] = field(default_factory=list)
    """… in the order of all of them …"""
    ordered: bool = True
    """… if they have one."""
    objects: int = 0
    times: int = 0
    """How often it was there."""
    item: Place | None = None
    """What the items of its lists are, all together."""

    def learn(self, value: Value) -> None:
        """See a value that stands here."""
        self.times += 1
        if isinstance(value, dict):
            self.kinds.add("object")
            self._keys(value)
        elif isinstance(value, list):
            self.kinds.add("list")
            self.item = self.item or Place()
            for item in islice(value, _ITEMS):
                self.item.learn(item)
        elif isinstance(value, str):
            self.kinds.add("number" if value.startswith(MARK) else "text")
        else:
            self.kinds.add("null" if value is None else "bool")

    def _keys(self, value: dict[str, Value]) -> None:
        self.objects += 1
        last = -1
        if list(value) != self.order:
            for key in value:
                if key not in self.keys:
                    self.keys[key] = Place()
                    self.order.insert(last + 1, key)
                found = self.order.index(key)
                self.ordered, last = self.ordered and found > last, found
        for key, cell in value.items():
            self.keys[key].learn(cell)


@dataclass(frozen=True, slots=True)
class Style:
    """What stands between a key and its value, and between two members."""

    colon: str = ":"
    comma: str = ","


PLAIN: Final = Style()


def style(text: str) -> Style | None:
    """Return how a record is written, None where it spans lines, or is not written in one way all along."""
    colon, comma = _COLON.search(text), _COMMA.search(text)
    found = Style(colon[1], comma[1]) if colon and comma else PLAIN
    return found if {found.colon, found.comma} <= {":", ",", ": ", ", "} else None
