"""What reading nested XML costs beside an iterparse of lxml that only counts its records, and how much memory it takes.

python -m tests.benchmarks.nested_xml [RECORDS] [ROUNDS]; 650,000 records are some 210 MiB of a register, 245 of lists in lists
and 315 of elements ten deep
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tests.benchmarks.profile_card import environment
from tests.benchmarks.race import race

if TYPE_CHECKING:
    from collections.abc import Callable

RECORD: Final = """  <branch id="{0}" open="true">
    <name>Отделение № {0}</name>
    <address zip="{1:06d}"><city>Тверь</city><street>Ленина, {2}</street></address>
    <revenue currency="RUB">{1}.50</revenue>
    <opened>2020-0{3}-11</opened>
    <phone>+7 900 {1:07d}</phone><phone>+7 901 {1:07d}</phone>
    <note/>
  </branch>
"""
RIGHT: Final = (
    "<right><kind>Аренда</kind><number>77-{0}</number><holders>"
    "<holder><type>{2}</type><name>Правообладатель {1}</name><share>1/{3}</share></holder>{more}</holders></right>"
)
LOT: Final = """<branch guid="{0:032x}"><number>77:{2:02d}:{0}</number><area><value>{1}.41</value><error>17</error></area>
<rights>{rights}</rights><updated>2020-0{3}-27</updated></branch>
"""
DEEP: Final = """<branch ОГРН="{0:013d}"><имя полное="ООО &quot;Ромашка {1}&quot;"/>{closed}
<история номер="{2}"><документ><вид код="{3}"/><реквизиты><серия>{1:06d}</серия><выдан><орган><имя>Отдел № {2}</имя><адрес>
<регион><город><улица тип="ул">Лесная, {2}</улица></город></регион></адрес></орган></выдан></реквизиты></документ></история></branch>
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


def plain(number: int) -> str:
    """Return a record of the register."""
    return RECORD.format(number, number * 7 % 100_000, number % 100, number % 9 + 1)


def write(path: Path, records: int, record: Callable[[int], str] = plain) -> None:
    """Write a register, the same bytes each time, or other records."""
    with path.open("w", encoding="utf-8", newline="\n") as out:
        out.write('<?xml version="1.0" encoding="UTF-8"?>\n<company>\n')
        for number in range(records):
            out.write(record(number))
        out.write("</company>\n")


def lists(number: int) -> str:
    """Return a record with lists in a list."""
    fields = (number, number * 7 % 100_000, number % 100, number % 9 + 1)
    more = RIGHT[RIGHT.index("<holder>") : RIGHT.index("{more}")].format(*fields) * (number % 3)
    return LOT.format(*fields, rights=RIGHT.format(*fields, more=more) * (number % 4 > 0))


def deep(number: int) -> str:
    """Return a record whose elements stand ten deep, some of them seldom."""
    closed = f'<закрыто дата="2025-0{number % 9 + 1}-01"/>' if number % 7 == 0 else ""
    return DEEP.format(number, number * 7 % 100_000, number % 100, number % 9 + 1, closed=closed)


def main() -> None:
    """Print what each took: counting, reading the values, and making them ready for DuckDB."""
    records, rounds = (int(text) for text in (*sys.argv[1:3], *("650000", "3")[len(sys.argv) - 1 :]))
    with tempfile.TemporaryDirectory() as folder:
        lxml = environment(Path(folder, "venv"), ("lxml",))
        ours = {"texts for DuckDB": PREPARE, "and counted by DuckDB": QUERY, "by the parser alone": SLOW, "its values alone": READ}
        codes = {"lxml, only counting": (lxml, COUNT)} | {name: (sys.executable, code) for name, code in ours.items()}
        for what, record in (("a register", plain), ("lists in lists", lists), ("ten deep", deep)):
            path = Path(folder, "some.xml")
            write(path, records, record)
            commands = {name: [python, "-c", code, str(path)] for name, (python, code) in codes.items()}
            race(f"{what}, {records:,} records, {path.stat().st_size >> 20} MiB", commands, rounds, "<= 0.5 x, memory flat")


if __name__ == "__main__":
    main()
