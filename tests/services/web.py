"""A web server over real sockets that serves bytes it is given, with ranges, marks and names, and breaks off where it is told to."""

from __future__ import annotations

import base64
import json
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterator

USER: Final = "анна"
PASSWORD: Final = "па%роль/+"  # noqa: S105  of the tests


@dataclass
class Site:
    """What is served, and how. Paths stand as a person writes them."""

    files: dict[str, bytes] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    """Sent with every file."""
    cuts: list[int] = field(default_factory=list)
    """How many bytes the next answers send before they break off; then they are whole."""
    moved: dict[str, str] = field(default_factory=dict)
    """Path -> where it is sent to."""
    locked: bool = False
    """A name and a password are wanted."""
    marked: bool = True
    """It says ETags."""
    ranges: bool = True
    measured: bool = True
    """It says lengths."""
    status: int = 0
    """Answers this and nothing else."""
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    """Every request: its path, and its headers in small letters."""
    url: str = ""

    def connection(self, word: str = "http", **more: Any) -> str:
        """Return what Airflow would keep, as JSON."""
        host, port = self.url.removeprefix(f"{word}://").split(":")
        return json.dumps({"conn_type": word, "host": host, "port": int(port), **more})


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    site: Site

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        path = unquote(self.path).lstrip("/")
        site = self.site
        site.asked.append((path, {key.lower(): value for key, value in self.headers.items()}))
        wanted = "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        if site.status:
            self._say(site.status)
        elif site.locked and self.headers.get("Authorization") != wanted:
            self._say(401, {"WWW-Authenticate": 'Basic realm="tests"'})
        elif path in site.moved:
            self._say(302, {"Location": site.moved[path]})
        elif path in site.files:
            self._serve(site.files[path])
        else:
            self._say(404)

    def _say(self, status: int, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for key, value in {"Content-Length": "0", **(headers or {})}.items():
            self.send_header(key, value)
        self.end_headers()

    def _serve(self, data: bytes) -> None:
        site, start = self.site, 0
        asked = self.headers.get("Range") if site.ranges else None
        if asked:
            start = int(asked.removeprefix("bytes=").rstrip("-"))
        if start and start >= len(data):
            self._say(416)
            return
        self.send_response(206 if asked else 200)
        if asked:
            self.send_header("Content-Range", f"bytes {start}-{len(data) - 1}/{len(data)}")
        if site.marked:
            self.send_header("ETag", f'"{sha256(data).hexdigest()}"')
        if site.measured:
            self.send_header("Content-Length", str(len(data) - start))
        else:
            self.send_header("Connection", "close")
        for key, value in site.headers.items():
            self.send_header(key, value)
        self.end_headers()
        # The first request for a file only looks at it: it hangs up before much is sent.
        body = data[start:]
        cut = site.cuts.pop(0) if site.cuts and len(site.asked) > 1 else None
        try:
            self.wfile.write(body if cut is None else body[:cut])
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True
        if cut is not None or not site.measured:
            self.close_connection = True


@contextmanager
def serving(tls: ssl.SSLContext | None = None) -> Iterator[Site]:
    """Serve, on a free port, until the end."""
    site = Site()
    handler = type("Handler", (_Handler,), {"site": site})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        if tls is not None:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        site.url = f"{'https' if tls else 'http'}://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield site
        finally:
            server.shutdown()
            thread.join()
