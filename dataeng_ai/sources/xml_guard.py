"""What an XML file may declare of entities: short plain texts, and nothing that grows when it is put in, or lies elsewhere.

Expat itself fetches nothing; what it would leave out in silence, or put in without end, is refused here.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import NoReturn
    from xml.parsers.expat import XMLParserType

_LONGEST: Final = 1000
"""Characters of an entity."""
_PLAIN: Final = re.compile(r"(?:[^<&%]|&#\w+;)*")


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
