"""What web servers answer, and why they do not, becomes ours, in one table."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import httpx

from dataeng_ai.diagnostics import Diagnostic, Problems, Unreachable
from dataeng_ai.sources.stores.network import unconnected
from dataeng_ai.sources.stores.store import Cut, changed, gone

if TYPE_CHECKING:
    from collections.abc import Iterator

NOT_THERE: Final = (404, 410)
"""Answers that say that there is no such file."""
NO_PAGE: Final = (403, 404, 405)
"""Answers to the address of a folder that say nothing against the files in it."""
_OURS: Final = {
    401: ("E624", "the server wants a name and a password, or others", "`spec connections NAME --set` asks for both anew"),
    403: ("E613", "the server lets nobody read it whom it takes us for", "ask whoever runs it for the right, or for a key"),
    407: ("E624", "the proxy wants a name and a password", "write them into HTTPS_PROXY"),
    429: ("E610", "the server asks to be asked less", "wait, then run again: nothing half done is left"),
}
_WELL: Final = (200, 206)
_FAILED: Final = 500
_UNSATISFIED: Final = 416
_PACKINGS: Final = frozenset(("", "identity", "gzip", "x-gzip", "zstd"))


@contextmanager
def ours(where: str, *, reading: bool) -> Iterator[None]:
    """Turn what goes wrong on the way to an answer into diagnostics; in the middle of a file it is tried again."""
    try:
        yield
    except (httpx.TransportError, httpx.StreamError) as error:
        if reading:
            raise Cut(str(error) or type(error).__name__) from error
        raise unconnected(error, where) from error
    except (httpx.InvalidURL, UnicodeError, ValueError) as error:
        raise Problems(Diagnostic("E602", f"`{where}` is no address: {error}", help="correct the host of the connection")) from error


def refuse(answer: httpx.Response, where: str, name: str, *, read: bool = False) -> None:
    """Refuse every answer that is no file.

    Raises:
        Cut: it may answer another time.
        Problems: the file is another one (E661), or is packed as we do not unpack (E665).
        Unreachable: as the table has it.
    """
    status = answer.status_code
    if read and status in NOT_THERE:
        raise gone(name, where)
    if read and status == _UNSATISFIED:
        raise changed(name, where)
    if status in _WELL:
        packing = answer.headers.get("content-encoding", "").lower()
        if packing not in _PACKINGS:
            message = f"`{name}` comes from `{where}` packed as `{packing}`, which is not unpacked here"
            raise Problems(Diagnostic("E665", message, help="have it served as it is, or packed with gzip or zstd"))
        return
    if read and status >= _FAILED:
        message = f"the server answered {status}"
        raise Cut(message)
    failed = ("E610", "the server failed", "look at the server, then run again: nothing half done is left")
    other = ("E665", "the server answers something else than a file", "look at the address of the connection and at `path`")
    code, meaning, advice = _OURS.get(status) or (failed if status >= _FAILED else other)
    at = f"`{name}` at `{where}`" if name else f"`{where}`"
    raise Unreachable(Diagnostic(code, f"{at}: {meaning}: {status} {answer.reason_phrase}".rstrip(), help=advice))


def endless(where: str, name: str) -> Problems:
    """Return what is said of a file whose length is not known, and whose end is that of the connection."""
    message = f"`{where}` does not say how long `{name}` is, so a connection that breaks could not be told from the end of the file"
    return Problems(Diagnostic("E665", message, help="have it served with `Content-Length`, as any web server does for files"))


def astray(where: str, name: str, target: httpx.URL) -> Problems:
    """Return what is said of a redirect that is not followed."""
    message = f"`{where}` sends us elsewhere for `{name}`: to `{target.scheme}://{target.host}`, by too many ways or one that is less safe"
    return Problems(Diagnostic("E665", message, help="write the address where the file is into the connection"))
