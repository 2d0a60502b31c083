"""Looking at what was loaded, without changing anything."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from dataeng_ai.diagnostics import Diagnostic, Problems
from dataeng_ai.runtime.ledger import session

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pyarrow as pa

    from dataeng_ai.runtime.bundle import Bundle
    from dataeng_ai.targets.session import Reject, Report, Session


_THEIRS: Final = ("E513", "E519")
"""Codes of a statement that does not fit: here it is the person's."""


@dataclass(frozen=True, slots=True)
class Rows:
    """The result of a query: the names of its columns, and its rows. Times with a zone may be texts."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]


def query(bundle: Bundle, sql: str, *, root: Path) -> Rows:
    """Run one query of a person on the pipeline's storage; the storage itself refuses to change anything.

    Raises:
        Problems: there is nothing to look at yet (E514), or the storage refuses the query (E518, E519).
    """
    with _asking(bundle, root) as storage:
        columns, rows = storage.query(sql)
    return Rows(tuple(columns), tuple(rows))


def arrow(bundle: Bundle, sql: str, *, root: Path) -> pa.Table:
    """Run one query as `query` does, and return what it finds with its types.

    Raises:
        Problems: as `query`.
    """
    with _asking(bundle, root) as storage:
        return storage.arrow(sql)


@contextmanager
def _asking(bundle: Bundle, root: Path) -> Iterator[Session]:
    try:
        with session(bundle, root) as storage:
            yield storage
    except Problems as problems:
        raise type(problems)(*map(_of_a_query, problems.diagnostics)) from problems


def _of_a_query(problem: Diagnostic) -> Diagnostic:
    """Return what a storage says of a statement, with the advice that a person's own query needs."""
    return replace(problem, help="write one SELECT, in the words of this storage") if problem.code in _THEIRS else problem


def loads(bundle: Bundle, *, root: Path) -> list[Report]:
    """Return what is known of every load of the pipeline, that staged last first; also of those that were refused.

    Raises:
        Problems: the pipeline has not run yet (E514).
    """
    with session(bundle, root) as storage:
        return storage.loads()


def rejects(bundle: Bundle, *, root: Path, load_id: str | None = None) -> list[Reject]:
    """Return the records that a load turned away, published or refused; without a `load_id`, that of the load staged last.

    Raises:
        Problems: the pipeline has not run yet, or there is no such load (E514).
    """
    with session(bundle, root) as storage:
        known = [load["load_id"] for load in storage.loads()]
        if load_id is not None and load_id not in known:
            last = f"the last one is `{known[0]}`" if known else f"spec run {bundle.pipeline.name}"
            raise Problems(Diagnostic("E514", f"there is no load `{load_id}` of `{bundle.pipeline.name}`", help=last))
        return storage.rejects(load_id or known[0]) if known else []
