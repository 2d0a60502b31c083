"""From a header, whatever stands in it, to a good name of a column: snake_case, English where every word is known, unique."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from dataeng_ai.fill.words import ADJECTIVES, NOUNS, PHRASES

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_LENGTH: Final = 63
"""Characters, which are bytes here: what PostgreSQL keeps of a name."""

GOOD: Final = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)

_PARTS: Final = re.compile(r"[,;:()\[\]/|]+|(?<=\w)\.(?=\w)")
"""What stands between words that are named one after the other; a point does so in the path of a nested value."""

_ENDINGS: Final = frozenset(
    (  # noqa: SIM905  a list of sixty endings is read as a text
        "а е ё и й о у ы ь ю я ам ами ат ах ая ев его ее ей ем ему ею её ие ий ии им ими ию их ия иям ием иями иях "
        "ов ого ое ой ом ому ою оя ум ую ые ый ым ыми ых ью ья ье ьи ьев ьям ям ями ях юю яя"
    ).split()
)
"""What a Russian word may go on with after its stem: a case, not another word ("центр" is no "цена", "часть" no "час")."""

_LETTERS: Final = dict(
    zip(
        "абвгдеёжзийклмнопрстуфхцчшщъыьэюяіїєґўј",
        "a b v g d e yo zh z i y k l m n o p r s t u f kh ts ch sh shch _ y _ e yu ya i yi ye g u j".replace("_", "").split(" "),
        strict=True,
    )
) | {"ß": "ss", "ø": "o", "ł": "l", "æ": "ae", "œ": "oe", "đ": "d", "ð": "d", "þ": "th", "ı": "i"}
"""Letters as ISO 9 and GOST 7.79 write them for the readers of English."""

_SIGNS: Final = {"№": " number ", "#": " number ", "%": " percent ", "&": " and ", "₽": " rub ", "$": " usd ", "€": " eur ", "°": " deg "}

RESERVED: Final = frozenset(
    (  # noqa: SIM905  a list of a hundred words is read as a text
        "all analyse analyze and any array as asc asymmetric authorization between binary both case cast check collate collation column "
        "concurrently constraint create cross current_catalog current_date current_role current_schema current_time current_timestamp "
        "current_user default deferrable desc describe distinct do else end except false fetch for foreign freeze from full grant group "
        "having ilike in initially inner intersect into is isnull join lambda lateral leading left like limit localtime localtimestamp "
        "natural not notnull null offset on only or order outer overlaps pivot placing primary qualify references returning right "
        "select semi anti session_user show similar some summarize symmetric system_user table tablesample then to trailing true union "
        "unique unpivot user using variadic verbose when where window with "
        "ctid xmin xmax cmin cmax tableoid"
    ).split()
)
"""Words that a storage keeps for itself, or reads as something else where a person forgets the quotes."""

_SUFFIX: Final = "_col"


_LONGEST: Final = max(map(len, _ENDINGS))


def translated(header: str) -> str | None:
    """Return the header in English, snake_case, where a small dictionary knows each of its Russian words; else None."""
    if phrase := PHRASES.get(" ".join(_words(header.casefold()))):
        return phrase
    if not re.search("[а-яё]", header.casefold()):
        return None
    parts = [_translated_part(part) for part in re.split(_PARTS, header.casefold()) if _words(part)]
    return _cut("_".join(str(part) for part in parts)) if parts and all(parts) else None


def transliterated(header: str) -> str:
    """Return the header in Latin letters, snake_case; an empty text where nothing of it can be read aloud."""
    spaced = re.sub(r"(?<=[a-zа-яё0-9])(?=[A-ZА-ЯЁ])|(?<=[A-ZА-ЯЁ])(?=[A-ZА-ЯЁ][a-zа-яё])", " ", header)
    latin = "".join(_latin(letter) for letter in spaced.casefold())
    return _cut("_".join(re.findall(r"[a-z0-9]+", latin)))


def candidates(header: str, position: int) -> tuple[str, ...]:
    """Return the names that a header may give its column, the best first; `position` counts from 1."""
    found = [name for name in (translated(header), transliterated(header)) if name]
    return tuple(dict.fromkeys(_safe(name) for name in found)) or (f"column_{position}",)


@lru_cache(maxsize=8)
def names(headers: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    """Return the candidates of each header of a table; none of them is a candidate of two.

    A header that is a good name keeps it; where others come down to one name, the later ones get a number.
    """
    found = [candidates(header, position) for position, header in enumerate(headers, 1)]
    kept = {header for header, options in zip(headers, found, strict=True) if header == options[0]}
    taken = set(kept)
    best = []
    for header, options in zip(headers, found, strict=True):
        mine = header in kept
        kept.discard(header)
        best.append(header if mine else _free(options[0], taken))
        taken.add(best[-1])
    result = []
    for name, options in zip(best, found, strict=True):
        others = [option for option in options[1:] if option not in taken]
        taken.update(others)
        result.append((name, *others))
    return tuple(result)


def refusal(name: str, others: Iterable[str]) -> str | None:
    """Return why a name cannot be a column's, or None."""
    if not GOOD.fullmatch(name) or len(name) > MAX_LENGTH:
        return f"a column's name has 1 to {MAX_LENGTH} of a-z, 0-9 and _, and starts with a letter"
    if name in RESERVED:
        return f"`{name}` is a word of SQL"
    return f"`{name}` is another column's" if name in set(others) else None


def title(header: str) -> str:
    """Return a header as the start of a description: one line, at most 100 characters, no control characters."""
    line = " ".join("".join(" " if unicodedata.category(letter)[0] in "CZ" else letter for letter in header).replace("_", " ").split())
    line = line if len(line) <= 100 else f"{line[:99].rstrip()}…"  # noqa: PLR2004  a line of a comment
    return line[:1].upper() + line[1:]


def _words(text: str) -> list[str]:
    for sign, word in _SIGNS.items():
        text = text.replace(sign, word)
    return re.findall(r"[^\W_]+", text)


def _translated_part(text: str) -> str | None:
    words = _words(text)
    if phrase := PHRASES.get(" ".join(words)):
        return phrase
    groups: list[list[str]] = [[]]
    for word in words:
        if adjective := _stem(word, ADJECTIVES):
            groups[-1].append(adjective)
        elif noun := _noun(word):
            groups[-1].append(noun)
            groups.append([])
        else:
            return None
    if groups[-1]:
        return None  # an adjective without its noun
    return "_".join(word for group in reversed(groups) for word in group)


def _noun(word: str) -> str | None:
    return word if word.isascii() else _stem(word, NOUNS)


def _stem(word: str, stems: dict[str, str]) -> str | None:
    """Return the translation of the longest stem with which a word begins, if only an ending follows."""
    whole = stems.get(word)
    ends = (size for size in range(len(word) - 1, max(len(word) - _LONGEST, 1) - 1, -1) if word[size:] in _ENDINGS)
    return whole or next((stems[word[:size]] for size in ends if word[:size] in stems), None)


def _latin(letter: str) -> str:
    if letter in _SIGNS or letter in _LETTERS:
        return _SIGNS.get(letter) or _LETTERS.get(letter, "")
    plain = unicodedata.normalize("NFKD", letter)
    return "".join(_LETTERS.get(part, part) for part in plain if not unicodedata.combining(part)) if plain != letter else letter


def _safe(name: str) -> str:
    """Return a name that no storage reads as something else."""
    name = name if name[0].isalpha() else f"col_{name}"
    return _cut(f"{name}{_SUFFIX}" if name in RESERVED else name)


def _cut(name: str, length: int = MAX_LENGTH) -> str:
    """Cut a name, at the end of a word where one is near."""
    if len(name) <= length:
        return name
    short = name[:length]
    whole = short.rpartition("_")[0]
    return (whole if len(whole) > length * 2 // 3 else short).strip("_")


def _free(name: str, taken: set[str]) -> str:
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{_cut(name, MAX_LENGTH - 1 - len(str(number)))}_{number}"
    return free
