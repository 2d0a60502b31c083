"""Profiles of several sources as one picture: what each is and its key, which refers to which, and their columns.

What the drawing shows stands in the table below it, and where not all fits, the card says how much is left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from dataeng_ai.pictures import card
from dataeng_ai.profile import sentences
from dataeng_ai.profile.amounts import count, rows_of
from dataeng_ai.profile.card import MOST_BYTES, percent, refers
from dataeng_ai.profile.relations import relations

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dataeng_ai.profile.facts import ColumnFacts, Profile

_COLUMNS: Final = 64
_DRAWN: Final = 24
"""Boxes of the drawing: more are not told apart."""


@dataclass(frozen=True, slots=True)
class Column:
    """What is said about a column of one of several sources."""

    facts: ColumnFacts
    missing: str
    key: bool
    refers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """One of several sources: what it is, and of its columns as many as fit."""

    name: str
    facts: str
    key: tuple[str, ...]
    grain: str
    refers: tuple[str, ...]
    columns: tuple[Column, ...]
    left: int


def html(profiles: Mapping[str, Profile]) -> str:
    """Return the card of sources beside each other, by name, at most some 100 KB."""
    found = relations(profiles).keys
    sources, most = len(profiles), _COLUMNS
    drawn = _draw(profiles, found, sources, most)
    while len(drawn.encode("utf-8", "replace")) > MOST_BYTES and (most or sources > 1):
        sources, most = (sources, most // 2) if most else (sources // 2, 0)
        drawn = _draw(profiles, found, sources, most)
    return drawn


def page(profiles: Mapping[str, Profile]) -> str:
    """Return the card as a whole page, to be kept as a file."""
    return card("DOCUMENT", title=f"Profile of {count(len(profiles), 'source')}", body=html(profiles))


def _draw(profiles: Mapping[str, Profile], keys: Mapping[str, tuple[str, ...]], sources: int, most: int) -> str:
    edges = [(name, each.table) for name, one in profiles.items() for each in one.references if each.table in profiles]
    joined = [name for name in profiles if any(name in edge for edge in edges)][:_DRAWN]
    shown = [_source(name, profiles[name], keys.get(name, ()), most) for name in list(profiles)[:sources]]
    return card(
        "BESIDE",
        title=f"{count(len(profiles), 'source')} beside each other",
        nodes={name: rows_of(profiles[name]) for name in joined},
        edges=[edge for edge in edges if set(edge) <= set(joined)],
        sources=shown,
        left=len(profiles) - len(shown),
    )


def _source(name: str, profile: Profile, key: Sequence[str], most: int) -> Source:
    said = dict(sentences.of(profile)).get("refers to", ())
    columns = tuple(
        Column(one, percent(one.nulls / profile.rows) if one.nulls and profile.rows else "", one.name in key, refers(one.name, profile))
        for one in profile.columns[:most]
    )
    left = len(profile.columns) - len(columns)
    return Source(name, rows_of(profile), tuple(key), profile.grain or "", said, columns, left)
