"""JSON decoded as strictly as RFC 8259 has it: no NaN, no key twice in an object; a number is its literal behind MARK."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final, NoReturn

from dataeng_ai.sources.texts import MARK

if TYPE_CHECKING:
    from collections.abc import Callable

    from dataeng_ai.sources.json_shape import Value


class DoubtError(Exception):
    """The careful reader has to read the file."""


class TwiceError(Exception):
    """A key stands twice in one object."""


class ConstantError(Exception):
    """A word that is no JSON stands for a value, such as NaN."""


def decoder(objects: Callable[[list[tuple[str, Value]]], dict[str, Value]]) -> json.JSONDecoder:
    """Return a decoder that makes objects in such a way."""
    return json.JSONDecoder(object_pairs_hook=objects, parse_int=MARK.__add__, parse_float=MARK.__add__, parse_constant=_refuse)


def _refuse(word: str) -> NoReturn:
    message = f"`{word}` is no JSON"
    raise ConstantError(message)


def once(pairs: list[tuple[str, Value]]) -> dict[str, Value]:
    """Return an object.

    Raises:
        TwiceError: a key stands twice in it.
    """
    found = dict(pairs)
    if len(found) != len(pairs):
        raise TwiceError
    return found


decode: Final = decoder(once).decode
"""Decode a text; raises ValueError, RecursionError, TwiceError and ConstantError."""


def strict(text: str) -> Value:
    """Decode a text.

    Raises:
        DoubtError: it is none, or a key stands twice in an object of it.
    """
    try:
        found: Value = decode(text)
    except (ValueError, RecursionError, TwiceError, ConstantError):
        raise DoubtError from None
    return found
