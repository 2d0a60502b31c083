"""`columns.*.name`: the header as a good identifier."""

from __future__ import annotations

from dataeng_ai.fill.decision import ANY, Case, Decision, Option, Path
from dataeng_ai.fill.naming import candidates, names, refusal
from dataeng_ai.fill.parent import header


def options(case: Case, path: Path) -> tuple[Option, ...]:
    """Return the names that a header gives: in English where every word is known, and letter by letter."""
    found = _names(case)[int(path[1])]
    if found[0] == _header(case, path):
        return (Option(found[0], "the header is a good name", 1.0, "it stays"),)
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
    rows = case.rows
    mine = int(path[1])
    settled = [str(row["name"]) for place, row in enumerate(rows) if place != mine and "name" in row]
    to_come = [options[0] for place, options in enumerate(_names(case)) if place != mine and "name" not in rows[place]]
    return refusal(str(value), [*settled, *to_come])


def _names(case: Case) -> tuple[tuple[str, ...], ...]:
    return names(tuple(header(str(row.get("from") or row.get("name") or ""), case) for row in case.rows))


def _header(case: Case, path: Path) -> str:
    row = case.rows[int(path[1])]
    return str(row.get("from") or row.get("name") or "")


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
