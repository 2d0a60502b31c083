"""Numbers of people and of what they own, by the rules of those who give them out: their make, and their checksum where they have one."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

_TEN: Final = (2, 4, 10, 3, 5, 9, 4, 6, 8)
_ELEVEN: Final = (7, *_TEN)
_TWELVE: Final = (3, *_ELEVEN)


def digits_of(text: str) -> str:
    """Return the digits of a text alone."""
    return re.sub(r"[^0-9]", "", text)


def _sum(digits: str, weights: Sequence[int]) -> int:
    return sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=False))


def is_luhn(digits: str) -> bool:
    """Say whether digits have Luhn's sum, of ISO 7812."""
    doubled = [int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(reversed(digits))]
    return sum(value - 9 * (value > 9) for value in doubled) % 10 == 0  # noqa: PLR2004  Luhn's sum of digits


_CARDS: Final = re.compile(
    r"(?:4(?:[0-9]{12}|[0-9]{15}|[0-9]{18})|(?:5[1-5]|2[2-7])[0-9]{14}|3[47][0-9]{13}|(?:2131|1800)[0-9]{11}"
    r"|(?:6[0-9]|35|30|36|38|39)[0-9]{12,17}|(?:50|5[6-8]|6[0-9])[0-9]{10,17})"
)
"""Visa, Mastercard and Mir, American Express, old JCB, the rest, Maestro; by the first digits and the lengths that these networks give."""


def is_card(text: str) -> bool:
    """Say whether a text is the number of a payment card: a network's first digits and length, and Luhn's sum."""
    digits = digits_of(text)
    return bool(re.fullmatch(r"[0-9]+(?:[ -][0-9]+)*", text)) and bool(_CARDS.fullmatch(digits)) and is_luhn(digits)


def is_iban(text: str) -> bool:
    """Say whether a text is a bank account by ISO 13616: its make, and 1 as the rest of the division by 97."""
    compact = text.replace(" ", "").upper()
    if not re.fullmatch(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}", compact, re.ASCII):
        return False
    return int("".join(str(int(letter, 36)) for letter in compact[4:] + compact[:4])) % 97 == 1


def is_inn(text: str) -> bool:
    """Say whether a text is a Russian taxpayer's number, a company's of ten digits or a person's of twelve."""
    if not re.fullmatch(r"[0-9]{10}|[0-9]{12}", text, re.ASCII) or not text.strip("0"):
        return False
    if len(text) == 10:  # noqa: PLR2004  a company's
        return int(text[9]) == _sum(text, _TEN) % 11 % 10
    return int(text[10]) == _sum(text, _ELEVEN) % 11 % 10 and int(text[11]) == _sum(text, _TWELVE) % 11 % 10


def is_snils(text: str) -> bool:
    """Say whether a text is the number of a Russian pension account, by its two control digits."""
    if not re.fullmatch(r"[0-9]{3}[- ]?[0-9]{3}[- ]?[0-9]{3}[- ]?[0-9]{2}", text, re.ASCII):
        return False
    digits = digits_of(text)
    return bool(digits.strip("0")) and _sum(digits[:9], range(9, 0, -1)) % 101 % 100 == int(digits[9:])


def is_ogrnip(text: str) -> bool:
    """Say whether a text is the registration number of a Russian sole trader."""
    return bool(re.fullmatch(r"[34][0-9]{14}", text, re.ASCII)) and int(text[:14]) % 13 % 10 == int(text[14])


def is_ssn(text: str) -> bool:
    """Say whether a text is a US social security number, with its hyphens: there is no checksum, some numbers are never given."""
    return bool(re.fullmatch(r"(?!000|666|9)[0-9]{3}([- ])(?!00)[0-9]{2}\1(?!0000)[0-9]{4}", text, re.ASCII))


def is_nino(text: str) -> bool:
    """Say whether a text is a UK national insurance number: prefixes that are given out, six digits, a letter from A to D."""
    compact = text.replace(" ", "").upper()
    return bool(re.fullmatch(r"(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z][0-9]{6}[A-D]", compact, re.ASCII))


def is_steuer_id(text: str) -> bool:
    """Say whether a text is a German tax number of a person, by ISO 7064 (11, 10) and the rule that digits repeat but little."""
    compact = text.replace(" ", "")
    again = [compact[:10].count(digit) for digit in set(compact[:10]) if compact[:10].count(digit) > 1]
    if not re.fullmatch(r"[1-9][0-9]{10}", compact, re.ASCII) or again not in ([2], [3]):
        return False
    product = 10
    for digit in compact[:10]:
        product = ((int(digit) + product) % 10 or 10) * 2 % 11
    return (11 - product) % 10 == int(compact[10])


def _is_day(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def is_pesel(text: str) -> bool:
    """Say whether a text is a Polish PESEL: a day of birth, whose month tells the century, and a control digit."""
    if not re.fullmatch(r"[0-9]{11}", text, re.ASCII):
        return False
    month = int(text[2:4])
    born = _is_day({0: 1900, 1: 2000, 2: 2100, 3: 2200, 4: 1800}[month // 20] + int(text[:2]), month % 20, int(text[4:6]))
    return born and (10 - _sum(text, (1, 3, 7, 9, 1, 3, 7, 9, 1, 3)) % 10) % 10 == int(text[10])


def is_nir(text: str) -> bool:
    """Say whether a text is a French social security number, with its key."""
    compact = re.sub(r"[ .]", "", text).upper()
    if not re.fullmatch(r"[12][0-9]{2}(?:0[1-9]|1[0-2]|[2-9][0-9])(?:[0-9]{2}|2[AB])[0-9]{8}", compact, re.ASCII):
        return False
    number = compact[:13].replace("2A", "19").replace("2B", "18")
    return 97 - int(number) % 97 == int(compact[13:])


def is_dni(text: str) -> bool:
    """Say whether a text is a Spanish identity number, of a citizen (DNI) or a foreigner (NIE), by its letter."""
    compact = re.sub(r"[ .-]", "", text).upper()
    if not re.fullmatch(r"(?:[0-9]{8}|[XYZ][0-9]{7})[A-Z]", compact, re.ASCII):
        return False
    number = int(compact[:-1].translate(str.maketrans("XYZ", "012")))
    return "TRWAGMYFPDXBNJZSQVHLCKE"[number % 23] == compact[-1]


_ODD: Final = dict(
    zip(
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ",
        (
            1,
            0,
            5,
            7,
            9,
            13,
            15,
            17,
            19,
            21,
            *(1, 0, 5, 7, 9, 13, 15, 17, 19, 21),
            *(2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23),
        ),
        strict=True,
    )
)


def is_codice_fiscale(text: str) -> bool:
    """Say whether a text is an Italian tax code, by its control letter."""
    compact = text.upper()
    if not re.fullmatch(r"[A-Z]{6}[0-9LMNPQRSTUV]{2}[ABCDEHLMPRST][0-9LMNPQRSTUV]{2}[A-Z][0-9LMNPQRSTUV]{3}[A-Z]", compact, re.ASCII):
        return False
    even = sum(int(letter) if letter.isdigit() else ord(letter) - ord("A") for letter in compact[1:15:2])
    return chr((even + sum(_ODD[letter] for letter in compact[0:15:2])) % 26 + ord("A")) == compact[15]


def is_tckn(text: str) -> bool:
    """Say whether a text is a Turkish identity number, by its two control digits."""
    if not re.fullmatch(r"[1-9][0-9]{10}", text, re.ASCII):
        return False
    digits = [int(digit) for digit in text]
    tenth = (sum(digits[0:9:2]) * 7 - sum(digits[1:8:2])) % 10
    return digits[9] == tenth and digits[10] == sum(digits[:10]) % 10


_TURNED: Final = ("0123456789", "1576283094", "5803796142", "8916043527", "9453126870", "4286573901", "2793806415", "7046913258")
_DIHEDRAL: Final = (
    *("0123456789", "1234067895", "2340178956", "3401289567", "4012395678"),
    *("5987604321", "6598710432", "7659821043", "8765932104", "9876543210"),
)


def is_aadhaar(text: str) -> bool:
    """Say whether a text is an Indian Aadhaar number, by Verhoeff's checksum."""
    compact = re.sub(r"[ -]", "", text)
    if not re.fullmatch(r"[2-9][0-9]{11}", compact, re.ASCII):
        return False
    check = 0
    for place, digit in enumerate(reversed(compact)):
        check = int(_DIHEDRAL[check][int(_TURNED[place % 8][int(digit)])])
    return check == 0


def is_cpf(text: str) -> bool:
    """Say whether a text is a Brazilian taxpayer's number, by its two control digits."""
    if not re.fullmatch(r"[0-9]{3}\.?[0-9]{3}\.?[0-9]{3}-?[0-9]{2}", text, re.ASCII):
        return False
    digits = digits_of(text)
    first, second = (_sum(digits, range(start, 1, -1)) * 10 % 11 % 10 for start in (10, 11))
    return len(set(digits)) > 1 and digits[9:] == f"{first}{second}"


def is_resident_id(text: str) -> bool:
    """Say whether a text is a Chinese identity number: a day of birth, and a control digit by ISO 7064 (11, 2)."""
    compact = text.upper()
    if not re.fullmatch(r"[1-9][0-9]{16}[0-9X]", compact, re.ASCII) or not _is_day(
        int(compact[6:10]), int(compact[10:12]), int(compact[12:14])
    ):
        return False
    return "10X98765432"[_sum(compact[:17], (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)) % 11] == compact[17]


def is_iin(text: str) -> bool:
    """Say whether a text is a Kazakh number of a person: a day of birth, a century, and a control digit."""
    if not re.fullmatch(r"[0-9]{6}[1-6][0-9]{5}", text, re.ASCII):
        return False
    if not _is_day((1800, 1900, 2000)[(int(text[6]) - 1) // 2] + int(text[:2]), int(text[2:4]), int(text[4:6])):
        return False
    control = _sum(text, range(1, 12)) % 11
    if control == 10:  # noqa: PLR2004  then the weights are turned
        control = _sum(text, (3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2)) % 11
    return control == int(text[11])


def is_rnokpp(text: str) -> bool:
    """Say whether a text is a Ukrainian taxpayer's number: days since 1900 and a control digit."""
    weights = (-1, 5, 7, 9, 4, 6, 10, 5, 7)
    return bool(re.fullmatch(r"[0-9]{10}", text, re.ASCII)) and bool(text.strip("0")) and _sum(text, weights) % 11 % 10 == int(text[9])


_TACS: Final = re.compile(r"(?:01|10|3[0-9]|4[4-9]|5[0-4]|86|9[189])[0-9]{13}")


def is_imei(text: str) -> bool:
    """Say whether a text is the number of a mobile device: the first two digits of a body that gives them out, and Luhn's sum."""
    compact = re.sub(r"[ -]", "", text)
    return bool(_TACS.fullmatch(compact)) and is_luhn(compact)
