"""Drafts for the tables of a database: a spec for each, with what its catalogue says of it, foreign keys between them among it."""

from __future__ import annotations

from fnmatch import fnmatchcase as fnmatch
from itertools import count
from typing import TYPE_CHECKING, Final

from dataeng_ai.diagnostics import Diagnostic, Problems
from dataeng_ai.draft.scalars import quote
from dataeng_ai.fill.drafting import New, of_table, word
from dataeng_ai.fill.naming import MAX_LENGTH, candidates
from dataeng_ai.profile.secrets import redact
from dataeng_ai.profile.tables import tables_of
from dataeng_ai.project import open_spec, spec_names, spec_path
from dataeng_ai.sources.databases import KINDS, query

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dataeng_ai.project import Project
    from dataeng_ai.sources.databases.described import ForeignKey, Listed

_MOST: Final = 3
"""Foreign keys that a purpose names."""


def is_database(connection: str | None, project: Project) -> bool:
    """Say whether a connection leads to a database whose tables are read."""
    return connection is not None and project.connections.get(connection) in KINDS


def tables(connection: str, project: Project, only: Sequence[str] = ()) -> tuple[tuple[str, Listed], ...]:
    """Return the tables that a connection leads to, each as a spec names it; of them the ones that fit a pattern, where there are any.

    Raises:
        Problems: the connection is not known, of no database, or the database does not answer.
    """
    if not is_database(connection, project):
        message = f"the connection `{connection}` is of no database in dataeng.yaml"
        raise Problems(Diagnostic("E606", message, help=f"name one of the kind {', '.join(KINDS)}, or a file with `--source`"))
    found = tables_of(connection, project)
    named = ((query.shown((one.schema, one.name) if one.schema else (one.name,)), one) for one in found)
    return tuple((table, one) for table, one in named if not only or any(fnmatch(table, pattern) for pattern in only))


def drafts(connection: str, project: Project, about: str = "", only: Sequence[str] = ()) -> tuple[New, ...]:
    """Return a draft for each table that no spec reads already, with the foreign keys between them."""
    found = tables(connection, project, only)
    standing = {name: _read(name, project) for name in spec_names(project)}
    names = _names(connection, found, standing)
    return tuple(_draft(table, one, names, (connection, project, about)) for table, one in found if names[table] not in standing)


def _read(name: str, project: Project) -> tuple[object, object]:
    """Return the connection and the table that a spec reads; None for what it does not say."""
    try:
        draft = open_spec(name, project)
    except Problems:  # whatever it reads, its name is taken
        return None, None
    return draft.get(("source", "connection"), None), draft.get(("source", "table"), None)


def _names(connection: str, found: Sequence[tuple[str, Listed]], standing: Mapping[str, tuple[object, object]]) -> dict[str, str]:
    """Return the spec of each table: the one that reads it, else a new name, with the connection's before it where a spec has it."""
    reading = {read: name for name, read in standing.items()}
    names: dict[str, str] = {}
    for table, one in found:
        plain = word(one.name)[: MAX_LENGTH - 3]
        free = f"{word(connection)}_{plain}"[: MAX_LENGTH - 3] if plain in standing else plain
        numbered = (free if number == 1 else f"{free}_{number}" for number in count(1))
        new = (name for name in numbered if name not in standing and name not in names.values())
        names[table] = reading.get((connection, table)) or next(new)
    return names


def _draft(table: str, one: Listed, names: Mapping[str, str], where: tuple[str, Project, str]) -> New:
    connection, project, about = where
    kept, told = [], []
    for key in one.foreign_keys:
        other = names.get(key.table) or names.get(query.shown((key.table,)))
        kept += [_written(key, other)] if other else []
        told += [] if other else [key]
    words = " ".join(part for part in (about, _about(table, one, told)) if part)
    name = names[table]
    return New(name, spec_path(project, name), of_table(project, name, words, connection, table, kept))


def _written(key: ForeignKey, other: str) -> str:
    """Return a foreign key as a spec writes it, columns by the names that fill gives them.

    It only warns: within the database it holds, and what a check can find are rows that came between two loads.
    """
    ours, theirs = (", ".join(quote(candidates(name, 1)[0]) for name in names) for names in (key.columns, key.references))
    columns = f", columns: [{theirs}]" if theirs else ""
    return f"{{columns: [{ours}], references: {{spec: {other}{columns}}}, severity: warn}}"


def _about(table: str, one: Listed, others: Sequence[ForeignKey]) -> str:
    """Return what the catalogue says a table is: its comment, and those tables to which it refers that have no spec."""
    comment = " ".join(redact(one.comment or "").split())
    words = f"{comment.rstrip('.')}." if comment else f"The {'view' if one.view else 'table'} {table}."
    keys = [f"{', '.join(key.columns)} is a foreign key to {key.table}" for key in others[:_MOST]]
    keys += [f"and {len(others) - _MOST} more"] if len(others) > _MOST else []
    return f"{words} {'; '.join(keys)}." if keys else words
