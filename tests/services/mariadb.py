"""A real MariaDB server of our own: made in a new folder, on a free port, gone with the tests."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

import pymysql

from tests.services.postgres import _free_port

if TYPE_CHECKING:
    from collections.abc import Iterator

_PATIENCE = 60
_numbers = count(1)


@dataclass(frozen=True, slots=True)
class Server:
    """A running server. Its root needs no password."""

    port: int

    def url(self, database: str = "", user: str = "root", password: str = "") -> str:
        """Return what a connection says of a database of this server."""
        secret = f":{quote(password, safe='')}" if password else ""
        return f"mysql://{quote(user)}{secret}@127.0.0.1:{self.port}/{quote(database)}"

    def run(self, *statements: str, database: str | None = None) -> tuple[tuple[Any, ...], ...]:
        """Run statements as root; return what the last one answers."""
        connection = pymysql.connect(
            host="127.0.0.1", port=self.port, user="root", database=database, charset="utf8mb4", autocommit=True, client_flag=1 << 16
        )
        with closing(connection), connection.cursor() as cursor:
            cursor.execute("SET time_zone = '+00:00'")
            for statement in statements:
                cursor.execute(statement)
                found = cursor.fetchall()
                while cursor.nextset():
                    found = cursor.fetchall() or found
            return tuple(found)

    @contextmanager
    def database(self) -> Iterator[str]:
        """Make an empty database, give its name, and drop it afterwards."""
        name = f"test_{next(_numbers)}"
        self.run(f"CREATE DATABASE {name} CHARACTER SET utf8mb4")
        try:
            yield name
        finally:
            self.run(f"DROP DATABASE {name}")


def script(url: str, sql: str) -> None:
    """Run statements in the database that a URL names, in which double quotes stand around names."""
    parts = urlsplit(url)
    Server(parts.port or 0).run("SET SESSION sql_mode = 'ANSI_QUOTES'", sql, database=parts.path.removeprefix("/"))


@contextmanager
def server() -> Iterator[Server]:
    """Start a server and stop it at the end.

    Raises:
        FileNotFoundError: no MariaDB is installed. A test that needs one fails; it is never skipped.
    """
    program = shutil.which("mariadbd")
    if program is None:
        message = "no MariaDB server on the PATH: `make test` installs it, or `apt-get install mariadb-server-core`"
        raise FileNotFoundError(message)
    # A socket's path may have 107 characters: a short folder of our own.
    folder = Path(tempfile.mkdtemp(prefix="my-"))
    # Root may serve itself here: nobody else is let in, and Debian's core package makes no user of the server's own.
    us = ["--user=root"] if os.geteuid() == 0 else []
    data = f"--datadir={folder}/data"
    try:
        with (folder / "log").open("w") as log:
            words = ["mariadb-install-db", "--no-defaults", *us, data, "--auth-root-authentication-method=normal", "--skip-test-db"]
            subprocess.run(words, stdout=log, stderr=log, check=True)
            port = _free_port()
            quick = ["--innodb-flush-log-at-trx-commit=0", "--innodb-doublewrite=0", "--innodb-buffer-pool-size=64M", "--skip-name-resolve"]
            place = [f"--port={port}", "--bind-address=127.0.0.1", f"--socket={folder}/s.sock"]
            process = subprocess.Popen([program, "--no-defaults", *us, data, *place, *quick], stdout=log, stderr=log)
        try:
            found = Server(port)
            _wait(found, process, folder / "log")
            yield found
        finally:
            process.kill()
            process.wait()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _wait(found: Server, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + _PATIENCE
    while True:
        try:
            found.run("SELECT 1")
        except pymysql.MySQLError:
            if process.poll() is not None or time.monotonic() > end:
                message = f"MariaDB did not start:\n{log.read_text()}"
                raise RuntimeError(message) from None
            time.sleep(0.05)
        else:
            return
