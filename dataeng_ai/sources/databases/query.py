"""The SQL by which a database is asked, as trees; and what is wrong with a person's query, known without a database.

The runtime imports none of this: what it runs was compiled from here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.generator import Generator

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlglot.expressions import Expr

    from dataeng_ai.ir import Database

_ALIAS: Final = "q"

_REFUSED: Final = frozenset(
    (
        *("copy_to", "currval", "dblink", "dblink_exec", "lastval", "load_extension", "lo_create", "lo_export", "lo_from_bytea"),
        *("lo_import", "lo_put", "lo_unlink", "nextval", "notify", "pg_notify", "set_config", "setseed", "setval", "txid_current"),
        *("query_to_xml", "query", "query_table", "getenv", "getvariable", "glob", "iceberg_scan", "delta_scan", "writefile", "readfile"),
        *("sniff_csv", "sqlite_scan", "postgres_scan", "postgres_query", "mysql_scan", "edit", "fts3_tokenizer"),
    )
)
"""Functions that change something, reach outside of the database, or answer otherwise each time."""
_REFUSED_OF: Final = {
    "mysql": frozenset(
        (
            *("get_lock", "release_lock", "release_all_locks", "sleep", "benchmark", "load_file", "master_pos_wait", "last_insert_id"),
            *("master_gtid_wait", "source_pos_wait", "wait_for_executed_gtid_set", "sys_exec", "sys_eval"),
        )
    ),
    "clickhouse": frozenset(
        (
            *("url", "urlcluster", "file", "filecluster", "s3", "s3cluster", "gcs", "remote", "remotesecure", "mysql", "postgresql"),
            *("mongodb", "redis", "sqlite", "odbc", "jdbc", "hdfs", "hdfscluster", "azureblobstorage", "azureblobstoragecluster", "input"),
            *("executable", "iceberg", "icebergs3", "deltalake", "hudi", "hive", "sleep", "sleepeachrow", "cluster", "clusterallreplicas"),
        )
    ),
}
"""Likewise, of one kind of database."""
_REFUSED_STARTS: Final = ("pg_advisory", "pg_cancel", "pg_terminate", "pg_read", "pg_ls", "pg_stat_reset", "pg_sleep", "read_", "parquet_")
_CHANGES: Final = (
    *(exp.Insert, exp.Update, exp.Delete, exp.Merge, exp.Create, exp.Drop, exp.Alter, exp.Command, exp.Into, exp.Lock, exp.Set),
    *(exp.Copy, exp.TruncateTable, exp.Attach, exp.Pragma, exp.Use, exp.Transaction, exp.Commit, exp.Rollback),
)
_BREAK: Final = Generator().SENTINEL_LINE_BREAK
"""How sqlglot marks a line end that stays where it is; compiled, its class alone does not say so."""


def rows(database: Database) -> Expr:
    """Return the statement for all rows. A person's query stands there to the letter: `check` has read it, nobody rewrites it."""
    if database.query is not None:
        # The line end closes a comment at the query's end. Lines are marked, so that none is indented: one may begin within a text.
        return exp.Var(this="\n".join((_bare(database.query), "")).replace("\n", _BREAK))
    return exp.select(exp.Star()).from_(_table(database))


def count(database: Database) -> Expr:
    """Return the statement that counts them, which is another way of reading them."""
    if database.query is None:
        return exp.select(exp.Count(this=exp.Star())).from_(_table(database))
    inner = exp.Subquery(this=rows(database), alias=exp.TableAlias(this=exp.to_identifier(_ALIAS, quoted=True)))
    return exp.select(exp.Count(this=exp.Star())).from_(inner)


def parts(table: str) -> tuple[str, ...] | None:
    """Return the schema, where there is one, and the name of a table: `public.orders`, `"my.schema"."Orders"`; None where it is neither."""
    found, name, rest = [], "", table.strip()
    while rest:
        if rest.startswith('"'):
            end = _quoted(rest)
            if end is None:
                return None
            name, rest = rest[1:end].replace('""', '"'), rest[end + 1 :]
        else:
            name, point, after = rest.partition(".")
            rest = point + after
        if not name or "\0" in name or (rest and (not rest.startswith(".") or rest == ".")):
            return None
        found.append(name)
        rest = rest[1:]
    return tuple(found) if 1 <= len(found) <= 2 else None  # noqa: PLR2004  a schema and a name


def shown(table: tuple[str, ...]) -> str:
    """Return a table as a spec names it."""
    return ".".join(name if name and not set(name) & set('."') and name == name.strip() else _in_quotes(name) for name in table)


def flaws(query: str, kind: str) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with a query, and what to do: anything but one SELECT that only reads."""
    try:
        trees = [tree for tree in sqlglot.parse(query, dialect=kind) if tree is not None]
    except (SqlglotError, RecursionError) as error:
        places: list[dict[str, object]] = getattr(error, "errors", [])
        near = str(places[0].get("highlight") or "").strip()[:40] if places else ""
        yield f"the query is no SQL of {kind}" + (f", near `{near}`" if near else ""), f"write one SELECT as {kind} reads it"
        return
    if len(trees) != 1:
        yield f"the query is {len(trees)} statements, and one SELECT is read", "keep one SELECT"
        return
    if not isinstance(trees[0], exp.Query):
        yield "the query is no SELECT", "a source is only read: write one SELECT"
        return
    for node in trees[0].walk():
        if isinstance(node, _CHANGES):
            what = "locks rows" if isinstance(node, exp.Lock) else "changes something"
            yield f"the query {what}", "a source is only read: leave it out"
            return
        if isinstance(node, exp.Parameter | exp.Placeholder):
            yield "the query has a parameter, and nobody gives it a value", "write the value itself"
            return
        if isinstance(node, exp.Func) and _is_refused(name := _name(node), kind):
            yield f"the query calls `{name}`, which changes something or reaches outside of the database", "leave it out"
            return


def _is_refused(name: str, kind: str) -> bool:
    return name in _REFUSED or name.startswith(_REFUSED_STARTS) or name in _REFUSED_OF.get(kind, ())


def _name(node: exp.Func) -> str:
    return (node.name if isinstance(node, exp.Anonymous | exp.AnonymousAggFunc) else node.sql_name()).casefold()


def _bare(query: str) -> str:
    """Return the query without the semicolon at its end."""
    return query.strip().rstrip(";").rstrip()


def _table(database: Database) -> exp.Table:
    *schema, name = database.table or ("",)
    return exp.table_(exp.to_identifier(name, quoted=True), db=exp.to_identifier(schema[0], quoted=True) if schema else None)


def _quoted(text: str) -> int | None:
    """Return where the closing quote of a name stands."""
    at = 1
    while (at := text.find('"', at)) != -1:
        if text[at : at + 2] != '""':
            return at
        at += 2
    return None


def _in_quotes(name: str) -> str:
    return exp.to_identifier(name, quoted=True).sql("duckdb")
