"""A problem is data before it is words: texts, spans, edits, diagnostics, and the one renderer of them all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Text:
    """A text with the name under which a person knows it: a path as they typed it, or `<cell>`."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a text: `start` and `end` count characters from 0 (end excluded), `line` and `column` from 1."""

    start: int
    end: int
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace the characters from `start` to `end` (excluded) by `text`."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Related:
    """Another place of the same text that belongs to a problem, with the word that stands under it."""

    span: Span
    label: str


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One problem, or one remark. `code` is stable; `help` says what to do; `edit`, where there is one, does it.

    `label` stands behind the carets, in few words; `related` are other places of the same text.
    """

    code: str
    message: str
    file: str = ""
    span: Span | None = None
    notes: tuple[str, ...] = ()
    help: str = ""
    edit: Edit | None = None
    severity: Literal["error", "warning"] = "error"
    label: str = ""
    related: tuple[Related, ...] = ()


class Problems(Exception):
    """What is wrong with the spec or the data, all of it at once. A command that raises it exits 1."""

    exit_code = 1

    def __init__(self, *diagnostics: Diagnostic, texts: tuple[Text, ...] = ()) -> None:
        """Keep the diagnostics, and the texts that their spans point into."""
        super().__init__("; ".join(f"{d.code}: {d.message}" for d in diagnostics))
        self.diagnostics = diagnostics
        self.texts = texts


class Unreachable(Problems):
    """A service outside (database, Airflow, model) did not do its part. A command that raises it exits 3."""

    exit_code = 3
