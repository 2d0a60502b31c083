"""What every block of the language has in common: frozen, strict, and no key that it does not know."""

from __future__ import annotations

from typing import Annotated, NoReturn, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, Strict
from pydantic_core import PydanticCustomError

T = TypeVar("T")


def refuse(code: str, message: str, advice: str = "") -> NoReturn:
    """Refuse a value: the error carries a code of ours, a sentence and what to type through pydantic to `check`."""
    kind = "ours"
    raise PydanticCustomError(kind, "{message}", {"code": code, "message": message, "help": advice})


def _some(value: tuple[T, ...]) -> tuple[T, ...]:
    if not value:
        refuse("E106", "the list is empty", "give it at least one entry")
    return value


Many = Annotated[tuple[T, ...], Strict(strict=False)]
"""A list in YAML, a tuple here. Only the container is lax (YAML knows no tuples); what stands in it stays strict."""

Some = Annotated[tuple[T, ...], Strict(strict=False), AfterValidator(_some), Field(json_schema_extra={"minItems": 1})]
"""A list that is not empty."""


class Block(BaseModel):
    """A mapping of the language. The order of its fields is the order in which fill writes them."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", use_attribute_docstrings=True)
