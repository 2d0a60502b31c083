"""Frozen dataclasses out of JSON's own types, as their annotations say; whatever has another shape is refused.

Pydantic would do it too: importing it and building its validators takes longer than many a command that reads one such thing.
"""

from __future__ import annotations

from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Any, Final, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

if TYPE_CHECKING:
    from collections.abc import Callable

_T = TypeVar("_T")
_Read = Any  # of a class that is known when it runs

_TAKEN: Final = {str: (str,), int: (int,), bool: (bool,), float: (float, int)}
"""What JSON may have for each: Python takes a truth value for a number, and nobody who wrote one meant it."""


def read(kind: type[_T], plain: object) -> _T:
    """Return the dataclass `kind` that this data was made of by `asdict` and JSON.

    Raises:
        ValueError: the data has another shape.
    """
    return reader(kind)(plain)  # type: ignore[no-any-return, arg-type]  # of the class that was asked for; a class has a hash


@cache
def reader(kind: object) -> Callable[[object], _Read]:
    """Return what reads an annotation: a dataclass, a tuple, literals, a union, or a type of JSON's own."""
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        return _one_of(inner)
    if origin is tuple:
        return _tuple(inner)
    if origin is Literal:
        return _among(inner)
    if is_dataclass(kind) and isinstance(kind, type):
        return _dataclass(kind)
    if kind is NoneType:
        return _among((None,))
    assert kind in _TAKEN, kind  # noqa: S101  annotations are ours
    return _scalar(kind)


def _scalar(kind: type) -> Callable[[object], _Read]:
    taken = _TAKEN[kind]

    def of(plain: object) -> _Read:
        if type(plain) not in taken:
            raise _refused(plain, kind)
        return kind(plain)

    return of


def _among(values: tuple[object, ...]) -> Callable[[object], _Read]:
    def of(plain: object) -> _Read:
        if not any(type(plain) is type(value) and plain == value for value in values):
            raise _refused(plain, values)
        return plain

    return of


def _tuple(inner: tuple[Any, ...]) -> Callable[[object], _Read]:
    if inner[1:] == (Ellipsis,):
        each = reader(inner[0])

        def of(plain: object) -> _Read:
            if not isinstance(plain, list | tuple):
                raise _refused(plain, tuple)
            return tuple([each(one) for one in plain])

        return of
    readers = tuple(map(reader, inner))

    def placed(plain: object) -> _Read:
        if not isinstance(plain, list | tuple) or len(plain) != len(readers):
            raise _refused(plain, inner)
        return tuple(each(one) for each, one in zip(readers, plain, strict=True))

    return placed


def _one_of(inner: tuple[Any, ...]) -> Callable[[object], _Read]:
    """Return what reads null or another; of several others, the first that takes it."""
    readers = [reader(one) for one in inner if one is not NoneType]
    nullable = NoneType in inner

    def of(plain: object) -> _Read:
        if plain is None and nullable:
            return None
        for each in readers[:-1]:
            try:
                return each(plain)
            except ValueError:
                continue
        return readers[-1](plain)

    return of


def _dataclass(kind: type) -> Callable[[object], _Read]:
    hints = get_type_hints(kind)
    readers = {one.name: reader(hints[one.name]) for one in fields(kind)}
    needed = {one.name for one in fields(kind) if one.default is MISSING and one.default_factory is MISSING}

    def of(plain: object) -> _Read:
        if not isinstance(plain, dict) or not needed <= plain.keys():
            raise _refused(plain, kind)
        return kind(**{name: each(plain[name]) for name, each in readers.items() if name in plain})

    return of


def _refused(plain: object, kind: object) -> ValueError:
    return ValueError(f"{type(plain).__name__} where {kind} should be")
