"""YAML text -> Draft; the walk that finds its holes; edits that move nothing else.

Read `document.py` for what a draft is, `reader.py` and `traps.py` for what is refused, `shapes.py` for the walk, `edits.py` for edits.
"""

from __future__ import annotations

from dataeng_ai.draft.document import Draft, holes, read
from dataeng_ai.draft.edits import apply, fill, replace
from dataeng_ai.draft.paths import parse_path, show
from dataeng_ai.draft.scalars import AUTO, Auto
from dataeng_ai.draft.tree import Path

__all__ = ["AUTO", "Auto", "Draft", "Path", "apply", "fill", "holes", "parse_path", "read", "replace", "show"]
