"""PostgreSQL: what is behind a connection. Read-only, with a time limit for each question; constant texts, values bound."""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING, Final

import psycopg
from psycopg import sql

from dataeng_ai.connections import Fact
from dataeng_ai.targets.postgres.catalog import one
from dataeng_ai.targets.postgres.errors import ours
from dataeng_ai.targets.postgres.opening import opened
from dataeng_ai.targets.postgres.refusals import refused

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from dataeng_ai.connections import Connection, Use
    from dataeng_ai.targets.session import Row

READ_ONLY: Final = "-c default_transaction_read_only=on -c statement_timeout=10000"
"""The server itself refuses to change anything, and breaks off what takes long."""
_WHO: Final = b"""
SELECT current_user::text, rolsuper, current_database()::text, current_setting('server_version'), pg_encoding_to_char(encoding)::text,
    pg_is_in_recovery(), has_database_privilege(datname, 'CREATE'), current_schema()::text
FROM pg_roles, pg_database WHERE rolname = current_user AND datname = current_database()
"""
_TLS: Final = b"SELECT version FROM pg_stat_ssl WHERE pid = pg_backend_pid() AND ssl"
_READABLE: Final = b"""
SELECT count(*) FILTER (WHERE has_table_privilege(c.oid, 'SELECT') AND has_schema_privilege(n.oid, 'USAGE')), count(*)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
"""
_SCHEMA: Final = b"""
SELECT has_schema_privilege(oid, 'USAGE'), has_schema_privilege(oid, 'CREATE') FROM pg_namespace WHERE nspname = $1
"""
_TABLE: Final = b"""
SELECT has_table_privilege(c.oid, 'SELECT'),
    has_table_privilege(c.oid, 'INSERT') AND has_table_privilege(c.oid, 'UPDATE') AND has_table_privilege(c.oid, 'DELETE')
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1 AND c.relname = $2
"""
_CREATE_SCHEMA: Final = sql.SQL("GRANT CREATE ON DATABASE {} TO {}")
_CREATE_TABLE: Final = sql.SQL("GRANT USAGE, CREATE ON SCHEMA {} TO {}")
_WRITE: Final = sql.SQL("GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE {}.{} TO {}")
_TRIES: Final = 3


def about(found: Connection, root: Path, uses: Sequence[Use]) -> Iterator[Fact]:  # noqa: ARG001  files lie below the root, servers do not
    """Yield what the server says of itself and of us, then what the specs that use the connection need of it.

    Raises:
        Unreachable: it cannot be opened; the diagnostic has the cause (E611, E62x).
    """
    start = perf_counter()
    try:
        connection = opened(found, READ_ONLY)
    except (psycopg.Error, ValueError) as error:
        raise refused(error, found) from None  # the driver's own words may hold the address, and an address the password
    with connection, ours(f"the connection `{found.name}`"):
        took = (perf_counter() - start) * 1000
        row = connection.execute(_WHO).fetchone()
        assert row is not None  # noqa: S101  whoever is connected is a role, in a database
        user, is_super, database, version, encoding, standby, may_create, schema = row
        info = connection.info
        yield Fact("server", f"PostgreSQL {version} at {info.host or 'the local socket'}, port {info.port}")
        yield Fact("user", f"{user}{', a superuser: a loader needs less' if is_super else ''}")
        yield Fact("database", f"{database}, in {encoding}")
        tls = one(connection, _TLS)
        yield Fact("tls", str(tls) if tls else "none: what is sent can be read on the way")
        answers = _latency(connection)
        yield Fact("latency", f"answers in {answers:.1f} ms, opened in {took:.0f} ms", number=round(answers, 3))
        yield from _rights(connection, may_create=may_create, schema=schema)
        targets = [use for use in uses if use.role == "target"]
        if standby and targets:
            yield Fact("standby", "a standby takes no rows", good=False, fix="name the primary server as the host")
        for use in targets:
            yield _target(connection, use, schema, user, database, may_create=may_create)


def _latency(connection: psycopg.Connection[Row]) -> float:
    """Return the milliseconds of the quickest of a few empty questions: the slower ones tell of something else."""
    found = []
    for _ in range(_TRIES):
        start = perf_counter()
        connection.execute(b"SELECT 1")
        found.append((perf_counter() - start) * 1000)
    return min(found)


def _rights(connection: psycopg.Connection[Row], *, may_create: bool, schema: str | None) -> Iterator[Fact]:
    may = ["make schemas"] if may_create else []
    if schema is not None:
        _, create = connection.execute(_SCHEMA, [schema]).fetchone() or (False, False)
        may += [f"make tables in `{schema}`"] if create else []
    readable, tables = connection.execute(_READABLE).fetchone() or (0, 0)
    yield Fact("rights", f"may {' and '.join(may) if may else 'make nothing'}; may read {readable} of {tables} tables")


def _target(connection: psycopg.Connection[Row], use: Use, current: str | None, user: str, database: str, *, may_create: bool) -> Fact:
    """Return whether a spec can load into its table, and the GRANT that it takes."""
    before, _, table = (use.table or "").rpartition(".")
    schema = before or current or "public"
    rights = connection.execute(_SCHEMA, [schema]).fetchone()
    what = f"target of {use.spec}"
    if rights is None:
        fix = _grant(connection, _CREATE_SCHEMA, database, user)
        words = f"the schema `{schema}` is not there; {'the first run makes it' if may_create else 'and it may not be made'}"
        return Fact(what, words, good=may_create, fix="" if may_create else fix)
    if not all(rights):
        fix = _grant(connection, _CREATE_TABLE, schema, user)
        return Fact(what, f"no table may be made in `{schema}`, and each load stages in one", good=False, fix=fix)
    there = connection.execute(_TABLE, [schema, table]).fetchone() if table else None
    if there is None:
        return Fact(what, f"`{schema}`: tables may be made" if not table else f"`{schema}.{table}` is made by the first run")
    good = all(there)
    fix = _grant(connection, _WRITE, schema, table, user)
    return Fact(what, f"`{schema}.{table}` {'may' if good else 'may not'} be read and written", good=good, fix="" if good else fix)


def _grant(connection: psycopg.Connection[Row], text: sql.SQL, *names: str) -> str:
    """Return the statement that an administrator would run."""
    return text.format(*map(sql.Identifier, names)).as_string(connection)
