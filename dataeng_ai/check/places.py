"""Where a path stands in the language: which blocks may stand there, which keys they know, and how to say it in words."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final, get_args

from dataeng_ai.draft.shapes import Model, Shape, fields
from dataeng_ai.spec.spec import Spec

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from dataeng_ai.draft import Path

Models = tuple[Model, ...]

DISCRIMINATORS: Final = ("storage", "mode", "check", "format")
"""The keys that say which of several blocks this one is."""


def variants(path: Path) -> Models:
    """Return all blocks that may stand at a path, whatever stands beside them."""
    return _variants(tuple(part for part in path if isinstance(part, str)))


@cache
def _variants(keys: tuple[str, ...]) -> Models:
    found: Models = (Spec,)
    for key in keys:
        shapes = (fields(model)[key] for model in found if key in fields(model))
        found = tuple(dict.fromkeys(block for shape in shapes for block in _blocks(shape)))
    return found


def _blocks(shape: Shape) -> Models:
    return shape.blocks or (_blocks(shape.item) if shape.item else ())


def keys(path: Path) -> tuple[str, ...]:
    """Return the keys that any block at a path may have."""
    return tuple(dict.fromkeys(key for model in variants(path) for key in fields(model)))


def chosen(path: Path, data: object) -> Models:
    """Return the blocks that may stand at a path, now that its discriminator says which; all of them while it is open or wrong."""
    models, value = variants(path), at(data, path)
    if not isinstance(value, dict):
        return models
    fitting = tuple(model for model in models if any(value.get(key) in tags(model) for key in DISCRIMINATORS if key in fields(model)))
    return fitting or models


def tags(model: Model) -> tuple[str, ...]:
    """Return the words that choose this block among its siblings, such as `merge`; none where it has none."""
    key = next((key for key in DISCRIMINATORS if key in fields(model)), None)
    return tuple(map(str, get_args(model.model_fields[key].annotation))) if key else ()


def discriminator(path: Path) -> str | None:
    """Return the key that chooses among the blocks at a path; None where there is nothing to choose."""
    models = variants(path)
    return next((key for key in DISCRIMINATORS if len(models) > 1 and key in fields(models[0])), None)


def nullable(path: Path, data: object) -> bool:
    """Say whether null may stand at a path, which says nothing, on purpose."""
    return any(shape.nullable for shape in _shapes(path, data))


def decided(path: Path, data: object) -> bool:
    """Say whether the absence of a value at a path is a hole."""
    return any(shape.filled for shape in _shapes(path, data))


def _shapes(path: Path, data: object) -> Iterator[Shape]:
    *parent, key = path
    yield from (fields(model)[str(key)] for model in chosen(tuple(parent), data) if key in fields(model))


def at(data: object, path: Path) -> object:
    """Return the value at a path of plain data; None where there is nothing."""
    for part in path:
        if isinstance(data, dict):
            data = data.get(part)
        elif isinstance(data, list) and isinstance(part, int) and part < len(data):
            data = data[part]
        else:
            return None
    return data


@cache
def homes() -> Mapping[str, tuple[Path, ...]]:
    """Return every key of the language with the paths of the blocks that know it. Lists count as their first entry."""
    found: dict[str, list[Path]] = {}
    for path, key in _keys((), (Spec,)):
        found.setdefault(key, [])
        if path not in found[key]:
            found[key].append(path)
    return {key: tuple(paths) for key, paths in found.items()}


def _keys(path: Path, models: Models) -> Iterator[tuple[Path, str]]:
    for model in models:
        for key, shape in fields(model).items():
            yield path, key
            yield from _keys((*path, key), _blocks(shape))


def phrase(path: Path, data: object) -> str:
    """Say where a block is, to be put after what is wrong: `in column `price``, `in `load``, `at the top level`."""
    if not path:
        return "at the top level"
    if isinstance(path[-1], int):
        return f"in {entry(path, data)}"
    if len(path) > 1 and (path[0] == "columns" or isinstance(path[1], int)):
        return f"in `{path[-1]}` of {entry(path[:2], data)}"
    return f"in `{'.'.join(str(part) for part in path)}`"


_CALLED: Final = {"quality": "check", "foreign_keys": "foreign key"}
"""List of the language -> what an entry of it is called."""


def entry(path: Path, data: object) -> str:
    """Name an entry of a list: `column `price`` where it has a name, `check 2` where it has none."""
    name = at(data, (*path, "name"))
    if path[0] == "columns" and len(path) == 2:  # noqa: PLR2004  the list and the place in it
        return f"column `{name}`" if isinstance(name, str) else f"column {int(path[1]) + 1}"
    if path[0] in _CALLED:
        return f"{_CALLED[str(path[0])]} {int(path[1]) + 1}"
    return f"entry {int(path[-1]) + 1} of `{path[0]}`"
