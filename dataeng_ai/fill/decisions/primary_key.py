"""`primary_key`: columns that were proved to be never null and never the same twice, and that look as if they meant it."""

from __future__ import annotations

import re
from typing import Final

from dataeng_ai.fill.decision import Case, Decision, Option, Path, possible
from dataeng_ai.profile.declared import PRIMARY
from dataeng_ai.sources.rows import PARENT, POSITION

_ID: Final = re.compile(r"(?:^|_)(?:id|uuid|guid|key|code|number|no|nr|num|sku|isbn|ean|inn|ogrn|snils)(?:_|$)")
_NEVER: Final = frozenset(("double", "json", "bytes", "boolean"))
_ROWS_ENOUGH: Final = 100
"""From here on few combinations are unique by accident."""
_MANY: Final = 5


def options(case: Case, path: Path) -> tuple[Option, ...]:  # noqa: ARG001  every decision has this shape
    """Return the proved keys among the stored columns, and none at all where the load does without."""
    keys = _keys(case)
    if case.get("load", "mode") == "merge":
        return keys
    return (*keys, Option(None, _without(case, keys), 0.3, "uniqueness by accident is no key", "null"))


def _keys(case: Case) -> tuple[Option, ...]:
    fit = [(names, reason) for names, reason in _proved(case) if _fit(case, names)]
    return tuple(_option(case, names, reason, place) for place, (names, reason) in enumerate(fit[:_MANY]))


def _without(case: Case, keys: tuple[Option, ...]) -> str:
    """Return what speaks for no key."""
    if keys:
        return "a key is a promise that the next load must keep"
    return "the columns of the proved keys may be empty, by the spec or the data" if _proved(case) else "no columns were proved unique"


def _proved(case: Case) -> list[tuple[tuple[str, ...], str]]:
    """Return the profile's keys in the names of the spec."""
    found = [(tuple(case.name_of(header) for header in key.columns), key.reason) for key in case.profile.keys]
    return [(tuple(name for name in names if name), reason) for names, reason in found if all(names)]


def _fit(case: Case, names: tuple[str, ...]) -> bool:
    """Say whether columns may be a key: never null once the rows that do not fit are set aside, and compared exactly."""
    rows = {name: (row, facts) for name, row, facts in case.columns()}
    found = [rows[name] for name in names]
    return all(row.get("nullable") is False and row.get("type") not in _NEVER and not facts.nulls for row, facts in found)


def _option(case: Case, names: tuple[str, ...], reason: str, place: int) -> Option:
    if reason.startswith(PRIMARY):
        return Option(list(names), f"{', '.join(names)}: {reason}", 0.97, "the database says so", ", ".join(names))
    prior, why = (0.95, "which list, and which item of it") if _of_items(case, names) else _prior(case, names)
    label = ", ".join(names)
    return Option(list(names), f"{label}: {reason}", round(max(prior - place * 0.01, 0.01), 2), why, label)


def _of_items(case: Case, names: tuple[str, ...]) -> bool:
    """Say whether columns are just the parent's key and the place in its list."""
    read = [facts.name for name, _, facts in case.columns() if name in names]
    return POSITION in read and all(name == POSITION or name.startswith(PARENT) for name in read)


def _prior(case: Case, names: tuple[str, ...]) -> tuple[float, str]:
    rows = {name: (row, facts) for name, row, facts in case.columns() if name in names}
    if any(facts.pii for _, facts in rows.values()):
        return 0.2, "personal data make a poor key"
    if any(facts.role == "measure" and str(row.get("type")).startswith("decimal") for row, facts in rows.values()):
        return 0.1, "an amount is unique by accident"
    if len(names) > 1:
        return (0.6, "together they say which row") if case.profile.rows >= _ROWS_ENOUGH else (0.2, "so few rows are unique by accident")
    if _ID.search(names[0]):
        return 0.9, "named like an identifier"
    if rows[names[0]][1].role == "identifier":
        return 0.7, "it identifies, by its role"
    return 0.1, "unique by accident: nothing calls it an identifier"


def facts(case: Case, path: Path) -> object:  # noqa: ARG001  every decision has this shape
    """Return the keys that are possible, the likeliest first."""
    return possible(_keys(case))


DECISION = Decision("primary_key", ("primary_key",), (("columns",),), "Which columns say which row it is?", options, facts)
