"""Units of measure and money: what a header names, and what stands beside the numbers themselves."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from dataeng_ai.ir import Parse

_MONEY: Final = {
    "RUB": "₽ руб. руб р. р rub rur рублей рубль рубли рублях",
    "USD": "$ us$ usd долл долл. долларов",
    "EUR": "€ eur евро euro",
    "GBP": "£ gbp",
    "CNY": "cny rmb 元 юань юаней",
    "JPY": "jpy",
    "¥": "¥",
    "INR": "₹ rs. rs inr",
    "KZT": "₸ kzt тг. тг тенге",
    "UAH": "₴ uah грн. грн гривен",
    "BYN": "byn",
    "PLN": "zł pln zl",
    "CZK": "kč czk",
    "SEK": "sek",
    "NOK": "nok",
    "DKK": "dkk",
    "kr": "kr kr.",
    "TRY": "₺ try tl",
    "BRL": "r$ brl",
    "CHF": "chf fr.",
    "ILS": "₪ ils",
    "KRW": "₩ krw",
    "THB": "฿ thb",
    "VND": "₫ vnd",
    "CAD": "c$ cad",
    "AUD": "a$ aud",
    "MXN": "mx$ mxn",
    "AED": "aed",
    "UZS": "uzs сум",
    "KGS": "kgs сом",
    "GEL": "₾ gel",
    "AMD": "֏ amd",
    "AZN": "₼ azn",
}
_MEASURES: Final = {
    "%": "% percent pct проц процентов процент",
    "‰": "‰",
    "kg": "kg кг kilogram килограмм",
    "g": "гр гр. грамм gram grams",
    "mg": "mg мг",
    "t": "тонн тонна tonnes",
    "lb": "lb lbs",
    "oz": "oz",
    "km": "km км",
    "cm": "cm см",
    "mm": "mm мм",
    "m²": "m² м² кв.м кв.м. sqm m2 м2",
    "m³": "m³ м³ куб.м m3 м3",
    "ha": "га hectares",
    "ft": "ft feet",
    "in": "inch inches",
    "mi": "miles",
    "ml": "ml мл",
    "l": "литр литров liters litres",
    "°C": "°c celsius",
    "°F": "°f fahrenheit",
    "K": "kelvin",
    "km/h": "км/ч kmh km/h",
    "m/s": "м/с m/s",
    "mph": "mph",
    "s": "sec seconds сек сек. секунд secs",
    "ms": "ms milliseconds мс millis msec",
    "µs": "µs us_ microseconds мкс",
    "min": "minutes минут мин мин. min. mins",
    "h": "hours часов hrs",
    "d": "days дней сут суток",
    "pcs": "шт шт. штук pcs",
    "W": "watt watts вт",
    "kW": "kw квт",
    "kWh": "kwh квтч квт·ч",
    "V": "volt volts",
    "mA": "ma_ ма",
    "Hz": "hz гц",
    "MHz": "mhz мгц",
    "GHz": "ghz ггц",
    "Pa": "pascal",
    "hPa": "hpa гпа",
    "bar": "bar",
    "mmHg": "mmhg мм.рт.ст.",
    "dB": "db_ дб",
    "B": "bytes байт",
    "KB": "kb кб",
    "MB": "mb мб",
    "GB": "gb гб",
    "TB": "tb тб",
    "MiB": "mib",
    "GiB": "gib",
    "bp": "bps_ bp",
    "pt": "points баллов",
}
_LETTERS: Final = {
    "m": "m м",
    "g": "g г",
    "l": "l л",
    "t": "t т",
    "s": "s с",
    "h": "h ч",
    "°C": "c",
    "°F": "f",
    "V": "v в",
    "A": "а",
    "W": "w",
}
"""Units of one letter: they count in brackets, after a comma, or at the end of a name with a word of its own for what is measured."""

_BY_WORD: Final = {word: unit for table in (_MONEY, _MEASURES) for unit, words in table.items() for word in words.split()}
_BY_LETTER: Final = {letter: unit for unit, letters in _LETTERS.items() for letter in letters.split()}
_OF: Final = {
    "temp temperature tmp температура": "°C °F",
    "dist distance length width height depth elevation altitude длина ширина высота расстояние глубина": "m",
    "weight mass масса вес": "g t",
    "volume объем объём": "l",
    "duration elapsed latency timeout time длительность задержка": "s h",
    "voltage": "V",
    "power": "W",
    "speed": "",
}
_MEASURED: Final = {word: frozenset(units.split()) for words, units in _OF.items() for word in words.split()}
_TOKENS: Final = re.compile(r"°[cf]|[acrmx]{1,2}\$|us\$|[$€₽₸₴₺₹£¥₪₩฿₫₾֏₼%‰元]|км/ч|km/h|м/с|m/s|[mм][²³]|[^\W_]+")
_APART: Final = re.compile(r"[\[(,]\s*([^\W\d_])\.?\s*(?:[\])]|$)")
_NOT_BESIDE: Final = frozenset({"us_", "ma_", "db_", "bps_", "bp", "bar", "try", "in"})

BESIDE: Final = tuple(sorted((set(_BY_WORD) - _NOT_BESIDE), key=lambda word: (-len(word), word)))
"""What may stand before or after the numbers of a column, the longest first; their case does not matter."""


def unit_in(header: str) -> str | None:
    """Return the unit that a header names, such as USD of `Price, $`, kg of `weight (kg)`, ms of `duration_ms`."""
    plain = re.sub(r"(?<=[a-zа-яё])(?=[A-ZА-ЯЁ])", "_", header).casefold()
    words = _TOKENS.findall(plain)
    if found := next((_BY_WORD[word] for word in reversed(words) if word in _BY_WORD and word not in ("try", "bar", "р")), None):
        return found
    if apart := _APART.search(plain):
        return _BY_LETTER.get(apart[1])
    last = _BY_LETTER.get(words[-1]) if len(words) > 1 else None
    return last if last and any(last in _MEASURED.get(word, ()) for word in words[:-1]) else None


def unit_beside(mark: str | None) -> str | None:
    """Return the unit that stands beside numbers, such as EUR of `€`."""
    return _BY_WORD.get(mark.casefold()) if mark else None


def is_money(mark: str | None) -> bool:
    """Say whether what stands beside a number is a sign of money."""
    return unit_beside(mark) in _MONEY


def unit_of(header: str, parse: Parse) -> str | None:
    """Return the unit of a column: what stands beside its numbers, or what its header names."""
    return unit_beside(parse.suffix) or unit_beside(parse.prefix) or unit_in(header)
