"""Units of measure that a header names."""

from __future__ import annotations

import re
from typing import Final

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
_BY_WORD: Final = {word: unit for words, unit in _UNITS.items() for word in words.split()}


def unit_in(header: str) -> str | None:
    """Return the unit that a header names, such as USD of `Price, $`."""
    words = re.findall(r"°[cf]|[$€₽₸%]|км/ч|[^\W_]+", header.casefold())
    return next((_BY_WORD[word] for word in reversed(words) if word in _BY_WORD), None)
