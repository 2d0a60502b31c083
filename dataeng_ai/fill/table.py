"""The columns: a list laid out row by row, each kind of value asked about once for the whole table."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from dataeng_ai.fill.choose import settle
from dataeng_ai.fill.model import RULES
from dataeng_ai.fill.places import places

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dataeng_ai.fill.choose import Attempt, Decided
    from dataeng_ai.fill.decision import Case, Decision, Path
    from dataeng_ai.fill.model import Model

_ORDER: Final = ("name", "from", "type", "nullable", "description", "unit", "values", "parse", "pii", "physical")
_DEFAULTS: Final[Mapping[str, object]] = {"nullable": True}


def lay_out(decision: Decision, case: Case, path: Path, model: Model, attempt: Attempt) -> tuple[Decided, ...]:
    """Write a list whole: its bare items first, then what is decided for each; return the decisions that say more than a default.

    What nothing is built on has its rule's value at first: a model is asked about it when all else is decided.
    """
    options = decision.options(case, path)
    if not options:
        return ()
    case = case.put(path, options[0].value)
    count = len(case.rows)
    decided: list[Decided] = []
    for each in decision.rows:
        who = RULES if each.last else model
        case, done = settle(each, case, [(*path, row, each.path[-1]) for row in range(count)], who, lambda *_: True)
        decided += done
    rows = [_tidy(row) for row in case.rows]
    if not attempt(path, rows):
        return ()
    case = case.put(path, rows)
    in_words = places(case)
    return tuple(replace(one, place=in_words(one.path)) for one in decided if case.get(*one.path) is not None)


def _tidy(row: Mapping[str, object]) -> dict[str, object]:
    """Return a row in the order of the language, without what is the default anyway."""
    said = {key: row[key] for key in _ORDER if row.get(key) is not None and row[key] != _DEFAULTS.get(key)}
    if said.get("from") == said.get("name"):
        said.pop("from", None)
    return said
