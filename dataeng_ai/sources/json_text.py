"""The text of a JSON file as a stream: a window of characters that moves on, and the values decoded where it stands.

The decoder is the standard library's, its numbers left as they are written. What it lets pass and RFC 8259 does not (NaN, the same
key twice, half a surrogate pair) is caught here. Memory holds one window and one record, however large the file is.

The file is long because all that goes on in the text moves one window.
"""

from __future__ import annotations

import codecs
import json
import re
from itertools import count
from typing import TYPE_CHECKING, Final, NoReturn

from dataeng_ai.diagnostics import Diagnostic, Problems
from dataeng_ai.sources.json_decoding import ConstantError, decoder
from dataeng_ai.sources.json_flaws import (
    ENCODING,
    MAX_DEPTH,
    NO_OBJECT,
    NUL,
    TOO_DEEP,
    TWICE,
    depth,
    half,
    holds_nul,
    is_text,
    not_utf8,
    undecoded,
)
from dataeng_ai.sources.streams import chunks, prefix, refuse_foreign

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dataeng_ai.sources.files import File
    from dataeng_ai.sources.json_shape import Value

MAX_RECORD: Final = 32 << 20
"""Characters of the largest record."""

BEFORE: Final = "{} (before)"
"""What a value is called that stands before another one under the same key."""

_NEAR: Final = 16
"""Characters before the end of the window in which a fault may come of the cut."""

_BLANKS: Final = re.compile(r"[ \t\n\r]*")
_STRING_OR_CONSTANT: Final = re.compile(r'"(?:[^"\\]|\\.)*"|(-?Infinity|NaN)')


class FaultError(Exception):
    """The text is no JSON. `at` is the place in the window; `cut`: it would need more text than there is."""

    def __init__(self, reason: str, at: int, *, cut: bool = False) -> None:
        """Say what is wrong and where."""
        super().__init__(reason)
        self.reason, self.at, self.cut = reason, at, cut


def fail(reason: str, at: int) -> NoReturn:
    """Say that the text is no JSON.

    Raises:
        FaultError: in any case.
    """
    raise FaultError(reason, at)


class Text:
    """The characters of a file. `window` holds some of them, `at` is the place of the next one."""

    def __init__(self, file: File) -> None:
        """Begin at the first character.

        Raises:
            Problems: E302 it cannot be read, E314 it is no text.
        """
        refuse_foreign(file)
        self.file = file
        self.encoding = json.detect_encoding(prefix(file, 4) or b" ").removesuffix("-sig")
        self._chunks = chunks(file, self.encoding)
        self._decode = codecs.getincrementaldecoder("utf-8")("surrogateescape").decode
        self._twice = False
        self.any_value = self.keeps_twice = False
        self.twice: dict[str, None] = {}
        """The keys that stand twice in an object, where both values are kept."""
        self._raw_decode = decoder(self._object).raw_decode
        self.window, self.at, self.final = "", 0, False
        self.doubtful = False
        """Somewhere in the window may be what is no character, or none of a text."""
        self._bytes = self._characters = 0
        """Of the file, and of the line, that stand before the window."""
        self._counted, self._line = 0, 1

    def _object(self, pairs: list[tuple[str, Value]]) -> dict[str, Value]:
        found = dict(pairs)
        if len(found) != len(pairs):
            if self.keeps_twice:
                return self._both(pairs, found)
            self._twice = True
        return found

    def _both(self, pairs: list[tuple[str, Value]], found: dict[str, Value]) -> dict[str, Value]:
        """Return an object with every value of a key that stands several times: the last is its own, as every reader has it."""
        for key, value in pairs:
            if found[key] != value:
                self.twice[key] = None
                names = (BEFORE.format(key) + (f" {place}" if place else "") for place in count())
                found[next(name for name in names if name not in found)] = value
        return found

    def more(self) -> bool:
        """Leave behind what was read, and read on; False at the end of the file."""
        if self.final:
            return False
        self.line(self.at)
        read, left = self.window[: self.at], self.window[self.at :]
        self._bytes += len(read) if read.isascii() else len(read.encode("utf-8", "surrogateescape"))
        end = read.rfind("\n")
        self._characters = self._characters + len(read) if end < 0 else len(read) - end - 1
        self.window, self.at, self._counted = left + self._next(len(left)), 0, 0
        self.doubtful = any(mark in self.window for mark in ("\\ud", "\\uD", "\\u0000")) or not is_text(self.window)
        return True

    def _next(self, size: int) -> str:
        """Return the next characters, as many as there are in a record that is looked at again, so that its length costs no square."""
        found: list[str] = []
        while not self.final and size >= 0:
            chunk = next(self._chunks, None)
            self.final = chunk is None
            found.append(self._decode(chunk or b"", final=self.final))
            size -= len(found[-1])
        return "".join(found)

    @property
    def done(self) -> int:
        """Return about how many bytes of the file were read."""
        return self._bytes + self.at

    def line(self, at: int) -> int:
        """Return the line of a place in the window, from 1."""
        first, last = sorted((at, self._counted))
        ends = self.window.count("\n", first, last)
        self._line += ends if at > self._counted else -ends
        self._counted = at
        return self._line

    def blanks(self) -> str:
        """Go on to what is no white space and return it; nothing at the end of the file."""
        while True:
            self.at = _BLANKS.match(self.window, self.at).end()  # type: ignore[union-attr]  # it matches everywhere
            if self.at < len(self.window):
                return self.window[self.at]
            if not self.more():
                return ""

    def value(self) -> tuple[Value, int]:
        """Decode the value that begins here; return it and the place behind it. `at` stays, so that its text can be looked at.

        Raises:
            FaultError: it is no JSON.
        """
        while True:
            try:
                found, end = self.decoded(self.window, self.at)
            except FaultError as fault:
                if not fault.cut or self.final:
                    raise
            else:
                # A number goes on where the window ends, or seems to end before a point or an exponent that is cut.
                if self.final or len(self.window) - end > _NEAR or self.window[end - 1] in '"]}':
                    return found, end
            if len(self.window) - self.at > MAX_RECORD:
                fail(f"one value is larger than {MAX_RECORD >> 20} million characters", self.at)
            self.more()

    def decoded(self, text: str, at: int) -> tuple[Value, int]:
        """Decode the value that begins at a place of a text; return it and the place behind it.

        Raises:
            FaultError: it is no JSON, or goes on behind the text.
        """
        self._twice = False
        try:
            return self._raw_decode(text, at)
        except json.JSONDecodeError as error:
            cut = error.pos >= len(text) - _NEAR or error.msg.startswith("Unterminated string")
            raise FaultError(_lower(error.msg), error.pos, cut=cut) from None
        except ConstantError as error:
            places = (match.start() for match in _STRING_OR_CONSTANT.finditer(text, at) if match[1])
            raise FaultError(str(error), next(places, at)) from None
        except RecursionError:
            raise FaultError(TOO_DEEP, at) from None

    def flaw(self, value: Value, text: str, start: int, end: int) -> str | None:
        """Return why the value that was decoded last, from that part of a text, is no record; None where it is one."""
        if value.__class__ is not dict and not self.any_value:
            return NO_OBJECT
        if self._twice:
            return TWICE
        if self.doubtful and (flaw := half(text[start:end])):
            return flaw
        if self.doubtful and not self.any_value and holds_nul(value):
            return NUL
        if end - start <= 2 * MAX_DEPTH or text.count("{", start, end) + text.count("[", start, end) <= MAX_DEPTH:
            return None
        return TOO_DEEP if depth(text[start:end]) > MAX_DEPTH else None

    def members(self) -> Iterator[str]:
        """Yield the keys of the object that begins here, each with `at` at its value, which whoever asks has to read.

        Raises:
            FaultError: it is no JSON.
        """
        self.at += 1
        mark = self.blanks()
        while mark != "}":
            if mark != '"':
                self.miss("a key in double quotes")
            key = self._passed()
            if self.blanks() != ":":
                self.miss("`:`")
            self.at += 1
            self.blanks()
            yield str(key)
            mark = self.blanks()
            if mark == ",":
                self.at += 1
                mark = self.blanks()
                if mark == "}":
                    self.miss("a key in double quotes")
            elif mark != "}":
                self.miss("`,` or `}`")
        self.at += 1

    def items(self) -> Iterator[None]:
        """Stop at each item of the list that begins here; whoever asks has to read it.

        Raises:
            FaultError: it is no JSON.
        """
        self.at += 1
        mark = self.blanks()
        while mark != "]":
            yield
            mark = self.blanks()
            if mark == ",":
                self.at += 1
                mark = self.blanks()
                if mark == "]":
                    self.miss("a value")
            elif mark != "]":
                self.miss("`,` or `]`")
        self.at += 1

    def skip(self, depth: int = 0) -> None:
        """Read a value and let it go, however large it is.

        Raises:
            FaultError: it is no JSON.
        """
        mark = self.blanks()
        if mark == "{" and depth < MAX_DEPTH:
            for _ in self.members():
                self.skip(depth + 1)
        elif mark == "[":
            for _ in self.items():
                self._passed()
        else:
            self._passed()

    def _passed(self) -> Value:
        """Read what is no record, and go on behind it; what is no text there is a fault, since no record is put aside for it."""
        value, end = self.value()
        if self.doubtful and (place := undecoded(self.window, self.at, end)) is not None:
            fail(ENCODING, place)
        self.at = end
        return value

    def miss(self, what: str) -> NoReturn:
        """Fail, because something else stands here.

        Raises:
            FaultError: in any case.
        """
        fail(f"{what} is expected", self.at)

    def refused(self, fault: FaultError) -> Problems:
        """Return what is said of a file that is no JSON, with the place of the fault in the window."""
        at = min(fault.at, len(self.window))
        line, end = self.line(at), self.window.rfind("\n", 0, at)
        column = at - end + (self._characters if end < 0 else 0)
        place = f"line {line}, column {column}"
        if self.encoding == "utf-8":
            place += f" (byte {self._bytes + len(self.window[:at].encode('utf-8', 'surrogateescape')):,})"
        if fault.reason == ENCODING:
            return not_utf8(self.file.name, f"there is a byte that is none in {place}")
        reason = "it ends too early," if at == len(self.window) and self.final else fault.reason
        message = f"`{self.file.name}` is no JSON: {reason} in {place}"
        return Problems(Diagnostic("E330", message, help="was it written to its end? nothing of it was loaded"))


def _lower(words: str) -> str:
    return words[:1].lower() + words[1:].removesuffix(" at").removesuffix(" starting at")
