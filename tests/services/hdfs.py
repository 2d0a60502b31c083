"""A real HDFS: a NameNode and a DataNode of Hadoop 3.3.6, in a folder of their own, on free ports, gone with the tests."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from hdfs_native import Client, WriteOptions

if TYPE_CHECKING:
    from collections.abc import Iterator

HOME: Final = Path(__file__).parents[2] / ".hdfs/home"
_PATIENCE: Final = 240
_OPENED: Final = "lang lang.reflect net nio util util.concurrent"
_NAMENODE: Final = "org.apache.hadoop.hdfs.server.namenode.NameNode"
_DATANODE: Final = "org.apache.hadoop.hdfs.server.datanode.DataNode"
_LOG: Final = """\
log4j.rootLogger=WARN,console
log4j.appender.console=org.apache.log4j.ConsoleAppender
log4j.appender.console.target=System.err
log4j.appender.console.layout=org.apache.log4j.PatternLayout
log4j.appender.console.layout.ConversionPattern=%p %c{2}: %m%n
"""


@dataclass(frozen=True)
class Cluster:
    """A running cluster."""

    port: int
    web: int
    """The port of the NameNode's web server."""

    @property
    def url(self) -> str:
        return f"hdfs://127.0.0.1:{self.port}"

    @cached_property
    def client(self) -> Client:
        """Return a client of the user that owns the cluster."""
        os.environ["HADOOP_USER_NAME"] = "hdfs"
        found = Client(self.url)
        found.mkdirs("/landing", create_parent=True)
        return found

    def put(self, name: str, data: bytes, permission: int = 0o644) -> None:
        how = WriteOptions(overwrite=True, create_parent=True, permission=permission)
        with self.client.create(f"/landing/{name}", how) as file:
            file.write(data)

    def connection(self, word: str = "hdfs", login: str = "hdfs", host: str = "127.0.0.1", **extra: Any) -> str:
        """Return what Airflow would keep, as JSON."""
        port = None if "," in host else self.port if word == "hdfs" else self.web
        plain = {"conn_type": word, "host": host, "port": port, "login": login}
        return json.dumps({**plain, "extra": {"path": "/landing", **extra}})


@contextmanager
def cluster() -> Iterator[Cluster]:
    """Start a cluster and stop it at the end.

    Raises:
        FileNotFoundError: Hadoop or Java is not installed. A test that needs them fails; it is never skipped.
    """
    if not HOME.exists() or not shutil.which("java"):
        message = f"no Hadoop at {HOME}, or no Java: `make test` brings both"
        raise FileNotFoundError(message)
    folder = Path(tempfile.mkdtemp(prefix="hdfs-"))
    rpc, *others = _free_ports(5)
    _configure(folder, rpc, others)
    running: list[subprocess.Popen[bytes]] = []
    try:
        subprocess.run(_words(folder, _NAMENODE, "-format", "-force", "-nonInteractive"), check=True, capture_output=True)
        for name in (_NAMENODE, _DATANODE):
            with (folder / f"{name.rpartition('.')[2]}.log").open("wb") as log:
                running.append(subprocess.Popen(_words(folder, name), stdout=log, stderr=subprocess.STDOUT))
        yield _ready(Cluster(rpc, others[0]), running, folder)
    finally:
        for process in running:
            process.send_signal(signal.SIGKILL)
            process.wait()
        shutil.rmtree(folder, ignore_errors=True)


def _words(folder: Path, *command: str) -> list[str]:
    packages = [f"java.base/java.{name}" for name in _OPENED.split()] + ["java.base/sun.nio.ch", "java.base/sun.security.action"]
    opened = [word for name in packages for word in ("--add-opens", f"{name}=ALL-UNNAMED")]
    path = f"{folder}/conf:{HOME}/web:{HOME}/lib/*"
    # The first compiler alone: a cluster of a minute is up before the second one pays.
    java = ["java", "-Xmx256m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Djava.net.preferIPv4Stack=true", "-DHADOOP_USER_NAME=hdfs"]
    return [*java, *opened, f"-Dhadoop.log.dir={folder}", f"-Dhadoop.home.dir={HOME}", "-cp", path, *command]


def _configure(folder: Path, rpc: int, others: list[int]) -> None:
    conf = folder / "conf"
    conf.mkdir()
    web, data, pages, calls = (f"127.0.0.1:{port}" for port in others)
    core = {"fs.defaultFS": f"hdfs://127.0.0.1:{rpc}", "hadoop.tmp.dir": str(folder / "scratch")}
    site = {
        "dfs.namenode.name.dir": f"file://{folder}/name",
        "dfs.datanode.data.dir": f"file://{folder}/data",
        "dfs.replication": "1",
        "dfs.permissions.enabled": "true",
        "dfs.namenode.rpc-address": f"127.0.0.1:{rpc}",
        "dfs.namenode.http-address": web,
        "dfs.datanode.address": data,
        "dfs.datanode.http.address": pages,
        "dfs.datanode.ipc.address": calls,
        "dfs.datanode.hostname": "127.0.0.1",
        "dfs.namenode.datanode.registration.ip-hostname-check": "false",
        "dfs.namenode.safemode.extension": "0",
        "dfs.namenode.safemode.min.datanodes": "1",
        "dfs.heartbeat.interval": "1",
    }
    for name, settings in (("core-site.xml", core), ("hdfs-site.xml", site)):
        lines = "".join(f"<property><name>{key}</name><value>{value}</value></property>" for key, value in settings.items())
        (conf / name).write_text(f"<configuration>{lines}</configuration>")
    (conf / "log4j.properties").write_text(_LOG)


def _ready(found: Cluster, running: list[subprocess.Popen[bytes]], folder: Path) -> Cluster:
    end = time.monotonic() + _PATIENCE
    while True:
        try:
            found.put("ready", b"yes")
            found.client.delete("/landing/ready")
        except Exception as error:  # whatever a cluster raises that is not up yet
            if any(process.poll() is not None for process in running) or time.monotonic() > end:
                logs = "\n".join(log.read_text(errors="replace")[-3000:] for log in folder.glob("*.log"))
                message = f"HDFS does not come up: {error}\n{logs}"
                raise RuntimeError(message) from error
            time.sleep(0.3)
        else:
            return found


def _free_ports(count: int) -> list[int]:
    probes = [socket.socket() for _ in range(count)]
    for probe in probes:
        probe.bind(("127.0.0.1", 0))
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports
