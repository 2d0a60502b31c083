"""Files larger than DuckDB's buffers: read in parallel, in memory that does not grow with them, and counted as we count."""

from __future__ import annotations

import gzip
import random
import subprocess
import sys
from typing import TYPE_CHECKING

import duckdb
import pytest

from dataeng_ai.sources import files, view
from dataeng_ai.sources.detect import detect
from dataeng_ai.sources.prepare import prepare, raw

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ROWS = 700_000


def _quoted_lines(end: str, every: int) -> Iterator[str]:
    """Yield records of about 100 bytes, most of them with line ends and delimiters within quotes; some have a field too many."""
    chance = random.Random(7)  # noqa: S311  the same file every time is the point
    yield f"id;text;n{end}"
    for row in range(1, ROWS + 1):
        text = "".join(chance.choices(("слово; ", "x", "\n", "\r\n", '""', "\n1;2;3\n"), k=chance.randint(0, 40)))
        yield f'{row};"{text}";{row * 3}{";1" if row % every == 0 else ""}{end}'


@pytest.mark.parametrize(("end", "every"), [("\n", 50_000), ("\r\n", ROWS + 1), ("\n", ROWS + 1)], ids=["some bad", "CRLF", "LF"])
def test_quoted_line_ends_across_buffers_change_no_count_and_no_ordinal(end: str, every: int, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("".join(_quoted_lines(end, every)), encoding="utf-8", newline="")
    bad = list(range(every, ROWS + 1, every))
    found = files.find(tmp_path, "t.csv")
    assert found[0].size > 64 << 20
    (tmp_path / "scratch").mkdir()
    prepared = prepare(found[0], detect(found).csv, tmp_path / "scratch")
    assert (prepared.path == found[0].path) == (not bad)
    con = duckdb.connect(config={"threads": 4})
    view.open_view(con, [prepared], prepared.header)
    wrong = con.execute(
        'SELECT count(*) FILTER (__record__ <> id::BIGINT OR n::BIGINT <> 3 * __record__), count(*) FROM "__numbered__"'
    ).fetchone()
    assert wrong == (0, ROWS - len(bad))
    total = 3 * (ROWS * (ROWS + 1) // 2 - sum(bad))
    assert con.execute('SELECT count(*), sum(n::BIGINT) FROM "__source__"').fetchone() == (prepared.rows, total)
    assert [one.record for one in prepared.bad] == bad
    assert [record for record, _, _ in raw(prepared, [1, 123_456, ROWS])] == [1, 123_456, ROWS]


MEASURE = """
import resource, sys
from pathlib import Path
from dataeng_ai.sources import files, view
from dataeng_ai.sources.detect import detect
from dataeng_ai.sources.prepare import prepare, raw
import tempfile
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
found = files.find(Path(sys.argv[1]), sys.argv[2])
with tempfile.TemporaryDirectory() as scratch:
    prepared = prepare(found[0], detect(found).csv, Path(scratch))
print(prepared.records, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


@pytest.mark.parametrize("name", ["plain.csv", "packed.csv.gz", "cp1251.csv"])
def test_memory_stays_flat_however_large_the_file(name: str, tmp_path: Path) -> None:
    block = "".join(f"{row};Москва, улица {row};{row / 7:.4f};2024-01-01\n" for row in range(50_000))
    text = "id;адрес;x;день\n" + block * 40
    data = text.encode("cp1251" if name == "cp1251.csv" else "utf-8")
    (tmp_path / name).write_bytes(gzip.compress(data, 1) if name.endswith("gz") else data)
    done = subprocess.run([sys.executable, "-c", MEASURE, str(tmp_path), name], check=True, capture_output=True, text=True)
    records, grown = map(int, done.stdout.split())
    assert records == 2_000_000
    assert grown < 64, f"{grown} MiB for a file of {len(data) >> 20} MiB"
