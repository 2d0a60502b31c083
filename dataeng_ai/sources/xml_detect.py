"""Finding out about XML files: whether they are any, in which encoding, and which element is the record."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Final, NoReturn
from xml.parsers import expat

from dataeng_ai import ir
from dataeng_ai.diagnostics import Diagnostic, Problems
from dataeng_ai.sources.detected import Detected
from dataeng_ai.sources.foreign import refuse_foreign
from dataeng_ai.sources.json_paths import joined
from dataeng_ai.sources.streams import chunks, prefix
from dataeng_ai.sources.xml_reader import MAX_DEPTH, split
from dataeng_ai.sources.xml_text import Guard, encoding_of, inner, remedy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from dataeng_ai.sources.files import File

_ENOUGH: Final = 4 << 20
"""Bytes that are looked at for elements that are repeated …"""
_MOST: Final = 64 << 20
"""… and up to which it is gone on where there is none."""
_PIECE: Final = 256 << 10
_NAMED: Final = 5
_PART: Final = 0.2
"""Elements that, with all that is in them, are a smaller part of what the largest are, are not what a document is about …"""
_FEW: Final = 20
"""… and fewer than so many that are a smaller part of it all do not make it a list of them …"""
_SHORT: Final = 60
"""… where it has at least so many elements and attributes for that to say anything."""
_NAME: Final = re.compile(r"\.xml(?:\.\w+)?$", re.IGNORECASE)
_CALLED: Final = re.compile(r"\.xml(?:\.(?:gz|zst|bz2|xz))?$", re.IGNORECASE)
_DECLARATION: Final = re.compile(r"\s*<\?xml\s")
_PAGE: Final = re.compile(r"\s*(?:<!doctype\s+html|<html)\b", re.IGNORECASE)
_ROOT: Final = re.compile(r"\s*<(?:[^\W\d][\w.:-]*[\s/>]|!--|!DOCTYPE\s|\?[\w-]+\s)")


def detect(files: Sequence[File], known: Mapping[str, Any]) -> Detected:  # Any: plain data of a spec
    """Find out how the files are written, by the largest of them; what `known` says of `records` already, holds.

    Raises:
        Problems: E302 it cannot be read, E311 it is empty, E313, E314 and E315 it is no text, E335 it is no XML.
    """
    largest = max(files, key=lambda file: file.size)
    try:
        refuse_foreign(largest, "XML")
        encoding, why = encoding_of(largest)
    except OSError as error:
        message = f"`{largest.name}` cannot be read: {error.strerror}"
        raise Problems(Diagnostic("E302", message, help="was it moved meanwhile?")) from error
    reasons = [] if encoding == "utf-8" and why.startswith("no other") else [f"encoding {encoding}: {why}"]
    records = known.get("records")
    if not isinstance(records, str):
        records, more = _records(largest, encoding)
        reasons += more
    asked = known.get("json")
    json = ir.Json(tuple(asked["columns"]), tuple(asked["whole"])) if asked else None
    return Detected(ir.Source(None, largest.name, "xml", records=records, json=json), tuple(reasons))


def looks(file: File) -> bool:
    """Say whether a file is XML: by its declaration, or by its name or its first tag where that is no page of HTML."""
    raw = b""
    try:
        raw = prefix(file, 4096)
        start = raw.decode(encoding_of(file)[0], "replace").lstrip("\ufeff")
    except OSError:
        return False
    except Problems:  # packed and damaged, or an encoding that nobody knows: whoever reads it says so
        return b"<?xml" in raw[:100]
    if _PAGE.match(start):
        return False
    if _CALLED.search(file.name):
        return True  # whoever reads it says what is wrong with it
    if not start.lstrip().startswith("<"):
        return False
    return bool(_DECLARATION.match(start) or (_ROOT.match(start) and (_NAME.search(file.name) or _parses(start))))


def _parses(start: str) -> bool:
    try:
        expat.ParserCreate("utf-8").Parse(start.encode("utf-8", "replace"), False)  # noqa: FBT003  expat has it so
    except expat.ExpatError:
        return False
    return True


@dataclass(slots=True)
class _Place:
    """The elements of one path."""

    keys: tuple[str, ...]
    count: int = 0
    within: int = 0
    """How many of them stand in the present parent …"""
    most: int = 0
    """… and in the fullest one."""
    rich: bool = False
    """Some have attributes or children."""
    attributes: int = 0
    """Of all of them."""
    children: dict[str, _Place] = field(default_factory=dict)


class _Counted:
    """Counts the elements of each path."""

    def __init__(self, refuse: Callable[[str], NoReturn]) -> None:
        self.top = _Place(())
        self.open = [self.top]
        self.refuse = refuse

    def start(self, name: str, attrs: dict[str, str]) -> None:
        """Take a start tag."""
        parent, local = self.open[-1], split(name)[1]
        place = parent.children.get(local)
        if place is None:
            place = parent.children[local] = _Place((*parent.keys, local))
        place.count += 1
        place.within += 1
        place.most = max(place.most, place.within)
        place.rich = place.rich or bool(attrs)
        place.attributes += len(attrs)
        parent.rich = True
        for child in place.children.values():
            child.within = 0
        self.open.append(place)
        if len(self.open) > MAX_DEPTH:
            self.refuse(f"elements are nested more than {MAX_DEPTH} deep")

    def end(self, _name: str) -> None:
        """Take an end tag."""
        self.open.pop()

    def repeated(self) -> list[_Place]:
        """Return the outermost places that stand several times in one parent."""
        return list(_repeated(self.top))


def _weight(place: _Place) -> int:
    """Return how many elements and attributes are in the elements of a place, themselves too."""
    return place.count + place.attributes + sum(map(_weight, place.children.values()))


def _repeated(place: _Place) -> Iterator[_Place]:
    for child in place.children.values():
        if child.most > 1:
            yield child
        else:
            yield from _repeated(child)


def _records(file: File, encoding: str) -> tuple[str, list[str]]:
    """Find the records: the outermost element that is repeated, that with the most where there are several."""
    parser = expat.ParserCreate(inner(encoding), "}")
    refuse = partial(_unsafe, file, parser)
    counted = _Counted(refuse)
    parser.StartElementHandler, parser.EndElementHandler = counted.start, counted.end
    Guard(parser, refuse)
    done, whole = 0, False
    try:
        for piece in chunks(file, encoding, _PIECE):
            parser.Parse(piece, False)  # noqa: FBT003  expat has it so
            done += len(piece)
            if done > _MOST or (done > _ENOUGH and counted.repeated()):
                break
        else:
            whole = True
            parser.Parse(b"", True)  # noqa: FBT003  likewise
    except expat.ExpatError as error:
        if not counted.top.children:
            raise _none(file, error) from None
    return _chosen(counted, whole=whole)


def _unsafe(file: File, parser: expat.XMLParserType, reason: str) -> NoReturn:
    place = f"line {parser.CurrentLineNumber}, column {parser.CurrentColumnNumber + 1}"
    message = f"`{file.name}` is not safe to read: {reason}, in {place}"
    raise Problems(Diagnostic("E336", message, help=remedy(reason)))


def _none(file: File, error: expat.ExpatError) -> Problems:
    if not prefix(file, 4096).strip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n"):
        message = f"`{file.name}` is empty: there is no record"
        return Problems(Diagnostic("E311", message, help="was it written to its end?"))
    reason = expat.ErrorString(error.code)
    message = f"`{file.name}` is no XML: {reason}, in line {error.lineno}, column {error.offset + 1}"
    return Problems(Diagnostic("E335", message, help="was it written to its end? nothing of it was loaded"))


def _chosen(counted: _Counted, *, whole: bool) -> tuple[str, list[str]]:
    found = counted.repeated()
    found = [place for place in found if place.rich] or found
    if not found:
        place = _alone(counted.top)
        path = joined(place.keys)
        return path, [f"records: `{path}` is the one record, no element is repeated"]
    weights = {place.keys: _weight(place) for place in found}
    heavy = [place for place in found if weights[place.keys] >= _PART * max(weights.values())]
    best = max(heavy, key=lambda place: place.count)
    path, all_ = joined(best.keys), _weight(counted.top)
    if all_ >= _SHORT and best.count < _FEW and weights[best.keys] < _PART * all_:
        alone = joined(_alone(counted.top).keys)
        why = f"what is repeated most in it, `{path}`, {best.count} times, is a small part of it; `records` chooses"
        return alone, [f"records: `{alone}` is the one record: {why}"]
    count = f"{best.count:,}" if whole else f"more than {best.count - 1:,}"
    reasons = [f"records: `{path}` is repeated, {count} times"]
    rest = [place for place in found if place is not best]
    if rest:
        others = ", ".join(f"`{joined(place.keys)}` ({place.count:,})" for place in rest[:_NAMED])
        reasons.append(f"records: other elements are repeated, too, {others}; `records` chooses")
    beside = [place for place in _beside(counted.top, best) if place not in rest]
    if beside:
        named = ", ".join(f"`{joined(place.keys)}`" for place in beside[:_NAMED]) + (" …" if len(beside) > _NAMED else "")
        reasons.append(f"records: what stands beside them is not loaded: {named}")
    return path, reasons


def _alone(top: _Place) -> _Place:
    """Return the one record of a document where nothing is repeated: within elements that do nothing but hold it."""
    place = next(iter(top.children.values()))
    while len(place.children) == 1:
        inside = next(iter(place.children.values()))
        if not inside.rich:
            break
        place = inside
    return place


def _beside(place: _Place, best: _Place) -> Iterator[_Place]:
    for child in place.children.values():
        if best.keys[: len(child.keys)] != child.keys:
            yield child
        elif child is not best:
            yield from _beside(child, best)
