"""The tables that there are in a database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dataeng_ai.profile.asked import TIMEOUT
from dataeng_ai.sources import databases

if TYPE_CHECKING:
    from dataeng_ai.project import Project
    from dataeng_ai.sources.databases.described import Listed


def tables_of(connection: str, project: Project) -> tuple[Listed, ...]:
    """Return the tables and views that a connection leads to and that may be read; those of our own ledger are not among them.

    Raises:
        Problems: the connection is not known here, or the database refuses.
        Unreachable: the database does not answer.
    """
    with databases.snapshot(connection, project.connections[connection], project.root, TIMEOUT) as snapshot:
        return tuple(snapshot.tables())
