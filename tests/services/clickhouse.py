"""A real ClickHouse of our own, HTTP and native: the engine as a library, in a process that serves like the server.

The library is npm's `@chdb/lib-linux-…`, which `make test` fetches once. It is ClickHouse 26.7 with MergeTree, `EXCHANGE TABLES`,
`REPLACE PARTITION` and users; replicated tables, `ON CLUSTER` and Keeper it does not have. The same file is that process's program:
`python clickhouse.py LIBRARY FOLDER HTTP_PORT TCP_PORT`.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from collections.abc import Iterator

VERSION = "26.7.3-stable.1"
"""As the Makefile names it."""
PASSWORD = "т@йна/#?&1"  # noqa: S105  of a server that lives as long as the tests
_PATIENCE = 300
"""Seconds: half a gigabyte of program is read from the disk first."""
_numbers = count(1)

_CONFIG = """<clickhouse>
<logger><level>error</level><console>1</console></logger>
<users_config>{folder}/users.xml</users_config>
<user_directories><users_xml><path>{folder}/users.xml</path></users_xml>
<local_directory><path>{folder}/access/</path></local_directory></user_directories>
<mark_cache_size>67108864</mark_cache_size>
</clickhouse>"""
_USERS = """<clickhouse><profiles><default/><reading><readonly>1</readonly></reading></profiles><quotas><default/></quotas><users>
<default><password></password><networks><ip>::/0</ip></networks><profile>default</profile><quota>default</quota>
<access_management>1</access_management><named_collection_control>1</named_collection_control></default>
<reader><password>{password}</password><networks><ip>::/0</ip></networks><profile>reading</profile><quota>default</quota></reader>
<narrow><password>{password}</password><networks><ip>::/0</ip></networks><profile>default</profile><quota>default</quota>
<grants><query>GRANT SELECT ON open.*</query></grants></narrow>
</users></clickhouse>"""


@dataclass(frozen=True, slots=True)
class Server:
    """A running server. `default` needs no password and may do all; `reader` and `narrow` need PASSWORD: one reads, one may not."""

    http: int
    tcp: int

    def url(self, database: str = "default", user: str = "default", password: str = "") -> str:
        """Return what a connection says of a database of this server."""
        secret = f":{quote(password, safe='')}" if password else ""
        return f"clickhouse://{quote(user)}{secret}@127.0.0.1:{self.http}/{quote(database)}"

    def run(self, *statements: str, database: str = "default", form: str = "TSVRaw") -> str:
        """Run statements one by one; return what the last one answers, as text.

        Raises:
            RuntimeError: the server refuses one.
        """
        said = ""
        for statement in statements:
            where = f"http://127.0.0.1:{self.http}/?database={quote(database)}&default_format={form}"
            try:
                with urllib.request.urlopen(where, statement.encode(), timeout=_PATIENCE) as answer:
                    said = answer.read().decode("utf-8", "surrogateescape")
            except urllib.error.HTTPError as error:
                raise RuntimeError(error.read().decode("utf-8", "replace")) from None
        return said

    @contextmanager
    def database(self) -> Iterator[str]:
        """Make an empty database, give its name, and drop it afterwards."""
        name = f"test_{next(_numbers)}"
        self.run(f"CREATE DATABASE {name}")
        try:
            yield name
        finally:
            self.run(f"DROP DATABASE {name} SYNC")


def library() -> Path:
    """Return the engine's file.

    Raises:
        FileNotFoundError: it is not there. A test that needs it fails; it is never skipped.
    """
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    found = cache / f"dataeng_ai/clickhouse-{VERSION}/libchdb.so"
    if not found.is_file():
        message = f"no ClickHouse at {found}: `make test` fetches it"
        raise FileNotFoundError(message)
    return found


@contextmanager
def server() -> Iterator[Server]:
    """Start a server and stop it at the end.

    Raises:
        FileNotFoundError: the engine is not there.
        RuntimeError: the server does not start.
    """
    from tests.services.postgres import _free_port  # the process that serves runs this file alone, without the tests

    engine = library()
    folder = Path(tempfile.mkdtemp(prefix="ch-"))
    try:
        (folder / "config.xml").write_text(_CONFIG.format(folder=folder), encoding="utf-8")
        (folder / "users.xml").write_text(_USERS.format(password=escape(PASSWORD)), encoding="utf-8")
        found = Server(_free_port(), _free_port())
        # By itself: files beside this one bear names of the standard library.
        words = [sys.executable, "-I", __file__, str(engine), str(folder), str(found.http), str(found.tcp)]
        with (folder / "log").open("w") as log:
            process = subprocess.Popen(words, stdout=log, stderr=log)
        try:
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
        except (OSError, RuntimeError):
            if process.poll() is not None or time.monotonic() > end:
                message = f"ClickHouse did not start:\n{log.read_text(errors='replace')[-4000:]}"
                raise RuntimeError(message) from None
            time.sleep(0.05)
        else:
            return


def _serve(engine: str, folder: str, http: str, tcp: str) -> None:
    """Serve until somebody ends this process: the statement that serves is one that sleeps."""
    chdb = ctypes.CDLL(engine)
    chdb.chdb_set_signal_handlers_enabled.argtypes = [ctypes.c_bool]
    chdb.chdb_set_signal_handlers_enabled(False)  # noqa: FBT003  it is C
    chdb.query_stable_v2.restype = ctypes.c_void_p
    chdb.query_stable_v2.argtypes = [ctypes.c_int, ctypes.POINTER(ctypes.c_char_p)]
    # Rows that take a second each, for a day: longer than any test.
    sleeping = "SELECT sleepEachRow(1) FROM system.numbers LIMIT 86400 SETTINGS max_block_size = 1, max_execution_time = 0 FORMAT Null"
    words = (
        *("clickhouse", "--multiquery", f"--config-file={folder}/config.xml", f"--path={folder}/data", "--listen_host=127.0.0.1"),
        *(f"--http_port={http}", f"--tcp_port={tcp}", f"--query=SYSTEM START LISTEN HTTP; SYSTEM START LISTEN TCP; {sleeping}"),
    )
    given = (ctypes.c_char_p * len(words))(*[word.encode() for word in words])

    def run() -> None:
        chdb.query_stable_v2(len(words), given)
        os._exit(1)  # it came back: the server has failed, and said why

    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_: os._exit(0))
    threading.Thread(target=run, daemon=True).start()
    parent = os.getppid()
    while os.getppid() == parent:  # tests that are killed leave nothing behind
        time.sleep(1)


if __name__ == "__main__":
    _serve(*sys.argv[1:])
