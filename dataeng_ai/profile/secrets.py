"""What in the middle of a text must not be shown: addresses of mail, phones, cards, accounts, passwords, keys of services.

A column that holds nothing else is personal data as a whole, see `personal`; here it is a comment in which a customer left a number.
Only what cannot well be anything else is taken out: by a checksum, a prefix that one service gives its keys, or the word before it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from dataeng_ai.profile.categories import KEYS
from dataeng_ai.profile.checksums import is_card, is_codice_fiscale, is_cpf, is_iban, is_resident_id, is_snils, is_ssn
from dataeng_ai.profile.personal import mask

if TYPE_CHECKING:
    from collections.abc import Callable

_WORDS: Final = re.compile(
    r"(?i)(?:passw(?:or)?d|pwd|secret|api[_-]?key|access[_-]?key|token|парол[ья]|пин-?код|pin)\b[\"']?\s*(?:[:=]|is|это)\s*[\"']?([^\s\"',;&]+)"
)
_USER: Final = re.compile(r"://([^/\s:@]*:[^/\s@]+)@")
_DOMAIN: Final = re.compile(r"@[\w-]+(?:\.[\w-]+)+")
_NO_MAIL: Final = frozenset('@"<>(),;:')
_PHONE: Final = re.compile(r"(?<![\w+])(?:\+[0-9]{1,3}[ (-]{0,2}|8[ (-]{1,2})[0-9]{3,4}[) -]{0,2}[0-9]{2,3}(?:[ -]?[0-9]{2,4}){1,3}(?!\w)")
_SNILS: Final = re.compile(r"(?<!\w)[0-9]{3}-[0-9]{3}-[0-9]{3}[ -][0-9]{2}(?!\w)")
_CARD: Final = re.compile(r"(?<!\w)[2-6][0-9]{3}([ -])[0-9]{4}\1[0-9]{4}\1[0-9]{4}(?!\w)")
_IBAN: Final = re.compile(r"(?<!\w)[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?(?!\w)")

_WHOLE_CARD: Final = re.compile(r"(?<![\w.,])[2-6][0-9]{15}(?![\w])")
_SSN: Final = re.compile(r"(?<![\w-])[0-9]{3}-[0-9]{2}-[0-9]{4}(?![\w-])")
_CPF: Final = re.compile(r"(?<!\w)[0-9]{3}\.[0-9]{3}\.[0-9]{3}-[0-9]{2}(?!\w)")
_FISCALE: Final = re.compile(r"(?<!\w)[A-Z]{6}[0-9A-Z]{2}[A-Z][0-9A-Z]{2}[A-Z][0-9A-Z]{3}[A-Z](?!\w)")
_RESIDENT: Final = re.compile(r"(?<!\w)[1-9][0-9]{16}[0-9Xx](?!\w)")
_SAID: Final = re.compile(
    r"(?i)(?<!\w)(?:паспорт\w*|passport|инн|снилс|иин|огрнип|pesel|ssn|nino|aadhaar|tckn|imei|dni|steuer-?id)"
    r"(?:[\s:=№#.-]|no\b|number|номер|серия)*((?:[A-Z]{1,3} ?)?[0-9][0-9 -]{4,18}[0-9](?: ?[A-Z](?!\w))?)(?!\w)"
)

_SIGNS: Final[tuple[tuple[re.Pattern[str], Callable[[str], bool] | None], ...]] = (
    (KEYS, None),
    (_WORDS, None),
    (_USER, None),
    (_PHONE, None),
    (_SNILS, is_snils),
    (_CARD, is_card),
    (_IBAN, is_iban),
    (_SAID, None),
    (_WHOLE_CARD, is_card),
    (_SSN, is_ssn),
    (_CPF, is_cpf),
    (_FISCALE, is_codice_fiscale),
    (_RESIDENT, is_resident_id),
)
"""What to look for, and the checksum that must hold. Of a pattern with a group of its own, only the group is hidden."""


_MAYBE: Final = re.compile(r"[@:=]|[0-9]{3}")
_STARTS: Final = (
    *("eyJ", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_", "glpat-", "AKIA", "ASIA", "AIza", "xox", "sk_", "rk_", "sk-", "-----"),
    *("пин", "парол", "Парол", "pass", "Pass", "PASS", "pwd", "secret", "Secret", "token", "Token"),
)
"""What a text has in which any of these may stand; most texts have none of it, and are looked at no further."""


def redact(text: str) -> str:
    """Return the text with what must not be shown as stars; nearly every text comes back as it is."""
    if not _MAYBE.search(text) and not any(start in text for start in _STARTS):
        return text
    text = _without_mail(text) if "@" in text else text
    for pattern, proof in _SIGNS:
        text = pattern.sub(lambda found, proof=proof: _hidden(found, proof), text)  # type: ignore[misc]  # mypy has no default of a lambda
    return text


def _without_mail(text: str) -> str:
    """Return the text with addresses of mail as stars: found by their `@`, for what may stand before one may be a megabyte of anything."""
    parts: list[str] = []
    done = 0
    for found in _DOMAIN.finditer(text):
        start = found.start()
        while start > done and text[start - 1] not in _NO_MAIL and not text[start - 1].isspace():
            start -= 1
        if start < found.start():
            parts += [text[done:start], mask(text[start : found.end()])]
            done = found.end()
    return "".join([*parts, text[done:]])


def _hidden(found: re.Match[str], proof: Callable[[str], bool] | None) -> str:
    whole = found[0]
    if proof is not None and not proof(whole):
        return whole
    if proof is None and found.re.groups:
        start, end = (place - found.start() for place in found.span(1))
        return whole[:start] + mask(whole[start:end]) + whole[end:]
    return mask(whole)
