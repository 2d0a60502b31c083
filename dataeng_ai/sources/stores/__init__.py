"""Where files are: in a folder, or in a store that a connection leads to. One module each; a new store is one word here.

A module has `opened`, which returns the `Store` that a connection means, and `about`, which yields what is seen there, for
`spec connections --test`. Nothing is ever written to a store.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final, Protocol, cast

from dataeng_ai import connections
from dataeng_ai.connections import drivers
from dataeng_ai.diagnostics import Diagnostic, Problems

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from dataeng_ai.connections import Connection, Fact
    from dataeng_ai.sources.stores.store import Store

    Place = Path | Store
    """Where a source's files are: a folder of this machine, or a store."""

STORES: Final = {"aws": "s3", "s3": "s3", "http": "http", "https": "http", "hdfs": "hdfs", "webhdfs": "webhdfs"}
"""Airflow's word for a connection -> the module of its store; any other word of the kind `files` means a folder."""

_PACKAGES: Final = {"boto3": "s3", "botocore": "s3", "hdfs_native": "hdfs"}
"""What is imported -> the extra that brings it."""


class _Module(Protocol):
    def opened(self, found: Connection) -> Store: ...

    def about(self, found: Connection) -> Iterator[Fact]: ...


def place(name: str | None, root: Path) -> Place:
    """Return where the connection of that name leads to; the project's root without one.

    Raises:
        Problems: as `connections.resolve`; or the connection does not say which folder it means (E607), or its driver is absent (E620).
    """
    if name is None:
        return root
    found = connections.resolve(name, root)
    return module(found).opened(found) if found.word in STORES else drivers.folder_of(found, root)


def module(found: Connection) -> _Module:
    """Return the module of the store that a connection means.

    Raises:
        Problems: its driver is not installed (E620).
    """
    try:
        return cast("_Module", import_module(f"{__name__}.{STORES[found.word]}"))
    except ModuleNotFoundError as error:
        package = (error.name or "").partition(".")[0]
        if package not in _PACKAGES:
            raise  # a fault of ours
        message = f"the driver for connections such as `{found.name}` is not installed here: `{package}`"
        raise Problems(Diagnostic("E620", message, help=f"pip install 'dataeng-ai[{_PACKAGES[package]}]'")) from error
