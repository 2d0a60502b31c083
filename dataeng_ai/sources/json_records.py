"""The records of a JSON file, one by one: the objects of a list somewhere in a document, one object a line, or one after another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from dataeng_ai.diagnostics import Diagnostic, Problems
from dataeng_ai.sources.json_agreed import VALUE
from dataeng_ai.sources.json_flaws import half, is_open
from dataeng_ai.sources.json_paths import KEY, record_keys
from dataeng_ai.sources.json_text import MAX_RECORD, FaultError, Text, fail

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dataeng_ai.sources.files import File
    from dataeng_ai.sources.json_shape import Value

_LOOKED: Final = 256 << 10
"""Bytes that tell whether records stand in lines."""
_LINES: Final = 100
_SEPARATOR: Final = "\x1e"
"""Before each record, by RFC 7464."""
_CLOSES: Final = '"]}'
_PARTS: Final = ' \t\r\n"[{' + _SEPARATOR
"""What parts a number or a word from what stands behind it."""
BROKEN: Final = "not JSON: "
BEHIND: Final = "text behind the object"
KEYED: Final = f"it has a `{KEY}` of its own"


class Found(NamedTuple):
    """A record: its value, or why it is no row, and where it stands in the window."""

    value: Value
    flaw: str | None
    start: int
    end: int


class Records:
    """Goes through the records of a file."""

    def __init__(self, file: File, form: str, path: str | None) -> None:
        """Begin before the first.

        Args:
            file: Where they are.
            form: json, one document, or ndjson, one record after another.
            path: Of the repeated element in a document, or of an object whose members are the records; None: the document itself.

        Raises:
            Problems: E302, E314: the file cannot be read.
        """
        self.text = Text(file)
        self.file = file
        self.form = form
        self.path = path
        self.blank = 0
        self._met = self._each = False
        self._begins = ""
        """How a line begins that can be a record: among objects no other value is one."""

    def __iter__(self) -> Iterator[Found]:
        """Yield one record after another; each holds until the next is asked for.

        Raises:
            Problems: E330 the file is no JSON, E331 it has nothing at the path, E311 it is empty, and what reading raises.
        """
        try:
            if not self.text.blanks():
                raise _empty(self.file)
            if self.form == "json":
                yield from self._document()
            elif self._in_lines():
                yield from self._lines()
            else:
                yield from self._stream()
        except FaultError as fault:
            raise self.text.refused(fault) from None

    def _in_lines(self) -> bool:
        """Say whether most lines are a value each, as against objects that span lines or share one."""
        while len(self.text.window) - self.text.at < _LOOKED and self.text.more():
            pass
        text = self.text.window[self.text.at : self.text.at + _LOOKED]
        self._begins = "{" if text.startswith("{") else ""
        lines = text.split("\n")[: _LINES + 1]
        whole = [line.strip(" \t\r" + _SEPARATOR) for line in (lines[:-1] if len(lines) > 1 else lines)]
        whole = [line for line in whole if line]
        return 2 * sum(self._is_value(line) for line in whole) >= len(whole) or (len(lines) == 1 and not self._begins_with_value(whole))

    def _is_value(self, line: str) -> bool:
        try:
            return line.startswith(self._begins) and self.text.decoded(line, 0)[1] == len(line)
        except FaultError:
            return False

    def _begins_with_value(self, lines: list[str]) -> bool:
        try:
            return bool(lines and self.text.decoded(lines[0], 0))
        except FaultError:
            return False

    def _document(self) -> Iterator[Found]:
        keys, self._each = record_keys(self.path) if self.path is not None else ((), False)
        if keys is None:
            message = f"`{self.path}` is no path of a record"
            raise Problems(Diagnostic("E331", message, help='write it like `data.items`, and a key with a point like `"a.b".items`'))
        yield from self._at(keys)
        if self.text.blanks():
            fail("text behind the end of the document", self.text.at)
        if not self._met:
            message = f"`{self.file.name}` has nothing at `{self.path}`"
            raise Problems(Diagnostic("E331", message, help="correct `records`, the path of the repeated element"))

    def _at(self, keys: tuple[str, ...]) -> Iterator[Found]:
        """Yield the records below the value that begins here; lists on the way are gone through."""
        mark = self.text.blanks()
        if not keys:
            yield from self._members(mark) if self._each else self._end(mark)
        elif mark == "[":
            for _ in self.text.items():
                yield from self._at(keys)
        elif mark == "{":
            seen = False
            for key in self.text.members():
                if key != keys[0]:
                    self.text.skip()
                elif seen:
                    fail(f"the key `{key}`, where the records are, stands twice", self.text.at)
                else:
                    seen = True
                    yield from self._at(keys[1:])
        else:
            self.text.skip()

    def _end(self, mark: str) -> Iterator[Found]:
        """Yield what stands at the end of the path: the items of a list, an object; nothing where it is null."""
        self._met = True
        text = self.text
        if mark == "[":
            for _ in text.items():
                found = self._one()
                yield found
                text.at = found.end
        elif mark == "n" and self.path is not None:
            text.skip()
        else:
            text.keeps_twice = self.path is None  # the document is its one record: to put it aside would be to refuse it
            found = self._one()
            yield found
            text.at = found.end

    def _members(self, mark: str) -> Iterator[Found]:
        """Yield the members of the object that stands at the end of the path, each with its key; of several in a list, those of each."""
        text = self.text
        if mark == "{":
            self._met = True
            for key in text.members():
                found = self._keyed(key)
                yield found
                text.at = found.end
        elif mark == "[":
            for _ in text.items():
                yield from self._members(text.blanks())
        else:
            self._met = self._met or mark == "n"
            text.skip()

    def _keyed(self, key: str) -> Found:
        """Return the member that begins here as a record: the key beside what an object has, or beside a single value."""
        text = self.text
        value, end = text.value()
        inside = value if isinstance(value, dict) else {VALUE: value}
        whole: dict[str, Value] = {KEY: key, **inside}
        flaw = text.flaw(whole, text.window, text.at, end) or (half(key) if text.doubtful else None)
        return Found(whole, KEYED if KEY in inside else flaw, text.at, end)

    def _one(self) -> Found:
        """Return the record that begins here; whoever asked goes on to its end once it was looked at."""
        text = self.text
        value, end = text.value()
        return Found(value, text.flaw(value, text.window, text.at, end), text.at, end)

    def _stream(self) -> Iterator[Found]:
        text = self.text
        while mark := text.blanks():
            if mark == _SEPARATOR:
                text.at += 1
            else:
                found = self._one()
                yield found
                text.at = found.end
                if text.window[text.at - 1] not in _CLOSES and text.window[text.at : text.at + 1].strip(_PARTS):
                    fail("two values with nothing between them", text.at)

    def _lines(self) -> Iterator[Found]:
        text = self.text
        while True:
            end = text.window.find("\n", text.at)
            if end < 0:
                if len(text.window) - text.at > MAX_RECORD:
                    fail(f"one line is longer than {MAX_RECORD >> 20} million characters", text.at)
                if text.more():
                    continue
                if text.at == len(text.window):
                    return
                end = len(text.window)
            line = text.window[text.at : end].strip(" \t\r" + _SEPARATOR)
            if line:
                yield self._line(line, end)
            else:
                self.blank += 1
            text.at = min(end + 1, len(text.window))

    def _line(self, line: str, end: int) -> Found:
        text = self.text
        start = text.window.find(line[:1], text.at)
        try:
            value, size = text.decoded(line, 0)
        except FaultError as fault:
            if end == len(text.window) and text.final and is_open(line):
                fail("the last record is cut short", end)
            return Found(None, BROKEN + fault.reason, start, end)
        if size != len(line):
            return Found(None, BEHIND, start, end)
        return Found(value, text.flaw(value, line, 0, size), start, end)


def _empty(file: File) -> Problems:
    message = f"`{file.name}` is empty: there is no record"
    return Problems(Diagnostic("E311", message, help="was it written to its end? an empty file is refused, a list without items is not"))
