"""What the compiler wrote for one pipeline, read back and verified before a byte of data is touched."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, Final

from dataeng_ai import ir
from dataeng_ai.diagnostics import Diagnostic, Problems
from dataeng_ai.targets.session import Compiled

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

INDEX: Final = "pipeline.json"
"""The file that names all the others, with the sha256 of each."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """One compiled pipeline: its IR, its statements by name in the order in which they stand, and the hash of what changes rows."""

    pipeline: ir.Pipeline
    spec_hash: str
    statements: Mapping[str, Compiled]

    @classmethod
    def load(cls, folder: Path) -> Bundle:
        """Read a bundle from the folder beside its DAG, such as `build/dags/tickets`.

        Raises:
            Problems: there is no bundle, it was edited, or it is newer than this runtime.
        """
        if not (folder / INDEX).is_file():
            raise Problems(Diagnostic("E401", f"`{folder}` holds no compiled pipeline", help="compile it: `spec compile`"))
        return _verified({path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()})

    @classmethod
    def of(cls, files: Mapping[str, str]) -> Bundle:
        """Take a bundle from the compiler's artifacts (path -> text) without writing them.

        Raises:
            Problems: as `load` does.
        """
        index = next((PurePosixPath(path) for path in files if PurePosixPath(path).name == INDEX), None)
        if index is None:
            raise Problems(Diagnostic("E401", "the artifacts hold no compiled pipeline", help="compile it: `spec compile`"))
        beside = {PurePosixPath(path).name: text.encode() for path, text in files.items() if PurePosixPath(path).parent == index.parent}
        return _verified(beside)

    def statement(self, name: str) -> Compiled:
        """Return the statement of this name.

        Raises:
            Problems: the compiler wrote none.
        """
        if name not in self.statements:
            raise Problems(
                Diagnostic(
                    "E404", f"the compiled pipeline `{self.pipeline.name}` has no statement `{name}`", help=_again(self.pipeline.name)
                )
            )
        return self.statements[name]

    def having(self, prefix: str) -> tuple[Compiled, ...]:
        """Return the statements whose names start with `prefix`, in the order in which they were compiled."""
        return tuple(statement for name, statement in self.statements.items() if name.startswith(prefix))


def _verified(files: Mapping[str, bytes]) -> Bundle:
    index = _index(files[INDEX])
    _not_newer(index)
    name = str(index["pipeline"]["name"])
    for file, sha256 in index["files"].items():
        if file not in files:
            raise Problems(Diagnostic("E402", f"`{file}` of the compiled pipeline `{name}` is missing", help=_again(name)))
        if hashlib.sha256(files[file]).hexdigest() != sha256:
            raise Problems(Diagnostic("E402", f"`{file}` of the compiled pipeline `{name}` was edited by hand", help=_again(name)))
    statements = {key: _cut(key, place, files) for key, place in index["statements"].items()}
    return Bundle(ir.from_dict(index["pipeline"]), str(index["spec_hash"]), statements)


def _index(content: bytes) -> dict[str, Any]:
    try:
        index = json.loads(content)
    except ValueError as error:
        raise Problems(Diagnostic("E402", f"`{INDEX}` was edited by hand: it is no JSON", help="compile again: `spec compile`")) from error
    wanted = {"ir_version", "pipeline", "spec_hash", "statements", "files"}
    if not isinstance(index, dict) or not wanted <= index.keys():
        raise Problems(Diagnostic("E402", f"`{INDEX}` was edited by hand: parts of it are missing", help="compile again: `spec compile`"))
    return index


def _not_newer(index: Mapping[str, Any]) -> None:
    if index["ir_version"] != ir.VERSION:
        message = f"the pipeline was compiled for version {index['ir_version']} of the runtime, this one reads version {ir.VERSION}"
        raise Problems(Diagnostic("E403", message, help="bring both to the same release of dataeng-ai, then `spec compile`"))


def _cut(name: str, place: Mapping[str, Any], files: Mapping[str, bytes]) -> Compiled:
    text = files[place["file"]][place["start"] : place["end"]].decode()
    return Compiled(name, text, tuple(place["params"]))


def _again(name: str) -> str:
    return f"compile again: `spec compile {name}`"
