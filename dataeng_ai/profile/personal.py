"""Personal data: which columns hold it, told by words of their headers and by checksums and makes of their values; and its mask."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from dataeng_ai.types import Type

_MOST: Final = 0.8
"""The share of values that must look like the category, where the header says it too."""
_NEARLY_ALL: Final = 0.95
"""The share where only the values say it."""
_FEWEST: Final = 5
"""With fewer different values, values alone prove nothing."""

_ENOUGH: Final = 500
"""About so many different values are looked at."""

_TEN: Final = (2, 4, 10, 3, 5, 9, 4, 6, 8)
_ELEVEN: Final = (7, *_TEN)
_TWELVE: Final = (3, *_ELEVEN)

KEYS: Final = re.compile(
    r"(?:AKIA|ASIA)[A-Z0-9]{16}"  # Amazon
    r"|gh[pousr]_[A-Za-z0-9]{30,}|github_pat_\w{30,}|glpat-[\w-]{20,}"
    r"|[sr]k_(?:live|test)_[A-Za-z0-9]{16,}|sk-[A-Za-z0-9_-]{20,}"
    r"|xox[abprs]-[A-Za-z0-9-]{10,}|AIza[\w-]{35}|[0-9]{8,10}:AA[\w-]{33}"
    r"|eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*"  # a JSON Web Token
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*"
)
"""Keys of services, by the prefixes that they give them."""

_FREQUENT: Final = """
    александр алексей анастасия андрей анна антон артём борис вадим валентина валерий василий вера виктор виктория виталий
    владимир галина георгий дарья денис дмитрий евгений екатерина елена иван игорь ирина кирилл константин ксения лариса любовь
    людмила максим марина мария михаил надежда наталья никита николай оксана олег ольга павел пётр полина роман светлана сергей
    софия станислав татьяна юлия юрий ян
    alexander alice andrew anna anne anthony barbara benjamin charles charlotte christopher daniel david elizabeth emily emma
    eva george hannah james jane jennifer jessica john joseph karen laura linda lisa mark martin mary matthew michael nancy
    olivia patricia paul peter richard robert sarah sophia susan thomas william
    """
_GIVEN_NAMES: Final = frozenset(_FREQUENT.split())
_PATRONYMIC: Final = re.compile(r"(?i)(?:ович|евич|ич|овна|евна|ична|инична|оглы|кызы)$")


@dataclass(frozen=True, slots=True)
class _Category:
    """A kind of personal data: words of headers that mean it, and the test that a value passes."""

    name: str
    header: re.Pattern[str] | None
    fits: Callable[[str], bool]
    alone: bool
    """Values that pass are enough, whatever the header says."""
    proof: Callable[[str], bool] | None = None
    """What at least one of the values must be, for some of those that pass are public."""


def category(header: str, kind: Type, values: Sequence[str]) -> str | None:
    """Return the category of personal data in a column, None where there is none.

    Args:
        header: The column's name in the file.
        kind: Its proved type.
        values: Some of its values as canonical texts, as often as they occur.
    """
    different = sorted(set(values))
    different = different[:: len(different) // _ENOUGH + 1]
    words = _words(header)
    for one in _CATEGORIES:
        said = bool(one.header and one.header.search(words))
        share = sum(map(one.fits, different)) / len(different) if different and (said or one.alone) else 0.0
        if not share or (one.proof and not any(map(one.proof, different))):
            continue
        if (said and share >= _MOST) or (one.alone and len(different) >= _FEWEST and share >= _NEARLY_ALL):
            return one.name
    said_birthday = bool(_BIRTHDAY.search(words)) and kind.name in ("date", "timestamp", "timestamptz")
    return "birthday" if said_birthday else None


def mask(text: str) -> str:
    """Return the text's make alone: every letter and digit as a star."""
    return re.sub(r"[^\W_]", "*", text)


def _words(header: str) -> str:
    """Return the header's words in lower case between single blanks: `clientPhone_2` -> ` client phone 2 `."""
    split = re.sub(r"(?<=[a-zа-яё0-9])(?=[A-ZА-ЯЁ])", " ", header)
    return " " + " ".join(re.findall(r"[^\W_]+", split)).lower() + " "


def _header(*words: str) -> re.Pattern[str]:
    """Return a pattern of whole words; `*` at the end of one stands for any ending."""
    return re.compile(" (?:" + "|".join(re.escape(word).replace(r"\*", r"[^ ]*").replace(r"\ ", " ") for word in words) + ") ")


_BIRTHDAY: Final = _header("birth*", "dob", "born", "bday", "рожд*", "др", "date of birth")


def _digits(text: str) -> str:
    return re.sub(r"[^0-9]", "", text)


def _email(text: str) -> bool:
    return bool(re.fullmatch(r"[^@\s\"<>]+@[\w-]+(?:\.[\w-]+)+", text))


def _phone(text: str) -> bool:
    written = re.fullmatch(r"\+?[0-9][0-9() .-]{5,20}|\+?\([0-9]+\)[0-9 .-]+", text)
    return bool(written) and 7 <= len(_digits(text)) <= 15  # noqa: PLR2004  E.164 allows 15 digits, a local number has 7


def _formatted_phone(text: str) -> bool:
    return _phone(text) and (text.startswith("+") or bool(re.search(r"\([0-9]{3,5}\)", text)))


def is_card(text: str) -> bool:
    """Say whether a text is the number of a payment card, by ISO 7812: its length, its first digit and Luhn's sum."""
    digits = _digits(text)
    if not 13 <= len(digits) <= 19 or not re.fullmatch(r"[0-9 -]+", text) or digits[0] not in "23456":  # noqa: PLR2004  the lengths of ISO 7812
        return False
    doubled = [int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(reversed(digits))]
    return sum(value - 9 * (value > 9) for value in doubled) % 10 == 0  # noqa: PLR2004  Luhn's sum of digits


def is_iban(text: str) -> bool:
    """Say whether a text is a bank account by ISO 13616: its make, and 1 as the rest of the division by 97."""
    compact = text.replace(" ", "").upper()
    if not re.fullmatch(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}", compact, re.ASCII):
        return False
    return int("".join(str(int(letter, 36)) for letter in compact[4:] + compact[:4])) % 97 == 1


def _control(digits: str, weights: Sequence[int]) -> int:
    return sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=False)) % 11 % 10


def _inn(text: str) -> bool:
    if not re.fullmatch(r"[0-9]{10}|[0-9]{12}", text) or not text.strip("0"):
        return False
    if len(text) == 10:  # noqa: PLR2004  a company's; a person's has 12
        return int(text[9]) == _control(text, _TEN)
    return int(text[10]) == _control(text, _ELEVEN) and int(text[11]) == _control(text, _TWELVE)


def _of_a_person(text: str) -> bool:
    """A company's number has ten digits and stands in public registers; a person's has twelve, and nine abroad."""
    return len(text) != 10  # noqa: PLR2004  the length of a company's


def is_snils(text: str) -> bool:
    """Say whether a text is the number of a Russian pension account, by its two control digits."""
    if not re.fullmatch(r"[0-9]{3}[- ]?[0-9]{3}[- ]?[0-9]{3}[- ]?[0-9]{2}", text):
        return False
    digits = _digits(text)
    total = sum(int(digit) * weight for digit, weight in zip(digits[:9], range(9, 0, -1), strict=True))
    return total % 101 % 100 == int(digits[9:])


def _written_snils(text: str) -> bool:
    return "-" in text and is_snils(text)


def _passport(text: str) -> bool:
    return bool(re.fullmatch(r"[0-9]{2} ?[0-9]{2}[ №-]*[0-9]{6}|[A-Z]{1,2}[0-9]{6,8}", text, re.ASCII))


def _ip(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return "." in text or ":" in text


def _letters(text: str) -> bool:
    return any(map(str.isalpha, text)) and len(text) <= 80  # noqa: PLR2004  no name is longer


def _person(text: str) -> bool:
    """A given name, or two or three words with a given name or a patronymic among them."""
    words = re.findall(r"[^\W\d_]+", text)
    known = any(word.lower() in _GIVEN_NAMES for word in words) or any(map(_PATRONYMIC.search, words[1:]))
    return known and len(words) <= 4 and all(word[:1].isupper() for word in words) and not re.search("[0-9]", text)  # noqa: PLR2004  given, middle, family


def _something(text: str) -> bool:
    return bool(text.strip())


def _street(text: str) -> bool:
    marks = r"(?i)\b(?:ул|улица|пр-т|проспект|пер|переулок|шоссе|наб|д|дом|кв|street|st|avenue|ave|road|rd|lane|apt|straße|strasse|rue)\b"
    return bool(re.search(marks, text)) and bool(re.search("[0-9]", text)) and " " in text


def _labelled(text: str) -> bool:
    return bool(re.fullmatch(r"[0-9]{9,12}", text))


_PEOPLE: Final = (
    "client",
    "customer",
    "user",
    "person",
    "passenger",
    "visitor",
    "patient",
    "employee",
    "buyer",
    "contact",
    "guest",
    "student",
)
_ROLES_RU: Final = ("клиент*", "покупател*", "пользовател*", "посетител*", "пациент*", "сотрудник*", "пассажир*")

_CATEGORIES: Final = (
    _Category("secret", None, lambda text: KEYS.fullmatch(text) is not None, alone=True),
    _Category(
        "secret", _header("password", "passwd", "pwd", "secret", "api key", "apikey", "access key", "парол*"), _something, alone=False
    ),
    _Category("email", _header("email*", "e mail", "mail", "почта", "емейл", "имейл"), _email, alone=True),
    _Category("iban", _header("iban"), is_iban, alone=True),
    _Category("snils", _header("snils", "снилс"), is_snils, alone=False),
    _Category("snils", None, _written_snils, alone=True),
    _Category("inn", _header("inn", "инн", "tin", "tax id", "tax number"), _labelled, alone=False, proof=_of_a_person),
    _Category("inn", None, _inn, alone=True, proof=_of_a_person),
    _Category("card", _header("card*", "pan", "карт*", "credit card"), is_card, alone=True),
    _Category("passport", _header("passport*", "паспорт*"), _passport, alone=False),
    _Category(
        "phone",
        _header("phone*", "tel", "telephone", "mobile*", "cell", "msisdn", "fax", "телефон*", "тел", "моб*", "факс"),
        _phone,
        alone=False,
    ),
    _Category("phone", None, _formatted_phone, alone=True),
    _Category("ip", _header("ip", "ipv4", "ipv6", "ip address"), _ip, alone=True),
    _Category("address", _header("address", "addr", "street", "адрес*", "улица", "проживан*", "прописк*"), _letters, alone=False),
    _Category("address", None, _street, alone=True),
    _Category(
        "name",
        _header(
            *(
                "surname",
                "lastname",
                "last name",
                "firstname",
                "first name",
                "middle name",
                "middlename",
                "given name",
                "family name",
                "full name",
                "fullname",
            ),
            *(
                "patronymic",
                "fio",
                "фио",
                "фамили*",
                "имя",
                "отчеств*",
                *(f"{who} name" for who in _PEOPLE),
                *(f"имя {who}" for who in _ROLES_RU),
            ),
        ),
        _letters,
        alone=False,
    ),
    _Category("name", None, _person, alone=True),
    _Category("name", _header("name", "names", "имена"), _person, alone=False),
)
"""In this order; the surer a category's proof, the earlier it stands."""
