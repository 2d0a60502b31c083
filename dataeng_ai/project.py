"""A project: the folder of a `dataeng.yaml`, its specs, and what that file says about connections, defaults and the model."""

from __future__ import annotations

import difflib
import os
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from dataeng_ai.diagnostics import Diagnostic, Problems, Span, Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pydantic_core import ErrorDetails

    from dataeng_ai.draft import Draft
    from dataeng_ai.draft import Path as Place

FILE: Final = "dataeng.yaml"
"""What makes a folder the root of a project."""

_SECRETS: Final = frozenset({"host", "login", "password", "passwd", "port", "pw", "secret", "token", "uri", "url", "user", "username"})
_LATER: Final = frozenset({"excel", "ftp", "iceberg", "lake", "sftp"})
_STORES: Final = frozenset({"aws", "hdfs", "http", "https", "s3", "webhdfs"})
"""Kinds of a connection's own; here they all are `files`."""


@dataclass(frozen=True, slots=True)
class Project:
    """A project's folder and settings; with nothing but a root, the settings of a folder that has no dataeng.yaml."""

    root: Path
    connections: Mapping[str, str] = field(default_factory=dict)
    """Name -> kind."""
    defaults: Mapping[str, Any] = field(default_factory=dict)  # Any: plain data, nested as in a spec
    """What closes a hole or an optional place of every spec, nested as there."""
    model: Mapping[str, str] = field(default_factory=dict)
    """`name`, `sees` and `budget`, as far as they are written."""
    text: Text | None = None

    @property
    def specs_dir(self) -> Path:
        """Return the folder of the specs."""
        return self.root / "specs"

    @property
    def state_dir(self) -> Path:
        """Return the folder of what is not in git: profiles, scratch files, the embedded warehouse, local connections."""
        return self.root / ".dataeng"


def find(start: Path) -> Project:
    """Return the project that a file or folder lies in: that of the nearest dataeng.yaml upward, else the folder itself.

    Raises:
        Problems: the dataeng.yaml is wrong (E0xx, E03x).
    """
    root = root_of(start)
    return parse(open_text(root / FILE), root) if (root / FILE).is_file() else Project(root)


def root_of(start: Path) -> Path:
    """Return the folder of the nearest dataeng.yaml upward from a file or folder, else the folder itself; nothing is read."""
    start = start.absolute()
    folder = start if start.is_dir() else start.parent
    return next((root for root in (folder, *folder.parents) if (root / FILE).is_file()), folder)


def parse(text: Text, root: Path) -> Project:
    """Return the project that a dataeng.yaml describes.

    Raises:
        Problems: everything that is wrong with it.
    """
    from pydantic import ValidationError  # noqa: PLC0415  a folder without dataeng.yaml needs neither pydantic nor YAML

    from dataeng_ai.draft import read  # noqa: PLC0415  as above
    from dataeng_ai.spec.project import ProjectFile  # noqa: PLC0415  as above

    draft = read(text, ProjectFile)
    try:
        ProjectFile.model_validate(draft.plain)
    except ValidationError as error:
        hidden = tuple(span for place, span in draft.spans.items() if _is_secret(place))
        found = (replace(_diagnostic(detail, draft), hidden=hidden) for detail in error.errors(include_url=False))
        raise Problems(*found, texts=(text,)) from None
    data: dict[str, Any] = draft.plain
    connections = {name: connection["kind"] for name, connection in data.get("connections", {}).items()}
    return Project(root, connections, data.get("defaults", {}), data.get("model", {}), text)


def open_text(path: Path) -> Text:
    """Return the text of a file, byte for byte (line ends and BOM stay), named as a person here would type it.

    Raises:
        Problems: there is no such file, or it is not UTF-8 (E001).
    """
    name = shown(path)
    try:
        return Text(name, path.read_bytes().decode("utf-8"))
    except UnicodeDecodeError as error:
        message = f"the byte at {error.start} is not UTF-8"
        raise Problems(Diagnostic("E001", message, name, help="save the file as UTF-8")) from None
    except OSError as error:
        raise Problems(Diagnostic("E001", f"cannot read `{name}`: {error.strerror}", name, help="look at the path")) from None


def spec_path(project: Project, name: str) -> Path:
    """Return the file of a spec: of a name below `specs`, of anything that looks like a path just there."""
    if name.endswith((".yaml", ".yml")) or "/" in name or os.sep in name:
        return Path(name)
    return project.specs_dir / f"{name}.yaml"


def spec_names(project: Project) -> tuple[str, ...]:
    """Return the names of the project's specs, in order."""
    files = project.specs_dir.glob("*.yaml")
    return tuple(sorted(file.stem for file in files if not file.name.endswith(".lock.yaml") and file.is_file()))


def is_spec(word: str, project: Project) -> bool:
    """Say whether a word means a spec: its name, even misspelled, or the path of one. Anything else is data."""
    if word.endswith((".yaml", ".yml")) or (spec_path(project, word).is_file() and not Path(word).is_file()):
        return True
    if not word.isidentifier() or Path(word).exists() or nearest_name(word, project) is None:
        return False
    from dataeng_ai.spec.words import NAME  # noqa: PLC0415  data are told without the language

    return NAME.fullmatch(word.casefold()) is not None


def found(name: str, project: Project) -> Path:
    """Return the file of the spec of that name, or at that path.

    Raises:
        Problems: there is none (E040).
    """
    from dataeng_ai.spec.words import NAME  # noqa: PLC0415  as above

    path = spec_path(project, name)
    if not path.is_file():
        near = nearest_name(name, project)
        new = f"start one: `spec new {name} --source FILE`" if NAME.fullmatch(name) else "`spec` lists the specs of this project"
        advice = f"did you mean `{near}`?" if near else new
        raise Problems(Diagnostic("E040", f"there is no spec `{name}`: no file `{path}`", help=advice))
    return path


def open_spec(name: str, project: Project) -> Draft:
    """Read the spec of that name, or at that path.

    Raises:
        Problems: there is none, or it is not a spec's YAML.
    """
    from dataeng_ai.draft import read  # noqa: PLC0415  see parse

    return read(open_text(found(name, project)))


def nearest_name(name: str, project: Project) -> str | None:
    """Return the name of the project's spec that a misspelled one stands for, if there is one."""
    near = difflib.get_close_matches(name.casefold(), spec_names(project), 1)
    return near[0] if near else None


def shown(path: Path) -> str:
    """Return a path as a person here would type it."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_absolute() and path.is_relative_to(here) else str(path)


def _diagnostic(detail: ErrorDetails, draft: Draft) -> Diagnostic:
    """Put an error of pydantic into the words of the language."""
    place = tuple(part for part in detail["loc"] if part != "[key]")
    name, key = draft.text.name, str(place[-1]) if place else ""
    span = draft.span(place)
    if detail["type"] == "extra_forbidden":
        return _unknown_key(place, key, draft.keys.get(place, span), draft)
    context = detail.get("ctx", {})
    if detail["type"] == "custom" or "code" in context:
        at_key = detail["loc"][-1] == "[key]"
        return Diagnostic("E031", str(context["message"]), name, draft.keys.get(place, span) if at_key else span, help=str(context["help"]))
    if detail["type"] == "missing":
        where = f" in `{'.'.join(map(str, place[:-1]))}`" if len(place) > 1 else ""
        return Diagnostic("E031", f"`{key}` is missing{where}", name, span, help=f"write `{key}: {'1' if key == 'version' else '…'}`")
    if detail["type"] == "literal_error":
        return _unknown_word(key, detail["input"], str(context["expected"]), name, span)
    wanted = _WANTED.get(detail["type"], "something else")
    return Diagnostic("E031", f"`{key}` must be {wanted}", name, span, help=_advice(detail["type"], key))


def _unknown_key(place: Place, key: str, span: Span, draft: Draft) -> Diagnostic:
    name = draft.text.name
    if _is_secret(place):
        message = f"`{key}` does not belong here: this file holds names and kinds, never where a system is or how to get in"
        advice = f"take it away, and set `AIRFLOW_CONN_{str(place[1]).upper()}`, or write that line into `.dataeng/connections.env`"
        return Diagnostic("E032", message, name, span, help=advice)
    known = sorted(_keys(place[:-1], draft))
    near = difflib.get_close_matches(key, known, 1)
    advice = f"did you mean `{near[0]}`?" if near else f"the keys here are {', '.join(f'`{word}`' for word in known)}"
    return Diagnostic("E030", f"unknown key `{key}`", name, span, help=advice)


def _is_secret(place: Place) -> bool:
    return place[:1] == ("connections",) and len(place) > 1 and str(place[-1]).casefold() in _SECRETS


def _keys(place: Place, draft: Draft) -> Iterator[str]:
    """Yield the keys that the language knows at a place of dataeng.yaml."""
    from dataeng_ai.draft import shapes  # noqa: PLC0415  see parse
    from dataeng_ai.spec.project import Connection  # noqa: PLC0415  see parse

    shape = shapes.at(draft.model, draft.plain, place)
    yield from shapes.order(shape, {}) if shape and shape.blocks else shapes.fields(Connection)


def _unknown_word(key: str, value: object, expected: str, name: str, span: Span) -> Diagnostic:
    words = [word for word in expected.replace(" or ", ", ").replace("'", "").split(", ") if word]
    if key == "kind" and value in _LATER:
        return Diagnostic(
            "E033", f"connections of the kind `{value}` are not built yet", name, span, help=f"the kinds are {', '.join(words)}"
        )
    if key == "kind" and value in _STORES:
        message = f"`kind` cannot be `{value}`: what it leads to, the connection itself says"
        return Diagnostic("E031", message, name, span, help="write `kind: files`")
    near = difflib.get_close_matches(str(value), words, 1)
    listed = ", ".join(f"`{word}`" for word in words)
    advice = f"did you mean `{near[0]}`?" if near else f"write {'one of ' if len(words) > 1 else ''}{listed}"
    return Diagnostic("E031", f"`{key}` cannot be `{value}`", name, span, help=advice)


def _advice(kind: str, key: str) -> str:
    return {"string_type": f'put it in quotes: `{key}: "…"`', "tuple_type": f"write `{key}: [a, b]`"}.get(kind, f"look at `{key}`")


_WANTED: Final = {
    "string_type": "a text",
    "int_type": "a whole number",
    "bool_type": "`true` or `false`",
    "tuple_type": "a list",
    "dict_type": "a block of keys",
    "model_type": "a block of keys",
    "greater_than_equal": "greater",
    "less_than_equal": "less",
}
