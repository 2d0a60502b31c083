"""What a rule finds: a problem at a path of the spec, before the path becomes a place in the text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dataeng_ai.draft import Path


@dataclass(frozen=True, slots=True)
class Finding:
    """One problem at `path`; with `key`, what is wrong is the key there and not its value.

    `label` stands behind the carets, `meant` is the word that should stand there. `code` is empty until the rule's own is set.
    """

    path: Path
    message: str
    help: str = ""
    notes: tuple[str, ...] = ()
    label: str = ""
    meant: str = ""
    key: bool = False
    code: str = ""
