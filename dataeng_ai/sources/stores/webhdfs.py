"""HDFS over HTTP: the same folders as `hdfs` has, asked of the NameNode's web server, read from those of the DataNodes.

A connection is Airflow's own (`webhdfs`): the NameNode's host and port, the user as login; with a password they are asked of a gateway.
Two NameNodes, of which one stands by, are written `nn1,nn2`. `extra` holds `use_ssl`, `verify` and `path`.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

import httpx

from dataeng_ai.diagnostics import Diagnostic, Problems
from dataeng_ai.sources.stores.hdfs_folder import Folder, seen
from dataeng_ai.sources.stores.tls import authority, trusting

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dataeng_ai.connections import Connection, Fact

_PORT: Final = 9870
_PATIENCE: Final = httpx.Timeout(60, connect=10)
_WELL: Final = 200
_NOT_THERE: Final = 404
_STANDBY: Final = "StandbyException"


@dataclass(frozen=True, slots=True)
class _Status:
    path: str
    length: int
    isdir: bool
    modification_time: int


@dataclass(frozen=True, slots=True)
class _Reader:
    client: _Client
    path: str
    length: int

    def __len__(self) -> int:
        return self.length

    def read_range_stream(self, offset: int, length: int, /) -> Iterator[bytes]:
        with self.client.answer(self.path, "OPEN", offset=offset, length=length) as answer:
            yield from answer.iter_raw()


class _Client:
    """What `hdfs_native.Client` does, over HTTP; its errors are told as that one tells them."""

    def __init__(self, found: Connection, bases: list[str]) -> None:
        self._bases = bases
        self._user = {"user.name": found.user} if found.user and not found.password else {}
        auth = (found.user or "", found.password) if found.password else None
        ca = authority(found)
        # A redirect to a DataNode goes without the password: httpx takes it away when the host is another.
        self._http = httpx.Client(verify=trusting(ca) if ca else True, timeout=_PATIENCE, auth=auth, follow_redirects=True)

    def get_file_info(self, path: str, /) -> _Status:
        with self.answer(path, "GETFILESTATUS") as answer:
            return _status(path, _json(answer)["FileStatus"])

    def list_status(self, path: str, recursive: bool = False) -> Iterator[_Status]:  # noqa: FBT001, FBT002  the driver's own
        waiting = [path.rstrip("/")]
        while waiting:
            folder = waiting.pop()
            with self.answer(folder or "/", "LISTSTATUS") as answer:
                entries = _json(answer)["FileStatuses"]["FileStatus"]
            for entry in entries:
                one = _status(f"{folder}/{entry['pathSuffix']}", entry)
                yield one
                if recursive and one.isdir:
                    waiting.append(one.path)

    def read(self, path: str, /) -> _Reader:
        return _Reader(self, path, self.get_file_info(path).length)

    @contextmanager
    def answer(self, path: str, operation: str, **asked: int) -> Iterator[httpx.Response]:
        """Ask the NameNode that does not stand by."""
        last = ""
        for base in self._bases:
            address = f"{base}/webhdfs/v1{quote(path)}"
            request = self._http.build_request(
                "GET", address, params={"op": operation, **self._user, **asked}, headers={"Accept-Encoding": "identity"}
            )
            try:
                answer = self._http.send(request, stream=True)
            except httpx.TransportError as error:
                last = str(error) or type(error).__name__
                continue
            try:
                if answer.status_code == _WELL:
                    try:
                        yield answer
                    except httpx.TransportError as error:
                        raise OSError(str(error)) from error
                    return
                last = _refused(answer, path)
            finally:
                answer.close()
            if _STANDBY not in last:
                raise RuntimeError(last)
        raise OSError(last)


def opened(found: Connection) -> Folder:
    """Return the folder that a connection means.

    Raises:
        Problems: it does not say where the NameNode is (E607).
    """
    if not found.host:
        message = f"the connection `{found.name}` does not say where the NameNode is"
        advice = 'write it as JSON: {"conn_type": "webhdfs", "host": "namenode", "port": 9870, "extra": {"path": "/landing"}}'
        raise Problems(Diagnostic("E607", message, help=advice))
    path = (found.extra.get("path") or found.database or "").strip("/")
    url = f"webhdfs://{','.join(_hosts(found))}"
    return Folder(found, url, f"/{path}/" if path else "/", _connected)


def about(found: Connection) -> Iterator[Fact]:
    """Yield what is seen of a folder.

    Raises:
        Problems, Unreachable: it cannot be listed, and why.
    """
    yield from seen(opened(found), found.user or "nobody: the cluster says who that is")


def _connected(found: Connection, _url: str) -> _Client:
    scheme = "https" if found.extra.get("use_ssl", "").lower() == "true" else "http"
    return _Client(found, [f"{scheme}://{host}" for host in _hosts(found)])


def _hosts(found: Connection) -> list[str]:
    hosts = [host.strip() for host in (found.host or "").split(",")]
    return [host if ":" in host else f"{host}:{found.port or _PORT}" for host in hosts]


def _status(path: str, said: dict[str, Any]) -> _Status:  # Any: JSON
    return _Status(path, int(said["length"]), said["type"] == "DIRECTORY", int(said["modificationTime"]))


def _json(answer: httpx.Response) -> Any:  # noqa: ANN401  JSON
    answer.read()
    try:
        return answer.json()
    except ValueError as error:
        message = "InvalidRPCResponse: no WebHDFS answers there"
        raise RuntimeError(message) from error


def _refused(answer: httpx.Response, path: str) -> str:
    """Return what the server said in its own words.

    Raises:
        FileNotFoundError: there is no such file.
    """
    answer.read()
    try:
        said = answer.json()["RemoteException"]
    except (ValueError, KeyError, TypeError):
        said = {}
    if answer.status_code == _NOT_THERE and said:
        raise FileNotFoundError(path)
    words = f"{said.get('javaClassName', '')} {said.get('message', '')}".strip()
    return words or f"InvalidRPCResponse: HTTP {answer.status_code} {answer.reason_phrase}: no WebHDFS answers there"
