"""Rules about a source that is a table of a database, or a query there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from dataeng_ai.check.finding import Finding
from dataeng_ai.sources.databases import KINDS, query

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dataeng_ai.check.look import Look

_TABLE: Final = ("source", "table")
_QUERY: Final = ("source", "query")


def table_name(look: Look) -> Iterator[Finding]:
    """A table's name that no database could have.

    It is a name, or a schema, a point and a name, as the database has them, letter for letter. A name with a point or a quote in it
    stands in double quotes.

    Example: `table: shop.public.orders`
    Fix: `table: public.orders`
    """
    table = look.text(*_TABLE)
    if table is not None and query.parts(table) is None:
        yield Finding(_TABLE, f"`{table}` is no table's name", "write `orders` or `public.orders`; a name with a point in double quotes")


def query_reads(look: Look) -> Iterator[Finding]:
    """A query that is anything but one SELECT that only reads.

    It is read in the SQL of the database, and run in a transaction in which the database itself refuses every change. What locks rows,
    calls functions that change something or reach outside of the database, or has parameters, is refused before.

    Example: `query: "DELETE FROM orders RETURNING *"`
    Fix: `query: "SELECT id, price FROM orders WHERE NOT cancelled"`
    """
    text, kind = look.text(*_QUERY), look.project.connections.get(look.text("source", "connection") or "")
    if text is None or kind not in KINDS:
        return
    for message, advice in query.flaws(text, kind):
        yield Finding(_QUERY, message, advice)


def append(look: Look) -> Iterator[Finding]:
    """A table of a database that is read as a whole, and added as a whole, load by load.

    Nothing says yet which rows are new, so each load would bring all rows again.

    Example: `source: {connection: shop, table: orders}` with `load: {mode: append}`
    Fix: `load: {mode: merge}`, which replaces rows of the same key, or `load: {mode: full}`
    """
    of_database = look.text(*_TABLE) is not None or look.text(*_QUERY) is not None
    if of_database and look.text("load", "mode") == "append":
        message = "all rows of the table would be added again with every load"
        yield Finding(("load", "mode"), message, "write `mode: merge`, which replaces rows of the same key, or `mode: full`")


def one_file(look: Look) -> Iterator[Finding]:
    """A table that is read and written by one load; or a DuckDB file, since DuckDB has a file open for one of both.

    Example: `source: {connection: shop, table: orders}` with `target: {storage: duckdb, connection: shop, table: copies}`
    Fix: another connection for one of them
    """
    name = look.text("source", "connection")
    table = look.text(*_TABLE)
    if name is None or (table is None and look.text(*_QUERY) is None) or look.text("target", "connection") != name:
        return
    if _usual(table) == _usual(look.text("target", "table")):
        yield Finding(("target", "table"), f"the table `{table}` would be read and written at once", "write into another table")
    elif look.project.connections.get(name) == "duckdb" and look.text("target", "storage") == "duckdb":
        message = f"the file of the connection `{name}` would be read and written at once"
        yield Finding(("target", "connection"), message, "write into another file, or make a view in this one")


def _usual(table: str | None) -> tuple[str, ...] | None:
    """Return a table's parts without the schema that nobody has to name."""
    found = query.parts(table) if table else None
    return found[1:] if found and len(found) > 1 and found[0] in ("public", "main") else found
