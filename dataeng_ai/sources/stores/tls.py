"""Which certificates a store's connection trusts: those of the machine, or a file that the connection names. It always trusts some."""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import TYPE_CHECKING

from dataeng_ai.diagnostics import Diagnostic, Problems

if TYPE_CHECKING:
    from dataeng_ai.connections import Connection


def authority(found: Connection) -> str | None:
    """Return the file of certificates that a connection names as `verify`, as Airflow's connections do; None for the machine's own.

    Raises:
        Problems: there is no such file, or it says not to look at certificates at all (E626).
    """
    named = found.extra.get("verify") or found.extra.get("ca")
    if named is None or named.lower() == "true":
        return None
    if named.lower() == "false":
        message = f"the connection `{found.name}` says not to verify certificates, and then anybody in between can read its keys"
        raise Problems(Diagnostic("E626", message, help="name the file of your authority's certificate: `verify: /etc/ssl/company.pem`"))
    if not Path(named).is_file():
        message = f"the connection `{found.name}` names the certificates `{named}`, and there is no such file"
        raise Problems(Diagnostic("E626", message, help="correct `verify` of the connection"))
    return named


def trusting(path: str) -> ssl.SSLContext:
    """Return what verifies certificates by those of a file, too."""
    context = ssl.create_default_context()
    context.load_verify_locations(path)
    return context
