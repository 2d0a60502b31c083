"""Fetching a model: the server does it, this shows how far it is, and says in one line why it came to nothing."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import httpx
import ollama

from dataeng_ai.diagnostics import Diagnostic, Unreachable
from dataeng_ai.fill.serving import FOREIGN, Service, line_of
from dataeng_ai.progress import say, tick

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ollama import ProgressResponse

_PATIENCE: Final = 300.0
"""Seconds without a word from the server: it tries again by itself, and says so meanwhile."""
_UNIT: Final = 1000
_MISSING: Final = ("file does not exist", "not found", "invalid model name")
_FULL: Final = ("no space left", "disk quota exceeded", "not enough space")
_NETWORK: Final = (
    "no such host",
    "dial tcp",
    "connection refused",
    "connection reset",
    "network is unreachable",
    "timeout",
    "deadline exceeded",
    "max retries exceeded",
    "eof",
)


def pull(service: Service, patience: float = _PATIENCE) -> int:
    """Have the server fetch the model; return its size in bytes.

    Raises:
        Unreachable: nobody answers (E640), there is no such model (E641), or it cannot be fetched (E643, E645).
    """
    start = time.monotonic()
    parts: dict[str, _Part] = {}
    over = False
    with service.client(patience, whole=False) as client:
        try:
            for told in client.pull(service.model, stream=True):
                over = told.status == "success"
                _note(parts, told)
                say(f"pulling {service.model}: {_far(parts, told.status)}")
        except FOREIGN as error:
            raise _ours(error, service, patience) from error
    if not over:
        raise service.ours(httpx.RemoteProtocolError("it never said that it is done"), patience)
    size = sum(part.total for part in parts.values())
    tick(f"pulled {service.model}: {amount(size)}, {time.monotonic() - start:.0f} s")
    return size


def amount(size: int) -> str:
    """Return a number of bytes as a person reads it."""
    number, units = float(size), iter(("B", "kB", "MB", "GB"))
    unit = next(units)
    while number >= _UNIT and (larger := next(units, None)):
        number, unit = number / _UNIT, larger
    return f"{number:.0f} {unit}" if unit == "B" else f"{number:.1f} {unit}"


@dataclass(frozen=True, slots=True)
class _Part:
    completed: int
    total: int


def _note(parts: dict[str, _Part], told: ProgressResponse) -> None:
    """Keep how much is there of the part of the model that a line is about."""
    if told.digest and told.total:
        parts[told.digest] = _Part(told.completed or 0, told.total)


def _far(parts: dict[str, _Part], status: str | None) -> str:
    done, total = sum(part.completed for part in parts.values()), sum(part.total for part in parts.values())
    return f"{amount(done)} of {amount(total)}" if total and done < total else line_of(status or "")


def _ours(error: Exception, service: Service, patience: float) -> Unreachable:
    """Return what a failure of fetching means; a server that is not there is what it always is."""
    where = f"Ollama at `{service.where}`"
    if isinstance(error, ollama.ResponseError):
        return _refused(str(error.error), service, where)
    if isinstance(error, httpx.ReadTimeout):
        message = f"{where} said nothing of `{service.model}` for {patience:.0f} s"
        return Unreachable(Diagnostic("E645", message, help="look at its network, then again: what it has by now it keeps"))
    return service.ours(error, patience)


def _refused(said: str, service: Service, where: str) -> Unreachable:
    """Return what the server's own words mean. Addresses in them may be signed, so only their end is shown."""
    low, model = said.casefold(), service.model
    again = f"`spec doctor --model {model} --pull` goes on where it stopped"
    if _any(_FULL, low):
        return Unreachable(Diagnostic("E645", f"{where} has no room on its disk for `{model}`", help=f"make room there; {again}"))
    if _any(_MISSING, low):
        return Unreachable(
            Diagnostic("E641", f"{where} finds no model `{model}` to pull", help="look at its name and tag in Ollama's library")
        )
    if _any(_NETWORK, low):
        message = f"{where} cannot reach where models are pulled from: {_end(said)}"
        return Unreachable(Diagnostic("E645", message, help=f"look at the network of that machine; {again}"))
    return Unreachable(Diagnostic("E645", f"{where} cannot pull `{model}`: {_end(said)}", help="look into its log"))


def _any(words: Iterable[str], text: str) -> bool:
    return any(word in text for word in words)


def _end(said: str) -> str:
    """Return the end of a line, behind any address in it."""
    words = [word for word in line_of(said).split() if "://" not in word]
    return " ".join(words)
