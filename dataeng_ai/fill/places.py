"""Places of a spec in words, for many places at once."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from dataeng_ai.draft import show

if TYPE_CHECKING:
    from collections.abc import Callable

    from dataeng_ai.fill.decision import Case, Path


def places(case: Case) -> Callable[[Path], str]:
    """Return what says a place in words: `columns.price.type`, columns by name where that says which one is meant.

    It says what `draft.show` says, without counting a thousand columns for each of their thousand names.
    """
    names = [row.get("name") for row in case.rows]
    often = Counter(name for name in names if isinstance(name, str))

    def in_words(path: Path) -> str:
        if len(path) > 1 and path[0] == "columns" and isinstance(path[1], int) and path[1] < len(names):
            name = names[path[1]]
            if isinstance(name, str) and often[name] == 1:
                return show(("columns", name, *path[2:]), None)
            return show(path, None)
        return show(path, case.values)

    return in_words
