"""The language: pydantic models, one file a block. `Spec` is the whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dataeng_ai.spec.spec import Spec

__all__ = ["Spec"]


def __getattr__(name: str) -> object:
    if name == "Spec":
        from dataeng_ai.spec.spec import Spec  # noqa: PLC0415  pydantic only where a spec is read

        return Spec
    message = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(message)
