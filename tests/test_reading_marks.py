"""The marks of reading stay above those that were published: Pollock's for loading, CleverCSV's for dialects, ours for encodings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.odd import dialects, marks, pollock

if TYPE_CHECKING:
    from pathlib import Path

PICKED = (0, 13, 83)


@pytest.mark.parametrize(("given", "simple", "weighted"), [(True, 9.961, 9.6), (False, 9.85, 9.54)], ids=["given", "found"])
def test_polluted_files_are_loaded_better_than_published(given: bool, simple: float, weighted: float, tmp_path: Path) -> None:  # noqa: FBT001  a parameter of the test
    found = marks.loading(tmp_path, PICKED, given=given)
    assert found.simple >= simple, found.lost
    assert found.weighted >= weighted, found.lost


def test_the_polluted_files_are_of_every_kind_and_a_perfect_loader_has_the_best_mark() -> None:
    corpus = list(pollock.corpus(range(84)))
    assert len(corpus) == 2290
    assert len({one.name for one in corpus}) == 2290
    assert {one.family for one in corpus} == set(pollock.WEIGHTS) | set(pollock.FAMILIES)
    simple, weighted = pollock.marks([(one, pollock.score(one, one.header, one.rows)) for one in corpus[:60]])
    assert simple == pytest.approx(10)
    assert weighted == pytest.approx(10, abs=0.01)


def test_dialects_of_clean_and_of_wild_files_are_found() -> None:
    clean, wild = list(dialects.clean()), list(dialects.wild())
    assert (len(clean) >= 140, len(wild) >= 500) == (True, True)
    assert all(f1 >= 0.97 for f1 in marks.dialect_f1(clean).values())
    assert all(f1 >= 0.91 for f1 in marks.dialect_f1(wild).values())


def test_texts_in_many_encodings_read_as_they_were_written() -> None:
    count, right, wrong = marks.encodings_right(3)
    assert count >= 500
    assert right >= 0.98, wrong
