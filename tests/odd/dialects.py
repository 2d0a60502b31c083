"""Files of every dialect, made by script, each with its delimiter, quote and escape: clean ones, and wild ones as open data have them.

What goes wrong in the wild is taken from what was published of files of governments and of repositories (van den Burg and others,
"Wrangling messy CSV files by detecting row and type patterns", 2019): odd delimiters, texts full of others, comments, preambles,
row names without a header, few rows, one column, aligned numbers, quotes that are not the usual ones, backslashes.
"""

from __future__ import annotations

import json
import random
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Maker = Callable[[random.Random, int], str]


@dataclass(frozen=True)
class Labelled:
    """A file with the dialect that it was written in; no delimiter where it has one column, no quote where none is needed."""

    name: str
    data: bytes
    delimiter: str | None
    quote: str | None
    escape: str | None
    wild: bool


_NAMES: Final = (
    "Ann Lee",
    "Иван Петров",
    "O'Neil, Tim",
    "José Núñez",
    "Smith",
    "Мария Ивановна",
    "de la Cruz",
    "Kim Ha-eun",
    "Ng",
    "Søren",
)
_CITIES: Final = ("London", "Санкт-Петербург", "New York, NY", "São Paulo", "Paris", "Leeds", "Нижний Новгород", "Bath", "York", "Rome")
_SENTENCES: Final = (
    "He came, he saw, and left.",
    "Payment for services; see note 3",
    "Works at the site: roads, drains",
    "Ремонт дороги, 2-й этап",
    "None",
    "see http://example.com/a?b=1&c=2;d=3",
    "Total (incl. VAT) - 20% off!",
    "first | second",
    "no comment",
    "Опрос: да/нет; прочее",
)
_LOREM: Final = (
    "road",
    "school",
    "grant",
    "repair",
    "council",
    "supply",
    "of",
    "and",
    "the",
    "water",
    "health",
    "works",
    "дорога",
    "школа",
)


def _words(chance: random.Random, row: int) -> str:
    return " ".join(chance.choice(_LOREM) for _ in range(1 + (row + chance.randrange(3)) % 5)).capitalize()


MAKERS: Final[dict[str, Maker]] = {
    "id": lambda _, row: str(row + 1),
    "code": lambda chance, _: f"{chance.choice('ABCD')}{chance.choice('XYZ')}-{chance.randrange(100, 999)}",
    "name": lambda chance, _: chance.choice(_NAMES),
    "city": lambda chance, _: chance.choice(_CITIES),
    "text": lambda chance, _: chance.choice(_SENTENCES),
    "words": _words,
    "number": lambda chance, _: str(chance.randrange(100_000)),
    "money": lambda chance, _: f"{chance.randrange(10_000) / 100:.2f}",
    "comma_money": lambda chance, _: f"{chance.randrange(10_000) / 100:.2f}".replace(".", ","),
    "thousands": lambda chance, _: f"{chance.randrange(1_000, 9_000_000):,}",
    "pounds": lambda chance, _: f"£{chance.randrange(100, 9_000):,}.{chance.randrange(100):02}",
    "percent": lambda chance, _: f"{chance.randrange(1000) / 10}%",
    "date": lambda chance, _: f"{2000 + chance.randrange(20)}-{1 + chance.randrange(12):02}-{1 + chance.randrange(28):02}",
    "day": lambda chance, _: f"{1 + chance.randrange(28):02}/{1 + chance.randrange(12):02}/{2000 + chance.randrange(20)}",
    "russian_day": lambda chance, _: f"{1 + chance.randrange(28):02}.{1 + chance.randrange(12):02}.{2000 + chance.randrange(20)}",
    "month": lambda chance, _: f"{chance.choice(('Jan', 'Feb', 'Mar'))}-{chance.randrange(10, 20)}",
    "time": lambda chance, _: f"{chance.randrange(24):02}:{chance.randrange(60):02}:{chance.randrange(60):02}",
    "moment": lambda chance, row: f"{MAKERS['date'](chance, row)} {MAKERS['time'](chance, row)}",
    "url": lambda chance, _: f"https://example.com/{chance.choice('abc')}?id={chance.randrange(999)}&x=1,2",
    "mail": lambda chance, _: f"{chance.choice(('ann', 'ivan', 'kim'))}{chance.randrange(99)}@example.org",
    "path": lambda chance, _: f"C:\\data\\{chance.choice('abc')}\\file {chance.randrange(99)}.txt",
    "ip": lambda chance, _: ".".join(str(chance.randrange(256)) for _ in range(4)),
    "flag": lambda chance, _: chance.choice(("Y", "N")),
    "gap": lambda chance, _: chance.choice(("", "", "7.5", "n/a")),
    "float": lambda chance, _: f"{chance.random():.6f}",
    "exponent": lambda chance, _: f"{chance.random():.4e}",
    "json": lambda chance, _: json.dumps({"a": chance.randrange(9), "b": [1, 2]}),
    "list": lambda chance, _: f"[{chance.randrange(9)}, {chance.randrange(9)}]",
    "phone": lambda chance, _: f"+7 (9{chance.randrange(10, 99)}) 555-{chance.randrange(10, 99)}-{chance.randrange(10, 99)}",
    "inches": lambda chance, _: f'{chance.randrange(10, 60)}" screen',
    "lines": lambda chance, _: f"{chance.choice(_SENTENCES)}\nline 2, of two",
}

_TABLES: Final = (
    ("id", "name", "city", "date"),
    ("code", "words", "money", "day"),
    ("id", "text", "number", "flag"),
    ("moment", "float", "float", "float", "gap"),
    ("name", "mail", "phone", "russian_day"),
    ("url", "number", "percent", "words"),
    ("id", "json", "moment"),
    ("city", "thousands", "pounds", "text"),
    ("ip", "time", "path", "number"),
    ("month", "words", "list", "gap", "gap"),
    ("id", "comma_money", "comma_money", "russian_day"),
    ("exponent", "exponent", "float"),
    ("words", "words"),
    ("id", "number"),
    ("code", "lines", "date"),
)


@dataclass(frozen=True)
class Way:
    """How a table is written."""

    delimiter: str
    quote: str | None = '"'
    escape: str | None = '"'
    every: bool = False
    end: str = "\n"

    def cell(self, text: str) -> str:
        """Write a cell; without a quote, what would need one is taken out."""
        if self.quote is None:
            return text.replace(self.delimiter, " " if self.delimiter != " " else "_").replace("\n", " ").lstrip("\"'")
        needed = any(mark in text for mark in (self.delimiter, self.quote, "\n", "\r"))
        if not (needed or self.every):
            return text
        inner = text.replace("\\", "\\\\") if self.escape == "\\" else text
        return self.quote + inner.replace(self.quote, (self.escape or "") + self.quote) + self.quote

    def text(self, rows: list[list[str]]) -> str:
        """Write rows."""
        return "".join(self.delimiter.join(map(self.cell, row)) + self.end for row in rows)


def rows_of(makers: tuple[str, ...], chance: random.Random, count: int, *, header: bool = True) -> list[list[str]]:
    """Return a table of these kinds of columns."""
    names = [[f"{kind}{place}" if kind in makers[:place] else kind for place, kind in enumerate(makers)]]
    return (names if header else []) + [[MAKERS[kind](chance, row) for kind in makers] for row in range(count)]


def _label(name: str, text: str, way: Way, *, wild: bool, one: bool = False) -> Labelled:
    """Name what can be seen of the dialect: a quote where some field is in quotes, an escape where a quote stands within."""
    quoted = way.quote is not None and (way.quote in text)
    escaped = quoted and way.escape == "\\" and "\\" + (way.quote or "") in text
    return Labelled(
        name, text.encode(), None if one else way.delimiter, way.quote if quoted else None, way.escape if escaped else None, wild
    )


def clean() -> Iterator[Labelled]:
    """Yield consistent tables, each in its dialect."""
    chance = random.Random(2019)  # noqa: S311  the same files each time, no secret
    for mark, times in ((",", 30), (";", 25), ("\t", 25), ("|", 20), ("^", 8), ("~", 8), (":", 6), ("#", 6), ("*", 6), (" ", 8), ("!", 4)):
        for place in range(times):
            makers = _TABLES[(place * 7 + len(mark) + ord(mark)) % len(_TABLES)]
            if mark in ": " and any(kind in ("url", "time", "moment", "text", "path", "json") for kind in makers):
                makers = ("id", "code", "number", "float")
            ways = (Way(mark), Way(mark, every=True), Way(mark, "'", "'"), Way(mark, '"', "\\"), Way(mark, None, None))
            way = ways[(0, 0, 1, 0, 3, 4, 2, 0, 1, 4)[place % 10]]
            rows = rows_of(makers, chance, chance.choice((3, 5, 12, 40, 120)), header=place % 4 != 3)
            yield _label(f"clean_{ord(mark)}_{place}", way.text(rows), way, wild=False)


def wild() -> Iterator[Labelled]:
    """Yield what open data look like."""
    chance = random.Random(2020)  # noqa: S311  the same files each time, no secret
    for place in range(20):
        for kind, make in _WILD.items():
            text, way = make(chance, place)
            yield _label(f"{kind}_{place}", text, way, wild=True, one=kind.startswith("one_"))


def _table(chance: random.Random, place: int, rows: int = 0) -> tuple[list[list[str]], Way]:
    way = (Way(","), Way(";"), Way("\t"), Way("|"), Way(",", every=True))[place % 5]
    return rows_of(_TABLES[place % len(_TABLES)], chance, rows or chance.choice((4, 9, 30, 80))), way


def _preamble(chance: random.Random, place: int) -> tuple[str, Way]:
    rows, way = _table(chance, place)
    lines = ["Spend over £25,000", "Published: 1 May 2014; contact: a@b.gov", "", "Source, Council, 2014"][: 1 + place % 4]
    return "\n".join(lines) + "\n" + way.text(rows), way


def _comments(chance: random.Random, place: int) -> tuple[str, Way]:
    rows, way = _table(chance, place)
    return "# created by tool 1.2, on 2014-05-01\n# units: mm; values: a, b, c\n" * (1 + place % 3) + way.text(rows), way


def _ragged(chance: random.Random, place: int) -> tuple[str, Way]:
    rows, way = _table(chance, place, 40)
    for at in chance.sample(range(5, 40), 4):
        rows[at] = rows[at][: chance.randrange(1, len(rows[at]))] if at % 2 else [*rows[at], ""]
    return way.text(rows), way


def _padded(chance: random.Random, place: int) -> tuple[str, Way]:
    rows, way = _table(chance, place, 20)
    width = len(rows[0]) + 3
    title = [["Table 4", *[""] * (width - 1)], [""] * width]
    return way.text([*title, *([*row, "", "", ""] for row in rows)]), way


def _row_names(chance: random.Random, place: int) -> tuple[str, Way]:
    way = (Way(","), Way("\t"), Way(" "), Way(";"))[place % 4]
    names = ["alpha", "beta", "gamma", "delta"][: 2 + place % 3]
    rows = [[f"r{row}", *(f"{chance.random():.4f}" for _ in names)] for row in range(12)]
    return way.text([names, *rows]), way


def _few(chance: random.Random, place: int) -> tuple[str, Way]:
    rows, way = _table(chance, place, 1)
    return way.text(rows[: 1 + place % 2 + 1]), way


def _numbers(chance: random.Random, place: int) -> tuple[str, Way]:
    way = (Way(","), Way(" "), Way("\t"), Way(";"), Way(" "))[place % 5]
    width = 2 + place % 7
    return way.text([[f"{chance.random() * 100:.{1 + place % 4}f}" for _ in range(width)] for _ in range(15)]), way


def _commas(chance: random.Random, place: int) -> tuple[str, Way]:
    way = (Way(";"), Way("\t"), Way("|"))[place % 3]
    return way.text(rows_of(("id", "comma_money", "text", "comma_money", "thousands"), chance, 25, header=place % 2 == 0)), way


def _sentences(chance: random.Random, place: int) -> tuple[str, Way]:
    way = (Way(","), Way(";"), Way("\t"), Way("|"), Way(",", every=True), Way(";", every=True))[place % 6]
    rows = rows_of(("text", "text", "words"), chance, 25)
    return way.text([[*row, f"{row[0]} {row[1]}, {row[2]}; {chance.choice(_SENTENCES)}"] for row in rows]), way


def _multi(chance: random.Random, place: int) -> tuple[str, Way]:
    way = (Way(","), Way(";"), Way("\t"), Way(",", every=True))[place % 4]
    return way.text(rows_of(("id", "lines", "text", "lines"), chance, 15)), way


def _escaped(chance: random.Random, place: int) -> tuple[str, Way]:
    way = (Way(",", '"', "\\", every=True), Way(";", '"', "\\"), Way("\t", '"', "\\", every=True), Way(",", '"', "\\"))[place % 4]
    return way.text(rows_of(("id", "inches", "json", "words"), chance, 15)), way


def _single(chance: random.Random, place: int) -> tuple[str, Way]:
    way = (Way(",", "'", "'", every=True), Way(";", "'", "'"), Way("\t", "'", "'", every=True), Way(",", "'", "\\", every=True))[place % 4]
    return way.text(rows_of(("code", "text", "city", "number"), chance, 20)), way


def _inches(chance: random.Random, place: int) -> tuple[str, Way]:
    way = (Way("\t", None, None), Way("|", None, None), Way(";", None, None))[place % 3]
    rows = rows_of(("id", "inches", "words", "number"), chance, 20)
    text = "".join(way.delimiter.join(row) + "\n" for row in rows)
    return text, way


def _one_text(chance: random.Random, place: int) -> tuple[str, Way]:
    kind = ("words", "name", "number", "date", "comma_money", "moment", "mail", "url", "text", "path")[place % 10]
    return "\n".join([kind, *(MAKERS[kind](chance, row) for row in range(12))]) + "\n", Way(",", None, None)


def _hollow(chance: random.Random, place: int) -> tuple[str, Way]:
    way = (Way(","), Way(";"), Way("\t"), Way("|"))[place % 4]
    return way.text(rows_of(("id", "gap", "gap", "words", "gap", "gap"), chance, 25)), way


def _footer(chance: random.Random, place: int) -> tuple[str, Way]:
    rows, way = _table(chance, place, 15)
    return way.text(rows) + "\nTotal: 15 rows, see notes; c. 2014\nNotes: a, b, c and d\n", way


def _bracketed(chance: random.Random, place: int) -> tuple[str, Way]:
    way = (Way(","), Way(";"), Way("|"), Way("^"), Way("~"))[place % 5]
    return way.text(rows_of(("moment", "list", "json", "ip", "phone"), chance, 20)), way


def _tables(chance: random.Random, place: int) -> tuple[str, Way]:
    first, way = _table(chance, place, 20)
    second = rows_of(("code", "words", *("number",) * (place % 4)), chance, 12 + place % 9)
    return way.text(first) + ("\n" if place % 2 else "") + way.text(second), way


def _constant(chance: random.Random, place: int) -> tuple[str, Way]:
    """Every cell of a column has one delimiter of another kind: `Smith, Ann`, `51.5,-0.12`, `1,50`, `10:30`."""
    way = (Way(";"), Way("\t"), Way("|"), Way("^"), Way("~"))[place % 5]
    header = ["name", "place", "price", "at", "born"]
    rows = [
        [
            f"{chance.choice(('Smith', 'Петров', 'Ng'))}, {chance.choice(('Ann', 'Иван', 'Bo'))}",
            f"{chance.random() * 50:.4f},{-chance.random():.4f}",
            f"{chance.randrange(99)},{chance.randrange(10, 99)}",
            f"{chance.randrange(10, 24)}:{chance.randrange(10, 60)}",
            f"{chance.randrange(10, 28)}.{chance.randrange(10, 12)}.19{chance.randrange(10, 99)}",
        ][: 3 + place % 3]
        for _ in range((3, 8, 25)[place % 3])
    ]
    return way.text([header[: len(rows[0])], *rows] if place % 4 else rows), way


def _entities(chance: random.Random, place: int) -> tuple[str, Way]:
    way = (Way(","), Way("\t"), Way("|"))[place % 3]
    rows = [[str(row), f"Fish &amp; chips; &quot;{chance.choice(_LOREM)}&quot;", chance.choice(_LOREM)] for row in range(14)]
    return way.text([["id", "title", "kind"], *rows]), way


def _late(chance: random.Random, place: int) -> tuple[str, Way]:
    """One quoted cell far down in a table that has no other."""
    way = (Way(","), Way(";"), Way("\t"))[place % 3]
    rows = rows_of(("id", "code", "number", "words"), chance, 60)
    rows[50 + place % 9][3] = f"roads{way.delimiter} and more"
    return way.text(rows), way


def _trailing(chance: random.Random, place: int) -> tuple[str, Way]:
    rows, way = _table(chance, place, 15)
    return way.text([[*row, ""] for row in rows]), way


def _framed(chance: random.Random, place: int) -> tuple[str, Way]:
    way = Way("|", None, None)
    return way.text([["", *row, ""] for row in rows_of(("id", "words", "number", "date"), chance, 10 + place)]), way


def _short_texts(chance: random.Random, place: int) -> tuple[str, Way]:
    way = (Way(";"), Way(","), Way("\t"), Way("|"))[place % 4]
    rows = [["name", "note"], ["Ann", "a b"], [chance.choice(_LOREM), "c d e"], ["Bo", "f"]]
    return way.text(rows[: 2 + place % 3]), way


def _log(chance: random.Random, place: int) -> tuple[str, Way]:
    way = Way(" ", '"', '"')
    rows = [
        f'{MAKERS["ip"](chance, row)} - - [01/May/2014:10:{row:02}] "GET /{chance.choice("abc")} HTTP/1.1" 200 {chance.randrange(999)}\n'
        for row in range(10 + place)
    ]
    return "".join(rows), way


def _wide(chance: random.Random, place: int) -> tuple[str, Way]:
    way = (Way(","), Way(";"), Way("\t"))[place % 3]
    return way.text(rows_of(("id", *("gap", "number", "flag") * 15), chance, 8)), way


def _spaced(chance: random.Random, place: int) -> tuple[str, Way]:
    """Blanks behind delimiters, as people write them: with each of them, they belong to it, for a reader that is told `,` keeps them."""
    way = (Way(", "), Way("; "))[place % 2]
    rows = rows_of(("id", "code", "number", "date", "words"), chance, 12)
    return "".join(way.delimiter.join(row) + "\n" for row in rows), way


_WILD: Final[dict[str, Callable[[random.Random, int], tuple[str, Way]]]] = {
    "preamble": _preamble,
    "comments": _comments,
    "ragged": _ragged,
    "padded": _padded,
    "row_names": _row_names,
    "few": _few,
    "numbers": _numbers,
    "commas": _commas,
    "sentences": _sentences,
    "multi": _multi,
    "escaped": _escaped,
    "single": _single,
    "inches": _inches,
    "one_text": _one_text,
    "hollow": _hollow,
    "footer": _footer,
    "bracketed": _bracketed,
    "tables": _tables,
    "constant": _constant,
    "entities": _entities,
    "late": _late,
    "trailing": _trailing,
    "framed": _framed,
    "short_texts": _short_texts,
    "log": _log,
    "wide": _wide,
    "spaced": _spaced,
}


def f1(pairs: list[tuple[str, str]]) -> float:
    """Return the F1 of labels, each kind of label weighed by how many files have it: pairs of what is so and what was said."""
    total = 0.0
    for label in {so for so, _ in pairs}:
        hit = sum(so == said == label for so, said in pairs)
        said_so, is_so = sum(said == label for _, said in pairs), sum(so == label for so, _ in pairs)
        total += is_so * (2 * hit / (said_so + is_so))
    return total / len(pairs)
