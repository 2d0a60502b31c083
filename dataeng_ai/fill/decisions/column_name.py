"""`columns.*.name`: the header as a good identifier."""

from __future__ import annotations

from functools import lru_cache

from dataeng_ai.fill.claimed import claimed
from dataeng_ai.fill.decision import ANY, Case, Decision, Option, Path
from dataeng_ai.fill.naming import candidates, names, refusal
from dataeng_ai.fill.parent import header, parent


def options(case: Case, path: Path) -> tuple[Option, ...]:
    """Return the names that a header gives: in English where every word is known, and letter by letter."""
    found = _names(case)[int(path[1])]
    if found[0] == _header(case, path):
        return (Option(found[0], "the header is a good name", 1.0, "it stays"),)
    if name := _claimed(case, path, found):
        return (Option(name, "a key that is written already names it so", 1.0, "it stays"),)
    last = len(found) - 1
    return tuple(
        Option(name, _how(name, case, path), 0.4 if position else 0.95 if last else 0.6, _why(last - position))
        for position, name in enumerate(found)
    )


def facts(case: Case, path: Path) -> object:
    """Return the names that the header gives."""
    return list(_names(case)[int(path[1])])


def refuses(case: Case, path: Path, value: object) -> str | None:
    """Return why a name will not do: not an identifier, a word of SQL, or one that another column has or will have."""
    mine = int(path[1])
    if name := _claimed(case, path, _names(case)[mine]):
        return None if value == name else f"a key that is written already calls it `{name}`"
    settled = any(row.get("name") == value for place, row in enumerate(case.rows) if place != mine)
    owner = _owners(_headers(case)).get(str(value), mine)
    to_come = owner != mine and "name" not in case.rows[owner]
    return refusal(str(value), (str(value),) if settled or to_come else ())


def _claimed(case: Case, path: Path, found: tuple[str, ...]) -> str | None:
    """Return the name that keys have for a column already, where it is its header or a name that the header gives."""
    names = claimed(case)
    return next((name for name in (_header(case, path), *found) if name in names), None) if names else None


def _names(case: Case) -> tuple[tuple[str, ...], ...]:
    return names(_headers(case))


def _headers(case: Case) -> tuple[str, ...]:
    return case.headers if parent(case) is None else tuple(header(one, case) for one in case.headers)


@lru_cache(maxsize=8)
def _owners(headers: tuple[str, ...]) -> dict[str, int]:
    """Return the column that each name is the best for."""
    return {options[0]: place for place, options in enumerate(names(headers))}


def _header(case: Case, path: Path) -> str:
    return case.headers[int(path[1])]


def _how(name: str, case: Case, path: Path) -> str:
    position = int(path[1]) + 1
    if name == f"column_{position}":
        return f"nothing in the header of column {position} can be read"
    plain = name in candidates(header(_header(case, path), case), position)
    return f"the header of column {position} as an identifier" + ("" if plain else ", numbered because another column bears the name")


def _why(after: int) -> str:
    return "every word of the header is known" if after else "the header's own letters"


DECISION = Decision(
    "columns.name",
    ("columns", ANY, "name"),
    (),
    "What shall each column be called? Short snake_case English for what it holds.",
    options,
    facts,
    refuses,
    alone=False,
)
