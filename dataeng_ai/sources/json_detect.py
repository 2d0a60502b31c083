"""Finding out how JSON files are written: one document or many records, and where in a document the records are."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal

from dataeng_ai import ir
from dataeng_ai.diagnostics import Diagnostic, Problems
from dataeng_ai.sources.detected import Detected
from dataeng_ai.sources.json_paths import EACH, KEY, joined, record_path
from dataeng_ai.sources.json_text import FaultError, Text

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from dataeng_ai.sources.files import File
    from dataeng_ai.sources.json_shape import Value

_ENOUGH: Final = 16 << 20
"""Characters of a document that are looked at for lists of records."""
_FIRST: Final = 4 << 20
"""Characters of the first value beyond which a file is taken for one document."""
_LINE: Final = 1 << 20
"""Characters of a list that may be a record in a line."""
_DEEPEST: Final = 16
_NAMED: Final = 5
_VALUES: Final = 200
"""Members of an object, none of them an object, from which its keys are data …"""
_OBJECTS: Final = 100
"""… and so many where all of them are objects; or fewer, where they have the same keys and are most of the document."""
_ALIKE: Final = 10
_SPREAD: Final = 3
"""Keys of all of them together, against those of one, up to which objects are alike."""
_SHORT: Final = 1024
"""Characters of a document that is too short for the share of a list in it to say anything."""
_FEW: Final = 20
_SMALL: Final = 0.2
"""A list of fewer objects, and a smaller part of the document, is a detail of it, and the document is the record."""
_NAME: Final = re.compile(r"\.(json|geojson|ndjson|jsonl)(?:\.\w+)?$", re.IGNORECASE)
_SEPARATOR: Final = "\x1e"


def detect(files: Sequence[File], known: Mapping[str, Any]) -> Detected:  # Any: plain data of a spec
    """Find out how the files are written, by the largest of them; what `known` says of `format` and `records` already, holds.

    Raises:
        Problems: E302 it cannot be read, E311 all are empty, E313, E314 and E315 it is no text, E330 it is no JSON.
    """
    largest = max(files, key=lambda file: file.size)
    text = Text(largest)
    reasons = []
    form, why = _form(text)
    if known.get("format") in ("json", "ndjson"):
        form = known["format"]
    else:
        reasons.append(why)
    if "encoding" not in known and text.encoding != "utf-8":
        reasons.append(f"encoding {text.encoding}: so the first four bytes say")
    records = known.get("records")
    if form == "json" and "records" not in known:
        records, more = _records(Text(largest))
        reasons += more
    asked = known.get("json")
    json = ir.Json(tuple(asked["columns"]), tuple(asked["whole"])) if asked else None
    return Detected(ir.Source(None, largest.name, form, records=records, json=json), tuple(reasons))


def looks(file: File) -> Literal["json", "ndjson"] | None:
    """Say whether a file is JSON, by its name or its first value, and of which form; None where neither says so."""
    named = _NAME.search(file.name)
    try:
        text = Text(file)
        mark = text.blanks()
        if mark in ("{", "[", _SEPARATOR) and (named or mark == _SEPARATOR or _begins(text)):
            return _form(text)[0]
    except (FaultError, Problems):
        pass
    return _by_name(file) if named else None


def _begins(text: Text) -> bool:
    try:
        _first(text)
    except FaultError as fault:
        return fault.cut and not text.final
    return True


def _first(text: Text) -> tuple[Value, int]:
    """Decode the first value and return it with the place behind it; a fault that is cut and not at the end: it is very large."""
    while True:
        try:
            return text.decoded(text.window, text.at)
        except FaultError as fault:
            if not fault.cut or len(text.window) > _FIRST or not text.more():
                raise


def _by_name(file: File) -> Literal["json", "ndjson"]:
    named = _NAME.search(file.name)
    return "ndjson" if named and named[1].lower() in ("ndjson", "jsonl") else "json"


def _form(text: Text) -> tuple[Literal["json", "ndjson"], str]:
    """Tell one document from records one after another, by what stands behind the first value."""
    mark = text.blanks()
    if not mark:
        message = f"`{text.file.name}` is empty: there is no record"
        raise Problems(Diagnostic("E311", message, help="was it written to its end?"))
    lines = _by_name(text.file) == "ndjson"
    if mark == "[" and not (lines or _lists(text)):
        return "json", "json: the document is a list"
    if mark == _SEPARATOR:
        return "ndjson", "ndjson: a record separator stands before each object (RFC 7464)"
    try:
        _, text.at = _first(text)
    except FaultError as fault:
        line = text.window[text.at :].partition("\n")[0].rstrip()
        if not lines and (fault.cut or line == "{" or not line.endswith("}")):
            return "json", "json: one document"
        return "ndjson", "ndjson: one object a line, the first of them broken"
    behind = text.window[text.at :].partition("\n")[0].strip()
    if lines or (text.blanks() and (not behind or behind[0] in ("{", _SEPARATOR))):
        return "ndjson", "ndjson: one object after another" if mark == "{" else "ndjson: one value a line"
    return "json", "json: one document"


def _lists(text: Text) -> bool:
    """Say whether the first line is a whole list, and the next one begins with one."""
    line, _, rest = text.window[text.at : text.at + _LINE].partition("\n")
    try:
        return rest.lstrip().startswith("[") and text.decoded(line.rstrip(), 0)[1] == len(line.rstrip())
    except FaultError:
        return False


@dataclass(slots=True)
class _List:
    """A list in a document, or an object whose keys are data: how many objects and other items were met."""

    path: str
    objects: int = 0
    others: int = 0
    size: int = 0
    """Characters of it, about."""
    keyed: bool = False
    """It is such an object, and its members are the records."""


class _Enough(Exception):  # noqa: N818  no error: the end of looking
    pass


@dataclass(slots=True)
class _Members:
    """The members of an object: many of one kind, and their keys are data."""

    objects: int = 0
    others: int = 0
    cells: int = 0
    keys: set[str] = field(default_factory=set)
    """Of those that are objects."""

    def add(self, keys: Collection[str] | None) -> None:
        """Take a member, an object of these keys or something else."""
        if keys is None:
            self.others += 1
            return
        self.objects += 1
        if self.objects <= _OBJECTS:
            self.keys.update(keys)
            self.cells += len(keys)

    def many(self) -> bool:
        """Say whether they are so many that nobody gave each a name."""
        return self.others >= _VALUES if not self.objects else not self.others and self.objects >= _OBJECTS

    def alike(self) -> bool:
        """Say whether they are as records of a list are: some, all of them objects, of the same keys."""
        return not self.others and self.objects >= _ALIKE and len(self.keys) * self.objects <= _SPREAD * self.cells


class _Search:
    """Looks for lists of objects in a document, through objects only."""

    def __init__(self, text: Text) -> None:
        self.text = text
        self.lists: list[_List] = []
        self.beside: list[str] = []
        self.read = 0

    def run(self) -> bool:
        """Go through the document, or its first part; say whether that was all.

        Raises:
            FaultError: it is no JSON.
        """
        try:
            self._value(())
        except _Enough:
            return False
        return True

    def _value(self, keys: tuple[str, ...]) -> Collection[str] | None:
        """Go through a value; return the keys of an object."""
        mark = self.text.blanks()
        if mark == "{" and len(keys) < _DEEPEST:
            return self._object(keys)
        if mark == "[" and keys:
            self._list(keys)
        else:
            self.text.skip()
            if keys:
                self.beside.append(joined(keys))
        return () if mark == "{" else None

    def _object(self, keys: tuple[str, ...]) -> Collection[str]:
        lists, beside, start = len(self.lists), len(self.beside), self.text.done
        seen, names = _Members(), []
        for key in self.text.members():
            if seen.many():
                value = self._item()
                seen.add(value if isinstance(value, dict) else None)
                if self.read > _ENOUGH:
                    break
            else:
                seen.add(self._value((*keys, key)))
                names.append(key)
        if seen.many() or seen.alike():
            found = _List(record_path(keys, members=True), seen.objects + seen.others, 0, self.text.done - start, keyed=True)
            if seen.many() or found.size > self.text.done / 2:  # what comes behind it is weighed in the end
                del self.lists[lists:], self.beside[beside:]
                self.lists.append(found)
        if self.read > _ENOUGH:
            raise _Enough
        return names

    def _item(self) -> Value:
        value, end = self.text.value()
        self.read += end - self.text.at
        self.text.at = end
        return value

    def _list(self, keys: tuple[str, ...]) -> None:
        found = _List(record_path(keys))
        self.lists.append(found)
        start = self.text.done
        for _ in self.text.items():
            value = self._item()
            found.objects += isinstance(value, dict)
            found.others += not isinstance(value, dict)
            found.size = self.text.done - start
            if self.read > _ENOUGH:
                raise _Enough


def _records(text: Text) -> tuple[str | None, list[str]]:
    """Find the records in a document: the list with the most objects, where it is no list itself."""
    if text.blanks() != "{":
        return None, []
    search = _Search(text)
    try:
        whole = search.run()
    except FaultError as fault:
        raise text.refused(fault) from None
    lists = [one for one in search.lists if not one.others and one.objects]
    lists = [one for one in lists if not one.keyed or one.objects >= _OBJECTS or 2 * one.size > text.done]
    lists = lists or [one for one in search.lists if not (one.others or one.keyed) and len(search.lists) == 1]
    if not lists:
        return None, ["records: the document itself is the one record, no list of objects is in it"]
    largest = max(one.size for one in lists)
    best = max((one for one in lists if one.size >= _SMALL * largest), key=lambda one: one.objects)
    if _is_detail(best, text.done):
        why = f"the longest list of objects in it, `{best.path}`, has {best.objects}, and is a small part of it; `records` chooses"
        return None, [f"records: the document itself is the one record: {why}"]
    count = f"the {best.objects:,} objects" if whole else f"the objects (more than {best.objects:,})"
    reasons = [f"records: {count} of the list `{best.path}`" if not best.keyed else _said_of_members(best, whole=whole)]
    rest = [one for one in lists if one is not best]
    if rest:
        others = ", ".join(f"`{one.path}` ({one.objects:,})" for one in rest[:_NAMED])
        reasons.append(f"records: there are other lists of objects, {others}; `records` chooses")
    if search.beside:
        named = ", ".join(f"`{path}`" for path in search.beside[:_NAMED]) + (" …" if len(search.beside) > _NAMED else "")
        reasons.append(f"records: what stands beside them is not loaded: {named}")
    return best.path, reasons


def _is_detail(best: _List, size: int) -> bool:
    """Say whether a list is too little of a document to be what it is about."""
    return not best.keyed and size >= _SHORT and best.objects < _FEW and best.size < _SMALL * size


def _said_of_members(best: _List, *, whole: bool) -> str:
    count = f"the {best.objects:,} members" if whole else f"the members (more than {best.objects:,})"
    holder = f"the object `{best.path[:-2]}`" if best.path != EACH else "the document, which is an object"
    return f"records: {count} of {holder}: its keys are data, and in the column `{KEY}`; `records: null` reads it as one record"
