"""Which specs need not be compiled again: what they were compiled from is the same, and their files stand as they were written.

It is known from `.dataeng/compiled.json`, what this machine compiled for itself, and not from `build/manifest.json`: that is in git,
and to believe it would let an edit pass that changed a file and its hash together. Nothing here needs YAML, SQL or a template, so
that compiling what has not changed costs little more than reading the files.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from contextlib import suppress
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from dataeng_ai import __version__
from dataeng_ai.project import FILE

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from dataeng_ai.project import Project

_PLACE: Final = Path(".dataeng", "compiled.json")
_PARTS: Final = ("jinja2", "pydantic", "pyyaml", "sqlglot")
"""The packages that have a say in what is written."""

Entry = dict[str, Any]
"""Of one spec: `read` (path below the root -> sha256, None: no file), `after` (the specs it waits for), `manifest` (its entry there)."""


class Compiled:
    """What was compiled here before, by the same compiler; nothing where that cannot be known."""

    def __init__(self, root: Path, names: Collection[str]) -> None:
        """Read what is known of the project at `root`, which has specs of these names."""
        self.root, self.names = root, frozenset(names)
        self.hashes: dict[str, str | None] = {}
        found = _read(root)
        self.specs: dict[str, Entry] = found.get("specs", {})
        self.whole: dict[str, str] = found.get("whole", {})

    def same(self, name: str, folder: Path) -> Entry | None:
        """Return what is known of a spec, if compiling it would write what already stands in the folder."""
        found = self.specs.get(name)
        if found is None or not self.names.issuperset(found["after"]):
            return None
        if any(self._hash(path) != sha256 for path, sha256 in found["read"].items()):
            return None
        return found if _stand(found["manifest"]["outputs"], folder) else None

    def all_same(self, folder: Path) -> bool:
        """Say whether compiling the whole project would change nothing at all."""
        return (
            bool(self.whole)
            and self.names == self.specs.keys()
            and _stand(self.whole, folder)
            and all(self.same(name, folder) for name in self.names)
        )

    def keep(self, fresh: Mapping[str, Entry], whole: Mapping[str, str]) -> None:
        """Remember what specs compile to, and the hash of the manifest where the whole project was compiled.

        What cannot be written is not remembered: the next compile is slower, and no less right.
        """
        specs = {name: found for name, found in {**self.specs, **fresh}.items() if name in self.names}
        whole = whole or self.whole
        if specs == self.specs and whole == self.whole:
            return
        target = self.root / _PLACE
        beside = target.with_name(f".{target.name}.{os.getpid()}")
        with suppress(OSError):
            target.parent.mkdir(parents=True, exist_ok=True)
            beside.write_text(json.dumps({"compiler": _compiler(self.root), "specs": specs, "whole": whole}), "utf-8")
            beside.replace(target)

    def _hash(self, path: str) -> str | None:
        if path not in self.hashes:
            self.hashes[path] = _sha256(os.path.join(self.root, path))  # noqa: PTH118  a thousand Paths cost more than their files
        return self.hashes[path]


def read_of(name: str, project: Project) -> dict[str, str | None]:
    """Return the hashes of all that a spec is compiled from. Taken before it is read: an edit in between is then seen as one."""
    settings = hashlib.sha256(project.text.text.encode()).hexdigest() if project.text else None
    return {path: _sha256(str(project.root / path)) for path in (f"specs/{name}.yaml", f"specs/{name}.lock.yaml")} | {FILE: settings}


def _stand(outputs: Mapping[str, str], folder: Path) -> bool:
    """Say whether every file stands in the folder, byte for byte."""
    return all(_sha256(os.path.join(folder, path)) == sha256 for path, sha256 in outputs.items())  # noqa: PTH118  as in `_hash`


def _sha256(path: str) -> str | None:
    """Return the hash of a file's bytes; None where it cannot be read."""
    try:
        handle = os.open(path, os.O_RDONLY)
    except OSError:
        return None
    try:
        return hashlib.sha256(b"".join(iter(lambda: os.read(handle, 1 << 16), b""))).hexdigest()
    except OSError:
        return None
    finally:
        os.close(handle)


def _read(root: Path) -> dict[str, Any]:
    try:
        found = json.loads((root / _PLACE).read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) and found.get("compiler") == _compiler(root) else {}


def _compiler(root: Path) -> str:
    """Return what stands for the compiler: its files as Python itself tells new from old, what it is built of, and where the project is.

    The place counts because a path that a spec writes in full is compiled relative to the project's folder.
    """
    parts: list[object] = [__version__, sys.version, *map(metadata.version, _PARTS), str(root)]
    for folder, folders, files in os.walk(Path(__file__).parent, followlinks=True):
        folders[:] = sorted(name for name in folders if name != "__pycache__")
        parts += [(folder, name, *_stamp(folder, name)) for name in sorted(files)]
    return hashlib.sha256(repr(parts).encode(errors="surrogateescape")).hexdigest()


def _stamp(folder: str, name: str) -> Iterable[int]:
    found = os.stat(os.path.join(folder, name))  # noqa: PTH116, PTH118  as in `_hash`
    return found.st_size, found.st_mtime_ns
