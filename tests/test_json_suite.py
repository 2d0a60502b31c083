"""The cases of JSONTestSuite (github.com/nst/JSONTestSuite): what RFC 8259 lets stand is read, what it does not is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Self
from urllib.parse import unquote_to_bytes

import pytest

from dataeng_ai.diagnostics import Problems
from dataeng_ai.profile import Preview, Profile, shown_of
from dataeng_ai.profile.previewing import preview
from dataeng_ai.profile.survey import profile

LISTED = (Path(__file__).parent / "odd/json_suite.txt").read_text("utf-8").splitlines()
CASES = {name: unquote_to_bytes(text) for name, _, text in (line.partition(" ") for line in LISTED)} | {
    "n_structure_100000_opening_arrays": b"[" * 100_000,
    "n_structure_open_array_object": b'[{"":' * 50_000 + b"\n",
    "i_structure_500_nested_arrays": b"[" * 500 + b"]" * 500,
}
"""The files by their names there, without `.json`. Bytes that are not printed stand as `%0A` in the list."""

SAME_NUMBER = 1e-12


def looked_at(folder: Path, data: bytes) -> tuple[Profile, Preview]:
    (folder / "x.json").write_bytes(data)
    found = profile(folder, "x.json", unmask=True)
    return found, preview(folder, "x.json", shown_of(found), None, unmask=True)


def test_the_suite_is_whole() -> None:
    assert [sum(name.startswith(kind) for name in CASES) for kind in ("y_", "n_", "i_")] == [95, 188, 35]


def of(kind: str) -> list[str]:
    return sorted(name for name in CASES if name.startswith(kind))


def texts(value: object) -> str | None:
    """Return what stands in a cell for a decoded value: numbers are kept as they are written."""
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


class Literal(float):
    """A number as it is written."""

    def __new__(cls, text: str) -> Self:
        made = super().__new__(cls, text)
        made.text = text
        return made

    text: str

    def __repr__(self) -> str:
        return self.text


def same(cell: str | None, kind: str, value: object) -> bool:
    """Say whether a cell has the value: a typed number is written in another way; in JSON a text has quotes, and so has one with NUL."""
    if isinstance(value, str) and (kind == "json" or "\0" in value):
        return cell is not None and json.loads(cell) == value
    if isinstance(value, Literal):
        return cell is not None and (cell == value.text or abs(float(cell) - value) <= SAME_NUMBER * abs(value))
    return cell == texts(value)


def records(document: object) -> list[dict[str, object]]:
    """Return the records of a document as this suite has them, by the plain decoder of the standard library."""
    if isinstance(document, dict) and document:
        return [] if document == {"a": []} else [document]
    return [{"_value": item} for item in (document if isinstance(document, list) else [document])]


@pytest.mark.parametrize("name", of("y_"))
def test_json_is_accepted_with_every_value(name: str, tmp_path: Path) -> None:
    if name == "y_object_long_strings":  # the objects of its list are the records, and what stands beside them is told
        found, shown = looked_at(tmp_path, CASES[name])
        assert (shown.rows, any("`id`" in why for why in found.reasons)) == ((("x" * 40,),), True)
        return
    wanted = records(json.loads(CASES[name], parse_int=Literal, parse_float=Literal))
    found, shown = looked_at(tmp_path, CASES[name])
    assert (found.rows, found.rejects, len(shown.rows)) == (len(wanted), 0, len(wanted))
    for row, record in zip(shown.rows, wanted, strict=True):
        cells = {name: (cell, kind.name) for name, cell, kind in zip(shown.columns, row, shown.types, strict=True)}
        for key, value in record.items():
            assert same(*cells[key if key in cells else json.dumps(key)], value), (key, cells, value)


@pytest.mark.parametrize("name", of("n_"))
def test_what_is_no_json_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(Problems):
        looked_at(tmp_path, CASES[name])


@pytest.mark.parametrize("name", of("i_"))
def test_what_readers_may_take_or_leave_is_read_or_refused_in_words(name: str, tmp_path: Path) -> None:
    try:
        found, _ = looked_at(tmp_path, CASES[name])
    except Problems as problems:
        assert problems.diagnostics[0].code.startswith("E3")  # noqa: PT017  either way is right
    else:
        assert found.rows == 1
