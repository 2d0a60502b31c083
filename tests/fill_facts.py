"""Profiles made by hand, so that a test of a decision says exactly on what evidence it stands."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from dataeng_ai import draft as drafts
from dataeng_ai import ir
from dataeng_ai.diagnostics import Text
from dataeng_ai.profile.facts import ColumnFacts, Key, Profile, Rejects, TimeColumn
from dataeng_ai.project import Project
from dataeng_ai.types import parse

if TYPE_CHECKING:
    from dataeng_ai.draft import Draft

CSV = ir.Csv(delimiter=";", quote='"', escape='"', header=True, encoding="cp1251", null_values=("", "NULL"))
"""The dialect of the profiles below."""


def column(name: str, type_: str = "text", **facts: Any) -> ColumnFacts:  # Any: whatever field a test is about
    """Return the facts of a clean column; `facts` are those that matter to a test."""
    usual: dict[str, Any] = {
        "parse": ir.Parse(),
        "nulls": 0,
        "empty": 0,
        "distinct": 1000,
        "distinct_exact": True,
        "minimum": None,
        "maximum": None,
        "mean": None,
        "quantiles": (),
        "top": (),
        "min_length": None,
        "max_length": None,
        "shape": None,
        "role": "text",
        "pii": None,
    }
    return ColumnFacts(name=name, type=parse(type_), **(usual | facts))


def profile(*columns: ColumnFacts, **facts: Any) -> Profile:  # Any: whatever field a test is about
    """Return a profile of these columns."""
    usual: dict[str, Any] = {
        "source": "tickets.csv",
        "format": "csv",
        "csv": CSV,
        "reasons": ("delimiter ';': every record has as many fields",),
        "files": 1,
        "bytes": 10_000,
        "fingerprint": "f" * 64,
        "rows": 1000,
        "rejects": 0,
        "reject_reasons": (),
        "keys": (),
        "times": (),
        "duplicates": 0,
        "forecast": (("duckdb", 10_000), ("postgres", 30_000)),
    }
    return Profile(columns=columns, **(usual | facts))


TICKETS = profile(
    column("Номер билета", "text", role="identifier"),
    column("Идентификатор заказа", "uuid", role="identifier", distinct=900),
    column("Дата продажи", "timestamptz", role="time", minimum="2024-04-01 06:00:00+00", maximum="2024-05-01 06:00:00+00"),
    column("Дата изменения", "timestamptz", role="time"),
    column("Статус", role="dimension", distinct=3, top=(("PAID", 900), ("REFUND", 60), ("CANCELED", 40))),
    column("Цена", "decimal(6, 2)", role="measure", minimum="0.00", maximum="1200.50", parse=ir.Parse(decimal=","), exceptions=3),
    column("Скидка, %", "decimal(3, 2)", role="measure", minimum="0.00", nulls=250, parse=ir.Parse(decimal=",")),
    column("Вход", "boolean", role="flag", distinct=2, parse=ir.Parse(true=("да",), false=("нет",))),
    column("Телефон", role="text", pii="phone"),
    column("Дата рождения", "date", role="time", pii="birthday", parse=ir.Parse(format="%d.%m.%Y")),
    rejects=4,
    reject_reasons=(Rejects("too few fields", 4, (301, 601, 901)),),
    keys=(Key(("Номер билета",), "never the same twice"), Key(("Идентификатор заказа", "Дата продажи"), "together")),
    times=(TimeColumn("Дата продажи", "2024-04-01 06:00:00+00", "2024-05-01 06:00:00+00", "minute"),),
)
"""Ten columns of a museum's tickets."""

ABOUT = "Museum ticket sales, every night; analysts chart revenue and visits by day and museum."


def project(root: Path = Path("/nowhere"), **parts: Any) -> Project:  # Any: the connections and defaults that a test is about
    """Return a project without a dataeng.yaml."""
    return Project(root, **parts)


def draft(text: str = "", *, about: str = ABOUT, name: str = "tickets", file: str = "specs/tickets.yaml") -> Draft:
    """Return a draft: three lines that a person must write, and what else a test wants in it."""
    return drafts.read(Text(file, f"version: 1\nname: {name}\nabout: {about!r}\nsource: {{path: tickets.csv}}\n{text}"))
