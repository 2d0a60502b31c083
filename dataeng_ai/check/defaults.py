"""The project's defaults: they close holes of a spec without being written into it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import ValidationError

from dataeng_ai.draft import AUTO, shapes
from dataeng_ai.spec.source import SAID
from dataeng_ai.spec.spec import Spec

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dataeng_ai.draft.shapes import Shape


def with_defaults(data: Mapping[str, object], defaults: Mapping[str, object]) -> dict[str, object]:
    """Return the data with a default wherever the spec says nothing.

    Blocks are merged key by key. A block that may be null on purpose is taken from the defaults only when it is whole there: a default
    time zone is no schedule.
    """
    merged = _merged(data, defaults, shapes.whole(Spec))
    source = data.get("source")
    if isinstance(source, dict) and (said := next((format_ for key, format_ in SAID.items() if key in source), None)):
        # `spec`, `table` or `query` chooses the block as a format does, and what is usual for files is not for it.
        merged["source"] = {"format": said} | source
    return merged


def _merged(data: Mapping[str, object], defaults: Mapping[str, object], shape: Shape) -> dict[str, object]:
    merged = dict(data)
    for key, default in defaults.items():
        inner, value = shapes.below(shape, merged, key), merged.get(key, AUTO)
        if isinstance(value, dict) and isinstance(default, dict) and inner is not None:
            merged[key] = _merged(value, default, inner) if _of_one_kind(value, default, inner) else value
        elif value is AUTO and (inner is None or _stands_alone(inner, default)):
            merged[key] = default
    return merged


def _of_one_kind(value: Mapping[str, object], default: Mapping[str, object], shape: Shape) -> bool:
    """Say whether a default is meant for this block: one for postgres is not for a spec that says duckdb."""
    wanted, given = (block.get(shape.discriminator or "", AUTO) for block in (value, default))
    return wanted is AUTO or given is AUTO or wanted == given


def _stands_alone(shape: Shape, default: object) -> bool:
    if not (shape.nullable and shape.blocks and isinstance(default, dict)):
        return True
    try:
        shape.blocks[0].model_validate(default)
    except ValidationError:
        return False
    return True
