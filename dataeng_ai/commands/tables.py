"""A table that a command returns: for the eye, as CSV, as JSON, and as rows that a notebook takes further."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, Literal

import click

from dataeng_ai.commands import cards
from dataeng_ai.results import Result

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    import pyarrow as pa

Table = Literal["text", "csv", "json"]

TABLE: Final = click.Choice(["text", "csv", "json"])
_WIDEST: Final = 40
"""Characters of a cell in a table for the eye; csv and json have it whole."""


def framed(result: Result, frame: Callable[[], pa.Table], ask: Callable[[str], Result] | None = None) -> Result:
    """Return the result with the rows behind it; asked a query, they answer themselves where nobody else does."""

    def of_rows(query: str) -> Result:
        from dataeng_ai import frames  # noqa: PLC0415  start-up imports click alone

        found = frames.ask(frame(), query)
        return framed(table(found.column_names, frames.cells(found), "text", query), lambda: found)

    return replace(result, rows=frame, ask=ask or of_rows)


def table(
    columns: Sequence[str],
    rows: Iterable[Sequence[object]],
    form: Table,
    title: str,
    more: str = "`_.data` has all",
    of: int | None = None,
) -> Result:
    """Return rows for the eye, or whole for a program; `more` says how to see those that a card leaves out, `of` how many there are."""
    texts = [[None if value is None else _text(value) for value in row] for row in rows]
    data = [dict(zip(columns, row, strict=True)) for row in texts]
    if form == "csv":
        return Result(_csv(columns, texts), data, value=data)

    def card() -> str:
        return cards.loading.table(title, columns, texts, more, of)

    return Result(_drawn(columns, texts), data, value=data, as_json=form == "json", html=card)


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _csv(columns: Sequence[str], rows: Iterable[Sequence[str | None]]) -> str:
    """Return RFC 4180 with LF: an empty field is null, an empty text is quoted (which Python's writer learns in 3.12).

    A null in the only column is quoted too: readers take an empty line for no row.
    """
    return "\n".join(",".join(map(_field, row)) or '""' for row in (columns, *rows))


def _field(text: str | None) -> str:
    if text is None:
        return ""
    plain = text and not any(mark in text for mark in ',"\r\n')
    return text if plain else f'"{text.replace(chr(34), chr(34) * 2)}"'


def _drawn(columns: Sequence[str], rows: Sequence[Sequence[str | None]]) -> str:
    cells = [list(columns), *([_cut(cell) for cell in row] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return "\n".join("  ".join(f"{cell:{width}}" for cell, width in zip(row, widths, strict=True)).rstrip() for row in cells)


def _cut(cell: str | None) -> str:
    text = "" if cell is None else " ".join(cell.split())
    return text if len(text) <= _WIDEST else f"{text[: _WIDEST - 1]}…"
