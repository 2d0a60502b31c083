"""Files cut and damaged anywhere, and files made to harm: each is read with its balance, or refused in words, and never a traceback."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import random
import struct
import tracemalloc
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import duckdb
import pytest
import zstandard

from dataeng_ai.check import explain
from dataeng_ai.diagnostics import Problems
from dataeng_ai.profile.survey import profile
from dataeng_ai.sources import files, unpacking
from tests.corpus.csv_files import zipped
from tests.corpus.excel_files import book

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

RECORDS = [{"id": place, "имя": f"Ёж {place}", "a": {"b": 1.5 * place, "c": [1, {"d": None}]}, "t": True} for place in range(1, 7)]
CSV = "id;имя;сумма;день\n" + "".join(f'{n};"Иван {n}; «Ёж»";{n},50;2024-01-0{n}\n' for n in range(1, 9))
LINES = "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in RECORDS)
DOCUMENT = json.dumps({"meta": {"x": 1}, "data": RECORDS}, ensure_ascii=False)
XML = '<?xml version="1.0"?>\n<!DOCTYPE r [<!ENTITY q "ЗАО">]>\n<r xmlns="u"><!-- c -->\n' + "".join(
    f'<o id="{n}"><имя>Ёж &amp; &q;</имя><l>1</l><l a="2">2</l><t><![CDATA[<x>]]></t><e/></o>\n' for n in range(1, 6)
)


def _parquet() -> bytes:
    with TemporaryDirectory() as folder, duckdb.connect() as con:
        path = Path(folder) / "t.parquet"
        con.sql("SELECT range AS id, 'Ёж ' || range AS имя, [range] AS l FROM range(20)").write_parquet(str(path))
        return path.read_bytes()


SEEDS: dict[str, Callable[[], bytes]] = {
    "t.csv": CSV.encode,
    "t16.csv": lambda: CSV.encode("utf-16"),
    "t.json": DOCUMENT.encode,
    "t.ndjson": LINES.encode,
    "t.xml": f"{XML}</r>".encode,
    "t.json.gz": lambda: gzip.compress(DOCUMENT.encode(), mtime=0),
    "t.xml.bz2": lambda: bz2.compress(f"{XML}</r>".encode()),
    "t.ndjson.xz": lambda: lzma.compress(LINES.encode()),
    "t.csv.zst": lambda: zstandard.compress(CSV.encode()),
    "t.zip": lambda: zipped(("а/один.csv", CSV.encode()), ("а/два.csv", CSV.encode())),
    "t.xlsx": lambda: book('<sheetData><row r="1"><c r="A1"><v>1</v></c></row><row r="2"><c r="A2"><v>2</v></c></row></sheetData>'),
    "t.parquet": _parquet,
}


def _damaged(seed: bytes, name: str) -> Iterator[bytes]:
    """Yield the file cut at places all over it, and with bytes changed, taken out and put in, always the same ones."""
    places = [*range(5), *(place * len(seed) // 7 for place in range(1, 7)), len(seed) - 1]
    yield from (seed[:place] for place in places)
    for number in range(12):
        chance, data = random.Random(f"{name}{number}"), bytearray(seed)  # noqa: S311  no secret
        for _ in range(chance.choice([1, 1, 3])):
            place = chance.randrange(len(data))
            kind = chance.randrange(4)
            if kind == 0:
                data[place] = chance.randrange(256)
            elif kind == 1:
                del data[place : place + chance.randrange(1, 20)]
            elif kind == 2:
                data.insert(place, chance.choice(b"\0\"'<>&[]{},;\n\r\\\xff"))
            else:
                data[place:place] = data[:place][-chance.randrange(1, 30) :]
        yield bytes(data)


def _survives(folder: Path, name: str, data: bytes) -> int:
    """Read a file, or see it refused with a code that has a page; return its records."""
    (folder / name).write_bytes(data)
    try:
        found = profile(folder, name)
    except Problems as problems:
        assert all(explain(one.code) and one.help for one in problems.diagnostics), problems  # noqa: PT017  it may be read as well
        return 0
    assert found.rows + found.rejects > 0 or found.columns
    return found.rows + found.rejects


@pytest.mark.parametrize("name", SEEDS)
def test_whatever_is_damaged_or_cut_is_read_with_its_balance_or_refused_in_words(name: str, tmp_path: Path) -> None:
    seed = SEEDS[name]()
    assert _survives(tmp_path, name, seed) > 0
    for data in _damaged(seed, name):
        _survives(tmp_path, name, data)


@pytest.mark.parametrize("word", ["idna", "punycode", "undefined", "unicode_escape", "raw_unicode_escape", "utf-7", "rot13", "hex", "x"])
def test_an_encoding_that_only_python_calls_one_is_none(word: str, tmp_path: Path) -> None:
    (tmp_path / "t.xml").write_text(f'<?xml version="1.0" encoding="{word}"?><r><o>1</o><o>2</o></r>')
    with pytest.raises(Problems) as caught:
        profile(tmp_path, "t.xml")
    assert caught.value.diagnostics[0].code == "E315"


def test_a_member_without_a_name_is_told(tmp_path: Path) -> None:
    (tmp_path / "t.zip").write_bytes(zipped(("", b"a,b\n1,2\n")))
    with pytest.raises(Problems, match="no name"):
        profile(tmp_path, "t.zip")


@pytest.mark.parametrize(("name", "pack"), [("t.bz2", bz2.compress), ("t.xz", lzma.compress)])
def test_a_bomb_is_unpacked_in_small_pieces(name: str, pack: Callable[[bytes], bytes], tmp_path: Path) -> None:
    """A kilobyte of bzip2 can be a gigabyte: it must not be one in memory."""
    (tmp_path / name).write_bytes(pack(bytes(128 << 20)))
    [file] = files.find(tmp_path, name)
    tracemalloc.start()
    with unpacking.opened(file) as stream:
        size = sum(len(piece) for piece in iter(lambda: stream.read(unpacking.CHUNK), b""))
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert size == 128 << 20
    assert most < 64 << 20


def test_members_that_share_their_bytes_are_refused_or_read_each(tmp_path: Path) -> None:
    """A directory of a zip may name the same bytes thousands of times."""
    data = zipped(("k.csv", b"a,b\n1,2\n"))
    at, end = data.index(b"PK\1\2"), data.rindex(b"PK\5\6")
    entries = b"".join(data[at:end].replace(b"k.csv", b"%05d" % place) for place in range(50))
    tail = b"PK\5\6" + struct.pack("<HHHHIIH", 0, 0, 50, 50, len(entries), at, 0)
    _survives(tmp_path, "t.zip", data[:at] + entries + tail)


def test_names_of_members_that_lead_elsewhere_are_only_names(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in (
            "../вне.json",
            "/abs.json",
            "C:\\x.json",
            "..\\..\\win.json",
            "a\nb.json",
            "\x1b[31mред.json",
            "./так.json",
            ".hidden.json",
        ):
            archive.writestr(zipfile.ZipInfo(name), '[{"a":1}]')
    assert _survives(tmp_path / "in", "t.zip", out.getvalue()) == 7
    assert [path.name for path in tmp_path.iterdir()] == ["in"]


@pytest.mark.parametrize("text", ["9" * 300_000, "слово" * 60_000, "a." * 150_000, "a@" * 100_000, "a@b.c+" * 30_000])
def test_a_long_text_is_looked_through_once(text: str, tmp_path: Path) -> None:
    """What looks for an address of mail from each letter on, through all that stand behind it, would take hours here."""
    assert _survives(tmp_path, "t.csv", f"id,имя\n1,{text}\n2,x\n".encode()) == 2
