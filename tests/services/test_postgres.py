from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg

if TYPE_CHECKING:
    from tests.services.postgres import Server


def test_each_database_is_new_and_gone_afterwards(postgres_server: Server) -> None:
    with postgres_server.database() as url, psycopg.connect(url) as connection:
        connection.execute('CREATE TABLE "Цена; DROP" (x int)')
        connection.commit()
    with postgres_server.database() as url, psycopg.connect(url) as connection:
        assert connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone() == (0,)
    with psycopg.connect(postgres_server.url()) as connection:
        assert connection.execute("SELECT count(*) FROM pg_database WHERE datname LIKE 'test%'").fetchone() == (0,)


def test_it_speaks_utf_8(postgres: str) -> None:
    with psycopg.connect(postgres) as connection:
        assert connection.execute("SHOW server_encoding").fetchone() == ("UTF8",)
