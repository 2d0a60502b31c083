"""HDFS: files below a folder, asked of the NameNode and read from the DataNodes, which check every block against its checksums.

A connection is Airflow's own (`hdfs`): the NameNode's host and port, the user as login. Two NameNodes, of which one stands by, are written
`nn1,nn2`; or `extra` holds Hadoop's own settings by their names (`dfs.nameservices`, `dfs.ha.namenodes.…`), or `config_dir`, their folder.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

import hdfs_native

from dataeng_ai.diagnostics import Diagnostic, Problems
from dataeng_ai.sources.stores.hdfs_folder import Folder, seen

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dataeng_ai.connections import Connection, Fact

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
    return Folder(found, f"hdfs://{name}{port}", f"/{path}/" if path else "/", _connected)


def about(found: Connection) -> Iterator[Fact]:
    """Yield what is seen of a folder.

    Raises:
        Problems, Unreachable: it cannot be listed, and why.
    """
    user = found.extra.get("kerberos_principal") or found.user or os.environ.get(_USER) or "the user of this machine"
    yield from seen(opened(found), user)


def _connected(found: Connection, url: str) -> hdfs_native.Client:
    if found.user and "kerberos_keytab" not in found.extra:
        # The client knows of no other way to say who asks; it looks there when it first connects.
        os.environ[_USER] = found.user
    own = {key: value for key, value in found.extra.items() if key.startswith(_SETTINGS)}
    return hdfs_native.Client(
        url,
        {**_PATIENCE, **_pair(found), **own},
        found.extra.get("config_dir"),
        kerberos_principal=found.extra.get("kerberos_principal"),
        kerberos_keytab=found.extra.get("kerberos_keytab"),
    )


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
