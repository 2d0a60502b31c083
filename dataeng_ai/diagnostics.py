"""A problem is data before it is words: texts, spans, edits, diagnostics, and the one renderer of them all."""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import Final, Literal

_BREAK: Final = re.compile(r"[\r\n]")


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

    `label` stands behind the carets, in few words; `related` are other places of the same text. What stands in the spans of
    `hidden` is never shown.
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
    hidden: tuple[Span, ...] = ()


class Problems(Exception):
    """What is wrong with the spec or the data, all of it at once. A command that raises it exits 1."""

    exit_code = 1

    def __init__(self, *diagnostics: Diagnostic, texts: tuple[Text, ...] = ()) -> None:
        """Keep the diagnostics, and the texts that their spans point into."""
        super().__init__("; ".join(f"{d.code}: {d.message}" for d in diagnostics))
        self.diagnostics = diagnostics
        self.texts = texts

    def _render_traceback_(self) -> list[str]:
        """Return what IPython shows in the place of a traceback."""
        return render(self.diagnostics, self.texts).splitlines()


class Unreachable(Problems):
    """A service outside (database, Airflow, model) did not do its part. A command that raises it exits 3."""

    exit_code = 3


Format = Callable[[Iterable[Diagnostic], Iterable[Text]], str]

WIDTH: Final = 110
"""Columns of a terminal that a line of a person's text may take; a longer one is cut around the place that is meant."""
TAB: Final = 4
"""Columns that a tab is drawn with."""


def render(diagnostics: Iterable[Diagnostic], texts: Iterable[Text] = ()) -> str:
    """Return the diagnostics as a person reads them, each with the lines that it is about; "" for none."""
    known = {text.name: text for text in texts}
    return "\n\n".join(_block(diagnostic, known.get(diagnostic.file)) for diagnostic in diagnostics)


def as_dicts(diagnostics: Iterable[Diagnostic]) -> list[dict[str, object]]:
    """Return the diagnostics as JSON's own types; lines and columns count from 1 and are None where there is no place."""
    return [
        {
            "file": diagnostic.file or None,
            "line": diagnostic.span.line if diagnostic.span else None,
            "column": diagnostic.span.column if diagnostic.span else None,
            "code": diagnostic.code,
            "severity": diagnostic.severity,
            "message": diagnostic.message,
            "help": diagnostic.help or None,
            "notes": list(diagnostic.notes),
            "edit": asdict(diagnostic.edit) if diagnostic.edit else None,
        }
        for diagnostic in diagnostics
    ]


def as_json(diagnostics: Iterable[Diagnostic], texts: Iterable[Text] = ()) -> str:
    """Return `as_dicts` as JSON text."""
    del texts
    return json.dumps(as_dicts(diagnostics), ensure_ascii=False, indent=2)


def as_github(diagnostics: Iterable[Diagnostic], texts: Iterable[Text] = ()) -> str:
    """Return the workflow commands with which GitHub puts the diagnostics beside the lines of a pull request."""
    del texts
    return "\n".join(map(_github, diagnostics))


def as_gitlab(diagnostics: Iterable[Diagnostic], texts: Iterable[Text] = ()) -> str:
    """Return GitLab's Code Quality report. A fingerprint does not depend on the line, so that it survives edits above it."""
    del texts
    seen: Counter[str] = Counter()
    report: list[dict[str, object]] = []
    for diagnostic in diagnostics:
        identity = f"{diagnostic.file}\0{diagnostic.code}\0{diagnostic.message}"
        seen[identity] += 1
        report.append(
            {
                "description": _one_line(diagnostic.message, diagnostic.help),
                "check_name": diagnostic.code,
                "fingerprint": sha256(f"{identity}\0{seen[identity]}".encode("utf-8", "replace")).hexdigest(),
                "severity": "major" if diagnostic.severity == "error" else "minor",
                "location": {"path": diagnostic.file or ".", "lines": {"begin": diagnostic.span.line if diagnostic.span else 1}},
            }
        )
    return json.dumps(report, ensure_ascii=False, indent=2)


FORMATS: Final[Mapping[str, Format]] = {"text": render, "json": as_json, "github": as_github, "gitlab": as_gitlab}
"""Every format by its name."""


def _github(diagnostic: Diagnostic) -> str:
    values = {"file": diagnostic.file or None, "title": diagnostic.code}
    if diagnostic.span:
        values |= {"line": str(diagnostic.span.line), "col": str(diagnostic.span.column)}
    order = ("file", "line", "col", "title")
    properties = ",".join(f"{name}={_escaped(value, ':,')}" for name in order if (value := values.get(name)))
    return f"::{diagnostic.severity} {properties}::{_escaped(_one_line(diagnostic.message, diagnostic.help))}"


def _escaped(text: str, more: str = "") -> str:
    return "".join(f"%{ord(char):02X}" if char in "%\r\n" + more else char for char in text)


def _one_line(message: str, advice: str) -> str:
    return _printable(f"{message}; {advice}" if advice else message)


def _block(diagnostic: Diagnostic, text: Text | None) -> str:
    head = f"{diagnostic.severity}[{diagnostic.code}]: {_printable(diagnostic.message)}"
    span = diagnostic.span
    marks = [(span, "^", diagnostic.label), *((other.span, "-", other.label) for other in diagnostic.related)] if span else []
    width = len(str(max((mark[0].line for mark in marks), default=1)))
    gutter = " " * width
    place = f"{_printable(diagnostic.file)}:{span.line}:{span.column}" if span else _printable(diagnostic.file)
    lines = [head, *([f"{gutter}--> {place}"] if diagnostic.file else [])]
    if text and marks:
        marks.sort(key=lambda mark: mark[0].start)
        lines += [f"{gutter} |", *_snippets(_veiled(text, diagnostic.hidden), marks, width)]
    for word, advice in (*(("note", note) for note in diagnostic.notes), ("help", diagnostic.help)):
        first, *more = map(_printable, advice.splitlines() or [""])
        lines += [f"{gutter} = {word}: {first}", *(f"{gutter}         {line}" for line in more)] if advice else []
    return "\n".join(lines)


def _veiled(text: Text, hidden: tuple[Span, ...]) -> Text:
    """Return the text with dots in the place of what must not be shown; nothing else moves."""
    shown = text.text
    for span in hidden:
        inside = "".join(char if char in "\r\n" else "•" for char in shown[span.start : span.end])
        shown = shown[: span.start] + inside + shown[span.end :]
    return Text(text.name, shown)


def _snippets(text: Text, marks: list[tuple[Span, str, str]], width: int) -> Iterator[str]:
    """Yield the lines that are marked, each with its marks under it; dots stand for lines between them."""
    before: int | None = None
    for span, sign, label in marks:
        if before is not None and span.line > before + 1:
            yield f"{' ' * width} ⋮"
        line, start, end = _line_of(text.text, span)
        shown, indent, length = _window(line, start, end)
        if span.line != before:
            yield f"{span.line:>{width}} | {shown}".rstrip()
        yield f"{' ' * width} | {' ' * indent}{sign * length} {_printable(label)}".rstrip()
        before = span.line


def _line_of(text: str, span: Span) -> tuple[str, int, int]:
    """Return the line on which a span begins, and where on it the span begins and ends."""
    begin = span.start - (span.column - 1)
    stop = _BREAK.search(text, begin)
    line = text[begin : stop.start() if stop else len(text)]
    start = span.column - 1
    return line, start, max(start, min(start + span.end - span.start, len(line)))


def _window(line: str, start: int, end: int) -> tuple[str, int, int]:
    """Return a line as it is drawn, cut to WIDTH around the span, with the columns before the span and those it takes, at least one."""
    left, right = "", ""
    if _columns(line) > WIDTH:
        middle = max(start - WIDTH // 3, 0)
        left = "…" if middle else ""
        line, start, end = line[middle:], start - middle, end - middle
        stop = len(line)
        while _columns(line[:stop]) > WIDTH:
            stop -= max((_columns(line[:stop]) - WIDTH) // 2, 1)
        right = "…" if stop < len(line) else ""
        line, end = line[:stop], min(end, stop)
    shown = left + _drawn(line) + right
    return shown, len(left) + _columns(line[:start]), max(_columns(line[start:end]), 1)


def _drawn(line: str) -> str:
    return _printable(line.replace("\t", " " * TAB))


def _printable(text: str) -> str:
    """Return a text that does nothing to a terminal but show: what does not print becomes `\N{REPLACEMENT CHARACTER}`."""
    return text if text.isprintable() else "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text)


def _columns(line: str) -> int:
    """Return how many columns a terminal draws a text in: East Asian wide characters take two, combining ones none, a tab TAB."""
    if line.isascii() and "\t" not in line:
        return len(line)
    return sum(_width(char) for char in line)


def _width(char: str) -> int:
    if char == "\t":
        return TAB
    if unicodedata.combining(char) or unicodedata.category(char) in {"Mn", "Me"}:
        return 0
    return 2 if unicodedata.east_asian_width(char) in {"W", "F"} else 1
