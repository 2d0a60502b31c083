"""The one seam to Ollama: its official client, bounded in time and bytes, and every foreign exception made ours in one table.

Imported only where a model is asked: it brings `ollama` and `httpx`.
"""

from __future__ import annotations

import contextlib
import math
import os
import shlex
import socket
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import httpx
import ollama

from dataeng_ai.diagnostics import Diagnostic, Unreachable
from dataeng_ai.fill.reading import Token

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ollama import ChatResponse

_MOST_BYTES: Final = 4_000_000
_MOST_LETTERS: Final = 100_000
_CONNECT: Final = 5.0
"""Seconds in which a machine that is there takes a connection."""
_TOP: Final = 20
"""Tokens that are scored beside the chosen one: as many as Ollama gives."""
_KEEP: Final = "10m"
LATE: Final = "E642"
"""The code of a time that ran out."""
_OVERFLOW: Final = ("exceeds the available context", "exceed_context", "context length", "context window", "input length")

FOREIGN: Final = (httpx.HTTPError, httpx.InvalidURL, ollama.ResponseError, OSError, ValueError, TypeError, AttributeError, RecursionError)
"""All that the client may raise. ValueError is JSON that is none, and what pydantic refuses."""


class Overflow(Exception):  # noqa: N818  no error of a person: who asks makes the question smaller
    """The question does not fit the model's context."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back from one call."""

    text: str
    tokens: tuple[Token, ...]
    read: int
    """Tokens of the prompt, 0 where the server does not say."""
    written: int
    loading: float
    """Seconds in which the model was loaded."""
    whole: bool
    """It ended of itself, and was not cut."""


@dataclass(frozen=True, slots=True)
class Service:
    """A model behind Ollama's API. `host` None is OLLAMA_HOST, else Ollama's own port on this machine."""

    model: str
    host: str | None = None

    def digest(self, patience: float) -> str:
        """Return the digest of the model's weights; `patience` in seconds.

        Raises:
            Unreachable: nobody answers, or there is no such model.
        """
        with self.client(patience) as client:
            try:
                models = client.list().models
            except FOREIGN as error:
                raise self.ours(error, patience) from error
        names = {self.model, f"{self.model}:latest"}
        found = next((one for one in models if one.model in names), None)
        if found is None:
            raise self._missing()
        return found.digest or ""

    def chat(
        self,
        system: str,
        user: str,
        schema: Mapping[str, Any],  # Any: JSON Schema
        options: Mapping[str, int],
        patience: float,
        heard: list[str] | None = None,
    ) -> Reply:
        """Ask once. `options` are `num_ctx`, `num_predict` and `seed`; `patience` in seconds is for the whole call.

        The pieces of the answer go into `heard` as they come, so that they are there also when the end never comes.

        Raises:
            Unreachable: the service failed, went away, or took longer.
            Overflow: the prompt does not fit into `num_ctx`.
        """
        messages = [{"role": "system", "content": system}, {"role": "user", "content": user}]
        with self.client(patience) as client:
            try:
                parts = client.chat(
                    self.model,
                    messages,
                    stream=True,
                    think=False,
                    format=dict(schema),
                    options={**options, "temperature": 0},
                    logprobs=True,
                    top_logprobs=_TOP,
                    keep_alive=_KEEP,
                )
                return _joined(parts, options, [] if heard is None else heard)
            except FOREIGN as error:
                raise self.ours(error, patience) from error

    @property
    def where(self) -> str:
        """Return the address, without a user or a password."""
        return (self.host or os.environ.get("OLLAMA_HOST") or "127.0.0.1:11434").rpartition("@")[2]

    def client(self, patience: float, *, whole: bool = True) -> ollama.Client:
        """Return the official client; `patience` in seconds is for a whole answer, or for each piece of it.

        Raises:
            Unreachable: OLLAMA_HOST is no address.
        """
        timeout = httpx.Timeout(max(patience, 0.1), connect=min(_CONNECT, max(patience, 0.1)))
        transport = _Bounded(time.monotonic() + patience) if whole else httpx.HTTPTransport()
        try:
            return ollama.Client(self.host, timeout=timeout, transport=transport, headers={"accept-encoding": "identity"})
        except FOREIGN as error:
            raise self.ours(error, patience) from error

    def _missing(self) -> Unreachable:
        message = f"Ollama at `{self.where}` has no model `{self.model}`"
        advice = f"`spec doctor --model {shlex.quote(self.model)} --pull`, or `--model rules`"
        return Unreachable(Diagnostic("E641", message, help=advice))

    def ours(self, error: Exception, patience: float) -> Unreachable:
        """Return what a foreign exception means."""
        where, rules = f"Ollama at `{self.where}`", "or fill without it: `--model rules`"
        if isinstance(error, ollama.ResponseError):
            if error.status_code == httpx.codes.NOT_FOUND:
                return self._missing()
            message = f"{where} failed: {line_of(error.error)}"
            return Unreachable(Diagnostic("E643", message, help=f"look into its log; {rules}"))
        if isinstance(error, (httpx.ConnectError, httpx.ConnectTimeout, ConnectionError, httpx.InvalidURL, httpx.UnsupportedProtocol)):
            advice = f"start it with `ollama serve`, set OLLAMA_HOST, {rules}"
            return Unreachable(Diagnostic("E640", f"no Ollama answers at `{self.where}`", help=advice))
        if isinstance(error, httpx.TimeoutException):
            message = f"{where} did not finish an answer within {math.ceil(patience)} s"
            return Unreachable(Diagnostic(LATE, message, help=f"give it more, `model: {{budget: 10m}}` in dataeng.yaml; {rules}"))
        if isinstance(error, (httpx.HTTPError, OSError)):
            return Unreachable(Diagnostic("E643", f"{where} broke off in the middle of an answer", help=f"run it again, {rules}"))
        advice = f"look at OLLAMA_HOST and at its version; {rules}"
        return Unreachable(Diagnostic("E644", f"what answers at `{self.where}` does not speak Ollama's language", help=advice))


def _joined(parts: Iterator[ChatResponse], options: Mapping[str, int], texts: list[str]) -> Reply:
    """Put the pieces of a streamed answer together.

    Raises:
        Overflow: the prompt did not fit, by the server's words or by its count.
    """
    tokens: list[Token] = []
    last: ChatResponse | None = None
    try:
        for last in parts:
            texts.append(last.message.content or "")
            tokens += [_token(one) for one in last.logprobs or ()]
            if sum(map(len, texts)) > _MOST_LETTERS:
                return Reply("", (), 0, options["num_predict"], 0.0, whole=False)
    except ollama.ResponseError as error:
        if any(words in str(error.error).casefold() for words in _OVERFLOW):
            raise Overflow from error
        raise
    if last is None or not last.done:
        message = "the answer has no end"
        raise httpx.RemoteProtocolError(message)
    read, written = last.prompt_eval_count or 0, last.eval_count or 0
    if read >= options["num_ctx"] - 1 or (last.done_reason == "length" and read + written >= options["num_ctx"] - 1):
        raise Overflow
    loading = (last.load_duration or 0) / 1e9
    return Reply("".join(texts), tuple(tokens), read, written, loading, whole=last.done_reason in (None, "stop"))


def _token(one: ollama._types.Logprob) -> Token:
    others: Sequence[ollama._types.TokenLogprob] = one.top_logprobs or ()
    return Token(one.token, {one.token: one.logprob} | {other.token: other.logprob for other in others})


def line_of(text: object) -> str:
    """Return the first line of what a server says, short, nothing in it but what prints."""
    line = (str(text).strip().splitlines() or ["it does not say why"])[0][:200]
    return "".join(letter if letter.isprintable() else " " for letter in line)


class _Bounded(httpx.HTTPTransport):
    """Reads no longer than until a moment of the monotonic clock, and no more bytes than an answer can have."""

    def __init__(self, end: float) -> None:
        super().__init__()
        self._end = end

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send the request; its answer stops where the time or the bytes are used up."""
        response = super().handle_request(request)
        stream = response.stream
        assert isinstance(stream, httpx.SyncByteStream)  # noqa: S101  a synchronous transport has no other
        network = response.extensions.get("network_stream")
        bounded = _Stream(stream, self._end, network.get_extra_info("socket") if network else None)
        return httpx.Response(response.status_code, headers=response.headers, stream=bounded, extensions=response.extensions)


class _Stream(httpx.SyncByteStream):
    """The bytes of an answer. Its connection is cut at the end of the time: a read that waits then would wait as long once more."""

    def __init__(self, inner: httpx.SyncByteStream, end: float, connection: socket.socket | None) -> None:
        self._inner, self._end = inner, end
        self._timer = threading.Timer(max(end - time.monotonic(), 0.0), _cut, [connection])
        self._timer.daemon = True
        self._timer.start()

    def __iter__(self) -> Iterator[bytes]:
        read = 0
        try:
            for chunk in self._inner:
                read += len(chunk)
                self._refuse(read)
                yield chunk
        except (httpx.NetworkError, httpx.RemoteProtocolError):
            self._refuse(read)
            raise
        self._refuse(read)

    def _refuse(self, read: int) -> None:
        """Refuse to go on where the time or the bytes are used up."""
        if time.monotonic() >= self._end:
            message = "the answer takes too long"
            raise httpx.ReadTimeout(message)
        if read > _MOST_BYTES:
            message = "the answer is too long"
            raise httpx.RemoteProtocolError(message)

    def close(self) -> None:
        self._timer.cancel()
        self._inner.close()


def _cut(connection: socket.socket | None) -> None:
    with contextlib.suppress(OSError):
        if connection is not None:
            connection.shutdown(socket.SHUT_RDWR)
