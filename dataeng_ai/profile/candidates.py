"""Which columns may identify a row: what is worth proving, best first."""

from __future__ import annotations

import re
from itertools import combinations
from math import prod
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from dataeng_ai.types import Type

_ID_WORDS: Final = re.compile(
    r"(?i)(?:^|_|\b)(?:id|uuid|guid|key|pk|sk|fk|code|no|num|number|nr|sku|serial|hash|ид|идентификатор|код|номер|ключ|артикул|гуид)(?:$|_|\b)"
    r"|(?:id|key|code|number)$|[a-z]I[dD]$|№"
)
_SURROGATE: Final = re.compile(r"(?i)(?:^|_)sk(?:$|_)|[a-z]S[Kk]$")
"""What warehouses call the key that they make up, beside the one that a thing has elsewhere, which comes again with each version."""
_ADDRESS: Final = re.compile(
    r"(?i)(?:^|_|\b)(?:ur[il]|link|href|image|img|photo|picture|logo|website|ссылка|фото|сайт)(?:$|_|\b)|[a-z]U(?:RL|rl)$"
)
"""What stands once for each thing, and nobody takes for its key: where more is told or shown of it."""
MOST_SINGLES: Final = 3
_MOST_SETS: Final = 8
_MOST_COLUMNS: Final = 16
_WORDS: Final = 2
_NEVER: Final = frozenset({"double", "decimal", "json", "bytes", "boolean"})
_WIDEST: Final = 3


def is_id(name: str) -> bool:
    """Say whether the header has a word for what identifies."""
    return bool(_ID_WORDS.search(name))


def may_be_key(kind: Type) -> bool:
    """Say whether values of this type identify anything: amounts and documents do not."""
    return kind.name not in _NEVER


def may_identify(kind: Type, cells: Mapping[str, int]) -> bool:
    """Say whether a column may be a key by itself: no amount, and no prose."""
    return may_be_key(kind) and "".join(cells).count(" ") <= _WORDS * len(cells)


def merit(name: str, kind: Type) -> int:
    """Return a rank, low is good: named as a key that was made up, or as an id, then made like one, then a moment."""
    if _SURROGATE.search(name):
        return -1
    if is_id(name):
        return 0 if kind.name != "timestamp" else 2
    if _ADDRESS.search(name):
        return 4
    return {"uuid": 1, "bigint": 2, "text": 2}.get(kind.name, 3)


def sets(
    head: Sequence[tuple[str | None, ...]], places: Mapping[str, tuple[Type, int]], names: Sequence[str], rows: int
) -> Iterator[tuple[str, ...]]:
    """Yield sets of two and three columns that may be a key together, best first, at most eight; those of ids alone before others.

    Args:
        head: The first rows; a set that stands there twice is none.
        places: Per column that is never null: its type and how many different values it has.
        names: All columns, in the order of `head`.
        rows: How many there are; the columns of a key have at least as many combinations.
    """
    usable = [name for name in names if name in places and may_be_key(places[name][0]) and places[name][1] > 1]
    usable = sorted(usable, key=lambda name: (_set_merit(name, places[name][0]), names.index(name)))[:_MOST_COLUMNS]
    columns = dict(zip(names, zip(*head, strict=True), strict=True)) if head else {}
    found: list[tuple[str, ...]] = []
    ids = [name for name in usable if is_id(name)]
    # Ids alone tell what a row is of; with a day beside them, fewer columns may be unique by luck.
    for some, size in ((ids, 2), (ids, _WIDEST), (usable, 2), (usable, _WIDEST)):
        for group in sorted(combinations(some, size), key=lambda group: _group_merit(group, places, names)):
            if any(set(smaller) <= set(group) for smaller in found) or not _enough(group, places, rows):
                continue
            if not head or len(set(zip(*(columns[name] for name in group), strict=True))) == len(head):
                found.append(tuple(sorted(group, key=names.index)))
                yield found[-1]
                if len(found) == _MOST_SETS:
                    return


def _set_merit(name: str, kind: Type) -> int:
    if is_id(name):
        return 0
    return {"uuid": 0, "date": 1, "timestamp": 1, "timestamptz": 1, "bigint": 2, "integer": 2, "text": 2}.get(kind.name, 3)


def _group_merit(group: tuple[str, ...], places: Mapping[str, tuple[Type, int]], names: Sequence[str]) -> tuple[int, int, int]:
    """Return a rank, low is good: what the columns are, then how few combinations a key leaves unused, then where they stand."""
    return sum(_set_merit(name, places[name][0]) for name in group), _combinations(group, places), sum(map(names.index, group))


def _enough(group: tuple[str, ...], places: Mapping[str, tuple[Type, int]], rows: int) -> bool:
    return _combinations(group, places) >= rows


def _combinations(group: tuple[str, ...], places: Mapping[str, tuple[Type, int]]) -> int:
    return prod(places[name][1] for name in group)
