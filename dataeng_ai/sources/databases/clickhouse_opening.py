"""ClickHouse as a source: a session over HTTP that only reads, and the server's errors as ours, in one table."""

from __future__ import annotations

import json
import re
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Any, Final, cast

import clickhouse_connect
from clickhouse_connect import common
from clickhouse_connect.driver.exceptions import ClickHouseError
from urllib3.exceptions import HTTPError

from dataeng_ai.connections import veiled
from dataeng_ai.connections.drivers import clickhouse
from dataeng_ai.diagnostics import Diagnostic, Problems, Unreachable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from clickhouse_connect.driver.client import Client

    from dataeng_ai.connections import Connection
    from dataeng_ai.sources.databases.pieces import Sql

_WRITTEN: Final = {
    "output_format_json_quote_64bit_integers": 0,
    "output_format_json_quote_denormals": 1,
    "date_time_output_format": "simple",
}
"""How values are written, whatever the user's own settings: numbers in JSON as numbers, and no NaN as if there were nothing."""
_CODE: Final = re.compile(r"Code: (\d+)")
_SAID: Final = re.compile(r"DB::Exception: (.*?)(?:\(version |$)", re.DOTALL)
_RETRY: Final = "look at the server, then run again: nothing half done is left"
_TIME: Final = "let the query read less, or give it time: `run: {timeout: 2h}`"
_OURS: Final = (
    ((192, 193, 194, 516), "E612", "the server does not let us in", "check the user and the password of the connection"),
    ((81,), "E612", "there is no such database", "check the database of the connection"),
    ((497, 291), "E613", "a right is missing", "GRANT SELECT on the table"),
    ((60,), "E350", "there is no such table", "check `table`: a database stands before a point"),
    ((164, 392), "E352", "the query changes something, and only reading is allowed here", "write a SELECT that only reads"),
    ((159, 160, 209, 394), "E353", "it took longer than it may", _TIME),
    ((158, 201, 202, 241, 243, 307, 396), "E611", "the server is out of memory, disk or patience", _RETRY),
    ((210, 279, 425, 999), "E610", "the server does not answer", _RETRY),
)
"""Numbers of errors -> code, what it means, what to do."""
_REFUSES: Final = ["E351", "the database refuses", "correct `table` or `query`"]
_OUTSIDE: Final = ("E610", "E611", "E612")


class Session:
    """A session in which nothing can be changed, and no statement takes longer than it may."""

    def __init__(self, client: Client, found: Connection) -> None:
        """Keep the client."""
        self._client, self._found = client, found

    def rows(self, query: Sql, values: Mapping[str, str] | None = None) -> list[list[Any]]:  # Any: plain data of JSON
        """Return what the server answers; texts as texts, and large numbers as they were asked for."""
        with ours(self._found):
            raw = self._client.raw_query(query.text, parameters=dict(values) if values else None, fmt="JSONCompact")
        return cast("list[list[Any]]", json.loads(raw)["data"])

    @contextmanager
    def lines(self, query: Sql) -> Iterator[IO[bytes]]:
        """Stream what the server answers, texts as they are, a line end behind each row."""
        with ours(self._found):
            stream = cast("IO[bytes]", self._client.raw_stream(query.text, fmt="TSVRaw"))
            try:
                yield stream
            finally:
                stream.close()

    @property
    def version(self) -> str:
        """Return the server's version."""
        return str(self._client.server_version)


@contextmanager
def opened(found: Connection, timeout: int) -> Iterator[Session]:
    """Open a session.

    Raises:
        Unreachable: the server does not answer, or does not let us in (E61x).
    """
    # A user of a profile that only reads may set nothing either: what the server would refuse is not sent.
    common.set_setting("invalid_setting_action", "drop")
    with ours(found):
        client = clickhouse_connect.get_client(
            **clickhouse(found),
            autogenerate_session_id=False,
            query_limit=0,
            client_name="dataeng_ai",
            send_receive_timeout=timeout + 60,
            settings={"max_execution_time": timeout, "readonly": 2, **_WRITTEN},
        )
    try:
        yield Session(client, found)
    finally:
        client.close()


@contextmanager
def ours(found: Connection) -> Iterator[None]:
    """Turn the server's errors, and the driver's, into diagnostics that name the connection."""
    try:
        yield
    except ClickHouseError as error:
        raise told(found, str(error)) from None
    except (HTTPError, OSError) as error:
        said = veiled(str(error), found)
        raise Unreachable(Diagnostic("E610", f"the source connection `{found.name}`: the server went away: {said}", help=_RETRY)) from None


def told(found: Connection, words: str) -> Problems | Unreachable:
    """Return our error for what the server said."""
    number = _CODE.search(words)
    said = _SAID.search(words)
    none = ["E610", "the server does not answer", _RETRY]
    code, meaning, advice = next((row for numbers, *row in _OURS if number and int(number[1]) in numbers), _REFUSES if number else none)
    short = veiled(said[1] if said else words, found)[:500]
    diagnostic = Diagnostic(code, f"the source connection `{found.name}`: {meaning}: {short}", help=advice)
    return (Unreachable if code in _OUTSIDE else Problems)(diagnostic)
