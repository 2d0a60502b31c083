"""`columns.*.unit`: what a column's numbers count, where its header says so."""

from __future__ import annotations

import re
from typing import Final

from dataeng_ai.fill.decision import ANY, Case, Decision, Option, Path, possible

_UNITS: Final = {
    "rub rur руб рублей рублях ₽": "RUB",
    "usd $ долл": "USD",
    "eur € евро": "EUR",
    "kzt ₸ тенге": "KZT",
    "percent pct % проц процентов": "%",
    "kg кг": "kg",
    "гр грамм": "g",
    "тонн": "t",
    "km км": "km",
    "cm см": "cm",
    "mm мм": "mm",
    "miles": "mi",
    "°c celsius": "°C",
    "°f fahrenheit": "°F",
    "kmh км/ч": "km/h",
    "mph": "mph",
    "sec seconds сек секунд": "s",
    "ms milliseconds мс": "ms",
    "minutes минут": "min",
    "hours часов": "h",
    "days дней": "d",
    "шт штук pcs": "pcs",
    "kwh квтч": "kWh",
    "bytes байт": "B",
}
_NUMBERS: Final = frozenset(("smallint", "integer", "bigint", "decimal", "double"))
_BY_WORD: Final = {word: unit for words, unit in _UNITS.items() for word in words.split()}


def options(case: Case, path: Path) -> tuple[Option, ...]:
    """Return the unit that the header names; none where it names none, or where the column does not count anything."""
    column = case.facts_at(path)
    if column is None:
        return ()
    unit = unit_in(column.name) if column.role == "measure" and column.type.name in _NUMBERS else None
    said = "the header names it" if unit else "the header names none"
    return (Option(unit, said, 1.0, "a unit is taken from the header alone, never guessed"),)


def unit_in(header: str) -> str | None:
    """Return the unit that a header names, such as USD of `Price, $`."""
    words = re.findall(r"°[cf]|[$€₽₸%]|км/ч|[^\W_]+", header.casefold())
    return next((_BY_WORD[word] for word in reversed(words) if word in _BY_WORD), None)


def facts(case: Case, path: Path) -> object:
    """Return the unit."""
    return possible(options(case, path))


DECISION = Decision("columns.unit", ("columns", ANY, "unit"), (), "What do the numbers of each column count?", options, facts)
