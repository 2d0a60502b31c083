"""Rules about the storage, the connections, and what they can do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from dataeng_ai.check.finding import Finding
from dataeng_ai.check.spelling import nearest
from dataeng_ai.sources.databases import KINDS
from dataeng_ai.spec.source import QUERY, TABLE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dataeng_ai.check.look import Look

_FILES: Final = "files"


def cannot(look: Look) -> Iterator[Finding]:
    """The storage does not do what the spec asks of it.

    What a storage cannot do is refused and never ignored: PostgreSQL keeps no order of rows, DuckDB no indexes of ours, and neither
    is given partitions here.

    Example: `target: {storage: postgres, …}` with `order_by: [sold_at]`
    Fix: `order_by: null`
    """
    able, storage = look.capabilities, look.text("target", "storage")
    if able is None:
        return
    for key, supported in (("partition", able.partition), ("order_by", able.order_by), ("indexes", able.indexes)):
        value = look.data.get(key)
        if isinstance(value, (dict, list)) and value and not supported:
            advice = "remove it" if key == "indexes" else f"write `{key}: null`"
            yield Finding((key,), f"{storage} has no `{key}`", advice, key=True)
    mode = look.text("load", "mode")
    if mode in {"full", "append", "merge"} and mode not in able.modes:
        yield Finding(("load", "mode"), f"{storage} cannot load in mode `{mode}`", f"its modes are {', '.join(able.modes)}")


def unknown_connection(look: Look) -> Iterator[Finding]:
    """A connection that dataeng.yaml does not name.

    dataeng.yaml holds the names of connections and their kinds, so that everything but a load can be done without them; what they need
    to connect stands in Airflow or in the environment.

    Example: `target: {storage: postgres, connection: warehouse, table: orders}` without dataeng.yaml
    Fix: `connections: {warehouse: {kind: postgres}}` in dataeng.yaml
    """
    known = look.project.connections
    for block, kind in (("source", _source_kinds(look)[0]), ("target", look.text("target", "storage") or "postgres")):
        name = look.text(block, "connection")
        if name is None or name in known:
            continue
        best = nearest(name, known)
        advice = f"did you mean `{best}`?" if best else f"write into dataeng.yaml: `connections: {{{name}: {{kind: {kind}}}}}`"
        yield Finding((block, "connection"), f"there is no connection `{name}` in dataeng.yaml", advice)


def connection_kind(look: Look) -> Iterator[Finding]:
    """A connection of a kind that does not fit.

    Example: `target: {storage: postgres, connection: landing, …}` where landing is of the kind `files`
    Fix: a connection of the kind `postgres`
    """
    wanted = {"source": _source_kinds(look), "target": (look.capabilities.connection_kind,) if look.capabilities else ()}
    for block, kinds in wanted.items():
        name = look.text(block, "connection")
        actual = look.project.connections.get(name) if name else None
        if actual is None or not kinds or actual in kinds:
            continue
        fitting = [f"`{other}`" for other, found in look.project.connections.items() if found in kinds]
        kind = " or ".join(f"`{each}`" for each in kinds)
        advice = f"of the kind {kind}: {', '.join(fitting)}" if fitting else f"name one of the kind {kind} in dataeng.yaml"
        yield Finding((block, "connection"), f"connection `{name}` is of the kind `{actual}`, not {kind}", advice)


def _source_kinds(look: Look) -> tuple[str, ...]:
    """Return the kinds of connection that a source is read through."""
    if look.text("source", "topic") is not None:
        return ("kafka",)
    return KINDS if look.text("source", "format") in (TABLE, QUERY) else (_FILES,)


def path_without_connection(look: Look) -> Iterator[Finding]:
    """A scheduled spec reads from the project's folder.

    Good on a laptop. On the machine where Airflow runs the files must lie in the same place below the project, and nobody sees to that.

    Example: `source: {path: "tickets/*.csv"}` with a schedule
    Fix: `source: {connection: landing, path: "tickets/*.csv"}`
    """
    scheduled = isinstance(look.data.get("schedule"), dict)
    if scheduled and look.text("source", "path") and look.text("source", "connection") is None:
        message = "a scheduled spec reads from the project's folder: `path` has no `connection`"
        files = next((name for name, kind in look.project.connections.items() if kind == _FILES), None)
        named = f"write `connection: {files}`, a connection of the kind `files`"
        new = "write `connection: landing`, and into dataeng.yaml: `connections: {landing: {kind: files}}`"
        yield Finding(("source", "path"), message, named if files else new)
