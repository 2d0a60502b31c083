"""One guess per column, from a few of its texts: the type, how the texts read, and what stays in doubt. Proof comes later."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from dataeng_ai.ir import Parse
from dataeng_ai.profile import moments
from dataeng_ai.types import Type

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

TEXT: Final = Type("text")

NULL_WORDS: Final = frozenset(
    (
        *("NA", "N/A", "n/a", "#N/A", "NULL", "Null", "null", "(null)", "<null>", "None", "none", "nil", "NaN", "nan", r"\N"),
        *("-", "--", "–", "—", ".", "?", "н/д", "Н/Д", "нет данных", "Нет данных", "missing", "unknown"),
        *("0000-00-00", "0000-00-00 00:00:00", "0000-00-00 00:00:00.000", "0000-00-00 00:00:00.000000"),
    )
)
"""Words that often stand for nothing. They count only where the rest of the column has a type of its own."""

_BOOLEANS: Final = (("true", "false"), ("t", "f"), ("yes", "no"), ("y", "n"), ("да", "нет"), ("истина", "ложь"), ("on", "off"))
_BOOLEAN_WORDS: Final = frozenset(word for pair in _BOOLEANS for word in pair)
_NEARLY_ALL: Final = 0.95
"""Of a sample; the proof on all rows is stricter."""

_SPELL: Final = (str.lower, str.upper, str.capitalize)

_LABELS: Final = re.compile(
    r"(?i)(?:\b|_)(?:phone|tel|mobile|msisdn|fax|zip|zipcode|postal|postcode|barcode|ean|gtin|isbn|imei|inn|kpp|ogrn|ogrnip|okpo|bic|snils|iban|passport"
    r"|account|card|телефон|тел|факс|индекс|штрихкод|инн|кпп|огрн|огрнип|окпо|бик|снилс|паспорт|счет|счёт|карта)(?:\b|_)"
)
"""Headers whose digits are a label, not a number: nobody adds them up, and a leading zero may come tomorrow."""

_WHOLE: Final = re.compile(r"-?(?:0|[1-9][0-9]*)", re.ASCII)
_MAX_BIGINT_DIGITS: Final = 18
_MAX_DOUBLE_DIGITS: Final = 15
_PRECISION_OF_A_WORD: Final = 18
"""Digits of a decimal that DuckDB keeps in 64 bits."""
_EXPONENT: Final = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?[eE][+-]?[0-9]{1,3}", re.ASCII)
_UUID: Final = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Guess:
    """What a column may be. The null words are part of `parse`."""

    type: Type
    parse: Parse
    doubts: tuple[str, ...] = ()


def guess(name: str, texts: Mapping[str, int], nothing: tuple[str, ...] = ("",)) -> Guess:
    """Return the narrowest type that all these texts, null words apart, have; else one that nearly all have; else text.

    Args:
        name: The column's header, whose words decide between a number and a label.
        texts: Cells, and how often each was seen.
        nothing: What stands for null in a text column: the empty text, but not where the format has a null of its own.
    """
    cells = {text: count for text, count in texts.items() if text and text not in NULL_WORDS}
    words = tuple(sorted(text for text in texts if text in NULL_WORDS))
    empty = nothing or (("",) if "" in texts else ())
    if not cells:
        return Guess(TEXT, Parse(null_values=(*nothing, *(words if nothing else ()))))
    for values in (sorted(cells), _without_oddities(cells)):
        for attempt in _ATTEMPTS if nothing else _ATTEMPTS[:-1]:  # what has a null of its own says itself what is JSON
            if found := attempt(name, values):
                return replace(found, parse=replace(found.parse, null_values=(*empty, *words)))
    return Guess(TEXT, Parse(null_values=nothing), _doubts(sorted(cells)))


def _without_oddities(cells: Mapping[str, int]) -> list[str]:
    """Leave out texts of a make that hardly occurs: dirt, most likely."""
    makes: Counter[str] = Counter()
    for text, count in cells.items():
        makes[_make(text)] += count
    wanted, seen, kept = _NEARLY_ALL * sum(makes.values()), 0, set()
    for make, count in sorted(makes.items(), key=lambda item: (-item[1], item[0])):
        if seen >= wanted:
            break
        kept.add(make)
        seen += count
    return sorted(text for text in cells if _make(text) in kept)


def _make(text: str) -> str:
    """Return what a text looks like from afar: runs of digits as 9, of letters as A, and words of our own for known things."""
    if text.lower() in _BOOLEAN_WORDS:
        return "boolean"
    if _UUID.fullmatch(text):
        return "uuid"
    if text.lstrip()[:1] in ("{", "["):
        return "json"
    return re.sub(r"[^\W\d_]+", "A", re.sub(r"[0-9]+", "9", text[:64]))


def _doubts(values: list[str]) -> tuple[str, ...]:
    return ("days and months stand in both orders",) if moments.mixed(values) else ()


def _boolean(_name: str, values: list[str]) -> Guess | None:
    for true, false in _BOOLEANS:
        trues = tuple(word for word in sorted({spell(true) for spell in _SPELL}) if word in values)
        falses = tuple(word for word in sorted({spell(false) for spell in _SPELL}) if word in values)
        if set(values) <= {*trues, *falses} and ((trues and falses) or true == "true"):
            return Guess(Type("boolean"), Parse(true=trues or ("true",), false=falses or ("false",)))
    return None


def _integer(name: str, values: list[str]) -> Guess | None:
    if not all(map(_WHOLE.fullmatch, values)) or "-0" in values or _LABELS.search(name):
        return None
    digits = max(len(text.lstrip("-")) for text in values)
    return Guess(Type("bigint"), Parse()) if digits <= _MAX_BIGINT_DIGITS else None


def _number(name: str, values: list[str]) -> Guess | None:
    """Find the first way to write numbers that all the texts follow: plain, with a decimal comma, with groups of digits."""
    if _LABELS.search(name):
        return None
    for parse in _WAYS:
        if all(map(_shape(parse).fullmatch, values)):
            return _sized(values, parse)
    return None


_WAYS: Final = (
    Parse(),
    Parse(decimal=","),
    Parse(thousands=" "),
    Parse(decimal=",", thousands=" "),
    Parse(thousands=","),
    Parse(decimal=",", thousands="."),
    Parse(thousands="'"),
)
"""From the plainest on. A lone comma before three digits is therefore a decimal comma, and `_sized` says that it is in doubt."""

_SEPARATORS: Final = {" ": "[ \u00a0\u2009\u202f]", "'": "['\u2019]"}


def _shape(parse: Parse) -> re.Pattern[str]:
    group = _SEPARATORS.get(parse.thousands or "", re.escape(parse.thousands or ""))
    whole = f"(?:0|[1-9][0-9]*|[1-9][0-9]{{0,2}}(?:{group}[0-9]{{3}})+)" if group else "(?:0|[1-9][0-9]*)"
    return re.compile(f"-?(?:{whole}(?:{re.escape(parse.decimal)}([0-9]+))?|{re.escape(parse.decimal)}([0-9]+))", re.ASCII)


def _sized(values: list[str], parse: Parse) -> Guess | None:
    """Return bigint, decimal or double, whichever has room for these numbers."""
    scale = max(len(text.rpartition(parse.decimal)[2]) if parse.decimal in text else 0 for text in values)
    digits = max(sum(map(str.isdigit, text)) for text in values)
    ambiguous = (
        parse.decimal == "," and not parse.thousands and all(re.fullmatch(r"-?[1-9][0-9]{0,2},[0-9]{3}|[^,]*", text) for text in values)
    )
    doubts = ("a comma before three digits: taken for the decimal comma, it may group thousands",) if ambiguous else ()
    if not scale:
        return Guess(Type("bigint"), parse, doubts) if digits <= _MAX_BIGINT_DIGITS else None
    if digits > _MAX_DOUBLE_DIGITS and len({len(text) for text in values}) > 1:
        return Guess(Type("double"), parse, doubts)
    return Guess(decimal_of(scale, digits), parse, doubts)


def decimal_of(scale: int, digits: int) -> Type:
    """Return a decimal with that many digits after the point and, so far as they fit, the most before it."""
    return Type("decimal", _PRECISION_OF_A_WORD if digits <= _PRECISION_OF_A_WORD else 38, min(scale, 38))


def _double(name: str, values: list[str]) -> Guess | None:
    plain = _shape(Parse())
    if _LABELS.search(name) or all(map(_WHOLE.fullmatch, values)):
        return None
    return Guess(Type("double"), Parse()) if all(_EXPONENT.fullmatch(text) or plain.fullmatch(text) for text in values) else None


def _uuid(_name: str, values: list[str]) -> Guess | None:
    return Guess(Type("uuid"), Parse()) if all(map(_UUID.fullmatch, values)) else None


def _json(_name: str, values: list[str]) -> Guess | None:
    if not all(text.lstrip()[:1] in ("{", "[") for text in values):
        return None
    try:
        for text in values:
            json.loads(text)
    except ValueError:
        return None
    return Guess(Type("json"), Parse())


def _moment(name: str, values: list[str]) -> Guess | None:
    found = moments.guess(name, values)
    return Guess(*found) if found else None


_ATTEMPTS: Final[tuple[Callable[[str, list[str]], Guess | None], ...]] = (_moment, _boolean, _integer, _number, _double, _uuid, _json)
