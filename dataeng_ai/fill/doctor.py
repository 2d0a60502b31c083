"""Whether a model is good for fill: reachable, present, keeps to the format and to the context that it is asked for, and how fast."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import Final

from dataeng_ai.diagnostics import Unreachable
from dataeng_ai.fill.pulling import pull
from dataeng_ai.fill.serving import Overflow, Reply, Service
from dataeng_ai.progress import say

_PATIENCE: Final = 120.0
_SMALL, _LARGE = 256, 2048
_WORDS: Final = 400
"""Words that overflow the small context and fit into the large one."""
_ANSWERS: Final = ("north", "south")
_SCHEMA: Final = {
    "type": "object",
    "properties": {"choice": {"type": "string", "enum": list(_ANSWERS)}},
    "required": ["choice"],
    "additionalProperties": False,
}
_SYSTEM: Final = "You write stories."


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was tried."""

    what: str
    good: bool
    words: str


def examine(model: str, host: str | None = None, *, fetch: bool = False) -> tuple[Finding, ...]:
    """Try a model out; with `fetch`, one that is not there is pulled first.

    Raises:
        Unreachable: it does not answer, is not there, or cannot be pulled.
    """
    service = Service(model, host)
    digest = _present(service, fetch=fetch)
    start = time.monotonic()
    say(f"loading {model} and asking it")
    first = _ask(service, "Tell me a story about a cat.", _LARGE)
    middle = time.monotonic()
    say(f"asking {model} once more")
    again = _ask(service, "Tell me a story about a dog.", _LARGE)
    end = time.monotonic()
    return (
        Finding("reachable", good=True, words=f"Ollama answers at {service.where}"),
        Finding("present", good=True, words=f"{model}, digest {digest[:12]}"),
        Finding("format", _keeps(first) and _keeps(again), "asked for a story, it answers in the format" if _keeps(first) else _BROKEN),
        _context(service),
        Finding(
            "scores", bool(again and again.tokens), "scored options" if again and again.tokens else "no scores: its answers are taken whole"
        ),
        Finding("speed", good=True, words=f"{end - middle:.1f} s a call, {middle - start:.1f} s the first with loading"),
    )


def _present(service: Service, *, fetch: bool) -> str:
    """Return the digest of the model."""
    try:
        return service.digest(_PATIENCE)
    except Unreachable as fault:
        if not fetch or fault.diagnostics[0].code != "E641":
            raise
    pull(service)
    return service.digest(_PATIENCE)


_BROKEN: Final = "the format is ignored; its answers are validated all the same, and fewer will be of use"


def _ask(service: Service, words: str, context: int) -> Reply | None:
    try:
        return service.chat(_SYSTEM, words, _SCHEMA, {"num_ctx": context, "num_predict": 32, "seed": 1}, _PATIENCE)
    except Overflow:
        return None


def _keeps(reply: Reply | None) -> bool:
    try:
        value = json.loads(reply.text) if reply else None
    except (ValueError, RecursionError):
        return False
    return isinstance(value, dict) and list(value) == ["choice"] and value["choice"] in _ANSWERS


def _context(service: Service) -> Finding:
    """Ask the same long question in a context that is too small for it, and in one that is not."""
    say(f"asking {service.model} a long question")
    words = "word " * _WORDS
    small, large = _ask(service, words, _SMALL), _ask(service, words, _LARGE)
    if large is None or (large.read and large.read < _WORDS):
        return Finding(
            "num_ctx", good=False, words=f"a context of {_LARGE} was asked for, and {_WORDS} words do not fit into what it gives"
        )
    if small is not None and small.read > _SMALL:
        return Finding("num_ctx", good=False, words=f"a context of {_SMALL} was asked for, and it read {small.read} tokens")
    return Finding("num_ctx", good=True, words=f"{_WORDS} words overflow {_SMALL} and fit into {_LARGE}, as they should")
