"""From data to the completed spec, or from pydantic's errors to findings in the words of the language."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from pydantic import ValidationError

from dataeng_ai.check import places, unbuilt
from dataeng_ai.check.finding import Finding
from dataeng_ai.check.language import RULES, Fault, open_hole
from dataeng_ai.draft import AUTO
from dataeng_ai.spec.source import SAID
from dataeng_ai.spec.spec import Spec

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from pydantic_core import ErrorDetails

    from dataeng_ai.draft import Path

_SPEC: Final = ("source", "spec")
_PATH: Final = ("source", "path")

_CODES: Final = {
    "missing": "E100",
    "extra_forbidden": "E102",
    "literal_error": "E103",
    "greater_than_equal": "E106",
    "less_than_equal": "E106",
}
"""Kind of pydantic's error -> our code; any other is E104, a value of the wrong shape."""


def validate(data: dict[str, object], holes: Collection[Path]) -> tuple[Spec | None, tuple[Finding, ...]]:
    """Return the completed spec, or None and all that keeps the data from being one."""
    found = [replace(open_hole(path, data), code="E101") for path in dict.fromkeys(_outermost(hole, data) for hole in holes)]
    try:
        spec = Spec.model_validate(data)
    except ValidationError as error:
        for fault in (_fault(detail, data) for detail in error.errors(include_url=False)):
            found += _translate(fault, holes)
        said = {(*finding.path[:-1], finding.meant) for finding in found if finding.key and finding.meant}
        if any(finding.code == "E102" and finding.path == _SPEC for finding in found):
            said.add(_PATH)  # rows of another spec were meant, and they have no path
        return None, tuple(finding for finding in found if finding.path not in said or finding.code not in {"E100", "E101"})
    return (None if found else spec), tuple(found)


def _outermost(hole: Path, data: dict[str, object]) -> Path:
    """Return the outermost block around a hole that is not there at all, or the hole: what is absent as a whole is open as a whole."""
    around = (hole[:end] for end in range(1, len(hole)))
    return next((path for path in around if places.at(data, path) in (None, AUTO)), hole)


def _fault(detail: ErrorDetails, data: dict[str, object]) -> Fault:
    return Fault(detail["type"], _cut_tags(detail["loc"]), detail["input"], detail.get("ctx", {}), data)


def _cut_tags(loc: Path) -> Path:
    """Take out the word that pydantic puts behind the path of a union to say which of its models it tried."""
    path: Path = ()
    cut = False
    for part in loc:
        at_union = isinstance(part, str) and places.discriminator(path) is not None
        if at_union and not cut:
            cut = True
            continue
        cut = False
        path = (*path, part)
    return path


def _translate(fault: Fault, holes: Collection[Path]) -> Iterator[Finding]:
    if fault.kind in {"union_tag_not_found", "union_tag_invalid"}:
        yield from _discriminator(fault, holes)
        return
    if any(fault.path[: len(hole)] == hole or (fault.kind == "missing" and hole[: len(fault.path)] == fault.path) for hole in holes):
        return
    code = str(fault.context["code"]) if fault.kind == "ours" else _CODES.get(fault.kind, "E104")
    if fault.kind == "missing" and places.decided(fault.path, fault.data):
        yield replace(open_hole(fault.path, fault.data), code="E101")
        return
    if fault.kind == "extra_forbidden" and (word := _unbuilt_key(fault.path)):
        yield _not_built(word, fault.path, key=True)
        return
    if fault.kind == "literal_error" and (word := unbuilt.WORDS.get(fault.key, {}).get(str(fault.value).casefold())):
        yield _not_built(word, fault.path)
        return
    yield replace(RULES[code](fault), code=code)


def _discriminator(fault: Fault, holes: Collection[Path]) -> Iterator[Finding]:
    """Check the word that chooses among blocks, and, while it is open or wrong, the keys beside it against all of them."""
    key = places.discriminator(fault.path) or ""
    path = (*fault.path, key)
    value = places.at(fault.data, path)
    beside = places.at(fault.data, fault.path)
    for other in [other for other in beside if other not in places.keys(fault.path)] if isinstance(beside, dict) else ():
        yield from _translate(Fault("extra_forbidden", (*fault.path, other), None, {}, fault.data), holes)
    if path in holes:
        return
    if fault.kind == "union_tag_not_found" and not (isinstance(beside, dict) and key in beside):
        yield replace(open_hole(path, fault.data), code="E101")
        return
    tags = " or ".join(f"'{tag}'" for model in places.variants(fault.path) for tag in places.tags(model) if tag not in SAID.values())
    yield from _translate(Fault("literal_error", path, value, {"expected": tags}, fault.data), holes)


def _unbuilt_key(path: Path) -> str | None:
    block = next((part for part in reversed(path[:-1]) if isinstance(part, str)), "")
    return unbuilt.KEYS.get(block, {}).get(str(path[-1]))


def _not_built(code: str, path: Path, *, key: bool = False) -> Finding:
    word = unbuilt.CODES[code]
    return Finding(path, f"not built yet: {word.what}", word.instead, key=key, code=code)
