"""One guess per column, from a few of its texts: the type, how the texts read, and what stays in doubt. Proof comes later."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from dataeng_ai import cast
from dataeng_ai.ir import Parse
from dataeng_ai.profile import looks, moments, numbers
from dataeng_ai.profile.candidates import is_id
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

_BOOLEANS: Final = (
    *(("true", "false"), ("t", "f"), ("yes", "no"), ("y", "n"), ("on", "off"), ("да", "нет"), ("истина", "ложь")),
    *(("ja", "nein"), ("wahr", "falsch"), ("oui", "non"), ("vrai", "faux"), ("sí", "no"), ("si", "no"), ("verdadero", "falso")),
    *(
        ("sì", "no"),
        ("vero", "falso"),
        ("sim", "não"),
        ("sim", "nao"),
        ("verdadeiro", "falso"),
        ("ja", "nee"),
        ("ja", "nej"),
        ("ano", "ne"),
    ),
    *(
        ("tak", "nie"),
        ("prawda", "fałsz"),
        ("evet", "hayır"),
        ("evet", "hayir"),
        ("doğru", "yanlış"),
        ("так", "ні"),
        ("правда", "хибність"),
    ),
    *(("так", "не"), ("иә", "жоқ"), ("ия", "жок"), ("ha", "yo'q"), ("是", "否"), ("はい", "いいえ")),
)
_FLAGS: Final = (("1", "0"), ("д", "н"), ("j", "n"), ("s", "n"), ("o", "n"), ("t", "n"), ("e", "h"), ("+", "-"))
"""Words that mean yes and no only where the header asks so."""
_ASKS: Final = re.compile(
    r"(?i)^(?:is|has|was|were|can|should|does|did|needs|allow|allows)(?:[_ -]|(?=(?-i:[A-Z])))|(?:^|[_ ])(?:flag|yn|bool|boolean)$"
    r"|(?:^|[_ ])(?:active|enabled|disabled|deleted|archived|verified|confirmed|paid|cancelled|canceled|blocked|approved|subscribed)$"
    r"|^(?:флаг|признак|есть|наличие)(?:[_ ]|$)|(?:^|[_ ])(?:флаг|признак|ли|активен|активна|удал[её]н|оплачен|оплачено|подтвержд[её]н)$"
)
_BOOLEAN_WORDS: Final = frozenset(word for pair in _BOOLEANS for word in pair)
_LONGEST_BOOLEAN: Final = max(map(len, _BOOLEAN_WORDS))
_LENGTH_OF_A_UUID: Final = 36
_WORD: Final = re.compile(r"[^\W\d_]+")
_NUMBER: Final = re.compile(r"[0-9]+")
_NEARLY_ALL: Final = 0.95
"""Of a sample; the proof on all rows is stricter."""

_SPELL: Final = (str.lower, str.upper, str.capitalize)

_LABELS: Final = re.compile(
    r"(?i)(?:\b|_)(?:phone|tel|telephone|mobile|cell|msisdn|fax|zip|zipcode|zip_code|postal|postcode|post_code|pincode|pin_code|plz|postleitzahl"
    r"|cap|barcode|ean|ean13|upc|gtin|isbn|issn|imei|imsi|iccid|inn|kpp|ogrn|ogrnip|okpo|okato|oktmo|bic|bik|swift|snils|iban|passport|account|card"
    r"|pan|ssn|nino|aadhaar|aadhar|pesel|nip|regon|cpf|cnpj|nif|nie|dni|siren|siret|nir|steuer_?id|steuernummer|codice_?fiscale|tckn|tc_?kimlik"
    r"|tax_?id|vat|vin|iin|bin|телефон|тел|факс|мобильный|индекс|штрихкод|инн|кпп|огрн|огрнип|окпо|окато|октмо|бик|снилс|паспорт|счет|счёт|карта"
    r"|р/с|полис|омс|иин|бин|рнокпп|єдрпоу|едрпоу)(?:\b|_)"
    r"|(?:телефона|карты|счета|счёта|паспорта|полиса)$|(?:Phone|Zip|Card|Account)(?:Number|Code|No)?$"
)
"""Headers whose digits are a label, not a number: nobody adds them up, and a leading zero may come tomorrow."""

_WHOLE: Final = re.compile(r"-?(?:0|[1-9][0-9]*)", re.ASCII)
_MOBILE: Final = re.compile(r"[78]9[0-9]{9}", re.ASCII)
"""A mobile phone in Russia or Kazakhstan, written as digits alone."""
_FEWEST: Final = 5
_MOMENT_WORDS: Final = re.compile(r"(?i)time|date|epoch|created|updated|modified|(?:^|_)(?:at|ts|dt)$|дата|время")
_SINCE_1970: Final = {10: "seconds", 13: "milliseconds", 16: "microseconds", 19: "nanoseconds"}
_ZERO_ONE: Final = "0 and 1 alone: taken for numbers, they may mean no and yes"
_EXPONENT: Final = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?[eE][+-]?[0-9]{1,3}", re.ASCII)
_UUID: Final = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Guess:
    """What a column may be. The null words are part of `parse`."""

    type: Type
    parse: Parse
    doubts: tuple[str, ...] = ()
    shapes: tuple[str, ...] = ()
    """How most of the texts are written, which `cast.guard` looks for first."""


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
    values: list[str] = []
    for clean in (sorted, _without_oddities):
        before, values = values, clean(cells)
        if len(before) == len(values):
            break  # nothing is odd: what all the texts are not, they are not the second time either
        for attempt in _ATTEMPTS if nothing else _ATTEMPTS[:-1]:  # what has a null of its own says itself what is JSON
            if found := attempt(name, values):
                return replace(found, parse=replace(found.parse, null_values=(*empty, *words)))
    return Guess(TEXT, Parse(null_values=nothing), () if _LABELS.search(name) else _doubts(sorted(cells)))


def _without_oddities(cells: Mapping[str, int]) -> list[str]:
    """Leave out texts of a make that hardly occurs: dirt, most likely."""
    made = {text: _make(text) for text in cells}
    makes: Counter[str] = Counter()
    for text, count in cells.items():
        makes[made[text]] += count
    wanted, seen, kept = _NEARLY_ALL * sum(makes.values()), 0, set()
    for make, count in sorted(makes.items(), key=lambda item: (-item[1], item[0])):
        if seen >= wanted:
            break
        kept.add(make)
        seen += count
    return sorted(text for text in cells if made[text] in kept)


def _make(text: str) -> str:
    """Return what a text looks like from afar: runs of digits as 9, of letters as A, and words of our own for known things."""
    if len(text) <= _LONGEST_BOOLEAN and text.lower() in _BOOLEAN_WORDS:
        return "boolean"
    if len(text) == _LENGTH_OF_A_UUID and _UUID.fullmatch(text):
        return "uuid"
    if text.lstrip()[:1] in ("{", "["):
        return "json"
    return _WORD.sub("A", _NUMBER.sub("9", text[:64]))


def _doubts(values: list[str]) -> tuple[str, ...]:
    return ("days and months stand in both orders",) if moments.mixed(values) else looks.doubts(values)


def _boolean(name: str, values: list[str]) -> Guess | None:
    if len(values) > 2 * len(_SPELL):
        return None
    for true, false in (*_BOOLEANS, *(_FLAGS if _ASKS.search(name) else ())):
        trues = tuple(word for word in sorted({spell(true) for spell in _SPELL}) if word in values)
        falses = tuple(word for word in sorted({spell(false) for spell in _SPELL}) if word in values)
        if set(values) <= {*trues, *falses} and ((trues and falses) or true == "true"):
            return Guess(Type("boolean"), Parse(true=trues or ("true",), false=falses or ("false",)))
    return None


def _integer(name: str, values: list[str]) -> Guess | None:
    if not all(map(_WHOLE.fullmatch, values)) or "-0" in values or _LABELS.search(name):
        return None
    digits = max(len(text.lstrip("-")) for text in values)
    if digits > numbers.MAX_BIGINT_DIGITS or (len(values) >= _FEWEST and all(map(_MOBILE.fullmatch, values))):
        return None
    return Guess(Type("bigint"), Parse(), _of_whole(name, values))


def _of_whole(name: str, values: list[str]) -> tuple[str, ...]:
    """Return what whole numbers may mean beside a number: yes and no, moments counted from one."""
    if values == ["0", "1"]:
        return (_ZERO_ONE,)
    if not _MOMENT_WORDS.search(name):
        return ()
    lengths = {len(text) for text in values}
    unit = _SINCE_1970.get(min(lengths)) if len(lengths) == 1 and values[0][0] in "12" else None
    if unit:
        return (f"taken for numbers: they read as {unit} since 1970",)
    excel = lengths == {5} and all("20000" <= text <= "60000" for text in values)
    return ("taken for numbers: they read as days since 1900, as Excel counts them",) if excel else ()


def _number(name: str, values: list[str]) -> Guess | None:
    """Find the first way to write numbers that all the texts follow, and what may stand beside them."""
    if _LABELS.search(name):
        return None
    if all(map(_MOBILE.fullmatch, values)) and len(values) >= _FEWEST:
        return None
    found = numbers.plain(values) or numbers.dressed(values)
    if not found:
        return None
    whole = is_id(name) and all(text.endswith(".0") for text in values)
    return Guess(found[0], found[1], (*found[2], *((numbers.ALL_WHOLE,) if whole else ())))


def _double(name: str, values: list[str]) -> Guess | None:
    plain = numbers.shape(Parse())
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
    return Guess(*found, shapes=cast.usual(values, *found[:2])) if found else None


_ATTEMPTS: Final[tuple[Callable[[str, list[str]], Guess | None], ...]] = (_moment, _boolean, _integer, _number, _double, _uuid, _json)
