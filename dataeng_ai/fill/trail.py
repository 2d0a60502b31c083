"""Whose text a spec's file holds: what a cell wrote is remembered by its hash, over fill's own edits, and over restarts.

A person's edit in between breaks the trail, and nothing mends it but the person: so it is never taken for the tool's own.
"""

from __future__ import annotations

import hashlib
import json
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from dataeng_ai.project import Project


def begin(project: Project, spec: Path, cell: str, text: str) -> None:
    """Remember that a cell stands in a spec's file as this text."""
    _keep(_file(project, spec), {"cell": _hash(cell), "text": _hash(text)})


def carry_on(project: Project, spec: Path, before: str | None, after: str | None) -> None:
    """Remember that one text of the tool's own became another: fill wrote it, or took it back."""
    known = _known(project, spec)
    if known and before is not None and after is not None and known["text"] == _hash(before):
        _keep(_file(project, spec), known | {"text": _hash(after)})


def is_unbroken(project: Project, spec: Path, text: str) -> bool:
    """Say whether nobody but a cell and the tool wrote what stands in a spec's file."""
    return _known(project, spec).get("text") == _hash(text)


def is_same_cell(project: Project, spec: Path, cell: str) -> bool:
    """Say whether the cell that wrote a spec's file last was this one, letter for letter."""
    return _known(project, spec).get("cell") == _hash(cell)


def put(file: Path, text: str | None) -> None:
    """Write a file whole, so that no reader ever sees half of it; None takes it away."""
    if text is None:
        file.unlink(missing_ok=True)
        return
    half = file.with_name(f".{file.name}.{os.getpid()}")
    half.write_bytes(text.encode("utf-8"))
    half.replace(file)


def _file(project: Project, spec: Path) -> Path:
    return project.state_dir / "cells" / f"{spec.stem}.json"


def _known(project: Project, spec: Path) -> dict[str, str]:
    """Return what is remembered; nothing where the file was lost or is no longer ours, and then the person is asked."""
    try:
        known = json.loads(_file(project, spec).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return known if isinstance(known, dict) and {"cell", "text"} <= known.keys() else {}


def _keep(file: Path, known: dict[str, str]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    put(file, json.dumps(known) + "\n")


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
