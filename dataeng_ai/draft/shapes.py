"""The shape of a field, read from its pydantic annotation: what may stand there, and whether its absence is a hole.

One walk over the models finds the holes of a draft; nothing here knows a field of the language by name.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Annotated, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from dataeng_ai.draft.scalars import AUTO
from dataeng_ai.spec.kinds import DECIDED, GIVEN, OFFERED, Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dataeng_ai.draft.tree import Path

Model = type[BaseModel]


@dataclass(frozen=True, slots=True)
class Shape:
    """What a field may hold: one of some blocks, a list of `item`, or else plain values."""

    blocks: tuple[Model, ...] = ()
    discriminator: str | None = None
    item: Shape | None = None
    nullable: bool = False
    kind: Kind | None = None

    @property
    def filled(self) -> bool:
        """Say whether its absence is a hole."""
        return self.kind == DECIDED

    @property
    def offered(self) -> bool:
        """Say whether fill may write it where it is absent, though that is no hole."""
        return self.kind == OFFERED

    def candidates(self, value: object) -> tuple[Model, ...]:
        """Return the blocks that a value may be: one where that is settled, all while the discriminator is open, none for a wrong one."""
        if self.discriminator is None or not isinstance(value, dict):
            return self.blocks if len(self.blocks) < 2 else (_likeliest(self.blocks, value),)  # noqa: PLR2004  a choice needs two
        tag = value.get(self.discriminator, AUTO)
        if tag is AUTO or tag is None:
            return self.blocks
        return tuple(block for block in self.blocks if tag in _tags(block, self.discriminator))


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a block under the name that a spec writes."""

    name: str
    shape: Shape


@cache
def fields(model: Model) -> dict[str, Shape]:
    """Return the shapes of a block's fields under the names that a spec writes, in canonical order."""
    return {info.alias or name: _shape(info.annotation, tuple(info.metadata), info) for name, info in model.model_fields.items()}


def whole(model: Model) -> Shape:
    """Return the shape of a document whose root is the model."""
    return Shape(blocks=(model,))


def below(shape: Shape, value: object, step: str | int) -> Shape | None:
    """Return the shape of what stands one step below a value, or None where the models know of nothing there."""
    if isinstance(step, int):
        return shape.item
    found = (fields(model).get(step) for model in shape.candidates(value))
    return next((field for field in found if field is not None), None)


def at(model: Model, data: object, path: Path) -> Shape | None:
    """Return the shape of what stands at a path of a document."""
    shape: Shape | None = whole(model)
    for step in path:
        if shape is None:
            return None
        shape, data = below(shape, data, step), _step(data, step)
    return shape


def order(shape: Shape | None, value: object) -> tuple[str, ...]:
    """Return the keys that a value of this shape may have, in canonical order."""
    if shape is None:
        return ()
    return tuple(dict.fromkeys(name for model in shape.candidates(value) for name in fields(model)))


def holes(shape: Shape, value: object, path: Path = ()) -> Iterator[Path]:
    """Yield the open holes of this round below a value, in canonical order.

    While a discriminator is open, it is the only hole of its block. An absent block opens its own holes; one that may be null, or that
    has nothing to decide, is a hole itself.
    """
    if value is AUTO:
        yield from _of_nothing(shape, path)
    elif isinstance(value, list) and shape.item:
        for index, item in enumerate(value):
            yield from holes(shape.item, item, (*path, index))
    elif isinstance(value, dict) and shape.blocks:
        yield from _of_block(shape, value, path)


def _of_nothing(shape: Shape, path: Path) -> Iterator[Path]:
    if shape.nullable or not shape.blocks or (len(shape.blocks) > 1 and shape.discriminator is None):
        yield path
        return
    inside = () if shape.discriminator is None and _has_given(shape.blocks[0]) else tuple(_of_block(shape, {}, path))
    yield from inside or (path,)


def _of_block(shape: Shape, value: dict[str, object], path: Path) -> Iterator[Path]:
    if shape.discriminator and value.get(shape.discriminator, AUTO) in (AUTO, None):
        yield (*path, shape.discriminator)
        return
    for model in shape.candidates(value):
        for name, field in fields(model).items():
            if name in value:
                yield from holes(field, value[name], (*path, name))
            elif field.filled:
                yield from holes(field, AUTO, (*path, name))


def mark_auto(shape: Shape | None, value: object, undecided: frozenset[Path], path: Path = ()) -> object:
    """Return data with AUTO where the person left the decision open.

    `undecided` holds the places of unquoted `auto` words and of empty values. An `auto` is open wherever it is not given and not one
    of a list's texts; an empty value only where the field is decided.
    """
    if shape is None:
        return value
    if path in undecided and shape.kind != GIVEN and isinstance(path[-1], str) and (value is not None or shape.filled):
        return AUTO
    match value:
        case dict():
            if shape.discriminator and (*path, shape.discriminator) in undecided:
                value = {**value, shape.discriminator: AUTO}
            return {name: mark_auto(below(shape, value, name), inner, undecided, (*path, name)) for name, inner in value.items()}
        case list():
            return [mark_auto(shape.item, inner, undecided, (*path, index)) for index, inner in enumerate(value)]
        case _:
            return value


def arrange(shape: Shape | None, value: object) -> object:
    """Return plain data with the keys of its mappings in canonical order, those that the models do not know last."""
    match value:
        case dict():
            known = [name for name in order(shape, value) if name in value]
            names = [*known, *(name for name in value if name not in known)]
            return {name: arrange(below(shape, value, name) if shape else None, value[name]) for name in names}
        case list() | tuple():
            return [arrange(shape.item if shape else None, item) for item in value]
        case _:
            return value


def _shape(annotation: object, metadata: tuple[object, ...], info: FieldInfo | None = None) -> Shape:
    kind = next((mark for mark in metadata if isinstance(mark, Kind)), None)
    discriminator = info.discriminator if info else None
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        inner = next((mark for mark in arguments[1:] if isinstance(mark, FieldInfo)), None)
        shape = _shape(arguments[0], arguments[1:], inner)
        return _with(shape, kind=kind or shape.kind, discriminator=discriminator)
    if origin in (Union, UnionType):
        return _with(_union([_shape(argument, ()) for argument in arguments]), kind=kind, discriminator=discriminator)
    if origin in (list, tuple) or (isinstance(origin, type) and issubclass(origin, (list, tuple))):
        return Shape(item=_shape(arguments[0], ()), kind=kind)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return Shape(blocks=(annotation,), kind=kind)
    return Shape(nullable=annotation in (NoneType, None), kind=kind)


def _union(parts: list[Shape]) -> Shape:
    return Shape(
        blocks=tuple(block for part in parts for block in part.blocks),
        discriminator=next((part.discriminator for part in parts if part.discriminator), None),
        item=next((part.item for part in parts if part.item), None),
        nullable=any(part.nullable for part in parts),
    )


def _with(shape: Shape, *, kind: Kind | None, discriminator: object) -> Shape:
    name = discriminator if isinstance(discriminator, str) else shape.discriminator
    return Shape(shape.blocks, name, shape.item, shape.nullable, kind)


def _tags(block: Model, discriminator: str) -> tuple[object, ...]:
    annotation = block.model_fields[discriminator].annotation
    return get_args(annotation) if get_origin(annotation) is Literal else ()


def _has_given(block: Model) -> bool:
    return any(shape.kind == GIVEN for shape in fields(block).values())


def _likeliest(blocks: tuple[Model, ...], value: object) -> Model:
    keys = set(value) if isinstance(value, dict) else set()
    return max(blocks, key=lambda block: len(keys & set(fields(block))))


def _step(data: object, step: str | int) -> object:
    if isinstance(data, dict):
        return data.get(step, AUTO)
    return data[step] if isinstance(data, list) and isinstance(step, int) and step < len(data) else AUTO
