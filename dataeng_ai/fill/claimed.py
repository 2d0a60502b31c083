"""Names that columns have before they are written: in lists of the spec itself, and in other specs that refer to its table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dataeng_ai.fill.decision import lookup

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dataeng_ai.fill.decision import Case


def claimed(case: Case) -> frozenset[str]:
    """Return the names by which columns are meant already: whoever names the columns later must keep to them."""
    return frozenset(_own(case)).union(*case.neighbours.naming)


def _own(case: Case) -> Iterator[str]:
    lists = [case.get("primary_key"), case.get("order_by")]
    keys = case.get("foreign_keys")
    for key in keys if isinstance(keys, list) else ():
        lists.append(lookup(key, ("columns",)))
        if lookup(key, ("references", "spec")) == case.get("name"):
            lists.append(lookup(key, ("references", "columns")))
    yield from (name for names in lists if isinstance(names, list) for name in names if isinstance(name, str))
