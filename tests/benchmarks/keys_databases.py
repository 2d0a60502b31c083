"""Classic sample databases, made again: their tables, columns, keys and foreign keys as published, with rows drawn by a fixed seed.

Ids begin at 1 in every table, as those of such databases do: that values stand in another table says nothing by itself there.
"""

from __future__ import annotations

import csv
import random
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

Reference = tuple[str, tuple[str, ...], str, tuple[str, ...]]
"""Table, columns, the table they refer to, its columns."""

_GIVEN: Final = (
    "Anna",
    "Boris",
    "Clara",
    "Dmitri",
    "Elena",
    "Felix",
    "Galina",
    "Hugo",
    "Irina",
    "Jan",
    "Karin",
    "Lev",
    "Maria",
    "Nora",
    "Oleg",
    "Pavel",
    "Rosa",
    "Stefan",
    "Tanja",
    "Vera",
)
_FAMILY: Final = (
    "Adams",
    "Berg",
    "Castro",
    "Dahl",
    "Evans",
    "Fuchs",
    "Garcia",
    "Haas",
    "Ivanov",
    "Jensen",
    "Kuhn",
    "Lopez",
    "Meyer",
    "Novak",
    "Olsen",
    "Petrov",
    "Rossi",
    "Silva",
)
_PLACES: Final = (
    "Berlin",
    "London",
    "Paris",
    "Madrid",
    "Lyon",
    "Graz",
    "Oslo",
    "Bern",
    "Rome",
    "Porto",
    "Lille",
    "Turin",
    "Cork",
    "Reims",
    "Lund",
    "Köln",
    "Torino",
    "Tver",
    "Omsk",
    "Perm",
)
_WORDS: Final = (
    "amber",
    "bold",
    "calm",
    "dark",
    "early",
    "fresh",
    "grand",
    "high",
    "iron",
    "jolly",
    "keen",
    "light",
    "mild",
    "new",
    "open",
    "pale",
    "quick",
    "rare",
    "solid",
    "tall",
)


@dataclass
class Database:
    """Tables as rows of texts, their primary keys, and which columns refer to which."""

    seed: int
    tables: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    keys: dict[str, tuple[str, ...]] = field(default_factory=dict)
    references: list[Reference] = field(default_factory=list)

    def table(self, name: str, rows: int, key: str, /, **columns: Maker) -> None:
        """Add a table of so many rows; the key's columns are separated by spaces. Rows whose key stands already are left out."""
        draw = random.Random(f"{self.seed} {name}")  # noqa: S311  the same rows each time
        made: list[dict[str, str]] = []
        self.tables[name], self.keys[name] = made, tuple(key.split())
        for column, maker in columns.items():
            if maker.refers:
                table, _, there = maker.refers.partition(".")
                self.references.append((name, (column,), table, (there or self.keys[table][0],)))
        seen = set()
        for place in range(rows):
            row: dict[str, str] = {}
            for column, maker in columns.items():
                row[column] = maker.make(place, draw, self, row)
            which = tuple(row[column] for column in self.keys[name])
            if which not in seen:
                seen.add(which)
                made.append(row)

    def also(self, name: str, columns: str, table: str, there: str) -> None:
        """Add a reference of several columns."""
        self.references.append((name, tuple(columns.split()), table, tuple(there.split())))

    def write(self, folder: Path) -> None:
        """Write each table as a CSV file."""
        for name, rows in self.tables.items():
            with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
                writer = csv.DictWriter(file, list(rows[0]))
                writer.writeheader()
                writer.writerows(rows)


@dataclass(frozen=True)
class Maker:
    """How the cells of a column are made; `refers` is `Table` or `Table.column`."""

    make: Callable[[int, random.Random, Database, dict[str, str]], str]
    refers: str = ""


def serial(start: int = 1, form: str = "{}") -> Maker:
    """Return numbers that grow by one."""
    return Maker(lambda place, _draw, _all, _row: form.format(start + place))


def of(*words: str) -> Maker:
    """Return words of a list, in turn."""
    return Maker(lambda place, _draw, _all, _row: words[place % len(words)])


def some(*words: str) -> Maker:
    """Return words of a list, by chance."""
    return Maker(lambda _place, draw, _all, _row: draw.choice(words))


def ref(table: str, null: float = 0.0, most: int | None = None, *, each: bool = False) -> Maker:
    """Return keys of another table: by chance, of its first `most` rows alone, or `each` in turn."""
    name, _, there = table.partition(".")

    def make(place: int, draw: random.Random, database: Database, _row: dict[str, str]) -> str:
        rows = database.tables[name][:most]
        if not rows or draw.random() < null:
            return ""
        row = rows[place % len(rows)] if each else draw.choice(rows)
        return row[there or database.keys[name][0]]

    return Maker(make, table)


def number(low: int, high: int) -> Maker:
    """Return whole numbers."""
    return Maker(lambda _place, draw, _all, _row: str(draw.randint(low, high)))


def money(high: float) -> Maker:
    """Return amounts."""
    return Maker(lambda _place, draw, _all, _row: f"{draw.random() * high:.2f}")


def day(first: str, days: int) -> Maker:
    """Return days by chance."""
    start = date.fromisoformat(first)
    return Maker(lambda _place, draw, _all, _row: str(start + timedelta(draw.randrange(days))))


def name() -> Maker:
    """Return a few words."""
    return Maker(lambda place, draw, _all, _row: f"{draw.choice(_WORDS)} {draw.choice(_WORDS)} {place % 97}".title())


def given() -> Maker:
    """Return given names."""
    return some(*_GIVEN)


def family() -> Maker:
    """Return family names."""
    return some(*_FAMILY)


def city() -> Maker:
    """Return cities."""
    return some(*_PLACES)


def letters(count: int) -> Maker:
    """Return codes of capital letters."""
    return Maker(lambda _place, draw, _all, _row: "".join(draw.choices("ABCDEFGHIKLMNOPRSTUVW", k=count)))


def pairs() -> Maker:
    """Return codes of two letters, each another."""
    return Maker(lambda place, _draw, _all, _row: "ABCDEFGHIKLMNOPRST"[place // 18] + "ABCDEFGHIKLMNOPRST"[place % 18])
