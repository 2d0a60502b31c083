"""A draft from a source, from prose, or from both: a name, a purpose, a path; all else is a hole."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from dataeng_ai.check.rules.names import COMMANDS
from dataeng_ai.diagnostics import Diagnostic, Problems
from dataeng_ai.draft.scalars import quote
from dataeng_ai.fill.naming import MAX_LENGTH, translated, transliterated
from dataeng_ai.project import shown, spec_path
from dataeng_ai.sources.databases import KINDS, query
from dataeng_ai.spec.words import NAME

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dataeng_ai.project import Project

_DATA: Final = r"\.(?:csv|tsv|tab|txt|dat|json|geojson|ndjson|jsonl|xml|parquet|xlsx?|zip)(?:\.(?:gz|zst|bz2|xz))?"
_IN_PROSE: Final = re.compile(rf"[^\s\"'`«»<>]*{_DATA}(?![\w/])", re.IGNORECASE)
_GENERIC: Final = frozenset(("data", "file", "files", "csv", "json", "export", "dump", "input", "in", "raw"))
_MODELINE: Final = "# yaml-language-server: $schema={schema}\n"


@dataclass(frozen=True, slots=True)
class New:
    """A draft that is not written yet."""

    name: str
    file: Path
    text: str

    def write(self) -> Path:
        """Write the draft; return its file.

        Raises:
            Problems: E394, a file of that name came up in the meantime.
        """
        self.file.parent.mkdir(parents=True, exist_ok=True)
        try:
            with self.file.open("xb") as file:
                file.write(self.text.encode("utf-8"))
        except FileExistsError:
            raise _exists(self.name, self.file) from None
        return self.file


def new(project: Project, *, name: str | None = None, about: str = "", source: str | None = None, connection: str | None = None) -> New:
    """Return the text of a new draft.

    Args:
        project: Where it will stand.
        name: The spec's name; taken from the file's where it is not given.
        about: The purpose in words. A path in it is the source where none is given.
        source: A file or a glob: as a person types it, relative to where they stand; on a connection, relative to that. Or a table:
            `shop:public.orders`.
        connection: The connection that the source is on.

    Raises:
        Problems: E394, there is such a spec already; E395, no source can be found; E396, the name is no name.
    """
    about = " ".join(about.split())
    if table := _table(project, source, connection):
        connection, path = table
        name = _name(name, path.rpartition(".")[2].strip('"'))
        file = spec_path(project, name)
        return free(New(name, file, of_table(project, name, about, connection, path)))
    path = _source(project, name, source or _named_in(about), connection)
    name = _name(name, path)
    file = spec_path(project, name)
    where = f"connection: {quote(connection)}, " if connection else ""
    words = f"about: {quote(about)}\n" if about else ""
    text = f"{modeline(project, file)}version: 1\nname: {name}\n{words}source: {{{where}path: {quote(path)}}}\n"
    return free(New(name, file, text))


def _table(project: Project, source: str | None, connection: str | None) -> tuple[str, str] | None:
    """Return the connection and the table that a source means: `shop:public.orders`, or a table with its connection beside it."""
    name, _, table = (source or "").partition(":")
    if connection is None and table and project.connections.get(name) in KINDS:
        connection, source = name, table
    if not source or connection is None or project.connections.get(connection) not in KINDS:
        return None
    if query.parts(source) is None:
        raise Problems(Diagnostic("E395", f"`{source}` is no table's name", help=f"`spec new --connection {connection}` lists the tables"))
    return connection, source


def of_table(project: Project, name: str, about: str, connection: str, table: str, keys: Sequence[str] = ()) -> str:
    """Return the text of a draft that reads a table; `keys` are its foreign keys as the spec writes them."""
    words = f"about: {quote(about)}\n" if about else ""
    refers = "".join(("foreign_keys:\n", *(f"  - {key}\n" for key in keys))) if keys else ""
    source = f"source: {{connection: {quote(connection)}, table: {quote(table)}}}"
    return f"{modeline(project, spec_path(project, name))}version: 1\nname: {name}\n{words}{source}\n{refers}"


def modeline(project: Project, file: Path) -> str:
    """Return the line by which editors find the schema of a spec, where the project has it beside the specs."""
    schema = project.specs_dir / "spec.schema.json"
    return _MODELINE.format(schema=schema.name) if schema.is_file() and file.parent == schema.parent else ""


def free(draft: New) -> New:
    """Return the draft again.

    Raises:
        Problems: E394, there is such a spec already.
    """
    if draft.file.exists():
        raise _exists(draft.name, draft.file)
    return draft


def _named_in(about: str) -> str | None:
    """Return the first path of a data file that the prose names."""
    match = _IN_PROSE.search(about)
    return match[0] if match else None


def _source(project: Project, name: str | None, source: str | None, connection: str | None) -> str:
    """Return the path as the spec says it: below the project's root where it lies there, else whole."""
    if not source:
        help_ = f"name a file: `spec new {name or 'NAME'} --source FILE`, or write its path into the words"
        raise Problems(Diagnostic("E395", "nothing says where the data are", help=help_))
    if connection:
        return source
    whole = Path(source).expanduser()
    whole = whole if whole.is_absolute() else _standing(project, whole)
    root = project.root.resolve()
    return whole.relative_to(root).as_posix() if whole.is_relative_to(root) else whole.as_posix()


def _standing(project: Project, path: Path) -> Path:
    """Return a relative path whole: from where the person stands, or from the root where only that has it."""
    here, root = Path.cwd(), project.root.resolve()
    return next((place / path for place in (here, root) if any(place.glob(path.as_posix()))), here / path)


def _name(given: str | None, path: str) -> str:
    """Return the name that was given, or one made of the file's (of its folder's where the file's says nothing)."""
    if given is not None:
        if not NAME.fullmatch(given):
            best = word(given)
            raise Problems(Diagnostic("E396", f"`{given}` cannot be a spec's name", help=f"write for example `{best}`"))
        if given in COMMANDS:
            raise Problems(Diagnostic("E396", f"`{given}` is a command, and no spec's name", help=f"write for example `{word(given)}`"))
        return given
    parts = [re.sub(r"\.[A-Za-z]+(\.gz)?$", "", part, flags=re.IGNORECASE) for part in reversed(Path(path).parts)]
    found = [word(part) for part in parts if re.search(r"[^\W\d_]", _still(part))]
    return next((name for name in found if name not in _GENERIC), found[0] if found else "pipeline")


def word(part: str) -> str:
    """Return a part of a path as a name that no command has."""
    word = translated(_still(part)) or transliterated(_still(part)) or "data"
    word = word if word[0].isalpha() else f"data_{word}"[:MAX_LENGTH]
    return f"{word}_data" if word in COMMANDS else word


def _still(part: str) -> str:
    """Return a part of a path without what changes from file to file: signs of a glob, dates, numbers at its end."""
    return re.sub(r"[*?\[\]%]+\w?|[-_.\s]*\d[\d\-_.]*$", " ", part).strip(" -_.")


def _exists(name: str, file: Path) -> Problems:
    help_ = f"fill it: `spec fill {name}`; or choose another name: `spec new NAME --source FILE`"
    return Problems(Diagnostic("E394", f"there is a spec `{name}` already", shown(file), help=help_))
