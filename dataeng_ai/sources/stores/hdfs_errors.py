"""HDFS's errors become ours, in one table: what the client raises says what the server's class was, in words."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from dataeng_ai.diagnostics import Diagnostic, Unreachable
from dataeng_ai.sources.stores.network import unconnected
from dataeng_ai.sources.stores.store import Cut, gone

if TYPE_CHECKING:
    from collections.abc import Iterator

_RETRY: Final = "look at the cluster, then run again: nothing half done is left"
_OURS: Final = (
    (
        "AccessControlException|Permission denied",
        "E613",
        "a right is missing",
        "hdfs dfs -setfacl, or another user as login of the connection",
    ),
    ("StandbyException|ObserverRetry", "E610", "this NameNode stands by", "write both into the connection: `host: nn1,nn2`"),
    ("SafeModeException|safe mode", "E610", "the NameNode is still starting", _RETRY),
    ("SASL|GSSAPI|Kerberos|NoSASLMechanism", "E624", "the cluster wants Kerberos", "kinit, or `kerberos_principal` and `kerberos_keytab`"),
    ("No NameNode hosts", "E621", "no NameNode is known for the name", "write host and port, or Hadoop's settings, into the connection"),
    (
        "FatalRPC|RPC listener disconnected|InvalidRPC|protobuf|decode",
        "E627",
        "something else answers there",
        "8020 or 9000 is the NameNode's",
    ),
)
"""What is said -> code, what it means, what to do; the first that fits."""
_TRACE: Final = re.compile(r"(?:\\n|\n).*", re.DOTALL)
_CLASS: Final = re.compile(r'^\w+\("(?:[\w.$]+", ")?')
"""What stands before the server's own words: the client's class, and the server's."""
_PASSING: Final = ("E610", "E627")


@contextmanager
def ours(where: str, name: str | None = None) -> Iterator[None]:
    """Turn the client's errors into diagnostics that name the folder, and the file where it is about one."""
    try:
        yield
    except FileNotFoundError as error:
        if name is not None:
            raise gone(name, where) from error
        message = f"the folder `{where}` is not there"
        raise Unreachable(Diagnostic("E616", message, help="make it, or correct `path` of the connection")) from error
    except (RuntimeError, OSError, ValueError) as error:
        said = _CLASS.sub("", _TRACE.sub("", str(error))).replace('\\"', '"')
        found = next((rest for words, *rest in _OURS if re.search(words, str(error))), None)
        if name is not None and (found is None or found[0] in _PASSING):
            raise Cut(said) from error
        if found is None:
            raise unconnected(error if len(str(error)) == len(said) else OSError(said), where) from error
        code, meaning, advice = found
        at = f"`{where}`" if name is None else f"`{name}` in `{where}`"
        raise Unreachable(Diagnostic(code, f"{at}: {meaning}: {said}", help=advice)) from error
