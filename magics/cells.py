"""A cell as a spec: checked, then saved over nothing but what a cell of this session wrote."""

from __future__ import annotations

import difflib
from pathlib import Path

from dataeng_ai import draft as drafts
from dataeng_ai.check import check
from dataeng_ai.diagnostics import Diagnostic, Problems, Text
from dataeng_ai.project import find, spec_path

OPEN = "E101"
"""The code of a decision that is open, which is no reason to refuse a draft: fill is there to close it."""


class Cells:
    """What the cells of one session saved, by path."""

    def __init__(self) -> None:
        """Start with nothing saved."""
        self._saved: dict[Path, str] = {}

    def save(self, name: str, cell: str) -> Path:
        """Check the cell and save it as the spec of that name; return where.

        Raises:
            Problems: it is no spec, or the file holds something that this session did not write.
        """
        project = find(Path.cwd())
        path = spec_path(project, name)
        draft = drafts.read(Text(f"%%dataeng {name}", cell))
        wrong = [found for found in check(draft, project).diagnostics if found.severity == "error" and found.code != OPEN]
        if draft.get(("name",), name) != name:
            advice = f"write `name: {name}`, or `%%dataeng {draft.get(('name',))}`"
            wrong.append(
                Diagnostic("E050", "the cell and its spec have different names", draft.text.name, draft.span(("name",)), help=advice)
            )
        if wrong:
            raise Problems(*wrong, texts=(draft.text,))
        self._not_over_anothers_work(path, cell)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(cell.encode())
        self._saved[path] = cell
        return path

    def _not_over_anothers_work(self, path: Path, cell: str) -> None:
        if not path.exists():
            return
        there = path.read_bytes().decode()
        if there in {cell, self._saved.get(path)}:
            return
        lines = difflib.unified_diff(there.splitlines(), cell.splitlines(), str(path), "this cell", lineterm="")
        advice = f"take what stands there into the cell: `%load {path}`; or remove the file"
        raise Problems(Diagnostic("E051", f"`{path}` was changed since a cell wrote it", notes=("\n".join(lines),), help=advice))
