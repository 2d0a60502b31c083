"""Drafts for the tables of a database: a spec for each, which says in words what its catalogue says of it."""

from __future__ import annotations

from fnmatch import fnmatchcase as fnmatch
from typing import TYPE_CHECKING, Final

from dataeng_ai.diagnostics import Diagnostic, Problems
from dataeng_ai.fill.drafting import New, of_table, word
from dataeng_ai.fill.naming import MAX_LENGTH
from dataeng_ai.profile.secrets import redact
from dataeng_ai.profile.tables import tables_of
from dataeng_ai.project import spec_path
from dataeng_ai.sources.databases import KINDS, query

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from dataeng_ai.project import Project
    from dataeng_ai.sources.databases.described import Listed

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
    """Return a draft for each table that no draft of that name stands for already."""
    return tuple(draft for draft in _drafts(tables(connection, project, only), connection, project, about) if not draft.file.exists())


def _drafts(found: Sequence[tuple[str, Listed]], connection: str, project: Project, about: str) -> Iterator[New]:
    taken: set[str] = set()
    for table, one in found:
        plain = word(one.name)[: MAX_LENGTH - 3]
        name = next(name for number in range(1, len(taken) + 2) if (name := plain if number == 1 else f"{plain}_{number}") not in taken)
        taken.add(name)
        words = " ".join(part for part in (about, _about(table, one)) if part)
        yield New(name, spec_path(project, name), of_table(project, name, words, connection, table))


def _about(table: str, one: Listed) -> str:
    """Return what the catalogue says a table is: its comment, and the tables that it refers to."""
    comment = " ".join(redact(one.comment or "").split())
    words = f"{comment.rstrip('.')}." if comment else f"The {'view' if one.view else 'table'} {table}."
    keys = [f"{', '.join(key.columns)} is a foreign key to {key.table}" for key in one.foreign_keys[:_MOST]]
    keys += [f"and {len(one.foreign_keys) - _MOST} more"] if len(one.foreign_keys) > _MOST else []
    return f"{words} {'; '.join(keys)}." if keys else words
