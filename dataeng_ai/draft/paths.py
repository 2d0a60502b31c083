"""Places in a spec as a person types them: `columns.price.type`, `columns[2].type`, `load.mode`."""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING, Final, NoReturn

from dataeng_ai.diagnostics import Diagnostic, Problems

if TYPE_CHECKING:
    from dataeng_ai.draft.tree import Path

_STEP: Final = re.compile(r"""\.?(?:\[(?P<index>\d{1,6})\]|\["(?P<quoted>(?:[^"\\]|\\.)*)"\]|(?P<name>[^.\[\]"]+))""")


def parse_path(text: str, data: object) -> Path:
    """Return the path that a text means in data; an entry of a list of mappings is also known by its name.

    A name that holds a dot or a bracket is written `columns["a.b"].type`.

    Raises:
        Problems: the text is no path, or there is no entry of that number or name in a list (E021).
    """
    path: Path = ()
    position = 0
    while position < len(text):
        match = _STEP.match(text, position)
        if match is None or (text[position] == ".") != (position > 0 and text[position] != "["):
            _refuse(f"`{text}` is no path", "write for example `load.mode`, `columns.price.type` or `columns[0].type`")
        step = int(match["index"]) if match["index"] is not None else re.sub(r"\\(.)", r"\1", match["quoted"] or "") or match["name"]
        path, data = _step(text, path, data, step)
        position = match.end()
    if not path:
        _refuse("the path is empty", "write for example `load.mode`")
    return path


def show(path: Path, data: object) -> str:
    """Return a path as a person types it, entries of a list by their name where that says which one is meant."""
    written = ""
    for step in path:
        label: str | int = step
        if isinstance(step, int) and isinstance(data, list):
            names = [_name(item) for item in data]
            name = names[step] if step < len(names) else None
            label = name if name is not None and names.count(name) == 1 else step
        written += _write(label, first=not written)
        data = data.get(step) if isinstance(data, dict) else _item(data, step)
    return written


def _step(text: str, path: Path, data: object, step: str | int) -> tuple[Path, object]:
    if not isinstance(data, list):
        return (*path, step), data.get(step) if isinstance(data, dict) else None
    index = step if isinstance(step, int) else next((index for index, item in enumerate(data) if _name(item) == step), None)
    if index is None and str(step).isdecimal():
        index = int(step)
    if index is None or index >= len(data):
        names = [name for item in data if (name := _name(item))]
        near = difflib.get_close_matches(str(step), names, 1)
        there = f"there are {', '.join(f'`{name}`' for name in names)}"
        counted = f"it has {len(data)}, counted from 0; to add one, set the whole list"
        _refuse(f"`{text}`: there is no entry `{step}`", f"did you mean `{near[0]}`?" if near else there if names else counted)
    return (*path, index), data[index]


def _write(label: str | int, *, first: bool) -> str:
    if isinstance(label, int):
        return f"[{label}]"
    if re.search(r"""[.\[\]"\\]""", label) or not label or label.isdecimal():
        escaped = label.replace("\\", "\\\\").replace('"', '\\"')
        return f'["{escaped}"]'
    return label if first else f".{label}"


def _name(item: object) -> str | None:
    name = item.get("name") if isinstance(item, dict) else None
    return name if isinstance(name, str) else None


def _item(data: object, step: str | int) -> object:
    return data[step] if isinstance(data, list) and isinstance(step, int) and step < len(data) else None


def _refuse(message: str, advice: str) -> NoReturn:
    raise Problems(Diagnostic("E021", message, help=advice))
