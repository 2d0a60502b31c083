"""Why nobody answered: what the system and the libraries of the web raise becomes ours, in one table."""

from __future__ import annotations

import errno
import re
import socket
import ssl
from typing import TYPE_CHECKING, Final

from dataeng_ai.diagnostics import Diagnostic, Unreachable

if TYPE_CHECKING:
    from collections.abc import Iterator

_LOOK: Final = "look at the address of the connection, at DNS, at the VPN"
_CLASSES: Final = (
    (socket.gaierror, "E621", "no address is known for the host", _LOOK),
    (ssl.SSLError, "E626", "the server's certificate does not hold", "name the file of your authority's certificate as `verify`"),
    (ConnectionRefusedError, "E622", "the machine answers, and nothing listens there", "correct the port, or start the server"),
    (TimeoutError, "E623", "the machine does not answer", "look at the address, at firewalls, at the VPN"),
)
_WORDS: Final = (
    (
        r"CERTIFICATE|SSL|TLS|certificate",
        "E626",
        "the two sides do not agree on TLS",
        "look at http:// or https:// in the address, and at `verify`",
    ),
    (
        r"Name or service not known|getaddrinfo|name resolution|NameResolution|nodename|dns error|lookup address",
        "E621",
        "no address is known for the host",
        _LOOK,
    ),
    (
        r"(?i)connection refused|Errno 111",
        "E622",
        "the machine answers, and nothing listens there",
        "correct the port, or start the server",
    ),
    (r"(?i)timed? ?out", "E623", "the machine does not answer", "look at the address, at firewalls, at the VPN"),
)
_UNREACHABLE: Final = (errno.EHOSTUNREACH, errno.ENETUNREACH)


def unconnected(error: BaseException, where: str) -> Unreachable:
    """Return what is said where nobody answered, or the answer broke off."""
    said = " ".join(str(error).split()) or type(error).__name__
    code, meaning, advice = _meaning(error, said)
    return Unreachable(Diagnostic(code, f"`{where}`: {meaning}: {said}", help=advice))


def _meaning(error: BaseException, said: str) -> tuple[str, str, str]:
    chain = list(_causes(error))
    for cause in chain:
        for kind, *found in _CLASSES:
            if isinstance(cause, kind):
                return found[0], found[1], found[2]
        if isinstance(cause, OSError) and cause.errno in _UNREACHABLE:
            return "E623", "there is no way to the machine", "look at the network and at the VPN"
    for words, code, meaning, advice in _WORDS:
        if re.search(words, said):
            return code, meaning, advice
    return "E610", "the connection broke", "look at the server, then run again: nothing half done is left"


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and what it came of; libraries keep that in several places."""
    seen: set[int] = set()
    waiting: list[BaseException | None] = [error]
    while waiting:
        one = waiting.pop(0)
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        inner = [value for value in (getattr(one, "reason", None), *one.args) if isinstance(value, BaseException)]
        waiting += [one.__cause__, one.__context__, *inner]
