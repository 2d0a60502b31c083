"""The records of an XML file, one by one, by expat: nothing is fetched, entities that could be bombs are refused, memory stays flat.

An element becomes a text, or an object of its attributes (`_x`), its children, and its own text (`_VALUE`); children of one name are
a list. Text between children is mixed content: `_VALUE` is the list of texts and children in their order then. White space alone
beside children or attributes, or around a line end in an element that has nothing else, is layout; all other text stays as it is.
Comments and processing instructions are left out. `xsi:nil="true"` is nothing, an empty element an empty text.

The file is long because the parser's handlers and what they remember of the elements that are open are one machine.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, NamedTuple, NoReturn
from xml.parsers import expat

from dataeng_ai.diagnostics import Diagnostic, Problems
from dataeng_ai.sources.foreign import refuse_foreign
from dataeng_ai.sources.json_paths import keys_of
from dataeng_ai.sources.prepared import MAX_RAW
from dataeng_ai.sources.streams import chunks
from dataeng_ai.sources.xml_text import Guard, Tags, encoding_of, inner, remedy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dataeng_ai.sources.files import File
    from dataeng_ai.sources.json_shape import Value

PIECE: Final = 256 << 10
"""Bytes that are parsed at a time."""
MAX_RECORD: Final = 32 << 20
"""Bytes of the largest record, or of a tag or a comment anywhere."""
MAX_DEPTH: Final = 256
"""Elements within elements."""
TEXT: Final = "_VALUE"
"""The key of an element's own text."""
CLASH: Final = "an attribute and an element have one name"

NIL: Final = ""
"""The key, as long as an element is open, of its `xsi:nil`."""
_NIL: Final = ("http://www.w3.org/2001/XMLSchema-instance", "nil")
_TAG: Final = re.compile(rb"""<[^"'>]*(?:"[^"]*"[^"'>]*|'[^']*'[^"'>]*)*>""")
_CLOSING: Final = re.compile(rb"</[^<>]*>")
_EARLY: Final = frozenset({expat.errors.codes[word] for word in ("no element found", "unclosed token", "unclosed CDATA section")})


class Found(NamedTuple):
    """A record: its value, why it is no row, and the bytes of the file where it begins and where its end tag does."""

    value: dict[str, Value]
    flaw: str | None
    start: int
    end: int


class Names(dict[str, str]):
    """The key of each name as expat gives it, `uri}local}prefix`: the local name. One that two namespaces share keeps its prefix."""

    def __init__(self, mark: str, qualified: set[str], like: str = "") -> None:
        """Begin with the keys that are known to need their prefix; `mark` stands before each key."""
        super().__init__()
        self.made: set[str] = set()
        self.likes: set[str] = set()
        """The names seen whose local name is `like`."""
        self._like = like
        self._mark, self.qualified = mark, qualified
        self._spaces: dict[str, str] = {}
        self.stale = False

    def __missing__(self, name: str) -> str:
        """Make the key of a name that was not seen before."""
        space, local, prefix = split(name)
        if self._mark and (space, local) == _NIL:
            self[name] = NIL
            return NIL
        if self._spaces.setdefault(local, space) != space and self._mark + local not in self.qualified:
            self.qualified.add(self._mark + local)
            self.stale = True
        qualified = prefix and self._mark + local in self.qualified
        found = self[name] = self._mark + (f"{prefix}:{local}" if qualified else local)
        self.made.add(found)
        if local == self._like:
            self.likes.add(name)
        return found


class _Order:
    """The children of an element in their order, kept only where it matters: texts between them, or names that take turns."""

    def __init__(self, cell: dict[str, Any], attributes: set[str]) -> None:
        """Begin with what stands in the element so far, whose names have not taken turns."""
        self.mixed = False
        self.content: list[Any] = []
        self._attributes = attributes
        for key, value in cell.items():
            if key == TEXT:
                self.content.append(value)
            elif key and key not in attributes:
                self.content += [{key: one} for one in value] if isinstance(value, list) else [{key: value}]

    def value(self, cell: dict[str, Any]) -> dict[str, Any]:
        """Return the element: its attributes, and all else in order."""
        return {**{key: text for key, text in cell.items() if key in self._attributes}, TEXT: self.content}


def split(name: str) -> tuple[str, str, str]:
    """Return namespace, local name and prefix of a name as expat gives it."""
    space, mark, rest = name.partition("}")
    local, _, prefix = rest.partition("}")
    return (space, local, prefix) if mark else ("", name, "")


class Reader:
    """Goes through the records of a file."""

    def __init__(self, file: File, path: str, qualified: set[str] | None = None) -> None:
        """Begin before the first.

        Args:
            file: Where they are.
            path: Of the repeated element, from the root: `company.branch`.
            qualified: Keys that keep their prefix; grows, with `stale`, when another one is met.

        Raises:
            Problems: E302, E313, E314, E315: the file cannot be read; E331: the path is none.
        """
        keys = keys_of(path)
        if keys is None:
            message = f"`{path}` is no path of a record"
            raise Problems(
                Diagnostic("E331", message, help='write it from the root, like `company.branch`; `"a.b".c` where a name has a point')
            )
        refuse_foreign(file, "XML")
        self.file, self.path, self._keys = file, path, keys
        self.encoding = encoding_of(file)[0]
        self.inner = inner(self.encoding)
        """The encoding of the bytes that the parser gets."""
        names: set[str] = set() if qualified is None else qualified
        self._elements, self._attributes = Names("", names, keys[-1]), Names("_", names)
        self.starts = 0
        """Start tags that bear the record's name, wherever they are."""
        self._tags = Tags(keys[-1], self.inner)
        self.scope = 0
        """Grows with every namespace that is declared, and with every one that is left."""
        self._window, self._base, self._line = b"", 0, 1
        self._start = -1
        self._done: list[Found] = []
        self._parser = self._made()
        self._guard = Guard(self._parser, self._refuse)

    @property
    def stale(self) -> bool:
        """Say whether two namespaces turned out to share a name, so that another pass has to tell them apart."""
        return self._elements.stale or self._attributes.stale

    def __iter__(self) -> Iterator[Found]:
        """Yield one record after another; each holds until the next is asked for.

        Raises:
            Problems: E335 no XML; E336 unsafe; E331 nothing at the path; E319 the counts differ; and what reading raises.
        """
        for piece in self.pieces():
            yield from self.take(piece)
        yield from self.finish()

    def pieces(self) -> Iterator[bytes]:
        """Yield the bytes of the file, to be handed to `take`; what stands between two records may be left out where `settled`."""
        return chunks(self.file, self.encoding, PIECE)

    def finish(self) -> Iterator[Found]:
        """Yield the last records, at the end of the file.

        Raises:
            Problems: as for every record.
        """
        self._parse(b"", final=True)
        yield from self._done
        self._tags.feed(b"<")
        if self._tags.count != self.starts:
            doubt = f"expat meets {self.starts:,} tags `{self._keys[-1]}`, our own count of the bytes is {self._tags.count:,}"
            message = f"`{self.file.name}` refused: {doubt}"
            raise Problems(Diagnostic("E319", message, help="nothing of it was loaded; please report this file as a bug"))
        if not self._met:
            message = f"`{self.file.name}` has nothing at `{self.path}`"
            hint = "correct `records`, the path of the repeated element from the root, such as `company.branch`"
            raise Problems(Diagnostic("E331", message, help=hint))

    @property
    def plain(self) -> bool:
        """Say whether a record is what stands in it: no DTD adds to it, and no two namespaces share a name."""
        return not (self._guard.doctype or self._elements.qualified)

    def settled(self, found: Found) -> bool:
        """Say whether all that was taken ends with this record, so that the parser waits for what comes behind it."""
        tail = self._window[found.end - self._base :]
        ended = not tail if self._empty(found) else _CLOSING.fullmatch(tail) is not None
        return ended and self._start < 0 and self._depth == len(self._keys) - 1

    def raw(self, found: Found) -> bytes:
        """Return the present record as its bytes are."""
        start, end = found.start - self._base, found.end - self._base
        last = None if self._empty(found) else _TAG.match(self._window, end)
        return self._window[start : last.end() if last else end]

    def skip(self, lines: int) -> None:
        """Count the lines of records that were not handed to `take`."""
        self._line += lines

    def line(self, place: int) -> int:
        """Return the line of a byte of the present record, from 1."""
        return self._line + self._window.count(b"\n", 0, place - self._base)

    def shown(self, found: Found) -> str:
        """Return the present record as it stands in the file, at most 4,096 characters of it."""
        raw = self.raw(found)
        text = raw.decode(self.inner, "backslashreplace")
        return text if len(text) <= MAX_RAW else text[: MAX_RAW - 1] + "…"

    def take(self, piece: bytes) -> Iterator[Found]:
        """Yield the records that end in the next bytes.

        Raises:
            Problems: as for every record.
        """
        self._window += piece
        self._parse(piece)
        yield from self._done
        self._done.clear()
        if self._guard.external and self._tags.unknown is None:
            self._tags.doubt(self._guard.entities, self.inner)
        if self._tags.feed(piece):
            self._refuse("an entity in an attribute is declared in a DTD elsewhere, and none is fetched")
        fed = self._base + len(self._window)
        at = self._start if self._start >= 0 else max(self._parser.CurrentByteIndex, self._base)
        if fed - at > MAX_RECORD:
            self._refuse(f"one record, tag or comment is larger than {MAX_RECORD >> 20} MiB")
        read = self._window[: at - self._base]
        self._line += read.count(b"\n")
        self._window, self._base = self._window[len(read) :], at

    def _empty(self, found: Found) -> bool:
        """Say whether a record is a tag `<r/>`: of those expat gives the place behind it as its end, of all others that of the end tag."""
        first = _TAG.match(self._window, found.start - self._base)
        return first is not None and first.end() == found.end - self._base and first[0].endswith(b"/>")

    def _parse(self, piece: bytes, *, final: bool = False) -> None:
        try:
            self._parser.Parse(piece, final)
        except expat.ExpatError as error:
            early = error.code in _EARLY and final
            reason = "it ends too early" if early else expat.ErrorString(error.code) or "no XML"
            if error.code == expat.errors.codes[expat.errors.XML_ERROR_INVALID_TOKEN]:
                reason += f", or a character that is not {self.encoding}"
            self._refuse(reason, "E335", (error.lineno, error.offset + 1))

    def _refuse(self, reason: str, code: str = "E336", place: tuple[int, int] | None = None) -> NoReturn:
        line, column = place or (self._parser.CurrentLineNumber, self._parser.CurrentColumnNumber + 1)
        what = "is no XML" if code == "E335" else "is not safe to read"
        hint = "was it written to its end? nothing of it was loaded" if code == "E335" else remedy(reason)
        message = f"`{self.file.name}` {what}: {reason}, in line {line}, column {column}"
        raise Problems(Diagnostic(code, message, help=hint))

    def _made(self) -> expat.XMLParserType:  # noqa: C901, PLR0915  what runs per tag shares the state of one function
        """Return a parser that hands each record over when it ends. Long because its handlers are closures: they run per tag."""
        parser = expat.ParserCreate(self.inner, "}")
        parser.namespace_prefixes, parser.buffer_text, parser.buffer_size = True, True, 1 << 16
        keys, size = self._keys, len(self._keys)
        elements, attributes, done = self._elements, self._attributes, self._done
        depth = matched = 0
        self._met, self._depth = False, 0
        buffer: list[str] = []
        stack: list[dict[str, Any] | None] = []
        cell: dict[str, Any] | None = None
        odd: dict[int, _Order] = {}
        flaw: str | None = None
        likes, deepest = elements.likes, MAX_DEPTH - size

        def outside(name: str, attrs: dict[str, str]) -> None:
            nonlocal depth, matched, cell, flaw
            depth += 1
            self._depth = depth
            if depth > MAX_DEPTH:
                self._refuse(f"elements are nested more than {MAX_DEPTH} deep")
            self.starts += split(name)[1] == keys[-1]
            if matched != depth - 1 or depth > size or split(name)[1] != keys[depth - 1]:
                return
            matched = depth
            if matched == size:
                self._start, self._met, flaw = parser.CurrentByteIndex, True, None
                parser.StartElementHandler, parser.EndElementHandler = start, end
                parser.CharacterDataHandler = buffer.append
                buffer.clear()
                cell = object_of(attrs)

        def leave(_name: str) -> None:
            nonlocal depth, matched
            depth -= 1
            self._depth = depth
            matched = min(matched, depth)

        def object_of(attrs: dict[str, str]) -> dict[str, Any] | None:
            if not attrs:
                return None
            found: dict[str, Any] = {attributes[key]: text for key, text in attrs.items()}
            if NIL in found and found.pop(NIL).strip() in ("true", "1"):
                found[NIL] = True
            return found or None

        def note(text: str) -> dict[str, Any]:
            nonlocal cell
            cell = {} if cell is None else cell
            if all(key in attributes.made or not key for key in cell):
                cell[TEXT] = text
            else:
                order = odd.get(len(stack)) or _Order(cell, attributes.made)
                odd[len(stack)] = order
                order.mixed = True
                order.content.append(text)
            return cell

        def start(_name: str, attrs: dict[str, str]) -> None:
            nonlocal cell
            if buffer:
                text = buffer[0] if len(buffer) == 1 else "".join(buffer)
                buffer.clear()
                if not text.isspace():
                    cell = note(text)
            stack.append(cell)
            if len(stack) > deepest:
                self._refuse(f"elements are nested more than {MAX_DEPTH} deep")
            cell = object_of(attrs) if attrs else None

        def end(name: str) -> None:  # noqa: C901, PLR0912  it runs per tag, and calls cost
            nonlocal cell, flaw, depth, matched
            value: Any = cell
            if cell is None:
                value = buffer[0] if len(buffer) == 1 else "".join(buffer)
                if value.isspace() and "\n" in value:
                    value = ""
            else:
                if buffer:
                    text = buffer[0] if len(buffer) == 1 else "".join(buffer)
                    if not text.isspace():
                        note(text)
                if NIL in cell and cell.pop(NIL) and not cell:
                    value = None
                if odd and (order := odd.pop(len(stack), None)) and order.mixed:
                    value = order.value(cell)
            buffer.clear()
            if not stack:
                done.append(Found(value if isinstance(value, dict) else {TEXT: value}, flaw, self._start, parser.CurrentByteIndex))
                self._start, cell = -1, None
                parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = outside, leave, None
                leave(name)
                return
            cell = stack.pop()
            key = elements[name]
            if name in likes:
                self.starts += 1
            if odd and len(stack) in odd:
                odd[len(stack)].content.append({key: value})
            if cell is None:
                cell = {key: value}
            elif key not in cell:
                cell[key] = value
            else:
                flaw = repeat(key, value) or flaw

        def repeat(key: str, value: Any) -> str | None:  # noqa: ANN401  a value of any shape
            assert cell is not None  # noqa: S101  the key is in it
            if key in attributes.made or key == TEXT:
                return CLASH
            if next(reversed(cell)) != key and len(stack) not in odd:
                order = odd[len(stack)] = _Order(cell, attributes.made)
                order.content.append({key: value})
            if cell[key].__class__ is list:
                cell[key].append(value)
            else:
                cell[key] = [cell[key], value]
            return None

        def declared(*_: object) -> None:
            self.scope += 1

        parser.StartElementHandler, parser.EndElementHandler = outside, leave
        parser.StartNamespaceDeclHandler = parser.EndNamespaceDeclHandler = declared
        return parser
