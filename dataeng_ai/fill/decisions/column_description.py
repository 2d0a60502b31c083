"""`columns.*.description`: one line for the readers of the table, from a template unless a model knows better words."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from dataeng_ai.fill.decision import ANY, Case, Decision, Option, Path
from dataeng_ai.fill.naming import title
from dataeng_ai.fill.parent import description
from dataeng_ai.profile.secrets import redact

if TYPE_CHECKING:
    from dataeng_ai.profile.facts import ColumnFacts

_MAX_LENGTH = 200


def options(case: Case, path: Path) -> tuple[Option, ...]:
    """Return the template's line; that data are personal must stand there, whoever knows better words."""
    column = case.facts_at(path)
    if column is None:
        return ()
    if _comment(column, case):
        return (Option(template(column, case), "the column's comment in the database", 0.95, "who made the table wrote it"),)
    return (Option(template(column, case), "the header, in words", 0.95 if column.pii else 0.5, "a template"),)


def _comment(column: ColumnFacts, case: Case) -> str | None:
    """Return the comment on the column in the database, in one line."""
    declared = case.profile.declared(column.name)
    words = " ".join(redact(declared.comment or "").split()) if declared else ""
    plain = "".join(letter for letter in words if unicodedata.category(letter)[0] != "C")
    keys = [key for key in (case.profile.catalog.foreign_keys if case.profile.catalog else ()) if key.columns == (column.name,)]
    refers = [f"foreign key to `{key.table}`" + (f" ({key.references[0]})" if key.references else "") for key in keys]
    line = "; ".join(part for part in (plain[: _MAX_LENGTH - 80], *refers[:1]) if part)
    return line[:1].upper() + line[1:] or None


def template(column: ColumnFacts, case: Case) -> str:
    """Return the header in words, and that it is about persons where it is."""
    line = description(column.name, case) or _comment(column, case) or title(column.name) or "Without a readable header"
    return f"{line}; personal data ({column.pii})" if column.pii else line


def facts(case: Case, path: Path) -> object:
    """Return the line itself: it says nothing that could grow old."""
    column = case.facts_at(path)
    return column and template(column, case)


def refuses(case: Case, path: Path, value: object) -> str | None:
    """Return why a line will not do: empty, long, more than one line, or what another column is called or described by."""
    line = str(value)
    if not line.strip() or len(line) > _MAX_LENGTH or any(unicodedata.category(letter)[0] == "C" for letter in line):
        return f"a description is one line of at most {_MAX_LENGTH} characters"
    mine = case.facts_at(path)
    if mine is None or line == template(mine, case):
        return None
    others = [column.name for column in case.profile.columns if column is not mine]
    others += [str(row.get("description", "")) for place, row in enumerate(case.rows) if place != path[1]]
    return "another column is called or described so" if line.casefold() in map(str.casefold, others) else None


DECISION = Decision(
    "columns.description",
    ("columns", ANY, "description"),
    (),
    "What does each column hold, in one short line?",
    options,
    facts,
    refuses,
    alone=False,
    last=True,
)
