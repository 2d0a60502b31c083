"""Laws of drawn tables: what is drawn goes, and whatever else stands there stays."""

from __future__ import annotations

import pytest

from dataeng_ai.sources.drawn import undrawn

MARKDOWN = "| ид | имя |\n|---:|:----|\n| 1 | Жук |\n| 2 | -- |\n| -- | --- |\n"
PSQL = " ид | имя \n----+-----\n  1 | а─б\n  2 | │\n(2 rows)\n"
BOXES = "┌────┬──────┐\n│ ид │ имя  │\n├────┼──────┤\n│ 1  │ Жук  │\n└────┴──────┘\n"


def told(text: str) -> str:
    """Return what is read of a text."""
    return b"".join(undrawn(iter([text.encode()]))).decode()


NOTE = "Источник: реестр | выгрузка\n"
MORE = "| 3 | Ёж |\n" * 30
"""Rows, so that the note is not among the first lines, which show how the table is drawn."""


@pytest.mark.parametrize(
    ("text", "read"),
    [
        (MARKDOWN, "ид|имя\n\n1|Жук\n2|--\n--|---\n"),
        (PSQL, "ид|имя\n\n1|а─б\n2|│\n(2 rows)\n"),
        (BOXES, "\nид|имя\n\n1|Жук\n\n"),
        (MARKDOWN + MORE + NOTE, "ид|имя\n\n1|Жук\n2|--\n--|---\n" + "3|Ёж\n" * 30 + NOTE),
    ],
    ids=["markdown", "psql", "boxes", "a note below"],
)
def test_dashes_and_signs_that_are_no_frame_stay(text: str, read: str) -> None:
    """A row of dashes is no rule, a box's sign in a table of ASCII is a text's, and a line that no bar ends is no row."""
    assert told(text) == read


def test_a_file_that_is_not_drawn_stays_as_it_is() -> None:
    """Whatever signs it has."""
    text = "ид|имя\n1|─\n2|--\n"
    assert told(text) == text
