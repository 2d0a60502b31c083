"""What reading a nested register of XML costs beside an iterparse of lxml that only counts its records, and how much memory it takes.

python -m tests.benchmarks.nested_xml [RECORDS] [ROUNDS]; 650,000 records are some 200 MiB
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Final

from tests.benchmarks.profile_card import environment
from tests.benchmarks.race import race

RECORD: Final = """  <branch id="{0}" open="true">
    <name>Отделение № {0}</name>
    <address zip="{1:06d}"><city>Тверь</city><street>Ленина, {2}</street></address>
    <revenue currency="RUB">{1}.50</revenue>
    <opened>2020-0{3}-11</opened>
    <phone>+7 900 {1:07d}</phone><phone>+7 901 {1:07d}</phone>
    <note/>
  </branch>
"""

COUNT: Final = """
import sys
from lxml import etree
for _, element in etree.iterparse(sys.argv[1], tag="branch"):
    element.clear()
    while element.getprevious() is not None:
        del element.getparent()[0]
"""
READ: Final = """
import sys
from pathlib import Path
from dataeng_ai.sources import files
from dataeng_ai.sources.xml_reader import Reader
path = Path(sys.argv[1])
[file] = files.find(path.parent, path.name)
for _ in Reader(file, "company.branch"):
    pass
"""
PREPARE: Final = """
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from dataeng_ai import ir
from dataeng_ai.sources import files, xml
path = Path(sys.argv[1])
[file] = files.find(path.parent, path.name)
with TemporaryDirectory() as scratch:
    xml.prepare(file, ir.Source(None, path.name, "xml", records="company.branch"), Path(scratch))
"""
SLOW: Final = "from dataeng_ai.sources import xml_quick\nxml_quick.LEARN = 1 << 60\n" + PREPARE
QUERY: Final = (
    PREPARE.replace("    xml.prepare(", "    one = xml.prepare(")
    + """
    import duckdb
    texts = xml.relation(duckdb.connect(), one)
    texts.aggregate(", ".join(["count(*)", *(f"count(c{place})" for place in range(len(one.header)))])).fetchall()
"""
)


def write(path: Path, records: int) -> None:
    """Write a register, the same bytes each time."""
    with path.open("w", encoding="utf-8", newline="\n") as out:
        out.write('<?xml version="1.0" encoding="UTF-8"?>\n<company>\n')
        for number in range(records):
            out.write(RECORD.format(number, number * 7 % 100_000, number % 100, number % 9 + 1))
        out.write("</company>\n")


def main() -> None:
    """Print what each took: counting, reading the values, and making them ready for DuckDB."""
    records, rounds = (int(text) for text in (*sys.argv[1:3], *("650000", "3")[len(sys.argv) - 1 :]))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "register.xml")
        write(path, records)
        lxml = environment(Path(folder, "venv"), ("lxml",))
        ours = {"texts for DuckDB": PREPARE, "and counted by DuckDB": QUERY, "by the parser alone": SLOW, "its values alone": READ}
        codes = {"lxml, only counting": (lxml, COUNT)} | {name: (sys.executable, code) for name, code in ours.items()}
        commands = {name: [python, "-c", code, str(path)] for name, (python, code) in codes.items()}
        race(f"{records:,} records, {path.stat().st_size >> 20} MiB", commands, rounds, "<= 0.5 x, memory flat")


if __name__ == "__main__":
    main()
