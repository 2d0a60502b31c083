"""Statements put together of constants, quoted names and numbers, and of nothing else: for drivers that bring nothing of the kind.

What asks a database also runs on workers, which carry no compiler of SQL.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, LiteralString

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Sql:
    """A piece of a statement."""

    text: str

    def of(self, *parts: Sql) -> Sql:
        """Return the piece with others at its `{}`, in their order."""
        first, *rest = self.text.split("{}")
        return Sql("".join((first, *(word for part, after in zip(parts, rest, strict=True) for word in (part.text, after)))))


def constant(text: LiteralString) -> Sql:
    """Return what stands in our own program, to the letter."""
    return Sql(text)


def statement(text: str) -> Sql:
    """Return a whole statement that was compiled, or that `check` has read; its line end closes a comment that may end it."""
    return Sql(f"{text}\n")


def number(value: int) -> Sql:
    """Return a whole number."""
    return Sql(str(int(value)))


def listed(parts: Iterable[Sql]) -> Sql:
    """Return pieces with a comma between them."""
    return Sql(", ".join(part.text for part in parts))


def backticked(name: str) -> Sql:
    """Return a name as MySQL quotes it."""
    doubled = name.replace("`", "``")
    return Sql(f"`{doubled}`")


def escaped(name: str) -> Sql:
    """Return a name as ClickHouse quotes it."""
    marked = name.replace("\\", "\\\\").replace("`", "\\`")
    return Sql(f"`{marked}`")
