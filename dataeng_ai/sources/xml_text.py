"""What is known of an XML file beside its parser: its encoding, how often a name begins a tag in its bytes, what it may declare.

Of entities these are short plain texts, and nothing that grows when it is put in, or lies elsewhere: expat itself fetches nothing, and
what it would leave out in silence, or put in without end, is refused here.
"""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING, Final

from dataeng_ai.diagnostics import Diagnostic, Problems
from dataeng_ai.sources.streams import ascii_safe, prefix

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import NoReturn
    from xml.parsers.expat import XMLParserType

    from dataeng_ai.sources.files import File

_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_WIDE: Final = ((b"<\0\0\0", "utf-32-le"), (b"\0\0\0<", "utf-32-be"), (b"<\0", "utf-16-le"), (b"\0<", "utf-16-be"))
"""How a document without a byte order mark begins."""
_DECLARED: Final = re.compile(rb"""<\?xml[^>]*?\sencoding\s*=\s*["']([A-Za-z][\w.-]*)["']""")

_NO_ENCODINGS: Final = frozenset({"idna", "punycode", "raw-unicode-escape", "undefined", "unicode-escape", "utf-7"})
"""What Python calls so, and no file is in: a tag would not be one in them, or be hidden."""

_OPENING: Final = re.compile(rb"<!--|<!\[CDATA\[|<\?")
_CLOSING: Final = {b"<!--": b"-->", b"<![CDATA[": b"]]>", b"<?": b"?>"}
_UNKNOWN: Final = rb"<[^<>!?/][^<>]*?&(?!#|(?:amp|lt|gt|quot|apos%s);)"

_LONGEST: Final = 1000
"""Characters of an entity."""
_PLAIN: Final = re.compile(r"(?:[^<&%]|&#\w+;)*")


def encoding_of(file: File) -> tuple[str, str]:
    """Return the file's encoding as Python calls it, and how it is known: by a mark, by the declaration, or since nothing is said.

    A declaration that cannot be true, of UTF-16 where each character is a byte, is left out, as .NET writes it into UTF-8.

    Raises:
        Problems: E315, it declares an encoding that nobody knows; E313 and its like, it cannot be unpacked.
    """
    start = prefix(file, 1024)
    for mark, name in (*_BOMS, *_WIDE):
        if start.startswith(mark):
            return name, "its first bytes say so"
    declared = _DECLARED.match(start.lstrip())
    if declared is None:
        return "utf-8", "no other is declared"
    word = declared[1].decode()
    try:
        name = codecs.lookup(word).name
        if name in _NO_ENCODINGS or not "<".encode(name):
            raise LookupError  # noqa: TRY301  as one that Python does not know
    except (LookupError, UnicodeError):
        message = f"`{file.name}` declares the encoding `{word}`, which is not known"
        raise Problems(Diagnostic("E315", message, help="have it written in UTF-8")) from None
    if name.startswith(("utf-16", "utf-32")):
        return "utf-8", f"it declares {word}, and its first bytes say otherwise"
    return name.removesuffix("-sig"), "it declares so"


def inner(encoding: str) -> str:
    """Return the encoding of the bytes that `chunks` yields for such a file."""
    return encoding if ascii_safe(encoding) else "utf-8"


class Tags:
    """Counts the start tags of one name in bytes that come piece by piece, with no parser: comments, CDATA and the like are left out."""

    def __init__(self, name: str, encoding: str) -> None:
        """Begin with nothing seen; `name` is without its prefix."""
        self.count = 0
        self.unknown: re.Pattern[bytes] | None = None
        """Finds a tag with an entity in it that nobody has declared, where one is looked for."""
        local = name.encode(encoding)
        self._plain = tuple(b"<" + local + end for end in (b" ", b">", b"/", b"\n", b"\r", b"\t"))
        self._mark = b":" + local
        self._prefixed = re.compile(rb"<[^<>\s/!?:]+" + re.escape(self._mark) + rb"(?=[\s/>])")
        self.held, self._until = b"", b""

    def doubt(self, entities: set[str], encoding: str) -> None:
        """Look from now on for entities in attributes that are declared nowhere: the parser leaves them out in silence."""
        known = b"".join(b"|" + re.escape(name.encode(encoding)) for name in sorted(entities))
        self.unknown = re.compile(_UNKNOWN.replace(b"%s", known))

    def feed(self, piece: bytes) -> bool:
        """Take the next bytes; return whether an unknown entity is in their tags."""
        data, found = self.held + piece, False
        at = 0
        while True:
            if self._until:
                end = data.find(self._until, at)
                if end < 0:
                    self.held = data[max(at, len(data) - 2) :]
                    return found
                at, self._until = end + len(self._until), b""
            opening = _OPENING.search(data, at)
            stop = opening.start() if opening else self._end(data, at)
            self.count += sum(data.count(tag, at, stop) for tag in self._plain)
            if data.find(self._mark, at, stop) >= 0:
                self.count += sum(1 for _ in self._prefixed.finditer(data, at, stop))
            found = found or bool(self.unknown and self.unknown.search(data, at, stop))
            if not opening:
                self.held = data[stop:]
                return found
            self._until, at = _CLOSING[opening[0]], opening.end()

    def _end(self, data: bytes, at: int) -> int:
        """Return up to where data can be looked at: a tag at its end may be cut, and waits for the next piece."""
        last = data.rfind(b"<", at)
        # A `>` may stand in an attribute, and the name before it is whole all the same; an entity behind it may be cut.
        whole = last < 0 or (data.find(b">", last) >= 0 and self.unknown is None)
        return len(data) if whole else last


class Guard:
    """Watches what a parser is told to put in."""

    def __init__(self, parser: XMLParserType, refuse: Callable[[str], NoReturn]) -> None:
        """Watch a parser; `refuse` gets the reason, and raises."""
        self._refuse = refuse
        self.entities: set[str] = set()
        """The entities that the file declares."""
        self.external = False
        """The file names a DTD elsewhere, which may declare others; known where its own one ends."""
        self._elsewhere = self.doctype = False
        parser.EntityDeclHandler, parser.SkippedEntityHandler = self._declared, self._skipped
        parser.StartDoctypeDeclHandler, parser.EndDoctypeDeclHandler = self._doctype, self._ended

    def _declared(self, name: str, parameter: bool, value: str | None, *_: object) -> None:  # noqa: FBT001  expat's own order
        if parameter or value is None:
            self._refuse(f"the entity `{name}` is a part of the DTD or of another file, and none is fetched")
        if len(value) > _LONGEST or not _PLAIN.fullmatch(value):
            self._refuse(f"the entity `{name}` holds markup, other entities, or more than {_LONGEST:,} characters")
        self.entities.add(name)

    def _doctype(self, _name: str, system: str | None, _public: str | None, _internal: int) -> None:
        self._elsewhere, self.doctype = system is not None, True

    def _ended(self) -> None:
        self.external = self._elsewhere

    def _skipped(self, name: str, _parameter: bool) -> None:  # noqa: FBT001  expat's own order
        self._refuse(f"the entity `{name}` is declared in a DTD elsewhere, and none is fetched")


def remedy(reason: str) -> str:
    """Return what to do about a file that is not safe to read."""
    entity = "; of a file that you trust, `xmllint --noent FILE` writes one without entities" if "entity" in reason else ""
    return f"nothing of it was loaded{entity}"
