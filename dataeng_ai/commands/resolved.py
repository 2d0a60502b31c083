"""A spec with every default, one value a line, and where each comes from."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from dataeng_ai import build
from dataeng_ai import draft as drafts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dataeng_ai.draft import Draft, Path
    from dataeng_ai.fill import Lock
    from dataeng_ai.project import Project

_ABSENT = object()


def resolved(draft: Draft, project: Project) -> list[dict[str, object]]:
    """Return path, value and origin of every value of a completed spec.

    The origin is who decided it by the lock, `written` for the person's own, `dataeng.yaml`, or `default`.

    Raises:
        Problems: the spec is not complete, or wrong.
    """
    data = build.complete(draft, project).model_dump(mode="json", by_alias=True)
    lock, _ = build.locked(draft, project)
    return [
        {"path": drafts.show(path, data), "value": value, "origin": _origin(path, draft, project, lock)} for path, value in _leaves(data)
    ]


def text(values: list[dict[str, object]]) -> str:
    """Return the values as aligned lines."""
    lines = [(f"{one['path']}: {json.dumps(one['value'], ensure_ascii=False)}", one["origin"]) for one in values]
    width = max(len(line) for line, _ in lines)
    return "\n".join(f"{line:{width}}  # {origin}" for line, origin in lines)


def _leaves(value: object, path: Path = ()) -> Iterator[tuple[Path, object]]:
    """Yield what no block is divided further: scalars, and lists of scalars."""
    if isinstance(value, dict) and value:
        for key, inner in value.items():
            yield from _leaves(inner, (*path, key))
    elif isinstance(value, list) and any(isinstance(item, dict) for item in value):
        for place, item in enumerate(value):
            yield from _leaves(item, (*path, place))
    else:
        yield path, value


def _origin(path: Path, draft: Draft, project: Project, lock: Lock) -> str:
    if draft.get(path, _ABSENT) is not _ABSENT:
        places = (drafts.show(path[:depth], draft.data) for depth in range(len(path), 0, -1))
        return next((lock.entries[place].by for place in places if place in lock.entries), "written")
    default: object = project.defaults
    for step in path:
        default = default.get(step, _ABSENT) if isinstance(default, dict) else _ABSENT
    return "default" if default is _ABSENT else "dataeng.yaml"
