"""A server that claims to be Ollama and misbehaves, over real sockets. It keeps every question it was asked."""

from __future__ import annotations

import contextlib
import json
import socket
import struct
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

NAME: Final = "false:1b"
_MOMENT: Final = "2026-01-01T00:00:00Z"


@dataclass
class False_:  # noqa: N801  `False` is taken
    """What the server does with a question, and what it was asked."""

    behave: Callable[[Handler, dict[str, Any]], None]
    pulls: Callable[[Handler, str], None] | None = None
    """What it does when it is to pull a model, which is not there before; None: the model is there."""
    there: bool = True
    asked: list[dict[str, Any]] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)
    """Set when the test is over: nobody hangs longer."""
    host: str = ""

    @property
    def seen(self) -> str:
        """Return all that it was ever told."""
        return "\n".join(message["content"] for body in self.asked for message in body["messages"])


class Handler(BaseHTTPRequestHandler):
    """One request."""

    state: False_

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        """List the one model."""
        if not self.state.there:
            self.give(200, json.dumps({"models": []}))
            return
        model = {"name": NAME, "model": NAME, "modified_at": _MOMENT, "size": 1, "digest": "abcdef0123456789"}
        self.give(200, json.dumps({"models": [model]}))

    def do_POST(self) -> None:
        """Misbehave."""
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path == "/api/pull" and self.state.pulls is not None:
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                self.state.pulls(self, body["model"])
            return
        if body["model"] != NAME:
            self.give(404, json.dumps({"error": f"model '{body['model']}' not found"}))
            return
        self.state.asked.append(body)
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self.state.behave(self, body)

    def give(self, status: int, text: str) -> None:
        """Answer with a text."""
        data = text.encode() + b"\n"
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def say(self, content: str, **more: Any) -> None:
        """Answer as Ollama does."""
        self.give(200, line(content, **more))

    def begin(self) -> None:
        """Begin a stream whose end nobody knows."""
        self.send_response(200)
        self.end_headers()

    def tell(self, **said: Any) -> None:
        """Give one line of a stream, such as a pull's."""
        self.wfile.write(json.dumps(said).encode() + b"\n")
        self.wfile.flush()


def pulled(handler: Handler, model: str) -> None:
    """Pull as Ollama does: the manifest, each layer from its first byte to its last, the check, the end."""
    del model
    handler.begin()
    handler.tell(status="pulling manifest")
    for digest, total in (("sha256:aa", 4_000_000_000), ("sha256:bb", 700_000_000)):
        name = f"pulling {digest[7:]}"
        handler.tell(status=name, digest=digest, total=total)
        for part in range(1, 5):
            handler.tell(status=name, digest=digest, total=total, completed=total * part // 4)
    for status in ("verifying sha256 digest", "writing manifest", "success"):
        handler.tell(status=status)
    handler.state.there = True


def line(content: str, **more: Any) -> str:
    """Return one line of Ollama's stream."""
    usual = {"done": True, "done_reason": "stop", "prompt_eval_count": 100, "eval_count": 10}
    return json.dumps({"model": NAME, "created_at": _MOMENT, "message": {"role": "assistant", "content": content}} | usual | more)


def good(body: dict[str, Any], letter: int = -1, words: str = "words for {}") -> str:
    """Return an answer that keeps to the format: by default the last of the options, which no rule would take."""
    values = body["format"]["properties"]
    return json.dumps({key: value["enum"][letter] if "enum" in value else words.format(key) for key, value in values.items()})


def silence(handler: Handler, body: dict[str, Any]) -> None:
    """Take the question, and never answer."""
    del body
    handler.state.over.wait(600)


def hang(handler: Handler, body: dict[str, Any]) -> None:
    """Stop in the middle of an answer."""
    handler.begin()
    handler.wfile.write(line(good(body)).encode()[:40])
    handler.state.over.wait(600)


def stall(handler: Handler, body: dict[str, Any]) -> None:
    """Say something now and then, and then nothing more."""
    handler.begin()
    for _ in range(3):
        handler.state.over.wait(0.4)
        handler.wfile.write(line("{", done=False).encode() + b"\n")
        handler.wfile.flush()
    del body
    handler.state.over.wait(600)


def drip(handler: Handler, body: dict[str, Any]) -> None:
    """Give a byte now and then, so that no read ever waits long."""
    handler.begin()
    for byte in line(good(body)).encode():
        handler.wfile.write(bytes([byte]))
        if handler.state.over.wait(0.2):
            return


def endless(handler: Handler, body: dict[str, Any]) -> None:
    """Never stop talking."""
    handler.begin()
    while not handler.state.over.is_set():
        handler.wfile.write(line("and so on " * 1000, done=False).encode() + b"\n")


def reset(handler: Handler, body: dict[str, Any]) -> None:
    """Break the connection off in the middle."""
    handler.begin()
    handler.wfile.write(b'{"model": ')
    handler.wfile.flush()
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.connection.close()


@contextlib.contextmanager
def serving(behave: Callable[[Handler, dict[str, Any]], None], pulls: Callable[[Handler, str], None] | None = None) -> Iterator[False_]:
    """Serve; yield what it was asked. What pulls a model does not have it before."""
    state = False_(behave, pulls, there=pulls is None)
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (Handler,), {"state": state}))
    server.daemon_threads = True
    state.host = f"127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield state
    finally:
        state.over.set()
        server.shutdown()
        server.server_close()
