"""What makes frames is the person's own choice: a package that is not there is one line and the command that brings it."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from dataeng_ai.diagnostics import Diagnostic, Problems

if TYPE_CHECKING:
    from types import ModuleType


def needed(*names: str) -> Any:  # noqa: ANN401  a module, whose names its own types describe where it is used
    """Return the first of some packages, when all of them are there.

    Raises:
        Problems: one of them is not (E052).
    """
    found = [_imported(name, names) for name in names]
    return found[0]


def _imported(name: str, names: tuple[str, ...]) -> ModuleType:
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        if error.name != name:
            raise  # the package is there, and broken: its own message says more
        raise Problems(Diagnostic("E052", f"this needs the package `{name}`", help=f"pip install {' '.join(names)}")) from None
