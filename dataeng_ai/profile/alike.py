"""How much the name of a column speaks for a key of a table: `support_rep_id` for `employees.employee_id`, `ship_via` for `shippers`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

_PARTS: Final = re.compile(r"[A-ZА-ЯЁ]+(?=[A-ZА-ЯЁ][a-zа-яё])|[A-ZА-ЯЁ]?[a-zа-яё]+|[A-ZА-ЯЁ]+|\d+")
_EXTENSIONS: Final = re.compile(r"(?i)(?:\.(?:csv|tsv|txt|dat|json|ndjson|jsonl|xml|xlsx?|ods|parquet|gz|zst|bz2|xz|zip))+$")
_WITH_E: Final = frozenset(["movie", "cookie", "calorie", "selfie", "zombie", "genie", "brownie", "rookie", "smoothie", "tie", "pie"])
"""Words whose plural looks like that of `category`."""
_RUSSIAN: Final = re.compile(r"(?<=\w{3})(?:ами|ями|ов|ев|ей|ам|ям|ах|ях|ом|ем|[ыиаяуюеоьй])$")
_ENDS: Final = ("key", "code", "uuid", "id", "no", "nr")
_LEAST: Final = 3
"""Letters of a word that may stand for a longer one."""
_SAID: Final = {
    "ids": "id ids key no nr num number code cd uuid guid pk fk sk ref ид код номер ключ идентификатор гуид",
    "any table": "dim fact tbl table stg raw data t list таблица справочник",
    "own": "parent master previous prev next original root родитель предыдущий",
    "own, of people": "manager reports report supervisor boss superior head mentor leader lead начальник руководитель",
    "roles": "rep manager staff agent author owner user assignee supervisor driver seller buyer creator sender receiver approver"
    " representative reports by head leader teacher doctor operator cashier менеджер автор владелец водитель врач сотрудник",
    "people": "employee staff user person people member account emp worker personnel agent manager teacher doctor player seller team"
    " сотрудник пользователь работник персонал кадры",
    "kinds": "type kind class status state level group category mode тип вид статус состояние группа",
    "amounts": "duration count amount qty quantity price rate cost length size total sum day hour minute year month week level age weight"
    " height percent percentage pct discount score rank salary tax fee width depth balance population distance stock point"
    " количество сумма цена стоимость срок возраст вес процент скидка год",
}
"""Words of names, by what they say."""


def _singular(word: str) -> str:
    """Return a word without the ending of a plural, of Russian ones that of any case: what is left need be no word."""
    if word[-1:] > "z":
        return _RUSSIAN.sub("", word)
    if word[:-1] in _WITH_E:
        return word[:-1]
    if word.endswith("ies") and len(word) > len("ties"):
        return f"{word[:-3]}y"
    if word.endswith(("sses", "ches", "shes", "xes")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) > _LEAST else word


_IDS, _TABLE_WORDS, _SELF, _CHIEFS, _ROLES, _PEOPLE, _KINDS, _AMOUNTS = (
    frozenset({*words.split(), *map(_singular, words.split())}) for words in _SAID.values()
)
EQUAL: Final = 1.0
TABLE: Final = 0.97
ENDING: Final = 0.9
OTHERWISE: Final = 0.82
ROLE: Final = 0.7
SHORT: Final = 0.62


@dataclass(frozen=True, slots=True)
class Alike:
    """How much names speak for a reference, 0 to 1, and why."""

    score: float
    reason: str


@cache
def words(name: str) -> tuple[str, ...]:
    """Return the words of a name, in lower case and the singular."""
    return tuple(_singular(part.lower()) for part in _PARTS.findall(name))


@cache
def core(name: str) -> tuple[str, ...]:
    """Return the words of a column's name without those that say that it is an id."""
    found: list[str] = []
    for word in words(name):
        if word in _IDS:
            continue
        end = next((end for end in _ENDS if word.endswith(end) and len(word) - len(end) >= _LEAST), "")
        found.append(_singular(word.removesuffix(end)))
    return tuple(found)


@cache
def table_words(name: str) -> tuple[str, ...]:
    """Return the words of a table's name, without those that every table may have."""
    steps = [_EXTENSIONS.sub("", step).rpartition(".")[2] for step in re.split(r"[/\\]", name)]
    found = next((found for step in reversed(steps) if (found := words(step))), ())
    return tuple(word for word in found if word not in _TABLE_WORDS) or found


def without_prefix(names: Sequence[str]) -> dict[str, str]:
    """Return the names without a prefix that all of them share, such as `l_` or `emp_`; where there is none, as they are."""
    heads = {name.partition("_")[0] for name in names}
    if len(names) > 1 and len(heads) == 1 and all("_" in name.strip("_") for name in names):
        return {name: name.partition("_")[2] for name in names}
    return {name: name for name in names}


def alike(column: str, key: str, table: str, *, own: bool) -> Alike:
    """Return how much a column's name speaks for that key of that table.

    Args:
        column: Its name, without a prefix that all columns of its table have.
        key: The key's, likewise.
        table: The name of the key's table.
        own: Whether the column is of this table too.
    """
    ours, theirs, called = core(column), core(key), table_words(table)
    if not own and words(column) == words(key) and theirs:
        return Alike(EQUAL, "the same name")
    if not own and ours and _same(ours, called):
        return Alike(TABLE, "named as the table")
    if not own and ours and theirs and _same(ours, theirs):
        return Alike(TABLE, "the same name, but for the word that says that it is an id")
    found = max((_parts(ours, theirs), _parts(ours, called)), key=lambda one: one.score)
    if own:
        people = bool({*called, *theirs} & _PEOPLE) or not called
        return _own(column, found, longer=len(ours) > len(theirs or called), people=people)
    if found.score < ROLE and set(words(column)) & _ROLES and set(called) & _PEOPLE:
        return Alike(ROLE, "its name is a role of a person")
    return found


def _own(column: str, found: Alike, *, longer: bool, people: bool) -> Alike:
    """Return how much a name speaks for another row of the same table; a chief is one only among `people`."""
    if set(words(column)) & (_SELF | _CHIEFS if people else _SELF):
        return Alike(ROLE + 0.05, "its name says that it is another row of the same table")
    return Alike(min(found.score, ROLE), found.reason) if found.score and longer else Alike(0, "")


def _same(ours: tuple[str, ...], theirs: tuple[str, ...]) -> bool:
    return ours == theirs or "".join(ours) == "".join(theirs)


def _parts(ours: tuple[str, ...], theirs: tuple[str, ...]) -> Alike:
    """Return how much of one name is in the other; the kind of a thing, `post_type`, is none of the things."""
    if not ours or not theirs or (len(ours) > 1 and ours[-1] in _KINDS and ours[-1] not in theirs):
        return Alike(0, "")
    shown, longer, count = "".join(theirs), len(ours) > len(theirs), len(theirs)
    if longer and ours[-count:] == theirs:
        return Alike(ENDING, f"its name ends in `{shown}`")
    if longer and ours[:count] == theirs:
        return Alike(OTHERWISE, f"its name begins with `{shown}`")
    if len(ours) < count and theirs[-len(ours) :] == ours:
        return Alike(OTHERWISE, f"its name is the end of `{' '.join(theirs)}`")
    if count > 1 and _abbreviates(ours[-1], theirs):
        return Alike(OTHERWISE, f"its name ends in a short form of `{' '.join(theirs)}`")
    found = any(_stands_for(one, other) for one in ours for other in theirs)
    return Alike(SHORT, f"a word of its name stands for `{shown}`") if found else Alike(0, "")


def _abbreviates(short: str, long: Sequence[str]) -> bool:
    """Say whether a word is made of the beginnings of several, one after another: `cdemo` of `customer demographics`."""
    return len(short) > _LEAST and re.fullmatch("".join(map(_beginning, long)), short) is not None


def _beginning(word: str) -> str:
    """Return a pattern of the beginnings of a word."""
    return word[0] + "".join(f"(?:{re.escape(letter)}" for letter in word[1:]) + ")?" * (len(word) - 1)


def _stands_for(one: str, other: str) -> bool:
    """Say whether one word is a short form of the other: its beginning, or some of its letters in order, the first among them."""
    short, long = sorted((one, other), key=len)
    if len(short) < _LEAST or short[0] != long[0]:
        return False
    if long.startswith(short):
        return len(short) > _LEAST or len(long) > len(short) + 1
    letters = iter(long)
    return len(short) > _LEAST and all(letter in letters for letter in short)


def is_amount(name: str) -> bool:
    """Say whether a name is that of an amount: how many, how long, how dear."""
    return bool(set(words(name)) & _AMOUNTS) and not set(words(name)) & _IDS


def is_short_for(key: str, table: str) -> bool:
    """Say whether a key's name is the end of its table's, cut short: `demo_sk` of `household_demographics`; it is of no other one."""
    theirs, called = core(key), table_words(table)
    return len(theirs) == 1 < len(called) and len(theirs[0]) > _LEAST and called[-1] != theirs[0] and called[-1].startswith(theirs[0])


def is_count(name: str) -> bool:
    """Say whether a name is of several things and no id, such as `UpVotes`: so many, and none of them."""
    last = (_PARTS.findall(name) or [""])[-1].lower()
    return last.isascii() and last.endswith("s") and _singular(last) != last and not set(words(name)) & (_IDS | _SELF | _CHIEFS)


def is_called(key: str, table: str) -> float:
    """Return how much a key bears its table's name: 1 for `film_id` of `films`, or `id`; less for a short form, `emp_no` of `employees`."""
    theirs, called = core(key), table_words(table)
    if not theirs or _same(theirs, called):
        return 1.0
    short = len(theirs) == len(called) == 1 and _stands_for(theirs[0], called[0])
    if short:
        return 0.75
    return 0.25 * bool(set(theirs) & set(called))
