"""What a draft says of its source: where to look, for what, and what needs no finding out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from dataeng_ai.diagnostics import Diagnostic, Problems
from dataeng_ai.sources import stores

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dataeng_ai.draft import Draft
    from dataeng_ai.project import Project
    from dataeng_ai.sources.stores import Place

KEYS: Final = frozenset(("table", "query", "topic"))
"""Words of a source block by which no files are read."""
_INTERVAL: Final = re.compile(r"%-?[A-Za-z]")


def source_of(draft: Draft, project: Project) -> tuple[Place, str, Mapping[str, Any]]:  # Any: plain data of a spec
    """Return the folder or store, and the glob that a draft's source means, and what its source block says already.

    Raises:
        Problems: it names no path, or its connection is not known or does not say which folder it means.
    """
    path, name = (draft.get(("source", key), None) for key in ("path", "connection"))
    block = draft.get(("source",), None)
    if isinstance(block, dict) and not KEYS.isdisjoint(block):
        known = _plain(block) | {"kind": project.connections.get(str(name))}
        return project.root, str(known.get("table", known.get("topic", "query"))), known
    if not isinstance(path, str):
        message = "the spec does not say where its data is"
        raise Problems(Diagnostic("E301", message, draft.text.name, draft.span(("source",)), help='write `source: {path: "data/*.csv"}`'))
    folder = stores.place(name if isinstance(name, str) else None, project.root)
    return folder, _INTERVAL.sub("*", path), _plain(block) if isinstance(block, dict) else {}


def _plain(block: Mapping[str, object]) -> dict[str, Any]:  # Any: plain data of a spec
    """Return what a block says already, without its holes."""
    said = {key: _plain(value) if isinstance(value, dict) else value for key, value in block.items()}
    return {key: value for key, value in said.items() if value.__class__ in (str, int, bool, list, dict, type(None))}
