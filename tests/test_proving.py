"""A file that is measured before it was gone through gives what it gives afterwards, whatever stands in it, and nothing else goes on."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import duckdb
import pytest

from dataeng_ai.diagnostics import Problems
from dataeng_ai.profile import facts, opening, proving, survey
from dataeng_ai.sources import ahead, csv, files

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from dataeng_ai.sources.prepared import Prepared

ROWS = 12_000
"""So many that the last of them stand behind the first bytes that are looked at."""
LATE = {
    "sound": "",
    "too few fields": "7\n",
    "a text over two lines": '8;"зал\nвторой";2024-01-02\n',
    "another line end": "8;зал;2024-01-02\r\n",
    "a NUL byte": "8;з\0ал;2024-01-02\n",
    "a repeated header": "номер;место;день\n",
    "a blank line": "\n8;зал;2024-01-02\n",
    "quotes within a field": '8;за"л;2024-01-02\n',
}


def _rows(count: int = ROWS) -> str:
    return "".join(f"{n};Большой зал, ряд {n % 31}, место {n % 17};2024-0{1 + n % 9}-1{n % 10}\n" for n in range(count))


def _file(folder: Path, late: bytes, name: str = "зал.csv", encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(f"номер;место;день\n{_rows()}".encode(encoding) + late + _rows(20).encode(encoding))
    return path


def _profile(path: Path, monkeypatch: pytest.MonkeyPatch, *, worth: int) -> str:
    monkeypatch.setattr(opening, "_WORTH", worth)
    return facts.to_json(survey.profile(path.parent, path.name))


@pytest.mark.parametrize("encoding", ["utf-8", "cp1251"])
@pytest.mark.parametrize("late", LATE)
def test_what_stands_late_in_a_file_comes_out_as_if_all_of_it_had_been_gone_through_first(
    late: str, encoding: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = _file(tmp_path, LATE[late].encode(encoding), encoding=encoding)
    threads = threading.active_count()
    assert _profile(path, monkeypatch, worth=0) == _profile(path, monkeypatch, worth=1 << 40)
    assert threading.active_count() == threads


def test_bytes_that_are_no_text_are_rejected_though_only_duckdb_looks_at_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = _file(tmp_path, "8;зал ".encode() + b"\xd0;2024-01-02\n9\xed\xa0\x80;;2024-01-03\n10;;2024-01-04\xff\n")
    found = facts.from_json(_profile(path, monkeypatch, worth=0))
    assert (found.rows, found.rejects) == (ROWS + 20, 3)
    assert _profile(path, monkeypatch, worth=0) == _profile(path, monkeypatch, worth=1 << 40)


@pytest.mark.parametrize("encoding", ["cp1251", "koi8-r", "cp866"])
def test_a_file_whose_characters_are_bytes_is_measured_while_it_is_proved(
    encoding: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only its encoding is put right before that, and what comes out is what the same text in UTF-8 gives."""
    went, real = [], ahead.prove

    def prove(assumed: Prepared, stopped: Callable[[], bool]) -> Prepared | None:
        went.append(found := real(assumed, stopped))
        return found

    monkeypatch.setattr(ahead, "prove", prove)
    (tmp_path / "другой").mkdir()
    found, plain = (
        facts.from_json(_profile(_file(folder, b"", encoding=name), monkeypatch, worth=0))
        for folder, name in ((tmp_path, encoding), (tmp_path / "другой", "utf-8"))
    )
    assert found.csv is not None
    assert (found.csv.encoding, len(went), None in went) == (encoding, 2, False)
    assert (found.columns, found.rows, found.keys) == (plain.columns, plain.rows, plain.keys)


def test_a_byte_that_is_no_character_of_the_encoding_is_rejected(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = _file(tmp_path, b"8;\x98;2024-01-02\n", encoding="cp1251")
    found = facts.from_json(_profile(path, monkeypatch, worth=0))
    assert (found.rows, found.rejects) == (ROWS + 20, 1)
    assert _profile(path, monkeypatch, worth=0) == _profile(path, monkeypatch, worth=1 << 40)


def test_what_is_proved_and_what_is_measured_again_are_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = _file(tmp_path, b"")
    whole = _profile(path, monkeypatch, worth=0)
    monkeypatch.setattr(ahead, "prove", lambda _assumed, _stopped: None)
    assert _profile(path, monkeypatch, worth=0) == whole


def test_a_file_that_cannot_be_read_is_refused_with_the_same_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = _file(tmp_path, '8;"зал\nвторой"x;2024-01-02\n'.encode())
    said = []
    for worth in (0, 1 << 40):
        with pytest.raises(Problems) as refused:
            _profile(path, monkeypatch, worth=worth)
        said.append([(one.code, one.message) for one in refused.value.diagnostics])
    assert said[0] == said[1]
    assert said[0][0][0] == "E312"


def test_of_many_files_one_that_is_not_sound_costs_no_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _file(tmp_path, b"", "a.csv")
    _file(tmp_path, b"7\n", "b.csv")
    found = facts.from_json(_profile(tmp_path / "*.csv", monkeypatch, worth=0))
    assert (found.rows, found.rejects) == (2 * (ROWS + 20), 1)


def test_a_query_of_a_refuted_file_is_cut_short_and_the_file_measured_once_more(tmp_path: Path) -> None:
    """Without the interruption the first query would go on for hours."""
    path = _file(tmp_path, b"7\n")
    [file] = files.find(tmp_path, path.name)
    begun = csv.begun(file, csv.detect([file], {}).source, tmp_path)
    assert begun
    assert begun.proof
    assert begun.bad == ()
    with duckdb.connect() as con:
        asked: list[int] = []

        def measure() -> _Rows:
            asked.append(1)
            if len(asked) == 1:
                con.execute("SELECT sum(a.range * b.range) FROM range(10000000) a, range(10000000) b").fetchall()
            return _Rows(ROWS + 20)

        _, [sure] = proving.measured(con, [begun], measure)
    assert len(asked) == 2
    assert [one.reason for one in sure.bad] == ["too few fields"]


def test_what_interrupts_the_measuring_ends_the_proof(tmp_path: Path) -> None:
    path = _file(tmp_path, b"")
    [file] = files.find(tmp_path, path.name)
    begun = csv.begun(file, csv.detect([file], {}).source, tmp_path)
    assert begun
    threads = threading.active_count()

    def measure() -> _Rows:
        raise KeyboardInterrupt

    with duckdb.connect() as con, pytest.raises(KeyboardInterrupt):
        proving.measured(con, [begun], measure)
    assert threading.active_count() == threads


class _Rows:
    def __init__(self, rows: int) -> None:
        self.rows = rows
