"""The portable types: the few words a spec uses for the type of a column, whatever the storage calls them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

NAMES: Final = (
    "boolean",
    "smallint",
    "integer",
    "bigint",
    "decimal",
    "double",
    "text",
    "date",
    "time",
    "timestamp",
    "timestamptz",
    "uuid",
    "json",
    "bytes",
)
"""Every portable type, in the order in which the documentation lists them."""

MAX_PRECISION: Final = 38
"""Digits of the widest decimal every storage here can hold (DuckDB's and ClickHouse's Decimal128: 38)."""

_DECIMAL = re.compile(r"decimal\(\s*(\d{1,3})\s*,\s*(\d{1,3})\s*\)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Type:
    """A portable type. Only a decimal has a precision (digits in all) and a scale (digits after the point)."""

    name: str
    precision: int | None = None
    scale: int | None = None

    def __str__(self) -> str:
        """Return the type as a spec writes it, such as `decimal(10, 2)`."""
        return self.name if self.precision is None else f"{self.name}({self.precision}, {self.scale})"


def parse(word: str) -> Type:
    """Read a type as a spec writes it.

    Raises:
        ValueError: the word is not a portable type, or a decimal's precision is not 1 to 38 with 0 <= scale <= precision.
    """
    if match := _DECIMAL.fullmatch(word.strip()):
        precision, scale = int(match[1]), int(match[2])
        if not (1 <= precision <= MAX_PRECISION and scale <= precision):
            message = f"`{word}`: a decimal has 1 to {MAX_PRECISION} digits, and no more of them after the point"
            raise ValueError(message)
        return Type("decimal", precision, scale)
    if word in NAMES and word != "decimal":
        return Type(word)
    message = f"`{word}` is not a portable type"
    raise ValueError(message)
