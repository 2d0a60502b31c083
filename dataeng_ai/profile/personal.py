"""Personal data: which columns hold it, told by words of their headers and by checksums and makes of their values; and its mask."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from dataeng_ai.profile.categories import BIRTHDAY, CATEGORIES, NO_BIRTHDAY, THINGS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from dataeng_ai.profile.categories import Category
    from dataeng_ai.types import Type

_MOST: Final = 0.8
"""The share of values that must look like the category, where the header says it too."""
_NEARLY_ALL: Final = 0.95
"""The share where only the values say it."""
_HALF: Final = 0.5
_ENOUGH_FOR_SOME: Final = 20
"""With fewer different values, such a share may be chance."""

_ENOUGH: Final = 500
"""About so many different values are looked at."""
_GLANCE: Final = 24
"""So many are looked at first: a column of another kind is told by them."""

_TELLING: Final = frozenset({"text", "bigint", "integer", "smallint", "decimal"})
"""Types whose values may tell by themselves what they are: a decimal without a fraction has digits enough."""
_DATE: Final = re.compile(r"[0-9]{1,4}[./-][0-9]{1,2}[./-][0-9]{1,4}.*|[0-9]{1,2} [^\W\d_]+ [0-9]{4}.*|(?:19|20)[0-9]{6}")


def category(header: str, kind: Type, values: Sequence[str]) -> str | None:
    """Return the category of personal data in a column, None where there is none.

    Args:
        header: The column's name in the file.
        kind: Its proved type.
        values: Some of its values as canonical texts, as often as they occur.
    """
    # They come in order mostly, and a set would lose it; a text of nothing, which JSON and Parquet tell from null, says nothing.
    different = sorted(text for text in dict.fromkeys(values) if text.strip())
    different = different[:: len(different) // _ENOUGH + 1]
    words = _words(header)
    if _is_birthday(words, kind, different):
        return "birthday"
    return next((one.name for one in CATEGORIES if different and _is(one, words, kind, different)), None)


def _is(one: Category, words: str, kind: Type, different: Sequence[str]) -> bool:
    """Say whether the header means the category and most values look like it, or values alone prove it."""
    said = bool(one.header and one.header.search(words)) and one.fits and _share(one.fits, different, _MOST)
    if said and one.but and one.but(words, different):
        said = False
    if not said and not (kind.name in _TELLING and _by_itself(one, words, different)):
        return False
    return one.proof is None or any(map(one.proof, different))


def _by_itself(one: Category, words: str, different: Sequence[str]) -> bool:
    if one.alone is None or len(different) < one.fewest or (one.weak and THINGS.search(words)):
        return False
    if _share(one.alone, different, _NEARLY_ALL):
        return True
    if one.with_some is None or len(different) < _ENOUGH_FOR_SOME or not _share(one.with_some, different, _NEARLY_ALL):
        return False
    return sum(map(one.alone, different)) >= one.some * len(different)


def _share(fits: Callable[[str], bool], different: Sequence[str], least: float) -> bool:
    """Say whether at least that share of the values fit; where hardly any of a few do, the rest is not looked at."""
    some = different[:: len(different) // _GLANCE + 1]
    if sum(map(fits, some)) < _HALF * len(some):
        return False
    return sum(map(fits, different)) >= least * len(different)


def _is_birthday(words: str, kind: Type, different: Sequence[str]) -> bool:
    """Say whether a column is of days of birth: of dates, or of texts of which at least half look like dates."""
    if not BIRTHDAY.search(words) or NO_BIRTHDAY.search(words):
        return False
    if kind.name in ("date", "timestamp", "timestamptz"):
        return True
    looks = sum(bool(_DATE.fullmatch(value)) for value in different)
    return bool(different) and kind.name in ("text", "integer") and looks >= _HALF * len(different)


def mask(text: str) -> str:
    """Return the text's make alone: every letter and digit as a star."""
    return re.sub(r"[^\W_]", "*", text)


def _words(header: str) -> str:
    """Return the header's words in lower case between single blanks: `clientPhone_2` -> ` client phone 2 `."""
    split = re.sub(r"(?<=[^\W\dA-ZА-ЯЁ_])(?=[A-ZА-ЯЁ])|(?<=[0-9])(?=[A-ZА-ЯЁ])", " ", header)
    return " " + " ".join(re.findall(r"[^\W_]+", split)).lower() + " "
