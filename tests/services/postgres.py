"""A real PostgreSQL cluster of our own: made in a new folder, on a free port, gone with the tests."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
from psycopg import sql

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_RULES = """\
host all +with_password 127.0.0.1/32 scram-sha-256
hostssl all +with_tls 127.0.0.1/32 trust
host all +with_tls 127.0.0.1/32 reject
"""
"""Who must show a password, and who is let in with TLS alone: members of these roles. All others need nothing."""
_DEBIAN = Path("/usr/lib/postgresql")
_SUPERUSER = "postgres"
_numbers = count(1)


@dataclass(frozen=True, slots=True)
class Server:
    """A running cluster. Its superuser needs no password."""

    port: int

    def url(self, database: str = "postgres") -> str:
        """Return the URL of a database of this cluster."""
        return f"postgresql://{_SUPERUSER}@127.0.0.1:{self.port}/{database}"

    @contextmanager
    def database(self) -> Iterator[str]:
        """Make an empty database, give its URL, and drop it afterwards, whoever is still connected."""
        name = f"test_{next(_numbers)}"
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
            try:
                yield self.url(name)
            finally:
                connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    @contextmanager
    def user(self, password: str | None = None, group: str = "with_password") -> Iterator[str]:
        """Make a user who has no right of its own, give its name, and drop it with all that is its."""
        name = f"Юзер_{next(_numbers)}"
        with psycopg.connect(self.url(), autocommit=True) as connection:
            if connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [group]).fetchone() is None:
                connection.execute(sql.SQL("CREATE ROLE {}").format(sql.Identifier(group)))
            made = sql.SQL("CREATE ROLE {} LOGIN PASSWORD {} IN ROLE {}")
            connection.execute(made.format(sql.Identifier(name), sql.Literal(password), sql.Identifier(group)))
            try:
                yield name
            finally:
                connection.execute(sql.SQL("DROP OWNED BY {}").format(sql.Identifier(name)))
                connection.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(name)))


@contextmanager
def cluster() -> Iterator[Server]:
    """Start a cluster and stop it at the end.

    Raises:
        FileNotFoundError: no PostgreSQL server is installed. A test that needs one fails; it is never skipped.
    """
    programs = _programs()
    # A socket's path may have 107 characters, and pytest's folders are closed to the user `postgres`: a short folder of our own.
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    try:
        if os.geteuid() == 0:
            shutil.chown(folder, _SUPERUSER, _SUPERUSER)
        data = folder / "data"
        _run(folder, programs / "initdb", "-D", data, "-U", _SUPERUSER, "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C.UTF-8")
        rules = data / "pg_hba.conf"
        rules.write_text(f"{_RULES}{rules.read_text()}")
        port = _free_port()
        options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off -c full_page_writes=off"
        _run(folder, programs / "pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", options, "start")
        try:
            yield Server(port)
        finally:
            _run(folder, programs / "pg_ctl", "-D", data, "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _programs() -> Path:
    """Return the folder with `initdb` and `pg_ctl`, of the newest version where Debian has several."""
    versions = [path.parent for path in _DEBIAN.glob("*/bin/initdb")]
    if versions:
        return max(versions, key=lambda path: int(re.sub(r"\D", "", path.parent.name) or 0))
    if found := shutil.which("initdb"):
        return Path(found).parent
    message = f"no PostgreSQL server under {_DEBIAN} nor on the PATH: `make test` installs it, or `apt-get install postgresql`"
    raise FileNotFoundError(message)


def _run(folder: Path, *command: object) -> None:
    """Run one of the cluster's programs, as the user `postgres` where we are root, whom PostgreSQL refuses to serve."""
    words: Sequence[str] = [str(word) for word in command]
    if os.geteuid() == 0:
        words = ["setpriv", f"--reuid={_SUPERUSER}", f"--regid={_SUPERUSER}", "--clear-groups", *words]
    # To a file, not a pipe: the server would inherit the pipe and keep it open.
    with (folder / "output").open("w+") as output:
        done = subprocess.run(words, cwd=folder, stdout=output, stderr=subprocess.STDOUT, check=False)
        if done.returncode:
            output.seek(0)
            message = f"`{' '.join(words)}` failed with {done.returncode}:\n{output.read()}"
            raise RuntimeError(message)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port
