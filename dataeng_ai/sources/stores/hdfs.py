"""HDFS: files below a folder, asked of the NameNode and read from the DataNodes, which check every block against its checksums.

A connection is Airflow's own (`hdfs`): the NameNode's host and port, the user as login. Two NameNodes, of which one stands by, are written
`nn1,nn2`; or `extra` holds Hadoop's own settings by their names (`dfs.nameservices`, `dfs.ha.namenodes.…`), or `config_dir`, their folder.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cached_property
from time import perf_counter
from typing import TYPE_CHECKING, Final

import hdfs_native

from dataeng_ai.connections import Fact
from dataeng_ai.diagnostics import Diagnostic, Problems
from dataeng_ai.sources.stores import matching
from dataeng_ai.sources.stores.hdfs_errors import ours
from dataeng_ai.sources.stores.store import Object, changed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dataeng_ai.connections import Connection

_PORT: Final = 8020
_SERVICE: Final = "dataeng"
"""How we call two NameNodes that are one."""
_FAILOVER: Final = "org.apache.hadoop.hdfs.server.namenode.ha.ConfiguredFailoverProxyProvider"
_SETTINGS: Final = ("dfs.", "fs.", "hadoop.", "ipc.")
"""How Hadoop's own settings begin."""
_PATIENCE: Final = {
    "dfs.client.failover.max.attempts": "4",
    "dfs.client.failover.sleep.base.millis": "200",
    "dfs.client.failover.sleep.max.millis": "2000",
    "dfs.client.socket-timeout": "60000",
}
"""Left to itself the client tries for three minutes before it says that nobody is there."""
_USER: Final = "HADOOP_USER_NAME"


@dataclass(frozen=True)
class Folder:
    """The files below a folder, whose path begins with `/` and ends in it."""

    connection: Connection
    url: str
    path: str

    @property
    def where(self) -> str:
        """Return it as the field writes it."""
        return f"{self.url}{self.path}".rstrip("/")

    def find(self, pattern: str) -> tuple[Object, ...]:
        """Return the files that a pattern means; only the folder of its fixed beginning is listed.

        Raises:
            Problems, Unreachable: as the table of `hdfs_errors` has it.
        """
        with ours(self.where):
            named = self._named(pattern)
            if named is not None or not matching.is_glob(pattern):
                return () if named is None else (named,)
            found = {one.name: one for one in self._listed(pattern)}
        return tuple(found[name] for name in sorted(matching.meant(pattern, list(found))))

    def _named(self, name: str) -> Object | None:
        """Return the file of exactly that name."""
        try:
            status = self.client.get_file_info(self.path + name)
        except (FileNotFoundError, NotADirectoryError):
            return None
        return None if status.isdir else self._object(status)

    def _listed(self, pattern: str) -> Iterator[Object]:
        below = matching.fixed(pattern).rpartition("/")[0]
        try:
            for status in self.client.list_status(self.path + below, recursive=not matching.is_flat(pattern)):
                if not status.isdir:
                    yield self._object(status)
        except (FileNotFoundError, NotADirectoryError):
            return

    def read(self, one: Object, start: int) -> Iterator[bytes]:
        """Yield the bytes of a file, which is still the one that was listed when the last of them has come.

        Raises:
            Cut, Problems, Unreachable: as `Store.read`.
        """
        with ours(self.where, one.name):
            self._same(one)
            reader = self.client.read(self.path + one.name)
            yield from reader.read_range_stream(start, len(reader) - start)
            self._same(one)

    def _same(self, one: Object) -> None:
        if self._object(self.client.get_file_info(self.path + one.name)) != one:
            raise changed(one.name, self.where)

    def _object(self, status: hdfs_native.FileStatus) -> Object:
        return Object(status.path.removeprefix(self.path), status.length, f"{status.modification_time} {status.length}")

    @cached_property
    def client(self) -> hdfs_native.Client:
        """Return what speaks to the NameNode."""
        found = self.connection
        if found.user and "kerberos_keytab" not in found.extra:
            # The client knows of no other way to say who asks; it looks there when it first connects.
            os.environ[_USER] = found.user
        own = {key: value for key, value in found.extra.items() if key.startswith(_SETTINGS)}
        principal = found.extra.get("kerberos_principal")
        with ours(self.where):
            return hdfs_native.Client(
                self.url,
                {**_PATIENCE, **_pair(found), **own},
                found.extra.get("config_dir"),
                kerberos_principal=principal,
                kerberos_keytab=found.extra.get("kerberos_keytab"),
            )


def opened(found: Connection) -> Folder:
    """Return the folder that a connection means.

    Raises:
        Problems: it does not say where the NameNode is (E607).
    """
    host = (found.host or found.extra.get("dfs.nameservices") or "").removeprefix("hdfs://")
    if not host:
        message = f"the connection `{found.name}` does not say where the NameNode is"
        advice = 'write it as JSON: {"conn_type": "hdfs", "host": "namenode", "port": 8020, "extra": {"path": "/landing"}}'
        raise Problems(Diagnostic("E607", message, help=advice))
    path = (found.extra.get("path") or found.database or "").strip("/")
    is_service = "," in host or (found.port is None and any(key.startswith("dfs.ha.namenodes.") for key in found.extra))
    name = _SERVICE if "," in host else host
    port = "" if is_service or ("config_dir" in found.extra and found.port is None) else f":{found.port or _PORT}"
    return Folder(found, f"hdfs://{name}{port}", f"/{path}/" if path else "/")


def about(found: Connection) -> Iterator[Fact]:
    """Yield what is seen of a folder.

    Raises:
        Problems, Unreachable: it cannot be listed, and why.
    """
    folder = opened(found)
    yield Fact("folder", f"`{folder.where}`")
    yield Fact("user", found.extra.get("kerberos_principal") or found.user or os.environ.get(_USER) or "the user of this machine")
    start = perf_counter()
    with ours(folder.where):
        entries = list(folder.client.list_status(folder.path))
    took = (perf_counter() - start) * 1000
    yield Fact("holds", f"{len(entries):,} files and folders")
    yield Fact("latency", f"listed in {took:.1f} ms", number=round(took, 3))
    files = [entry for entry in entries if not entry.isdir and entry.length]
    if files:
        with ours(folder.where, files[0].path.removeprefix(folder.path)):
            folder.client.read(files[0].path).read(1)
    yield Fact("rights", "may be listed and read" if files else "may be listed; there is no file yet to try reading")


def _pair(found: Connection) -> dict[str, str]:
    """Return Hadoop's settings for NameNodes of which one stands by."""
    hosts = [host.strip() for host in (found.host or "").removeprefix("hdfs://").split(",")]
    if len(hosts) == 1:
        return {}
    names = [f"nn{number}" for number in range(len(hosts))]
    where = {
        f"dfs.namenode.rpc-address.{_SERVICE}.{name}": host if ":" in host else f"{host}:{found.port or _PORT}"
        for name, host in zip(names, hosts, strict=True)
    }
    return {
        "dfs.nameservices": _SERVICE,
        f"dfs.ha.namenodes.{_SERVICE}": ",".join(names),
        f"dfs.client.failover.proxy.provider.{_SERVICE}": _FAILOVER,
        **where,
    }
