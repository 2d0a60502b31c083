"""The storages a pipeline can load into: one word here and one folder each.

A folder holds `design.py` (pure: capabilities, types, DDL and statements as sqlglot trees) and `engine.py` (the driver). Both are
imported only when asked for, so that a worker needs no sqlglot and a compiler no driver.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final, Protocol, cast

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import ModuleType

    from sqlglot import exp

    from dataeng_ai.ir import Pipeline, Reference
    from dataeng_ai.targets.capabilities import Capabilities
    from dataeng_ai.targets.statements import Statement
    from dataeng_ai.types import Type

STORAGES: Final = ("duckdb", "postgres")
"""Every storage, the one that needs nothing first."""


class Design(Protocol):
    """What every `design.py` offers, under the same names in the same order."""

    NAME: str
    CAPABILITIES: Capabilities

    def column_type(self, type: Type, physical: str | None = None) -> exp.DataType:  # noqa: A002  the word of the language
        """Return the storage's type for a portable one, or the one that the spec asks for by name."""

    def canonical(self, value: exp.Expr, type: Type) -> exp.Expr:  # noqa: A002  the word of the language
        """Return the text of a stored value, which reads back as a value of the portable type."""

    def there(self, referred: Reference) -> exp.Select:
        """Return whether a table is there, or a view: 1 or 0."""

    def ddl(self, pipeline: Pipeline) -> tuple[exp.Expr, ...]:
        """Return schema, table, indexes and comments: what a DBA would run."""

    def statements(self, pipeline: Pipeline) -> Mapping[str, tuple[Statement, ...]]:
        """Return every statement of every step, see `targets/statements.py`."""


def design(storage: str) -> Design:
    """Return the pure side of a storage.

    Raises:
        KeyError: there is no such storage.
    """
    return cast("Design", _room(storage, "design"))


def engine(storage: str) -> ModuleType:
    """Return the driver side of a storage.

    Raises:
        KeyError: there is no such storage.
    """
    return _room(storage, "engine")


def _room(storage: str, side: str) -> ModuleType:
    if storage not in STORAGES:
        raise KeyError(storage)
    return import_module(f"dataeng_ai.targets.{storage}.{side}")
