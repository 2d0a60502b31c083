"""build/manifest.json: what was compiled from what, by hash. It is how a removed spec's files are known to be ours."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any, Final

from dataeng_ai import __version__

if TYPE_CHECKING:
    from collections.abc import Mapping

PATH: Final = "manifest.json"
VERSION: Final = 1


def manifest(artifacts: Mapping[str, Mapping[str, str]], inputs: Mapping[str, Mapping[str, str]], previous: str | None = None) -> str:
    """Return the manifest of these pipelines: name -> path -> text, for what was written and for what was read.

    `previous`, the manifest that stands there, is for compiling some specs of many: it keeps what it says of the others.
    """
    return of_entries({name: entry(files, inputs.get(name, {})) for name, files in artifacts.items()}, previous)


def entry(artifacts: Mapping[str, str], inputs: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Return what the manifest says of one pipeline: path -> sha256 of what was read, and of what was written."""
    return {"inputs": _hashes(inputs), "outputs": _hashes(artifacts)}


def of_entries(entries: Mapping[str, Mapping[str, Mapping[str, str]]], previous: str | None = None) -> str:
    """Return the manifest of these entries; `previous` as above."""
    pipelines = dict(sorted(((_pipelines(previous) if previous else {}) | {**entries}).items()))
    return json.dumps({"manifest": VERSION, "compiler": __version__, "pipelines": pipelines}, ensure_ascii=False, indent=1) + "\n"


def outputs(text: str | None) -> dict[str, str]:
    """Return path -> sha256 of everything that a manifest lists; nothing where it cannot be read."""
    found: dict[str, str] = {}
    for entry in _pipelines(text or "").values():
        if isinstance(entry, dict) and isinstance(entry.get("outputs"), dict):
            found |= {str(path): str(sha256) for path, sha256 in entry["outputs"].items()}
    return found


def _hashes(files: Mapping[str, str]) -> dict[str, str]:
    return {path: hashlib.sha256(text.encode()).hexdigest() for path, text in sorted(files.items())}


def _pipelines(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text).get("pipelines", {})
    except (ValueError, AttributeError):
        return {}
    return found if isinstance(found, dict) else {}
