"""Every odd file of the corpus: no traceback, no row and no value lost, and none wrong without a word."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.corpus.case import Case, hold
from tests.corpus.csv_files import CSV, OLDER
from tests.corpus.csv_unseen import UNSEEN
from tests.corpus.excel_files import EXCEL
from tests.corpus.json_files import JSON, NDJSON
from tests.corpus.mutations import run
from tests.corpus.xml_files import XML

if TYPE_CHECKING:
    from pathlib import Path

CORPUS = [*CSV, *OLDER, *UNSEEN, *JSON, *NDJSON, *XML, *EXCEL]


def test_the_corpus_is_large_and_its_names_tell_its_files_apart() -> None:
    assert len({case.name for case in CORPUS}) == len(CORPUS) >= 300


@pytest.mark.parametrize("case", CORPUS, ids=lambda case: case.name)
def test_no_row_and_no_value_of_an_odd_file_is_lost_or_wrong_without_a_word(case: Case, tmp_path: Path) -> None:
    hold(case, tmp_path)


def test_damaged_files_are_read_without_a_loss_or_refused_in_words() -> None:
    ends = run([case for case in CORPUS if case.rows], range(20))
    assert (ends["wrong"], sum(ends.values())) == (0, 20), ends
