"""A quick look reads a part of large files, the same each time, and never says more than the part shows."""

from __future__ import annotations

import csv
import gzip
import json
import random
import subprocess
import sys
from typing import TYPE_CHECKING

import duckdb
import pytest

from dataeng_ai.diagnostics import Problems
from dataeng_ai.profile import card, view
from dataeng_ai.profile.survey import profile, quick
from dataeng_ai.sources import sampled

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

ROWS = 60_000
CITIES = ("Москва", "Казань", "Ростов-на-Дону; центр", 'Дом "Книги"', "Две\nстроки", "Пермь")


def rows(count: int = ROWS) -> Iterator[tuple[int, str, str, str, str]]:
    """Yield tickets; texts hold delimiters, quotes and line ends."""
    chance = random.Random(7)  # noqa: S311  made-up data
    for number in range(count):
        day = f"2026-{number * 12 // count + 1:02}-{number % 28 + 1:02}"
        yield number, CITIES[chance.randrange(6)], day, f"{chance.randrange(10**6) / 100:.2f}", f"билет на выставку {chance.random()}" * 2


def as_csv(path: Path) -> None:
    """Write the tickets as CSV."""
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
        writer.writerow(("номер", "город", "день", "цена", "что"))
        writer.writerows(rows())


def as_ndjson(path: Path) -> None:
    """Write the tickets as a JSON record a line."""
    with path.open("w", encoding="utf-8") as out:
        out.writelines(json.dumps(record, ensure_ascii=False) + "\n" for record in records())


def records() -> Iterator[dict[str, object]]:
    """Yield the tickets as nested records."""
    for number, city, day, price, what in rows():
        yield {"номер": number, "место": {"город": city}, "день": day, "цена": float(price), "что": what, "дети": [{"n": 1}, {"n": 2}]}


def as_json(path: Path) -> None:
    """Write the tickets as one document, which is not the list itself."""
    path.write_text(json.dumps({"версия": [1, 2], "tickets": list(records())}, ensure_ascii=False, indent=1), encoding="utf-8")


def as_xml(path: Path) -> None:
    """Write the tickets as XML, with names beyond ASCII."""
    lines = (
        f'<билет номер="{number}"><город>{city}</город><день>{day}</день><цена>{price}</цена><что>{what}</что></билет>\n'
        for number, city, day, price, what in rows()
    )
    path.write_text('<?xml version="1.0" encoding="utf-8"?>\n<билеты>\n' + "".join(lines) + "</билеты>\n", encoding="utf-8")


def as_parquet(path: Path) -> None:
    """Write the tickets as Parquet."""
    as_csv(path.with_suffix(".csv"))
    texts = duckdb.connect().read_csv(str(path.with_suffix(".csv")), sep=";", all_varchar=True)
    texts.select("номер::INTEGER AS номер, * EXCLUDE (номер)").write_parquet(str(path), compression="uncompressed")


WRITERS: dict[str, Callable[[Path], None]] = {
    "tickets.csv": as_csv,
    "tickets.ndjson": as_ndjson,
    "tickets.json": as_json,
    "tickets.xml": as_xml,
    "tickets.parquet": as_parquet,
}


@pytest.mark.parametrize("name", WRITERS)
def test_a_part_is_a_fraction_with_the_facts_of_the_whole(tmp_path: Path, name: str) -> None:
    """Columns, types and roles of a source that is alike throughout are found; the number of rows is told as an estimate."""
    WRITERS[name](tmp_path / name)
    part, whole = quick(tmp_path, name), profile(tmp_path, name)
    assert part.sample is not None
    assert part.rows < ROWS / 2
    assert abs(part.sample.about - ROWS) < ROWS / 10
    assert part.rejects == whole.rejects == 0
    assert whole.rows == ROWS
    assert whole.sample is None
    assert [(one.name, one.type.name, one.pii) for one in part.columns] == [(one.name, one.type.name, one.pii) for one in whole.columns]
    assert part.format == whole.format
    assert part.bytes == whole.bytes
    assert part.warnings[0].startswith("a sample: about ")
    assert f"about {part.sample.about:,} rows, {part.rows:,} rows looked at" in view.text(part)
    assert f"about {part.sample.about:,} rows" in card.html(part)


@pytest.mark.parametrize("name", ["tickets.csv", "tickets.ndjson", "tickets.parquet"])
def test_begin_middle_and_end_are_in_the_part(tmp_path: Path, name: str) -> None:
    """The months of a year that is written from its first day to its last are all there, and the least and greatest number."""
    WRITERS[name](tmp_path / name)
    found = quick(tmp_path, name)
    number, day = found.column("номер"), found.column("день")
    assert (number.minimum, number.maximum) == ("0", str(ROWS - 1))
    assert (day.minimum or "").startswith("2026-01")
    assert (day.maximum or "").startswith("2026-12")


def test_the_same_file_the_same_answer(tmp_path: Path) -> None:
    """Chance has no part in which blocks are read."""
    as_csv(tmp_path / "tickets.csv")
    assert quick(tmp_path, "tickets.csv") == quick(tmp_path, "tickets.csv")


def test_a_key_of_a_part_is_not_called_proved(tmp_path: Path) -> None:
    """What no two rows share in a part, two others may."""
    as_csv(tmp_path / "tickets.csv")
    keys = quick(tmp_path, "tickets.csv").keys
    assert keys
    assert all(key.reason.startswith("in the sample: ") for key in keys)


def test_a_small_file_is_read_whole(tmp_path: Path) -> None:
    """Where there is nothing to save, nothing is left out."""
    (tmp_path / "small.csv").write_text("a;b\n1;2\n3;4\n", encoding="utf-8")
    assert quick(tmp_path, "small.csv") == profile(tmp_path, "small.csv")


def test_what_reads_other_formats_is_not_loaded(tmp_path: Path) -> None:
    """A file of CSV is not kept waiting for readers of XML, JSON, workbooks, Parquet or a topic."""
    as_csv(tmp_path / "tickets.csv")
    program = "import sys; from pathlib import Path; from dataeng_ai.profile.survey import quick; quick(Path.cwd(), 'tickets.csv')"
    done = subprocess.run(
        [sys.executable, "-c", f"{program}; print(*sys.modules)"], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    loaded = set(done.stdout.split())
    assert "dataeng_ai.sources.csv" in loaded
    assert not loaded & {f"dataeng_ai.sources.{name}" for name in ("xml", "json", "excel", "parquet", "rows", "table", "kafka")}


def test_of_a_packed_file_the_start_is_read(tmp_path: Path) -> None:
    """There is no way into the middle of it."""
    as_csv(tmp_path / "tickets.csv")
    chance = random.Random(1)  # noqa: S311  made-up data
    lines = b"".join(b"%d;%s\n" % (number, chance.randbytes(60).hex().encode()) for number in range(80_000))
    (tmp_path / "packed.csv.gz").write_bytes(gzip.compress(b"n;text\n" + lines, compresslevel=1, mtime=0))
    found = quick(tmp_path, "packed.csv.gz")
    assert found.sample is not None
    assert found.sample.blocks == 1
    assert abs(found.sample.about - 80_000) < 20_000


@pytest.mark.parametrize("encoding", ["utf-16", "cp1251"])
def test_other_encodings(tmp_path: Path, encoding: str) -> None:
    """The file's encoding is that of the part."""
    text = "номер;город\n" + "".join(f"{number};{CITIES[number % 2]} улица Ленина\n" for number in range(150_000))
    (tmp_path / "big.csv").write_bytes(text.encode(encoding))
    found = quick(tmp_path, "big.csv")
    assert found.sample is not None
    assert [one.name for one in found.columns] == ["номер", "город"]
    assert found.column("город").top[0][0] in {f"{city} улица Ленина" for city in CITIES}


def test_many_files_are_looked_at_from_first_to_last(tmp_path: Path) -> None:
    """Of many files some are read, and the whole is told by their share."""
    for day in range(12):
        lines = "".join(f"{day * 10_000 + number},{'x' * 60}\n" for number in range(10_000))
        (tmp_path / f"day_{day:02}.csv").write_text("id,note\n" + lines, encoding="utf-8")
    found = quick(tmp_path, "day_*.csv")
    assert found.sample is not None
    assert found.files == 12
    assert abs(found.sample.about - 120_000) < 6_000
    assert (found.column("id").minimum, found.column("id").maximum) == ("0", "119999")


def test_a_broken_document_is_refused_as_ever(tmp_path: Path) -> None:
    """Where no part can be cut, the file is read whole, and who reads it says what is wrong."""
    (tmp_path / "broken.json").write_text('{"a": ' + "}" * (sampled.BUDGET + 1), encoding="utf-8")
    with pytest.raises(Problems) as caught:
        quick(tmp_path, "broken.json")
    assert caught.value.diagnostics[0].code in ("E316", "E330")
