"""One table polluted in every way of the Pollock benchmark (Vitagliano et al., VLDB 2023), each with what a loader should find.

The ways, the weights and the scoring are facts of that paper and its public repository; the table and the code are our own.
"""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, replace
from itertools import chain
from typing import TYPE_CHECKING, Final

from dataeng_ai import ir

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Cell = tuple[str, bool]
"""A text, and whether it is quoted."""
Rows = list[tuple[str, ...]]

WIDTH: Final = 9
HEADER: Final[list[Cell]] = [
    ("DATE", False),
    ("TIME", False),
    ("Qty", False),
    ("ITEMID", False),
    ("Price", False),
    ("Kind", False),
    ("Description", True),
    ("URL", True),
    ("Comments", False),
]
WEIGHTS: Final = {
    "no_payload": 15.0,
    "no_trailing_newline": 184.0,
    "double_trailing_newline": 5.0,
    "no_header": 470.0,
    "header_multirow_2": 47.0,
    "header_multirow_3": 47.0,
    "preamble": 282.0,
    "multitable_same": 62.67,
    "multitable_more": 62.67,
    "multitable_less": 62.67,
    "header_only": 3.0,
    "one_data_row": 4.0,
    "record_delimiter_cr": 7.0,
    "record_delimiter_lf": 1691.0,
    "field_delimiter_tab": 4.0,
    "field_delimiter_semicolon": 834.0,
    "field_delimiter_space": 4.0,
    "field_delimiter_comma_space": 101.0,
    "quotation_char_single": 11.0,
    "escape_char_backslash": 1.0,
    "escape_char_none": 7.0,
    "source": 1.0,
}
"""How often the paper met each pollution of a whole file. Those of one row are few: see `FAMILIES`."""

FAMILIES: Final = {"less_sep": (672, 0.0557), "more_sep": (756, 0.063), "extra_quote": (756, 0.0016), "row_delimiter": (84, 0.0005)}
"""Pollutions of one row: how many files the benchmark has of each, and their share of all its weight."""


@dataclass(frozen=True)
class Polluted:
    """A file, the dialect that it is in, and the table that a loader should find in it."""

    name: str
    family: str
    data: bytes
    csv: ir.Csv
    header: tuple[str, ...]
    rows: Rows
    lines: int = 1
    """Of the header."""

    @property
    def given(self) -> ir.Csv:
        """Return the dialect as the benchmark's parameters give it: names beside it, so a header of several lines is to be skipped."""
        return replace(self.csv, header=False, skip=self.lines) if self.lines > 1 else self.csv


@dataclass(frozen=True)
class _Written:
    """How a table is written."""

    delimiter: str = ","
    quote: str = '"'
    escape: str = '"'
    end: str = "\r\n"

    def cell(self, cell: Cell) -> str:
        text, quoted = cell
        if not (quoted or (self.delimiter in text.strip() and self.delimiter != " ")):
            return text
        return self.quote + text.replace('"', self.escape + '"') + self.quote

    def line(self, row: Sequence[Cell]) -> str:
        return self.delimiter.join(map(self.cell, row))

    def text(self, rows: Sequence[Sequence[Cell]]) -> bytes:
        return "".join(self.line(row) + self.end for row in rows).encode()


_NOUNS: Final = ("Boots", "Jacket", "Trail Shoes", "Fly Rod 8 Wt.", "Vest", "Cap", "Leather Sofa", "Socks", "Tote", "Kids' Hat")
_WORDS: Final = (
    "warm",
    "dry",
    "light",
    "quick",
    "rugged",
    "easy",
    "classic",
    "soft",
    "great",
    "value",
    "for",
    "men",
    "women",
    "kids'",
    "with",
    "wool",
    "fleece",
    "and",
    "we've",
    "built",
)


def table() -> list[list[Cell]]:
    """Return the source: a header and 83 rows, the texts with commas and quotes in quotes, an empty last column."""
    chance = random.Random(20230828)  # noqa: S311  the same table each time, no secret
    rows = [HEADER]
    for place in range(83):
        code = f"{chance.choice(('MG', 'RI', 'BH', 'YY'))}-{chance.randrange(1000, 9999)}"
        kind = f"{chance.choice(('', 'Men' + chr(39) + 's ', 'Women' + chr(39) + 's '))}{chance.choice(_NOUNS)}"
        words = [chance.choice(_WORDS) for _ in range(chance.randrange(8, 20))]
        words[3] += "," if place % 7 else ";"
        text = " ".join(words).capitalize() + "."
        if place == 12:
            text = text.replace(" ", " 8\\'9\" ", 1)
        if place % 10 == 9:
            kind += ', 48"'
        rows.append(
            [
                (f"{1 + place % 28:02}/{1 + place // 28:02}/2018", False),
                (f"{place // 4 % 24:02}:{place % 4 * 15:02}", False),
                (str(chance.randrange(30)), False),
                (code, False),
                (f"${chance.randrange(90, 9999) / 100}", False),
                (kind, "," in kind),
                (text, True),
                (f"https://www.example.com/product/{code.replace('-', '_')}.html", True),
                ("", False),
            ]
        )
    return rows


def _texts(rows: Sequence[Sequence[Cell]]) -> Rows:
    return [tuple(text for text, _ in row) for row in rows]


def corpus(picked: Sequence[int] = (0, 1, 2, 13, 42, 82, 83)) -> Iterator[Polluted]:
    """Yield the polluted files; of the pollutions of one row those of the rows `picked`, 0 being the header."""
    rows, plain = table(), _Written()
    csv = ir.Csv(",", '"', '"', header=True, encoding="utf-8", null_values=("",))
    clean = _texts(rows)

    def made(family: str, data: bytes, how: ir.Csv = csv, want: Rows = clean, name: str = "") -> Polluted:
        return Polluted(name or family, family, data, how, want[0] if want else (), want[1:])

    source = plain.text(rows)
    yield made("source", source)
    yield made("no_payload", b"", want=[])
    yield made("no_trailing_newline", source.removesuffix(b"\r\n"))
    yield made("double_trailing_newline", source + b"\r\n")
    yield made("no_header", plain.text(rows[1:]), replace(csv, header=False), clean[1:])
    for extra in (1, 2):
        joined = tuple(" ".join([text] * (extra + 1)) for text in clean[0])
        yield replace(
            made(f"header_multirow_{extra + 1}", plain.text([*rows[:1] * extra, *rows]), want=[joined, *clean[1:]]), lines=extra + 1
        )
    blank = ("," * (WIDTH - 1) + "\r\n").encode()
    yield made("preamble", b"PREAMBLE" + blank + blank + source, replace(csv, skip=2))
    yield made("multitable_same", source + source)
    yield made("multitable_less", source + plain.text([row[:-1] for row in rows]))
    yield made("multitable_more", source + plain.text([[*rows[0], ("col1", False)], *([*row, ("", False)] for row in rows[1:])]))
    yield made("header_only", plain.text(rows[:1]), want=clean[:1])
    yield made("one_data_row", plain.text(rows[:2]), want=clean[:2])
    yield from _dialects(rows, csv, clean)
    for row in picked:
        yield from _of_a_row(rows, row, csv)


def _dialects(rows: list[list[Cell]], csv: ir.Csv, clean: Rows) -> Iterator[Polluted]:
    ways = {
        "record_delimiter_lf": (_Written(end="\n"), csv),
        "record_delimiter_cr": (_Written(end="\r"), csv),
        "field_delimiter_semicolon": (_Written(";"), replace(csv, delimiter=";")),
        "field_delimiter_tab": (_Written("\t"), replace(csv, delimiter="\t")),
        "field_delimiter_comma_space": (_Written(", "), replace(csv, delimiter=", ")),
        "field_delimiter_space": (_Written(" "), replace(csv, delimiter=" ")),
        "quotation_char_single": (_Written(quote="'", escape=""), replace(csv, quote="'", escape="'")),
        "escape_char_backslash": (_Written(escape="\\"), replace(csv, escape="\\")),
        "escape_char_none": (_Written(escape=""), replace(csv, escape=None)),
    }
    for name, (written, how) in ways.items():
        yield Polluted(name, name, written.text(rows), how, clean[0], clean[1:])


def _of_a_row(rows: list[list[Cell]], at: int, csv: ir.Csv) -> Iterator[Polluted]:
    """Yield the pollutions of one row: a separator too many or too few, a stray quote, another delimiter."""
    plain, clean = _Written(), _texts(rows)
    lines = [plain.line(row) + "\r\n" for row in rows]
    cells = [plain.cell(cell) for cell in rows[at]]

    def made(family: str, line: str, column: int, want: Rows = clean) -> Polluted:
        data = "".join([*lines[:at], line + "\r\n", *lines[at + 1 :]]).encode()
        return Polluted(f"{family}_{at}_{column}", family, data, csv, want[0], want[1:])

    for column in range(WIDTH):
        yield made("more_sep", ",".join([*cells[:column], "", *cells[column:]]), column)
        if column:
            yield made("less_sep", ",".join([*cells[: column - 1], cells[column - 1] + cells[column], *cells[column + 1 :]]), column)
        text, quoted = rows[at][column]
        stray = f'""{cells[column][1:]}' if quoted else '"' + text
        wanted = (*clean[at][:column], '"' + text, *clean[at][column + 1 :])
        yield made("extra_quote", ",".join([*cells[:column], stray, *cells[column + 1 :]]), column, [*clean[:at], wanted, *clean[at + 1 :]])
    yield made("row_delimiter", _Written(" ").line(rows[at]), 0)


def score(wanted: Polluted, header: Sequence[str], rows: Sequence[Sequence[str]]) -> float:
    """Return the file's mark, 0 to 10: success, then precision, recall and F1 of header cells, records and cells, as Pollock counts.

    Of a file without a header Pollock takes the first row for it: names that a loader makes up count as wrong, whoever makes them.
    """
    if not wanted.header:
        return 10.0
    names = _measures([text.lower() for text in wanted.header], [text.lower() for text in header])
    records = _measures(["".join(row).lower() for row in wanted.rows], ["".join(row).lower() for row in rows])
    cells = _measures([*wanted.header, *chain.from_iterable(wanted.rows)], [*header, *chain.from_iterable(rows)])
    return 1 + sum(names) + sum(records) + sum(cells)


def _measures(wanted: Sequence[str], found: Sequence[str]) -> tuple[float, float, float]:
    if not wanted:
        return 1.0, 1.0, 1.0
    both = (Counter(wanted) & Counter(found)).total()
    if not both:
        return 0.0, 0.0, 0.0
    precision, recall = both / len(wanted), both / len(found)
    return precision, recall, 2 * precision * recall / (precision + recall)


def marks(scores: Sequence[tuple[Polluted, float]]) -> tuple[float, float]:
    """Return the simple and the weighted mark of the whole benchmark; the rows picked stand for all, row 0 once, the others 83 times."""
    by: dict[str, dict[bool, list[float]]] = {}
    for one, mark in scores:
        by.setdefault(one.family, {}).setdefault("_0_" in one.name, []).append(mark)
    mean = {family: _mean(found) for family, found in by.items()}
    files = {family: FAMILIES[family][0] if family in FAMILIES else 1 for family in mean}
    weights = {family: WEIGHTS[family] for family in mean if family in WEIGHTS}
    whole = 1 - sum(share for _, share in FAMILIES.values())
    weighed = whole * sum(mean[family] * weight for family, weight in weights.items()) / sum(weights.values())
    return (
        sum(mean[family] * count for family, count in files.items()) / sum(files.values()),
        weighed + sum(mean[family] * share for family, (_, share) in FAMILIES.items()),
    )


def _mean(found: dict[bool, list[float]]) -> float:
    mean = {header: sum(marks) / len(marks) for header, marks in found.items()}
    return (mean[True] + 83 * mean[False]) / 84 if len(mean) > 1 else next(iter(mean.values()))
