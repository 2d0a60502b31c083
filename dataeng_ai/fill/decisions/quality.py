"""`quality`: warnings with thresholds that hold on this data with a margin. Keys, nulls and value lists are checks already."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Final

from dataeng_ai.fill.decision import Case, Decision, Option, Path, lookup
from dataeng_ai.fill.purpose import FRESH, says

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dataeng_ai.profile.facts import ColumnFacts

_NUMBERS: Final = ("smallint", "integer", "bigint", "decimal", "double")
_FEW: Final = 12
"""Values that a person can still overlook."""
_OFTEN: Final = 50
"""Rows per value from which a list of values is no accident."""
_SHORT: Final = 24
"""Characters of a word that is a code."""
_CODE: Final = 4
"""Digits of a code, such as one of a region; what has more numbers a thing."""
_MAX_AGE: Final = "2d"

Check = dict[str, object]


def options(case: Case, path: Path) -> tuple[Option, ...]:  # noqa: ARG001  every decision has this shape
    """Return all checks that hold, the count of rows alone, and none."""
    checks = [*_ranges(case), *_values(case), *_unique(case), *_count(case)]
    fresh = _freshness(case)
    found: list[Option] = []
    if fresh:
        said = f"and `about` says `{says(case.about, FRESH)}`"
        found.append(Option([*checks, *fresh], f"{len(checks)} checks hold {said}", 0.8, "asked for", "all and freshness"))
    if checks:
        evidence = f"{len(checks)} checks hold on {case.profile.rows:,} rows, with a margin"
        found.append(Option(checks, evidence, 0.7, "they cost little", "all"))
    if len(checks) > 1 and _count(case):
        found.append(Option(_count(case), f"{case.profile.rows:,} rows", 0.4, "the least one would want", "row count"))
    return (*found, Option([], "none", 0.1, "keys, nulls and values are checked anyway", "none"))


def _ranges(case: Case) -> list[Check]:
    """Return one check for all measures that are never negative."""
    refer = {name for key in _keys(case) for name in key}
    measures = ((name, row, facts) for name, row, facts in case.columns() if facts.role == "measure" and name not in refer)
    names = [name for name, row, facts in measures if _number(row) and _not_negative(facts)]
    return [{"check": "range", "columns": names, "min": 0, "severity": "warn"}] if names else []


def _keys(case: Case) -> list[list[str]]:
    """Return the columns of the spec's foreign keys: their numbers measure nothing."""
    keys = case.get("foreign_keys")
    found = [lookup(key, ("columns",)) for key in keys] if isinstance(keys, list) else []
    return [columns for columns in found if isinstance(columns, list)]


def _unique(case: Case) -> list[Check]:
    """Return a check for each key beside the primary one to which another spec refers, where the profile proved it one."""
    proved = [{case.name_of(header) for header in key.columns} for key in case.profile.keys]
    primary = case.get("primary_key")
    own = set(primary) if isinstance(primary, list) else set()
    keys = [key for key in case.neighbours.naming if set(key) in proved and set(key) != own]
    return [{"check": "unique", "columns": list(key), "severity": "warn"} for key in keys]


def _values(case: Case) -> list[Check]:
    """Return a check for each small set of words, each word of which stands in many rows."""
    return [
        {"check": "accepted_values", "columns": [name], "values": sorted(value for value, _ in facts.top), "severity": "warn"}
        for name, row, facts in case.columns()
        if _is_list(row, facts, case.profile.rows)
    ]


def _is_list(row: Mapping[str, object], facts: ColumnFacts, rows: int) -> bool:
    whole = facts.distinct_exact and len(facts.top) == facts.distinct
    small = 1 < facts.distinct <= _FEW and rows >= _OFTEN * facts.distinct
    plain = (
        row.get("type") == "text" and facts.role in ("dimension", "flag", "geo") and not (facts.pii or facts.redacted or row.get("values"))
    )
    return whole and small and plain and all(_is_code(value) for value, _ in facts.top)


def _is_code(value: str) -> bool:
    """Say whether a value is a short word: sets of words are closed, names and numbers of things go on arriving."""
    return len(value) <= _SHORT and not any(letter.isspace() for letter in value) and not (value.isdecimal() and len(value) > _CODE)


def _count(case: Case) -> list[Check]:
    """Return a check that a load brings at least half as many rows as today, where it is the whole that is loaded."""
    rows = case.profile.rows
    if not rows:
        return []
    least = max(rows // 2, 1) if case.get("load", "mode") == "full" else 1
    return [{"check": "row_count", "min": _rounded(least), "severity": "warn"}]


def _rounded(number: int) -> int:
    """Return a number with its first two digits, the rest zeros: nobody counted the rows of tomorrow."""
    scale: int = 10 ** max(len(str(number)) - 2, 0)
    return number // scale * scale


def _freshness(case: Case) -> list[Check]:
    """Return a check of the newest time, where the person's words ask for it: whether it holds, only a clock could say."""
    times = [name for name in (case.name_of(time.name) for time in case.profile.times) if name]
    if not times or not says(case.about, FRESH):
        return []
    return [{"check": "freshness", "columns": times[:1], "max_age": _MAX_AGE, "severity": "warn"}]


def _number(row: Mapping[str, object]) -> bool:
    return str(row.get("type")).partition("(")[0] in _NUMBERS


def _not_negative(facts: ColumnFacts) -> bool:
    try:
        return facts.minimum is not None and not facts.pii and Decimal(facts.minimum) >= 0
    except InvalidOperation:
        return False


def facts(case: Case, path: Path) -> object:  # noqa: ARG001  every decision has this shape
    """Return which columns are checked and for what; how many rows there are today does not matter."""
    return {"checks": [*_ranges(case), *_values(case), *_unique(case), *_freshness(case)], "mode": case.get("load", "mode")}


DECISION = Decision("quality", ("quality",), (("columns",), ("load", "mode")), "What shall each load be checked for?", options, facts)
