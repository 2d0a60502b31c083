"""A file of the corpus with its truth, and the law that is held on each: nothing is lost, nothing is wrong without a word."""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from dataeng_ai.diagnostics import Problems
from dataeng_ai.profile import shown_of
from dataeng_ai.profile.previewing import preview
from dataeng_ai.profile.survey import profile

if TYPE_CHECKING:
    from pathlib import Path

    from dataeng_ai.profile import Profile

Row = dict[str, str | None]


@dataclass(frozen=True)
class Case:
    """A file, and what must come of it: its rows by columns, and how many records are no rows; or that it is refused.

    A cell is the text of its value: None and "" are nothing. `told` are words that the profile must say somewhere.
    """

    name: str
    data: bytes
    rows: list[Row] | None
    bad: int = 0
    told: tuple[str, ...] = ()
    code: str = "E3"

    @property
    def id(self) -> str:
        return self.name


def hold(case: Case, folder: Path) -> None:
    """Hold the law on a file.

    Raises:
        AssertionError: a row or a value is lost, or is another one.
        Problems: it should be read, and is refused.
    """
    (folder / case.name).write_bytes(case.data)
    if case.rows is None:
        refused(case, folder)
        return
    found = profile(folder, case.name, unmask=True)
    assert (found.rows, found.rejects) == (len(case.rows), case.bad), said(found)
    shown = preview(folder, case.name, shown_of(found), None, unmask=True)
    exceptions = sum(column.exceptions for column in found.columns)
    assert len(case.rows) - exceptions <= len(shown.rows) <= len(case.rows), said(found)
    cells = [dict(zip(shown.columns, row, strict=True)) for row in shown.rows]
    if not exceptions:
        assert [key for row in case.rows for key in row if key not in shown.columns] == []
        for got, wanted in zip(cells, case.rows, strict=True):
            assert {key: value for key, value in got.items() if not means(value, wanted.get(key))} == {}, (got, wanted, said(found))
    words = said(found)
    assert [word for word in case.told if word not in words] == [], words


def refused(case: Case, folder: Path) -> None:
    """Hold that a file is refused in words, with a code.

    Raises:
        AssertionError: it is read.
    """
    try:
        found = profile(folder, case.name, unmask=True)
    except Problems as problems:
        first = problems.diagnostics[0]
        assert first.code.startswith(case.code), problems  # noqa: PT017  which of them, only the error says
        assert all(word in str(problems) for word in case.told), problems  # noqa: PT017  likewise
        return
    message = f"{case.name} is read: {found.rows} rows, {found.rejects} rejects"
    raise AssertionError(message)


def said(found: Profile) -> str:
    """Return all that a profile says in words."""
    rejects = [one.reason for one in found.reject_reasons]
    doubts = [doubt for column in found.columns for doubt in column.doubts]
    return "\n".join([*found.reasons, *found.warnings, *rejects, *doubts, *(f"{one.name}: {one.type}" for one in found.columns)])


def means(cell: str | None, wanted: str | None) -> bool:
    """Say whether a cell of a preview is the value that stands in the file as `wanted`: typed ones are written in one way."""
    if not cell or not wanted:
        return not cell and not wanted
    return cell == wanted or _number(cell, wanted) or _json(cell, wanted) or cell.replace("T", " ") == wanted.replace("T", " ")


def _number(cell: str, wanted: str) -> bool:
    if wanted.count(",") == 1 and wanted.replace(",", "").lstrip("-").isdecimal():
        wanted = wanted.replace(",", ".")
    try:
        return Decimal(cell) == Decimal(wanted) and not (wanted.lstrip("-").startswith("0") and wanted.lstrip("-")[1:2].isdigit())
    except InvalidOperation:
        return cell == wanted.lower() in ("true", "false")


def _json(cell: str, wanted: str) -> bool:
    try:
        return wanted[0] in '[{"' and bool(
            json.loads(cell, parse_float=str, parse_int=str) == json.loads(wanted, parse_float=str, parse_int=str)
        )
    except ValueError:
        return False
