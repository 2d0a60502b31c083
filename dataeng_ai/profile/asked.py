"""What a draft's source asks of a database, and the rows that a profile looks at."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from dataeng_ai import ir
from dataeng_ai.diagnostics import Diagnostic, Problems, Unreachable
from dataeng_ai.profile import topics
from dataeng_ai.sources import databases
from dataeng_ai.sources import files as listing
from dataeng_ai.sources.databases import KINDS, Asked, query
from dataeng_ai.sources.detected import Detected

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dataeng_ai.sources.files import File
    from dataeng_ai.sources.stores import Place


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic of Kafka."""

    connection: str
    name: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked of a database or a topic, and the project's root, where connections are looked up."""

    asked: Asked | Topic
    root: Path


TIMEOUT: Final = 600
"""Seconds that one statement of a profile may take."""

_PROOF: Final = 60
"""Seconds that the proof of one key may take."""

SAMPLE: Final = 200_000
"""Rows that are read of a table as they are; of a larger one about so many, chosen by a hash."""


_AT_ONCE: Final = {"clickhouse": ", and no snapshot, which ClickHouse does not keep"}
"""What a profile says of databases that are not read in one snapshot."""

ORDERED: Final = frozenset(("smallint", "integer", "bigint", "decimal", "double", "date", "time", "timestamp", "timestamptz"))
"""Types of which a database says the least and the greatest as we do."""


def asked(known: Mapping[str, Any]) -> Asked | None:  # Any: plain data of a spec
    """Return what a source block asks of a database; None where it reads files. `known["kind"]` is the kind of its connection.

    Raises:
        Problems: the connection is of no database (E606), the table has no name (E284), the query is more than one SELECT (E285).
    """
    table, text, name, kind = (known.get(key) for key in ("table", "query", "connection", "kind"))
    if table is None and text is None:
        return None
    if kind not in KINDS:
        message = f"the connection `{name}` is of no database" if kind else f"there is no connection `{name}` in dataeng.yaml"
        raise Problems(Diagnostic("E606", message, help=f"name one of the kind {', '.join(KINDS)} in dataeng.yaml"))
    parts = query.parts(str(table)) if table is not None else None
    if table is not None and parts is None:
        raise Problems(Diagnostic("E284", f"`{table}` is no table's name", help="write `orders` or `public.orders`"))
    for message, advice in query.flaws(str(text), kind) if parts is None else ():
        raise Problems(Diagnostic("E285", message, help=advice))
    database = ir.Database(kind, parts, None if parts else str(text))
    rows, count = (tree(database).sql(kind, pretty=True) for tree in (query.rows, query.count))
    return Asked(str(name), kind, query.shown(parts) if parts else "query", rows, count, parts)


def state(wanted: Asked | Topic, root: Path) -> str:
    """Return a text that is another one when the rows have changed.

    Raises:
        Problems: as `databases.snapshot`.
    """
    if isinstance(wanted, Topic):
        return topics.state(wanted.connection, wanted.name, root)
    with databases.snapshot(wanted.connection, wanted.kind, root, TIMEOUT) as snapshot:
        return snapshot.state(wanted)


def look(wanted: Asked | Topic, root: Path, scratch: Path, *, whole: bool = False) -> tuple[File, Detected]:
    """Write the rows into a folder, of a large table a part of them unless the `whole` is asked for; and say what the catalogue says.

    Raises:
        Problems: as `databases.snapshot`.
    """
    if isinstance(wanted, Topic):
        return topics.look(wanted.connection, wanted.name, root, scratch)
    with databases.snapshot(wanted.connection, wanted.kind, root, TIMEOUT) as snapshot:
        described = snapshot.describe(wanted)
        count = snapshot.count(wanted)
        one_in = 1 if whole or wanted.kind == "sqlite" else -(-count // SAMPLE) or 1
        ordered = [column.name for column in described.columns if column.type and column.type.name in ORDERED]
        extremes = snapshot.extremes(wanted, ordered) if one_in > 1 else None
        file = databases.fetch(snapshot, wanted, scratch, one_in)
    source = ir.Source(wanted.connection, wanted.name, "table")
    what = f"the table {wanted.name}" if wanted.table else "a query"
    reasons = [f"{what} of the {wanted.kind} connection {wanted.connection}: {count:,} rows{_AT_ONCE.get(wanted.kind, ' in one snapshot')}"]
    if one_in > 1:
        reasons.append(
            f"one row in {one_in} was read, chosen by a hash of its values, {file.size:,} bytes in all; "
            "the database itself counted rows and nulls and found the ends"
        )
    if one_in == 1:
        return file, Detected(source, tuple(reasons), described)
    return file, Detected(source, tuple(reasons), described, count, extremes, prove=partial(_unique, wanted, root, count))


def _unique(wanted: Asked, root: Path, count: int, columns: Sequence[str]) -> bool:
    """Ask the database itself whether all rows differ in these columns; what it has no time to say is not proved."""
    try:
        with databases.snapshot(wanted.connection, wanted.kind, root, _PROOF) as snapshot:
            return snapshot.unique(wanted, columns) and snapshot.count(wanted) == count
    except (Problems, Unreachable):
        return False


def find(folder: Place, pattern: str, known: Mapping[str, Any]) -> Sequence[File] | Wanted:  # Any: plain data of a spec
    """Return the files that a pattern means, or what is wanted of a database.

    Raises:
        Problems: there is no such file, or nothing that a database could be asked.
    """
    topic = known.get("topic")
    wanted = Topic(str(known.get("connection")), topic) if isinstance(topic, str) else asked(known)
    if wanted is None:
        return listing.find(folder, pattern)
    assert isinstance(folder, Path)  # noqa: S101  of a database it is the project's root
    return Wanted(wanted, folder)


def beginning(found: Sequence[File] | Wanted) -> str:
    """Say what is looked at."""
    if isinstance(found, Wanted):
        return f"asking {found.asked.connection} for {found.asked.name}"
    return f"looking at {len(found)} file{'s' if len(found) > 1 else ''} and counting the records"
