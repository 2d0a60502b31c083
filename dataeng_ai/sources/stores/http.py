"""Web servers: a file is an address below that of the connection. There is no listing, so a path is of one file, and never a glob.

A connection is Airflow's own (`http`, `https`): host, port, login and password, headers in `extra`. Bytes are kept as they came: what the
server packed with gzip or zstd on its way is unpacked as any packed file is.
"""

from __future__ import annotations

import base64
import hashlib
import re
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from time import perf_counter
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

import httpx

from dataeng_ai.connections import Fact
from dataeng_ai.connections.connection import HEADERS, block
from dataeng_ai.diagnostics import Diagnostic, Problems
from dataeng_ai.sources import archives
from dataeng_ai.sources.stores import http_errors, matching
from dataeng_ai.sources.stores.http_errors import ours
from dataeng_ai.sources.stores.store import Cut, Object, changed, checked
from dataeng_ai.sources.stores.tls import authority, trusting

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from dataeng_ai.connections import Connection

_PATIENCE: Final = httpx.Timeout(60, connect=10)
_REDIRECTS: Final = 5
_OURS: Final = frozenset(("accept-encoding", "connection", "content-length", "host", "range", "transfer-encoding"))
"""Headers that a connection cannot set: what they say is how we read."""
_SETTINGS: Final = frozenset(
    (
        *(HEADERS, "allow_redirects", "auth_type", "ca", "cert", "check_response", "max_redirects", "path"),
        *("proxies", "stream", "tcp_keep_alive", "timeout", "trust_env", "verify"),
    )
)
"""What of a connection's `extra` is no header: Airflow's own settings, and ours."""
_TOTAL: Final = re.compile(r"bytes (\d+)-\d+/(\d+|\*)")
_HEX: Final = re.compile(r"%(?![0-9A-Fa-f]{2})")
_PARTIAL, _WHOLE = 206, 200


@dataclass(frozen=True)
class Site:
    """What lies below an address, which ends in `/`."""

    connection: Connection
    base: httpx.URL

    @property
    def where(self) -> str:
        """Return the address, in which no password ever stands."""
        return str(self.base)

    def find(self, pattern: str) -> tuple[Object, ...]:
        """Return the one file that a path means.

        Raises:
            Problems: the path is a glob (E663).
            Unreachable: the server does not answer, or refuses (E6xx).
        """
        if matching.is_glob(pattern.partition("?")[0]) and archives.split(pattern) is None:
            message = f"`{pattern}` means many files, and a web server does not list what it has"
            raise Problems(
                Diagnostic("E663", message, help="write the path of one file; of many, `%Y-%m-%d` of the interval chooses one a run")
            )
        with self._answer(pattern) as answer:
            if answer.status_code in http_errors.NOT_THERE:
                return ()
            http_errors.refuse(answer, self.where, pattern)
            size = answer.headers.get("content-length")
            if size is None and "chunked" not in answer.headers.get("transfer-encoding", ""):
                raise http_errors.endless(self.where, pattern)
            return (Object(pattern, int(size) if size else None, _state(answer)),)

    def read(self, one: Object, start: int) -> Iterator[bytes]:
        """Yield the bytes of a file, which is still the one that was found.

        Raises:
            Cut, Problems, Unreachable: as `Store.read`.
        """
        with self._answer(one.name, start) as answer:
            http_errors.refuse(answer, self.where, one.name, read=True)
            if _state(answer, partial=answer.status_code == _PARTIAL) != one.state:
                raise changed(one.name, self.where)
            pieces = answer.iter_raw()
            if start and answer.status_code == _WHOLE:
                # It cannot give a part: what is there already comes once more.
                pieces = _behind(pieces, start)
            elif start and not _begins(answer, start):
                raise changed(one.name, self.where)
            if not start and (wanted := _checksum(answer)):
                pieces = checked(pieces, *wanted, one.name)
            try:
                yield from pieces
            except (httpx.TransportError, httpx.StreamError) as error:
                raise Cut(str(error) or type(error).__name__) from error

    @contextmanager
    def _answer(self, name: str, start: int = 0) -> Iterator[httpx.Response]:
        """Ask for a file, through a few redirects: never to a weaker scheme, and to another host without what lets us in."""
        url = self.base.join(_written(name))
        for _ in range(_REDIRECTS + 1):
            with ours(self.where, reading=start > 0):
                request = self.client.build_request("GET", url, headers=self._headers(url, start))
                auth = self._auth if _same(url, self.base) else None
                answer = self.client.send(request, auth=auth, stream=True)
            try:
                if not answer.has_redirect_location:
                    yield answer
                    return
                target = url.join(answer.headers["location"])
            finally:
                answer.close()
            if target.scheme not in ("https", url.scheme):
                raise http_errors.astray(self.where, name, target)
            url = target
        raise http_errors.astray(self.where, name, url)

    def _headers(self, url: httpx.URL, start: int) -> dict[str, str]:
        own = headers_of(self.connection) if _same(url, self.base) else {}
        part = {"Range": f"bytes={start}-"} if start else {}
        return {**own, "Accept-Encoding": "identity", **part}

    @property
    def _auth(self) -> httpx.Auth | None:
        found = self.connection
        if found.user is None and found.password is None:
            return None
        way = httpx.DigestAuth if "digest" in found.extra.get("auth_type", "").lower() else httpx.BasicAuth
        return way(found.user or "", found.password or "")

    @cached_property
    def client(self) -> httpx.Client:
        """Return what speaks to the server."""
        ca = authority(self.connection)
        return httpx.Client(verify=trusting(ca) if ca else True, timeout=_PATIENCE, follow_redirects=False)


def opened(found: Connection) -> Site:
    """Return the site that a connection means.

    Raises:
        Problems: it has no host (E607).
    """
    if not found.host:
        message = f"the connection `{found.name}` does not say which web server it means"
        advice = 'write it as JSON: {"conn_type": "https", "host": "data.example.com", "login": "…", "password": "…"}'
        raise Problems(Diagnostic("E607", message, help=advice))
    scheme = found.database if found.database in ("http", "https") else found.word
    address = found.host if "://" in found.host else f"{scheme}://{found.host}"
    base = httpx.URL(address)
    base = base.copy_with(port=found.port) if found.port else base
    below = "/".join((base.path.strip("/"), _written(found.extra.get("path", "").strip("/")))).strip("/")
    below = "/".join((below, _written((found.database or "").strip("/")))).strip("/") if found.database not in ("http", "https") else below
    return Site(found, base.copy_with(path=f"/{below}/" if below else "/", userinfo=b"", query=None, fragment=None))


def about(found: Connection) -> Iterator[Fact]:
    """Yield what is seen of a web server.

    Raises:
        Problems, Unreachable: it does not answer or does not let us in, and why.
    """
    site = opened(found)
    yield Fact("server", f"`{site.where}`")
    yield Fact("user", found.user or ("by headers" if headers_of(found) else "nobody: no name and no key are sent"))
    start = perf_counter()
    with site._answer("") as answer:  # noqa: SLF001  of this module
        took = (perf_counter() - start) * 1000
        if answer.status_code not in http_errors.NO_PAGE:
            http_errors.refuse(answer, site.where, "")
        yield Fact("answer", f"{answer.status_code} {answer.reason_phrase}, {answer.http_version}".strip())
    yield Fact("latency", f"answered in {took:.1f} ms", number=round(took, 3))
    yield Fact("rights", "files are read by their path; a web server lists none, so no glob")


def headers_of(found: Connection) -> dict[str, str]:
    """Return the headers that a connection sends: those of `headers`, and as Airflow has it, what else `extra` holds."""
    said = {key: value for key, value in found.extra.items() if key not in _SETTINGS} | block(found, HEADERS)
    return {key: str(value) for key, value in said.items() if key.lower() not in _OURS}


def _written(name: str) -> str:
    """Return a path as an address has it: letters and signs as they stand become percents, what is percents already stays."""
    path, mark, query = name.partition("?")
    as_is = quote(_HEX.sub("%25", path), safe="/%~!$&'()*+,;=@")
    return f"./{as_is}{mark}{quote(_HEX.sub('%25', query), safe='/%~!$&()*+,;=@:?[]')}" if mark else (f"./{as_is}" if as_is else "")


def _same(url: httpx.URL, base: httpx.URL) -> bool:
    """Say whether an address is of the server that the connection is for; one that went over to https still is."""
    if url.host != base.host:
        return False
    return (url.port == base.port and url.scheme == base.scheme) or (base.scheme, url.scheme, base.port, url.port) == (
        "http",
        "https",
        None,
        None,
    )


def _state(answer: httpx.Response, *, partial: bool = False) -> str:
    """Return what tells one file from another that comes to stand at its place; nothing where the server has no word for it."""
    tag, when = answer.headers.get("etag", ""), answer.headers.get("last-modified", "")
    match = _TOTAL.fullmatch(answer.headers.get("content-range", "")) if partial else None
    size = match[2] if match else answer.headers.get("content-length", "")
    return f"{tag} {when} {size}" if tag or when else ""


def _begins(answer: httpx.Response, start: int) -> bool:
    match = _TOTAL.fullmatch(answer.headers.get("content-range", ""))
    return match is not None and int(match[1]) == start


def _behind(pieces: Iterator[bytes], start: int) -> Iterator[bytes]:
    for piece in pieces:
        if start < len(piece):
            yield piece[start:]
        start = max(0, start - len(piece))


def _checksum(answer: httpx.Response) -> tuple[bytes, hashlib._Hash] | None:
    """Return the checksum that the server says, and what computes it; None where it says none that we know."""
    said: Mapping[str, str] = answer.headers
    entries = [entry.strip().partition("=") for name in ("repr-digest", "digest") for entry in said.get(name, "").split(",")]
    values = {kind.lower(): value.strip(":") for kind, _, value in entries} | {"md5": said.get("content-md5", "")}
    for kind, digest in (("sha-256", hashlib.sha256()), ("md5", hashlib.md5(usedforsecurity=False))):
        with suppress(ValueError):
            wanted = base64.b64decode(values.get(kind, ""), validate=True)
            if len(wanted) == digest.digest_size:
                return wanted, digest
    return None
